"""Trivial baselines on the very wells that a model was judged on, by the same accuracies.

What needs a network is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.placement import guess_by_position
from deepnoise_app.analysis.verdict import Verdict, is_judged, is_learned, judge
from deepnoise_app.screen import Role, Screen

if TYPE_CHECKING:
    import pandas as pd

    from deepnoise_app.analysis.trivial_names import Key, Rows, TrivialNames, Wells

POSITION, UNTRAINED = "position of the well", "untrained network"
# With more wells the linear baselines would take minutes.
MOST_WELLS = 30_000
ONE_EXPERIMENT = "needs two experiments"
NOT_MEASURED = "not measured"
TOO_MANY = "too many wells: see deepnoise ladder"


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often a trivial way to name wells is right; `lacking` says why that is not known."""

    name: str
    verdict: Verdict = field(default_factory=lambda: Verdict({}, 0))
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


def baselines_of(
    table: pd.DataFrame,
    classes: Mapping[str, Collection[str]],
    screens: Sequence[Screen],
    measures: Sequence[Measures],
) -> Baselines:
    """Name the judged wells of predictions in trivial ways, from other experiments.

    Each is judged by the accuracies that the model has.

    Parameters
    ----------
    table, classes
        As `insight_of` takes them.
    screens
        Open screens: what is known of their plates is learned from too, and their libraries tell
        what plates hold.
    measures
        Of plates that were measured.
    """
    from deepnoise_app.analysis.baselines import position_shares  # slow to load
    from deepnoise_app.analysis.trivial import COUNT, INTENSITIES, MEASURES
    from deepnoise_app.analysis.trivial_names import TrivialNames

    wells = _known(table, classes, screens)
    several = len(set(wells.experiments[wells.known].tolist())) > 1
    features = (COUNT, INTENSITIES, MEASURES)
    if not several or len(wells.keys) > MOST_WELLS:
        lacking = TOO_MANY if several else ONE_EXPERIMENT
        return Baselines(tuple(Baseline(name, lacking=lacking) for name in (POSITION, *features)))
    model = judge(table, is_learned(table, classes))
    namer = TrivialNames(wells, screens, tuple(model.accuracies))
    places = np.array([key[2] for key in wells.keys])

    def by_place(learned: Rows, asked: Rows, names: tuple[str, ...]) -> NDArray[np.float32]:
        labels = wells.names[learned].tolist()
        return position_shares(places[learned].tolist(), labels, places[asked].tolist(), names)

    rows = [Baseline(POSITION, namer.verdict(wells, by_place))]
    rows += [_by_features(name, wells, namer, measures) for name in features]
    guess = guess_by_position([plate for screen in screens for plate in screen.imaged])
    warning = str(guess) if guess is not None and guess.confounded else ""
    return Baselines(tuple(rows), warning[:1].upper() + warning[1:])


def _known(
    table: pd.DataFrame, classes: Mapping[str, Collection[str]], screens: Sequence[Screen]
) -> Wells:
    """Return wells of open plates that hold something known, and all that compete for names."""
    from deepnoise_app.analysis.trivial_names import Wells

    held: dict[Key, str] = {}
    for plate in (plate for screen in screens for plate in screen.imaged):
        for well in plate.wells:
            content = plate.map[well]
            if content.role is Role.TREATMENT and content.perturbation:
                held[*plate.key, well.name] = content.perturbation
    known = is_judged(table)
    mine = known & is_learned(table, classes)
    columns = [table[f"Metadata_{name}"].astype(str).tolist()
               for name in ("Experiment", "Plate", "Well", "Role", "Perturbation")]  # fmt: skip
    asked, judged = set(), set()
    for at, (experiment, plate_name, place, role, name) in enumerate(zip(*columns, strict=True)):
        if role not in (Role.TREATMENT, Role.UNKNOWN):
            continue
        key = experiment, plate_name, place
        held[key] = name if known[at] else ""
        asked.add(key)
        if mine[at]:
            judged.add(key)
    return Wells(
        tuple(held), np.array(list(held.values()), dtype=str),
        np.array([key in asked for key in held], dtype=np.bool_),
        np.array([key in judged for key in held], dtype=np.bool_),
    )  # fmt: skip


def _by_features(
    name: str, wells: Wells, namer: TrivialNames, measures: Sequence[Measures]
) -> Baseline:
    from deepnoise_app.analysis.baselines import linear_shares  # slow to load

    values, rows = _features(name, wells, measures)
    mine = wells.only(rows)
    if not mine.judged.any() or len(set(mine.experiments[mine.known].tolist())) < 2:
        return Baseline(name, lacking=NOT_MEASURED)

    def shares(learned: Rows, asked: Rows, names: tuple[str, ...]) -> NDArray[np.float32]:
        return linear_shares(values[learned], mine.names[learned].tolist(), values[asked], names)

    return Baseline(name, namer.verdict(mine, shares))


def _features(
    name: str, known: Wells, measures: Sequence[Measures]
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
