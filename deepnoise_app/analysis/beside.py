"""Trivial baselines on the very wells that a model was judged on.

Every well is named from what is known of other experiments, never of its own. The rules are those
of the free names; what needs a network is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.accuracy import Accuracy, accuracy
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.placement import guess_by_position
from deepnoise_app.analysis.verdict import is_judged, is_learned
from deepnoise_app.screen import Plate, Role

if TYPE_CHECKING:
    import pandas as pd

POSITION, UNTRAINED = "position of the well", "untrained network"
FOLDS = 4
# With more wells the linear baselines would take minutes.
MOST_WELLS = 30_000
ONE_EXPERIMENT = "needs two experiments"
NOT_MEASURED = "not measured"
TOO_MANY = "too many wells: see deepnoise ladder"
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often a trivial way to name wells is right on `wells`; `lacking` says why unknown."""

    name: str
    accuracy: Accuracy | None = None
    wells: int = 0
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Baselines:
    """All of them, the simplest first; `warning` if the place of a well tells what it holds."""

    rows: tuple[Baseline, ...]
    warning: str = ""

    @property
    def measured(self) -> bool:
        """Whether any plate was measured."""
        return any(row.lacking != NOT_MEASURED for row in self.rows if row.name != POSITION)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Wells whose content is known: their place, what they hold, whether the model is judged."""

    keys: tuple[Key, ...]
    names: NDArray[np.str_]
    judged: NDArray[np.bool_]

    @property
    def experiments(self) -> NDArray[np.str_]:
        return np.array([key[0] for key in self.keys], dtype=str)

    @property
    def plates(self) -> NDArray[np.str_]:
        return np.array(["/".join(key[:2]) for key in self.keys], dtype=str)

    def only(self, rows: NDArray[np.intp]) -> _Known:
        return _Known(tuple(self.keys[i] for i in rows), self.names[rows], self.judged[rows])


def baselines_of(
    table: pd.DataFrame,
    classes: Mapping[str, Collection[str]],
    plates: Sequence[Plate],
    measures: Sequence[Measures],
    position: Accuracy | None,
) -> Baselines:
    """Name the judged wells of predictions in trivial ways.

    Parameters
    ----------
    table, classes
        As `insight_of` takes them.
    plates
        Open plates: what is known of them is learned from too.
    measures
        Of plates that were measured.
    position
        What naming wells after their place reaches.
    """
    from deepnoise_app.analysis.trivial import COUNT, INTENSITIES, MEASURES  # slow to load

    known = _known(table, classes, plates)
    several = len(set(known.experiments)) > 1
    rows = [Baseline(POSITION, position, int(known.judged.sum()),
                     "" if position is not None else ONE_EXPERIMENT)]  # fmt: skip
    for name in (COUNT, INTENSITIES, MEASURES):
        if not several:
            rows.append(Baseline(name, lacking=ONE_EXPERIMENT))
        elif len(known.keys) > MOST_WELLS:
            rows.append(Baseline(name, lacking=TOO_MANY))
        else:
            rows.append(_by_features(name, known, measures))
    guess = guess_by_position(plates) if several else None
    warning = str(guess) if guess is not None and guess.confounded else ""
    return Baselines(tuple(rows), warning[:1].upper() + warning[1:])


def _known(
    table: pd.DataFrame, classes: Mapping[str, Collection[str]], plates: Sequence[Plate]
) -> _Known:
    held: dict[Key, str] = {}
    for plate in plates:
        for well in plate.wells:
            content = plate.map[well]
            if content.role is Role.TREATMENT and content.perturbation:
                held[*plate.key, well.name] = content.perturbation
    mine = table[is_judged(table) & is_learned(table, classes)]
    columns = [mine[f"Metadata_{name}"].astype(str).tolist() for name in
               ("Experiment", "Plate", "Well", "Perturbation")]  # fmt: skip
    judged = {(e, p, w): name for e, p, w, name in zip(*columns, strict=True)}
    held |= judged
    return _Known(
        tuple(held), np.array(list(held.values()), dtype=str),
        np.array([key in judged for key in held], dtype=np.bool_),
    )  # fmt: skip


def _by_features(name: str, known: _Known, measures: Sequence[Measures]) -> Baseline:
    from deepnoise_app.analysis.baselines import linear_shares  # slow to load

    values, rows = _features(name, known, measures)
    mine = known.only(rows)
    experiments = mine.experiments
    if not len(rows) or not mine.judged.any() or len(set(experiments)) < 2:
        return Baseline(name, lacking=NOT_MEASURED)
    order = {one: at % FOLDS for at, one in enumerate(dict.fromkeys(experiments.tolist()))}
    fold = np.array([order[one] for one in experiments])
    right = np.zeros(len(rows), dtype=np.bool_)
    for number in range(fold.max() + 1):
        asked, learned = (fold == number) & mine.judged, fold != number
        names = sorted(set(mine.names[learned].tolist()))
        if asked.any() and len(names) > 1:
            shares = linear_shares(
                values[learned], mine.names[learned].tolist(), values[asked], names
            )
            right[asked] = np.array(names)[shares.argmax(axis=1)] == mine.names[asked]
    judged = mine.judged
    found = accuracy(right[judged], np.unique(mine.plates[judged], return_inverse=True)[1])
    return replace(Baseline(name), accuracy=found, wells=int(judged.sum()))


def _features(
    name: str, known: _Known, measures: Sequence[Measures]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """(wells, F) of the known wells in `rows` that were measured, each plate brought to 0 and 1."""
    import pandas as pd

    from deepnoise_app.analysis.baselines import within_plates  # slow to load
    from deepnoise_app.analysis.trivial import LEAST_KNOWN, PREFIXES

    nothing = np.zeros((0, 0)), np.zeros(0, np.intp)
    if not measures:
        return nothing
    prefix = PREFIXES[name]
    table = pd.concat([one.table for one in measures], ignore_index=True)
    columns = [c for c in Measures(table).names if c.startswith(prefix)]
    values = table[columns].to_numpy(dtype=np.float64)
    values = values[:, np.isfinite(values).mean(axis=0) >= LEAST_KNOWN]
    if not values.shape[1]:
        return nothing
    whole = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(whole):
        return nothing
    place = table.iloc[whole]
    plates = (place["Metadata_Experiment"] + "/" + place["Metadata_Plate"]).tolist()
    values = within_plates(values[whole], plates)
    at = {key: i for i, key in enumerate(zip(place["Metadata_Experiment"], place["Metadata_Plate"],
          place["Metadata_Well"], strict=True))}  # fmt: skip
    rows = np.array([i for i, key in enumerate(known.keys) if key in at], dtype=np.intp)
    return values[[at[known.keys[i]] for i in rows]], rows
