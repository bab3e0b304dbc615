"""All imaged wells of all open plates as rows that a filter looks through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from deepnoise_app.analysis.verdict import NAMED
from deepnoise_app.gui.result_columns import called
from deepnoise_app.screen import (
    Factor,
    Filter,
    Plate,
    Predictions,
    TextColumn,
    WellId,
    join_factors,
    natural,
)
from deepnoise_app.screen.filter import Columns
from deepnoise_app.session import PlateKey

if TYPE_CHECKING:
    import pandas as pd

Passing = Mapping[PlateKey, frozenset[WellId]]
PLACE = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
TITLES = ("Experiment", "Plate", "Well", "Role", "Perturbation", "Predicted", "Confidence", "Right")


@dataclass(frozen=True, eq=False)
class WellRows:
    """One row per imaged well, plate by plate; predictions beside, where there are any."""

    plates: Sequence[Plate]
    predictions: Predictions | None = None

    @cached_property
    def _table(self) -> pd.DataFrame:
        import pandas as pd

        wells = [(plate, well) for plate in self.plates for well in plate.wells]
        contents = [plate.map[well] for plate, well in wells]
        table = pd.DataFrame(
            {
                "Metadata_Experiment": [plate.experiment for plate, _ in wells],
                "Metadata_Plate": [plate.name for plate, _ in wells],
                "Metadata_Well": [well.name for _, well in wells],
                "role": [str(content.role) for content in contents],
                "perturbation": [content.perturbation for content in contents],
            }
        )
        if self.predictions is None:
            return table
        known = self.predictions.table.drop_duplicates(PLACE)
        wanted = [*PLACE, *NAMED.values(), "Confidence", "Flags"]
        return table.merge(known[wanted], how="left", on=PLACE)

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What plate maps say besides."""
        maps = {plate.key: plate.map for plate in self.plates}
        places = (TextColumn.of(self._table[name]) for name in PLACE)
        return join_factors(maps, *places)

    @cached_property
    def columns(self) -> Columns:
        """Columns by the names that a filter calls them by."""
        table = self._table
        found: dict[str, TextColumn | np.ndarray] = {
            "experiment": TextColumn.of(table["Metadata_Experiment"]),
            "plate": TextColumn.of(table["Metadata_Plate"]),
            "well": TextColumn.of(table["Metadata_Well"], key=WellId.parse),
            "role": TextColumn.of(table["role"]),
            "perturbation": TextColumn.of(table["perturbation"]),
        }
        for one in self.factors:
            column = one.numbers if one.numbers is not None else one.texts
            found.setdefault(called(one.name), column)
            found.setdefault(called(one.short), column)
        if self.predictions is not None:
            found |= self._predicted()
        return found

    def _predicted(self) -> dict[str, TextColumn | np.ndarray]:
        table = self._table
        names = table[list(NAMED.values())].fillna("")
        best = next((c for c in names.columns if (names[c] != "").any()), names.columns[-1])
        named, truth = names[best], table["perturbation"]
        treated = (table["role"] == "treatment") & (truth != "") & (named != "")
        right = np.where(treated, np.where(named == truth, "yes", "no"), "")
        return {
            "predicted": TextColumn.of(named.astype(str), natural),
            "confidence": table["Confidence"].to_numpy(dtype=np.float64),
            "right": TextColumn.of(right.tolist()),
            "flags": TextColumn.of(table["Flags"].fillna("")),
        }

    def passing(self, wanted: Filter) -> dict[PlateKey, frozenset[WellId]]:
        """Wells that pass a filter, by plate; plates without one are there with none."""
        mask, found, row = wanted.mask(self.columns), {}, 0
        for plate in self.plates:
            mine = mask[row : row + len(plate.wells)]
            found[plate.key] = frozenset(plate.wells[i] for i in np.flatnonzero(mine))
            row += len(plate.wells)
        return found
