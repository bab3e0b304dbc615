"""One number per well of a plate, with its place and what the well holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import PlateShape, Role, WellId

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_ROLES = (Role.TREATMENT, Role.UNKNOWN)


@dataclass(frozen=True, slots=True, eq=False)
class PlateValues:
    """One measure of the wells of one plate.

    `rows`, `columns` (from 0), `values` (NaN where nothing is known), `roles` and `perturbations`
    (empty where not known) have one entry per well, in the same order.
    """

    experiment: str
    plate: str
    shape: PlateShape
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    values: NDArray[np.float64]
    roles: tuple[Role, ...]
    perturbations: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def key(self) -> tuple[str, str]:
        """Experiment and plate name."""
        return self.experiment, self.plate

    @property
    def wells(self) -> tuple[WellId, ...]:
        """Addresses of the wells."""
        return tuple(map(WellId, self.rows.tolist(), self.columns.tolist()))

    @property
    def known(self) -> NDArray[np.bool_]:
        """(wells,): those with a finite value."""
        return np.isfinite(self.values)

    @property
    def samples(self) -> NDArray[np.bool_]:
        """(wells,): those with a finite value that are neither controls nor empty.

        Controls often stand in columns of their own: among the samples they would look like an
        effect of the column.
        """
        treated = np.array([role in SAMPLE_ROLES for role in self.roles], dtype=np.bool_)
        return np.asarray(treated & self.known)

    def of_role(self, role: Role) -> NDArray[np.bool_]:
        """(wells,): those with a finite value and this role."""
        return np.array([one is role for one in self.roles], dtype=np.bool_) & self.known

    def with_values(self, values: NDArray[np.float64]) -> PlateValues:
        """Return the same wells with other values."""
        return replace(self, values=values)

    def grid(self, only: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Values at their places, (rows, columns) of the plate; NaN elsewhere."""
        made = np.full((self.shape.rows, self.shape.columns), np.nan)
        chosen = self.known if only is None else self.known & only
        made[self.rows[chosen], self.columns[chosen]] = self.values[chosen]
        return made


def plates_of(table: pd.DataFrame, column: str) -> tuple[PlateValues, ...]:
    """Take one measure out of a table of wells, plate by plate in order of their names.

    Raises
    ------
    ScreenError
        If the table has no such column, a well is no well, or a plate holds a well twice.
    """
    if column not in table.columns:
        raise ScreenError(f"there is no measure {column!r} in the table")
    groups = table.groupby(["Metadata_Experiment", "Metadata_Plate"], sort=True)
    return tuple(_plate(str(key[0]), str(key[1]), mine, column) for key, mine in groups)


def _plate(experiment: str, plate: str, table: pd.DataFrame, column: str) -> PlateValues:
    import pandas as pd

    wells = [WellId.parse(str(well)) for well in table["Metadata_Well"]]
    if len(set(wells)) < len(wells):
        twice = next(well for well in wells if wells.count(well) > 1)
        raise ScreenError(f"{experiment} {plate} has well {twice} twice in the table")
    return PlateValues(
        experiment,
        plate,
        PlateShape.holding(wells),
        np.array([well.row for well in wells], dtype=np.intp),
        np.array([well.column for well in wells], dtype=np.intp),
        pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64),
        tuple(_role(text) for text in _texts(table, "Metadata_Role")),
        tuple(_texts(table, "Metadata_Perturbation")),
    )


def _texts(table: pd.DataFrame, name: str) -> Sequence[str]:
    if name not in table.columns:
        return [""] * len(table)
    return [str(text) for text in table[name].fillna("")]


def _role(text: str) -> Role:
    return Role(text) if text in set(Role) else Role.UNKNOWN
