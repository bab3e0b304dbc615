"""What is said of a well in words: its tooltip, and the short text in its cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from deepnoise_app.screen import Plate, PlateOverlay, Problem, Role, WellId
from deepnoise_app.screen.predictions import INSTEAD_OF

ROLES = {
    Role.TREATMENT: "treatment",
    Role.POSITIVE: "positive control",
    Role.NEGATIVE: "negative control",
    Role.EMPTY: "empty",
    Role.UNKNOWN: "",
}
# What every perturbation of a screen begins with says nothing in a small cell.
PREFIXES = ("sirna_",)


def short_name(perturbation: str) -> str:
    """Return the name without a prefix that all share: `sirna_250` becomes `250`."""
    for prefix in PREFIXES:
        perturbation = perturbation.removeprefix(prefix)
    return perturbation


def cell_text(plate: Plate, overlay: PlateOverlay | None, well: WellId) -> str:
    """Return the text of a cell: that of the overlay, or what the well got."""
    if overlay is None:
        return short_name(plate.map[well].perturbation)
    names = overlay.texts.get(well, "").split(INSTEAD_OF)
    return INSTEAD_OF.strip().join(map(short_name, names))


def well_lines(
    plate: Plate,
    overlay: PlateOverlay | None,
    problems: Sequence[Problem],
    well: WellId,
    named: PlateOverlay | None = None,
) -> list[str]:
    """Say in lines what a well is, what was measured and predicted, and what is wrong.

    `named` are the predictions, which are said whatever is painted.
    """
    content = plate.map[well]
    facts = [well.name, content.perturbation, ROLES[content.role]]
    lines = [" · ".join(fact for fact in facts if fact)]
    if well not in plate.well_index:
        lines.append("Listed, but not imaged" if well in plate.map else "Not imaged")
    else:
        lines += _value_lines(overlay, named, well)
    if problems:
        count = f"{len(problems)} problems, the first: " if len(problems) > 1 else "Problem: "
        lines.append(count + problems[0].message)
    return lines


def _value_lines(
    overlay: PlateOverlay | None, named: PlateOverlay | None, well: WellId
) -> list[str]:
    if named is None or well not in named.values:
        return _overlay_lines(overlay, well) if overlay is not None else []
    if overlay is not None and overlay.words and well in overlay.values:
        return [*_overlay_lines(overlay, well), *_overlay_lines(named, well)[1:]]
    # Where the names or their confidence are painted, they are said once.
    other = overlay if overlay is not None and overlay.values != named.values else None
    return [
        *(_overlay_lines(other, well) if other is not None else []),
        *_overlay_lines(named, well),
    ]


def _overlay_lines(overlay: PlateOverlay, well: WellId) -> list[str]:
    if well not in overlay.values:
        return [f"{overlay.title}: not known"]
    value, text = overlay.values[well], overlay.texts.get(well, "")
    if overlay.words:
        given, _, expected = text.partition(INSTEAD_OF)
        said = [f"Named {given}, plate map says {expected}"] if expected else []
        return [f"{overlay.title}: {overlay.words[value]}", *said]
    # A text that is the value in digits would say it twice.
    if not text or is_number(text):
        return [f"{overlay.title}: {value:.4g} {overlay.unit}".rstrip()]
    verdict = {True: ", right", False: ", wrong", None: ""}[overlay.right.get(well)]
    return [f"{overlay.title}: {text}{verdict}", f"{overlay.unit.capitalize()} {value:.2f}"]


def is_number(text: str) -> bool:
    """Whether a text is a number, which must never be shortened."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def as_tooltip(lines: Sequence[str]) -> str:
    """Set lines as rich text, so that long ones wrap; the first one is strong."""
    first, *others = map(escape, lines)
    return "<br>".join([f"<b>{first}</b>", *others])
