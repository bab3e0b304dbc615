"""What predictions tell where the truth is known: by plate, by pair, by confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.accuracy import Accuracy, accuracy
from deepnoise_app.analysis.calibration import calibration_error
from deepnoise_app.analysis.verdict import NAMED, Verdict, is_judged, is_learned, is_right, judge

if TYPE_CHECKING:
    import pandas as pd

BINS = 10
MOST_PAIRS = 200
NAMING = "free"


@dataclass(frozen=True, slots=True)
class Part:
    """How often names are right on one plate, or with no `plate` in one experiment."""

    experiment: str
    plate: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Confusion:
    """Wells that hold one perturbation and are named another.

    `wells` of the `of` wells that hold it; `places` are experiment, plate and well of each.
    """

    expected: str
    named: str
    wells: int
    of: int
    places: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """Wells of about one confidence: its mean, and the share that is named right."""

    confidence: float
    right: Accuracy


@dataclass(frozen=True, slots=True)
class Insight:
    """All of it; parts in the order of the worst.

    Pairs, order and calibration are those of the free names, of which confidence speaks.
    `chance` is what guessing reaches, `position` what naming each well after its neighbours at the
    same place of other experiments does (None where that cannot be told).
    """

    whole: Verdict
    experiments: tuple[Part, ...]
    plates: tuple[Part, ...]
    confusions: tuple[Confusion, ...]
    calibration: tuple[ConfidenceBin, ...]
    calibration_error: float | None
    chance: float | None
    position: Accuracy | None


def insight_of(table: pd.DataFrame, classes: Mapping[str, Collection[str]]) -> Insight:
    """Compare predictions with what treated wells are known to hold.

    Parameters
    ----------
    table
        As `Predictions` holds it.
    classes
        What each model can name, by its name.
    """
    learned = is_learned(table, classes)
    whole = judge(table, learned)
    mine = is_judged(table) & learned
    known = table[mine]
    right = is_right(known, NAMED[NAMING])
    confidence = known["Confidence"].to_numpy(np.float64)
    sure = np.isfinite(confidence)
    error = calibration_error(confidence[sure], right[sure]) if sure.any() else None
    names = known["Metadata_Perturbation"].nunique()
    return Insight(
        whole,
        _parts(table, learned, ["Metadata_Experiment"]),
        _parts(table, learned, ["Metadata_Experiment", "Metadata_Plate"]),
        _confusions(known, NAMED[NAMING]),
        _bins(confidence[sure], right[sure], _plates(known)[sure]),
        error,
        1 / names if names else None,
        _position(known),
    )


def _parts(table: pd.DataFrame, learned: NDArray[np.bool_], by: list[str]) -> tuple[Part, ...]:
    made = []
    for key, rows in table.groupby(by, sort=True).indices.items():
        names = tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)
        verdict = judge(table.iloc[rows], learned[rows])
        if verdict.accuracies:
            made.append(Part(names[0], names[1] if len(names) > 1 else "", verdict))

    def worth(part: Part) -> float:
        found = part.verdict.accuracies.get(NAMING)
        return found.value if found is not None else np.inf

    return tuple(sorted(made, key=worth))


def _confusions(known: pd.DataFrame, column: str) -> tuple[Confusion, ...]:
    """Pairs that are taken for one another most often, by the number of wells."""
    of = Counter(known["Metadata_Perturbation"].astype(str))
    wrong = known[(known[column] != known["Metadata_Perturbation"]) & (known[column] != "")]
    place = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
    made = []
    for (expected, named), mine in wrong.groupby(["Metadata_Perturbation", column], sort=True):
        columns = (mine[name].astype(str) for name in place)
        places = tuple(zip(*columns, strict=True))
        made.append(Confusion(str(expected), str(named), len(mine), of[str(expected)], places))
    made.sort(key=lambda one: (-one.wells, -one.wells / one.of, one.expected, one.named))
    return tuple(made[:MOST_PAIRS])


def _bins(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], plates: NDArray[np.str_]
) -> tuple[ConfidenceBin, ...]:
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    made = []
    for number in range(BINS):
        mine = place == number
        found = accuracy(right[mine], plates[mine])
        if found is not None:
            made.append(ConfidenceBin(float(confidence[mine].mean()), found))
    return tuple(made)


def _position(known: pd.DataFrame) -> Accuracy | None:
    """Name each well after what lies most often at its place in the other experiments."""
    if known["Metadata_Experiment"].nunique() < 2:
        return None
    experiment, _ = known["Metadata_Experiment"].factorize()
    well, wells = known["Metadata_Well"].factorize()
    truth, names = known["Metadata_Perturbation"].factorize()
    everywhere = np.zeros((len(wells), len(names)), np.intp)
    np.add.at(everywhere, (well, truth), 1)
    right = np.zeros(len(known), dtype=np.bool_)
    for one in range(experiment.max() + 1):
        mine = experiment == one
        others = everywhere.copy()
        np.subtract.at(others, (well[mine], truth[mine]), 1)
        best = others.argmax(axis=1)
        there = others.max(axis=1) > 0
        right[mine] = there[well[mine]] & (best[well[mine]] == truth[mine])
    return accuracy(right, _plates(known))


def _plates(table: pd.DataFrame) -> NDArray[np.str_]:
    joined = table["Metadata_Experiment"].astype(str) + "/" + table["Metadata_Plate"].astype(str)
    return joined.to_numpy(dtype=str)
