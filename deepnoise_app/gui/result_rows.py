"""Predictions as rows of a table on screen: columns, their order when sorted, what a filter sees.

Everything that is asked of all rows is done with arrays; single cells are made when shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.verdict import NAMED, Verdict, is_judged, is_learned, is_right, judge
from deepnoise_app.gui.result_columns import (
    FACTOR,
    NUMBERS,
    SHOWN,
    ResultColumn,
    called,
    factor_column,
)
from deepnoise_app.screen import (
    Factor,
    Filter,
    PlateMap,
    Predictions,
    TextColumn,
    WellId,
    join_factors,
    natural,
)
from deepnoise_app.session import PlateKey

if TYPE_CHECKING:
    import pandas as pd

Rows = NDArray[np.intp]


_JUDGED_BY = [
    "Metadata_Experiment",
    "Metadata_Plate",
    "Metadata_Role",
    "Metadata_Perturbation",
    *NAMED.values(),
]
# What reads better on screen than in the file.
_SPELLED = {"Metadata_Role": ("_", " "), "Flags": (";", "; ")}
NAMINGS = tuple(NAMED.values())


@dataclass(frozen=True, eq=False)
class ResultRows:
    """The rows of predictions, in the order of the file.

    `classes` are the perturbations that each model can name, by its name; `maps` the plate maps,
    whose further columns become columns of the table.
    """

    predictions: Predictions
    classes: Mapping[str, Collection[str]] = field(default_factory=dict)
    maps: Mapping[PlateKey, PlateMap] = field(default_factory=dict)
    _texts: dict[str, TextColumn] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.predictions)

    @property
    def table(self) -> pd.DataFrame:
        """All rows, as the file has them."""
        return self.predictions.table

    @cached_property
    def columns(self) -> tuple[ResultColumn, ...]:
        """Columns to show: those in which at least one row holds something."""
        fixed = (one for one in SHOWN if one.source in NUMBERS or self._filled(one.source))
        return (*fixed, *map(factor_column, self.factors.values()))

    @cached_property
    def factors(self) -> dict[str, Factor]:
        """What the plate maps say besides, by the source of its column."""
        places = (self.text(f"Metadata_{what}") for what in ("Experiment", "Plate", "Well"))
        return {factor_column(one).source: one for one in join_factors(self.maps, *places)}

    def _filled(self, source: str) -> bool:
        return any(self.text(source).names)

    def text(self, source: str) -> TextColumn:
        """Return a column of texts."""
        if source.startswith(FACTOR):
            return self.factors[source].texts
        if source not in self._texts:
            key = WellId.parse if source == "Metadata_Well" else natural
            self._texts[source] = TextColumn.of(self.table[source], key)
        return self._texts[source]

    @cached_property
    def numbers(self) -> dict[str, NDArray[np.float64]]:
        """The columns of numbers."""
        fixed = {name: self.table[name].to_numpy(dtype=np.float64) for name in NUMBERS}
        factors = self.factors.items()
        return fixed | {name: one.numbers for name, one in factors if one.numbers is not None}

    @cached_property
    def right(self) -> dict[str, TextColumn]:
        """Per naming column `yes` or `no`, empty where it is not known or there is no name."""
        judged = is_judged(self.table)
        found = {}
        for source in NAMINGS:
            named = np.asarray(self.table[source] != "", dtype=np.bool_)
            codes = np.where(is_right(self.table, source), 2, 1)
            found[source] = TextColumn(np.where(judged & named, codes, 0), ("", "no", "yes"))
        return found

    @property
    def best(self) -> str:
        """The naming that knows most of the design, of those that there are."""
        return next((name for name in NAMINGS if self._filled(name)), NAMINGS[-1])

    @cached_property
    def filtered_by(self) -> dict[str, TextColumn | NDArray[np.float64]]:
        """The columns as a filter names them: by their titles, and a few other words."""
        known: dict[str, TextColumn | NDArray[np.float64]] = {
            called(one.title): self._values(one.source) for one in self.columns
        }
        known.setdefault("expected", self.text("Metadata_Perturbation"))
        known["perturbation"] = known["expected"]
        known["predicted"] = self.text(self.best)
        known["right"] = self.right[self.best]
        for source, factor in self.factors.items():
            known.setdefault(called(factor.short), self._values(source))
        return known

    def _values(self, source: str) -> TextColumn | NDArray[np.float64]:
        return self.numbers[source] if source in self.numbers else self.text(source)

    @property
    def examples(self) -> tuple[str, ...]:
        """Filters by what the plate maps say besides, such as `Dose > 0.1`; at most two."""
        found = []
        for factor in list(self.factors.values())[:2]:
            if factor.numbers is not None:
                found.append(f"{factor.short} > {np.nanmedian(factor.numbers):g}")
            else:
                found.append(f"{factor.short} = {next(filter(None, factor.texts.names), '')}")
        return tuple(found)

    def passing(self, wanted: Filter) -> Rows:
        """Rows that pass a filter, in the order of the file; a bad one raises a `FilterError`."""
        if not wanted.alternatives:
            return np.arange(len(self))
        return np.flatnonzero(wanted.mask(self.filtered_by))

    def sorted(self, rows: Rows, source: str, descending: bool) -> Rows:
        """Return rows in order of a column; the unknown go last, equals keep their order.

        Where there is no such column, because its plate map is closed, the rows stay as they are.
        """
        if source.startswith(FACTOR) and source not in self.factors:
            return rows
        if source in self.numbers:
            values = self.numbers[source][rows]
            places = np.where(np.isnan(values), np.inf, -values if descending else values)
        else:
            ranks = self.text(source).ranks[rows]
            empty = self.text(source).among({""})[rows]
            places = np.where(empty, np.inf, -ranks if descending else ranks)
        return rows[np.argsort(places, kind="stable")]

    @cached_property
    def _learned(self) -> NDArray[np.bool_]:
        return is_learned(self.table, self.classes)

    def verdict(self, rows: Rows) -> Verdict:
        """How often the names of these rows are right."""
        table = self.table if len(rows) == len(self) else self.table[_JUDGED_BY].iloc[rows]
        return judge(table, self._learned[rows])

    def place(self, row: int) -> tuple[PlateKey, WellId]:
        """Plate and well of a row."""
        key = (self.text("Metadata_Experiment")[row], self.text("Metadata_Plate")[row])
        return key, WellId.parse(self.text("Metadata_Well")[row])

    def _on(self, key: PlateKey) -> NDArray[np.bool_]:
        """Rows of a plate."""
        experiment, plate = self.text("Metadata_Experiment"), self.text("Metadata_Plate")
        return np.asarray(experiment.among({key[0]}) & plate.among({key[1]}))

    def rows_of(self, key: PlateKey, wells: Iterable[WellId]) -> Rows:
        """Rows of some wells of a plate."""
        mine = self.text("Metadata_Well").among({well.name for well in wells})
        return np.flatnonzero(mine & self._on(key))

    def wells_of(self, key: PlateKey, rows: Rows) -> list[WellId]:
        """Wells of a plate that are among rows."""
        names = self.text("Metadata_Well")
        return [WellId.parse(names[int(row)]) for row in rows[self._on(key)[rows]]]

    def cell(self, row: int, source: str) -> str:
        """What stands in a cell."""
        if source not in NUMBERS:
            old, new = _SPELLED.get(source, ("", ""))
            return self.text(source)[row].replace(old, new)
        value = self.numbers[source][row]
        if np.isnan(value):
            return ""
        return f"{value:.0f}" if source == "Sites" else f"{value:.3f}"


@cache
def no_rows() -> ResultRows:
    """Return a table without rows."""
    return ResultRows(Predictions.joined([]))
