"""Predictions: one row per imaged well, in the column order that other programs rely on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen.formulas import meant
from deepnoise_app.screen.overlay import PlateOverlay, Scale
from deepnoise_app.screen.platemap import PlateMap, Role
from deepnoise_app.screen.tabular import read_csv, read_parquet
from deepnoise_app.screen.well import WellId

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "Metadata_Experiment",
    "Metadata_Plate",
    "Metadata_Well",
    "Metadata_Role",
    "Metadata_Perturbation",
    "Prediction_Free",
    "Prediction_OnePerWell",
    "Prediction_PlatePrior",
    "Confidence",
    "Margin",
    "Top2",
    "Top3",
    "Top4",
    "Top5",
    "Sites",
    "Flags",
    "Model",
    "Correction",
)
FIVE_BEST = ("Prediction_Free", "Top2", "Top3", "Top4", "Top5")
# Between a name and what was expected.
INSTEAD_OF = " ← "
# How far a name agrees with the plate map.
AGREEMENT = {0.0: "neither", 0.5: "among the five best", 1.0: "right"}
_NUMBERS = {"Confidence": float, "Margin": float, "Sites": int}


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """A table with exactly `COLUMNS`; texts are empty where nothing is known or predicted."""

    table: pd.DataFrame
    _plates: dict[tuple[str, str], pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False
    )
    _rows: dict[tuple[str, str], NDArray[np.intp]] = field(
        default_factory=dict, init=False, repr=False
    )
    _overlays: dict[tuple[tuple[str, str], str], PlateOverlay] = field(
        default_factory=dict, init=False, repr=False
    )

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.table.columns]
        if missing:
            raise ScreenError(f"not a table of predictions: it lacks the column {missing[0]}")

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def joined(cls, parts: list[Predictions]) -> Predictions:
        """Return the rows of all parts, in their order."""
        import pandas as pd

        tables = [part.table for part in parts] or [pd.DataFrame(columns=list(COLUMNS))]
        found, above = cls(pd.concat(tables, ignore_index=True)), 0
        for part in parts:
            for key, rows in part._where.items():
                before = found._rows.get(key, np.zeros(0, np.intp))
                found._rows[key] = np.concatenate([before, rows + above])
            above += len(part)
        return found

    def of(self, key: tuple[str, str]) -> pd.DataFrame:
        """Rows of one plate; found once, as many ask."""
        if key not in self._plates:
            rows = self._where.get(key, np.zeros(0, np.intp))
            self._plates[key] = self.table.iloc[rows]
        return self._plates[key]

    def without(self, keys: Collection[tuple[str, str]]) -> Predictions:
        """All rows but those of some plates; the same object where none are."""
        gone = [self._where[key] for key in set(keys) if self.has(key)]
        if not gone:
            return self
        kept = np.ones(len(self), np.bool_)
        kept[np.concatenate(gone)] = False
        found, places = Predictions(self.table[kept].reset_index(drop=True)), np.cumsum(kept) - 1
        found._rows.update({k: places[rows] for k, rows in self._where.items() if k not in keys})
        return found

    def has(self, key: tuple[str, str]) -> bool:
        """Whether a well of this plate is among them."""
        return key in self._where

    @property
    def plates(self) -> tuple[tuple[str, str], ...]:
        """Experiment and name of the plates that they are of."""
        return tuple(self._where)

    @property
    def _where(self) -> dict[tuple[str, str], NDArray[np.intp]]:
        """Numbers of the rows of each plate."""
        if not self._rows and len(self.table):
            by = self.table.groupby(["Metadata_Experiment", "Metadata_Plate"], sort=False)
            for key, rows in by.indices.items():
                experiment, plate = key if isinstance(key, tuple) else (key, "")
                self._rows[str(experiment), str(plate)] = np.asarray(rows, np.intp)
        return self._rows

    def renewed(self, newer: Predictions) -> Predictions:
        """Return these predictions, for the plates of newer ones with those."""
        return Predictions.joined([self.without(newer.plates), newer])

    def expecting(self, maps: Mapping[tuple[str, str], PlateMap]) -> Predictions:
        """Return the same predictions beside what these plate maps say; itself if that is so."""
        table = expecting(self.table, maps)
        return self if table is self.table else Predictions(table)

    def overlay(self, key: tuple[str, str], column: str, title: str) -> PlateOverlay:
        """Return the predictions of a plate as they are painted: confidence, name, right or wrong.

        Wells of a control are left out, and so are those without a prediction in the column. Found
        once, as many ask; not to be changed.
        """
        if (key, column) not in self._overlays:
            self._overlays[key, column] = self._overlay(key, column, title)
        return self._overlays[key, column]

    def _overlay(self, key: tuple[str, str], column: str, title: str) -> PlateOverlay:
        values, texts, right = {}, {}, {}
        mine = self.of(key)
        read = [mine[name].tolist() for name in ("Metadata_Well", "Metadata_Role", column,
                "Metadata_Perturbation", "Confidence")]  # fmt: skip
        for place, role, name, truth, confidence in zip(*read, strict=True):
            if not name or Role(role).is_control:
                continue
            well = WellId.parse(place)
            values[well], texts[well] = float(confidence), name
            if truth:
                right[well] = name == truth
        return PlateOverlay(title, "confidence", Scale.SHARE, values, texts, right)

    def agreement(
        self, key: tuple[str, str], names: Mapping[WellId, str], title: str
    ) -> PlateOverlay:
        """Return how far names given to wells of a plate agree with what these are known to hold.

        1 is right, 0.5 among the five that the model finds likeliest, 0 neither. The text is what
        was expected, or `named ← expected`. Wells of which nothing is known are left out.
        """
        values, texts = {}, {}
        mine = self.of(key)
        read = [mine[name].tolist() for name in ("Metadata_Well", "Metadata_Perturbation",
                *FIVE_BEST)]  # fmt: skip
        for place, truth, *best in zip(*read, strict=True):
            well = WellId.parse(place)
            name = names.get(well, "")
            if name and truth:
                values[well] = 1.0 if name == truth else 0.5 if truth in best else 0.0
                texts[well] = truth if name == truth else f"{name}{INSTEAD_OF}{truth}"
        return PlateOverlay(title, "", Scale.SHARE, values, texts, words=AGREEMENT)

    @classmethod
    def read(cls, path: Path) -> Predictions:
        """Read what `write` of the runs wrote: `.csv` or `.parquet`.

        Raises
        ------
        OSError
            If it cannot be read.
        ScreenError
            If it is no table of predictions.
        """
        if path.suffix == ".parquet":
            found = read_parquet(path)
        else:
            found = meant(read_csv(path, dtype=str, keep_default_na=False))
        return cls(_understood(cls(found).table, path))


def expecting(table: pd.DataFrame, maps: Mapping[tuple[str, str], PlateMap]) -> pd.DataFrame:
    """Return a table of wells with the role and perturbation that plate maps say.

    Rows of other plates stay as they are; where nothing differs, it is the same table.
    """
    roles, names = table["Metadata_Role"].tolist(), table["Metadata_Perturbation"].tolist()
    places = [table[f"Metadata_{name}"].tolist() for name in ("Experiment", "Plate", "Well")]
    changed = False
    for at, (experiment, plate, well) in enumerate(zip(*places, strict=True)):
        found = maps.get((experiment, plate))
        if found is None:
            continue
        content = found[WellId.parse(well)]
        if (roles[at], names[at]) != (str(content.role), content.perturbation):
            roles[at], names[at], changed = str(content.role), content.perturbation, True
    if not changed:
        return table
    return table.assign(Metadata_Role=roles, Metadata_Perturbation=names)


def _understood(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return the table with texts as texts and numbers as numbers, whatever wrote it.

    Raises
    ------
    ScreenError
        If a well, a role or a number is none.
    """
    import pandas as pd

    columns: dict[str, pd.Series] = {}
    for name in COLUMNS:
        try:
            if name in _NUMBERS:
                columns[name] = pd.to_numeric(table[name]).astype(_NUMBERS[name])
            else:
                columns[name] = _texts(table[name])
        except (TypeError, ValueError, OverflowError) as error:
            raise ScreenError(f"{name} in {path.name} is not all numbers: {error}") from error
    for well in columns["Metadata_Well"].unique():
        WellId.parse(well)
    roles = set(columns["Metadata_Role"].unique()) - {str(role) for role in Role}
    if roles:
        known = ", ".join(Role)
        raise ScreenError(f"{min(roles)!r} in {path.name} is no role: expected one of {known}")
    return table.assign(**columns)


def _texts(column: pd.Series) -> pd.Series:
    if column.dtype == "str" and not column.hasnans:
        return column
    return column.astype(object).fillna("").map(str).astype("str")
