"""How wells and numbers are spelled in file names, so that thousands of names share one form.

A form is a path with fields, such as `Plate1/{W2}_s{site}_w{channel}.png`; `spell` fills it in.
"""

from __future__ import annotations

from functools import lru_cache

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import WellId, row_letters


def literal(text: str) -> str:
    """Return text that a form shows as it is."""
    return text.replace("{", "{{").replace("}", "}}")


@lru_cache(maxsize=16_384)
def read_well(text: str) -> tuple[WellId, str] | None:
    """Return the well that a text names and the field that spells it so; None if it names none."""
    try:
        well = WellId.parse(text)
    except ScreenError:
        return None
    for field, spelled in _spellings(well).items():
        if spelled == text:
            return well, f"{{{field}}}"
    return well, literal(text)


@lru_cache(maxsize=4096)
def read_row_column(row: str, column: str) -> tuple[WellId, str, str] | None:
    """Return the well of a row (letters or a number from 1) and a column, and their two fields."""
    letters = not row.isdigit()
    named = row if letters else row_letters(int(row) - 1) if int(row) > 0 else "?"
    found = read_well(f"{named}{column}")
    if found is None:
        return None
    row_field = _letter_field(row) if letters else number_field("row", row)
    return found[0], row_field, number_field("column", column)


@lru_cache(maxsize=4096)
def number_field(field: str, text: str) -> str:
    """Return the field that spells a number as in `text`, zeros in front included."""
    return f"{{{field}:0{len(text)}d}}" if text[0] == "0" and len(text) > 1 else f"{{{field}}}"


def spell(form: str, well: WellId, site: int, channel: str) -> str:
    """Return the path that a form gives for one plane."""
    return form.format(
        **_spellings(well),
        R=row_letters(well.row),
        r=row_letters(well.row).lower(),
        row=well.row + 1,
        column=well.column + 1,
        site=site,
        channel=channel,
    )


# Common ways to write well and site, so that most names share a few forms.
_COMMON = tuple(
    (place, number)
    for place in ("r{row:02d}c{column:02d}", "{W2}", "{W1}", "{w2}", "{w1}")
    for number in ("f{site:02d}", "f{site:03d}", "f{site}", "s{site}", "F{site:03d}", "_{site}", "")
)


def general_form(name: str, well: WellId, site: int) -> str:
    """Return a form that spells a file name, shared by other wells and sites where it can be."""
    plain = literal(name)
    for place, number in _COMMON:
        shown_place = spell(place, well, site, "")
        shown_number = spell(number, well, site, "")
        if shown_place not in plain or shown_number not in plain:
            continue
        form = plain.replace(shown_place, place, 1)
        start = form.index(place) + len(place)
        if number:
            form = form[:start] + form[start:].replace(shown_number, number, 1)
        if spell(form, well, site, "") == name:
            return form
    return plain


def _letter_field(row: str) -> str:
    return "{R}" if row.isupper() else "{r}" if row.islower() else literal(row)


def _spellings(well: WellId) -> dict[str, str]:
    letters, column = row_letters(well.row), well.column + 1
    padded, bare = f"{letters}{column:02d}", f"{letters}{column}"
    return {"W2": padded, "W1": bare, "w2": padded.lower(), "w1": bare.lower()}
