"""The further columns of plate maps, one text per row of a table of wells.

A dose, a gene or a replicate is said once, in the plate map; tables of wells join it by experiment,
plate and well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen.columns import TextColumn
from deepnoise_app.screen.platemap import PlateMap
from deepnoise_app.screen.well import WellId

NO_MAP = PlateMap()
PlateMaps = Mapping[tuple[str, str], PlateMap]
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
# What stands in a column of numbers where none is known.
_NOTHING = frozenset({"", "-", "na", "n/a", "nan", "none"})
_UNIT = re.compile(r"\s*[(\[].*")


@dataclass(frozen=True, eq=False)
class Factor:
    """One further column: its name in the plate map and its texts.

    `numbers` are its numbers, NaN where none is known; None if it holds anything else.
    """

    name: str
    texts: TextColumn
    numbers: NDArray[np.float64] | None = None

    @property
    def short(self) -> str:
        """Name without a unit in brackets, as people call it: `Dose` for `Dose (µM)`."""
        return _UNIT.sub("", self.name) or self.name


def join_factors(
    maps: PlateMaps, experiments: TextColumn, plates: TextColumn, wells: TextColumn
) -> tuple[Factor, ...]:
    """Return what plate maps say besides of each row, in the order in which it is said.

    Parameters
    ----------
    maps
        By experiment and plate; rows of other plates, and of wells not listed, stay empty.
    experiments, plates, wells
        One text per row; wells as `B07`.
    """
    # Few of the contents differ: each different one is looked at once.
    codes: dict[tuple[tuple[str, str], ...], int] = {(): 0}
    rows = np.zeros(len(wells), dtype=np.intp)
    count = max(1, len(plates.names))
    keys = experiments.codes * count + plates.codes
    place = {name: at for at, name in enumerate(wells.names)}
    named: dict[WellId, int | None] = {}
    for one in np.unique(keys):
        experiment, plate = divmod(int(one), count)
        found = maps.get((experiments.names[experiment], plates.names[plate]), NO_MAP)
        known = np.zeros(len(wells.names), dtype=np.intp)
        for well, content in found.contents.items():
            if well not in named:
                named[well] = place.get(well.name)
            at = named[well]
            if at is not None and content.factors:
                known[at] = codes.setdefault(content.factors, len(codes))
        if known.any():
            mine = keys == one
            rows[mine] = known[wells.codes[mine]]
    spoken = [dict(factors) for factors in codes]
    names = dict.fromkeys(name for factors in spoken for name in factors)
    return tuple(_factor(name, [one.get(name, "") for one in spoken], rows) for name in names)


def _factor(name: str, said: Iterable[str], rows: NDArray[np.intp]) -> Factor:
    """Return a column from what each kind of content says and the kind of each row."""
    texts = TextColumn.of(said)
    values = [_number(text) for text in texts.names]
    column = TextColumn(texts.codes[rows], texts.names)
    if None in values or np.isnan(np.array(values, dtype=np.float64)).all():
        return Factor(name, column)
    return Factor(name, column, np.array(values, dtype=np.float64)[column.codes])


def _number(text: str) -> float | None:
    if _NUMBER.fullmatch(text.strip()):
        return float(text)
    return np.nan if text.strip().casefold() in _NOTHING else None
