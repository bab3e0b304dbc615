"""What the columns of other people's plate maps mean, how they write wells and roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from deepnoise_app.screen import Role, WellId, row_letters

# Names in lower case, letters and digits only; the first one that a table has counts.
_MEANINGS: dict[str, tuple[str, ...]] = {
    "experiment": ("experiment", "batch", "metadataexperiment", "metadatabatch"),
    "plate": ("plate", "plateid", "platename", "barcode", "platebarcode", "assayplatebarcode",
              "metadataplate", "metadatabarcode"),
    "well": ("well", "wellid", "wellname", "wellposition", "position", "metadatawell",
             "metadatawellposition"),
    "row": ("row", "rowname", "wellrow", "metadatarow"),
    "column": ("column", "col", "wellcolumn", "wellcol", "metadatacol", "metadatacolumn"),
    "perturbation": ("perturbation", "sirna", "compound", "compoundname", "drug", "treatment",
                     "broadsample", "metadatabroadsample", "jcp2022", "metadatajcp2022", "reagent",
                     "pertname", "pertiname", "gene", "target", "sample", "substance", "content"),
    "role": ("role", "welltype", "controltype", "metadatacontroltype", "perttype",
             "metadataperttype", "type"),
    "map": ("platemapname", "metadataplatemapname", "platemap"),
}  # fmt: skip
_ROLES = {
    Role.TREATMENT: ("treatment", "treated", "trt", "sample", "compound", "test"),
    Role.POSITIVE: ("positivecontrol", "positive", "pos", "poscon", "posctrl", "poscontrol",
                    "posconcp", "poscondiverse", "posconorf", "posconsirna"),
    Role.NEGATIVE: ("negativecontrol", "negative", "neg", "negcon", "negctrl", "negcontrol",
                    "control", "ctrl", "untreated", "vehicle", "mock", "dmso"),
    Role.EMPTY: ("empty", "blank", "none", "nocells", "unused"),
    Role.UNKNOWN: ("unknown",),
}  # fmt: skip
_ROLE_OF = {spelling: role for role, spellings in _ROLES.items() for spelling in spellings}
# Names of what a well got that tell its role, where no column does.
_NAMED_ROLES = {
    **dict.fromkeys(("dmso", "untreated", "vehicle", "mock", "negcon", "negativecontrol"),
                    Role.NEGATIVE),
    **dict.fromkeys(("poscon", "positivecontrol"), Role.POSITIVE),
    **dict.fromkeys(("empty", "blank", "nocells"), Role.EMPTY),
}  # fmt: skip
_WELL = re.compile(r"^([A-Za-z]{1,2})[\s_:.\-]*0*(\d{1,2})$")
_ROW_COLUMN = re.compile(r"^r0*(\d{1,2})[\s_:.\-]*c0*(\d{1,2})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which column of a table means what; empty where none does. The others are factors."""

    experiment: str = ""
    plate: str = ""
    well: str = ""
    row: str = ""
    column: str = ""
    perturbation: str = ""
    role: str = ""
    map: str = ""

    @property
    def used(self) -> frozenset[str]:
        """Columns that have a meaning, those of plates and wells."""
        return frozenset((self.experiment, self.plate, self.well, self.row, self.column, self.map))


def meaning_of(columns: Mapping[str, object]) -> Meaning:
    """Find out which column means what, by its name."""
    plain: dict[str, str] = {}
    for name in columns:
        plain.setdefault(_plain(name), name)
    found = {
        what: next((plain[name] for name in names if name in plain), "")
        for what, names in _MEANINGS.items()
    }
    return Meaning(**found)


def read_any_well(text: str) -> WellId:
    """Read `A1`, `a01`, `a-1`, `A:01` or `r01c01`.

    Raises
    ------
    ScreenError
        If the text names no well.
    """
    match = _WELL.match(text.strip())
    if match:
        return WellId.parse(match[1] + match[2])
    match = _ROW_COLUMN.match(text.strip())
    if match and 1 <= int(match[1]) <= 32:
        return WellId.parse(row_letters(int(match[1]) - 1) + match[2])
    return WellId.parse(text)


def well_of(row: str, column: str) -> str:
    """Return a well as text from its row (letters or a number) and its column."""
    row, column = row.strip().strip("'\""), column.strip().strip("'\"")
    if row.isdecimal() and 1 <= int(row) <= 32:
        row = row_letters(int(row) - 1)
    return row + column


def read_role(text: str) -> Role | None:
    """Return the role that a text means, None if it means none."""
    return _ROLE_OF.get(_plain(text))


def role_by_name(perturbation: str) -> Role:
    """Return the role of a well by what it got, where no column tells it."""
    if not perturbation:
        return Role.UNKNOWN
    return _NAMED_ROLES.get(_plain(perturbation), Role.TREATMENT)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
