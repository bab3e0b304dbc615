"""What a linear probe still reads out of profiles: experiment, plate, row and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepnoise_app.analysis.profiles import Profiles

Target = Literal["experiment", "plate", "row", "column"]
TARGETS: tuple[Target, ...] = ("experiment", "plate", "row", "column")
FOLDS, RESAMPLES = 5, 500


@dataclass(frozen=True, slots=True)
class Probe:
    """Balanced accuracy of a probe on wells that it has not seen, 0 to 1, with 95 % over plates.

    `chance` is that of guessing. NaN where there is nothing to tell apart.
    """

    target: Target
    classes: int
    value: float
    low: float
    high: float
    chance: float

    @property
    def knows(self) -> float:
        """Part of the way from chance to certainty, 0 to 1; NaN where nothing is to be told."""
        return (self.value - self.chance) / (1 - self.chance) if self.classes > 1 else float("nan")


def probe(profiles: Profiles, target: Target, seed: int = 0) -> Probe:
    """Train a linear discriminant in turn on part of the wells and test it on the rest.

    Shrunk after Ledoit and Wolf (2004). Unlike least squares on class indicators it also reads rows
    that differ by steps along one direction.

    Experiment and plate are read in wells left out; row and column on plates left out, so that a
    probe cannot learn single plates by heart.
    """
    truth, plates = _truth(profiles, target), np.array(profiles.plates)
    names, code = np.unique(truth, return_inverse=True)
    nan = float("nan")
    chance = 1 / len(names)
    smallest = int(np.bincount(code).min())
    across = target in {"row", "column"}
    folds = min(FOLDS, len(set(profiles.plates)) if across else smallest)
    if len(names) < 2 or folds < 2:
        return Probe(target, len(names), nan, nan, nan, chance)
    predicted = np.full(len(code), -1)
    splits = (
        GroupKFold(folds).split(profiles.features, code, plates)
        if across
        else StratifiedKFold(folds, shuffle=True, random_state=seed).split(profiles.features, code)
    )
    for others, test in splits:
        # A class of one well has no spread to learn from.
        train = others[np.bincount(code[others])[code[others]] > 1]
        seen = len(set(code[train]))
        if len(train) <= seen:
            return Probe(target, len(names), nan, nan, nan, chance)
        if seen > 1:
            discriminant = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
            model = make_pipeline(StandardScaler(), discriminant)
            predicted[test] = model.fit(profiles.features[train], code[train]).predict(
                profiles.features[test]
            )
    right = (predicted == code).astype(float)
    low, high = _interval(right, code, plates, seed)
    return Probe(target, len(names), _balanced(right, code), low, high, chance)


def _truth(profiles: Profiles, target: Target) -> NDArray[np.object_]:
    values: dict[Target, list[object]] = {
        "experiment": list(profiles.experiments),
        "plate": list(profiles.plates),
        "row": [well.row for well in profiles.wells],
        "column": [well.column for well in profiles.wells],
    }
    return np.array(values[target], dtype=object)


def _balanced(
    right: NDArray[np.float64],
    code: NDArray[np.intp],
    weights: NDArray[np.float64] | None = None,
) -> float:
    """Mean over classes of the share of wells that are right."""
    hits = np.bincount(code, right if weights is None else right * weights)
    counts = np.bincount(code, weights)
    return float((hits[counts > 0] / counts[counts > 0]).mean())


def _interval(
    right: NDArray[np.float64], code: NDArray[np.intp], plates: NDArray[np.str_], seed: int
) -> tuple[float, float]:
    """95 % by drawing whole plates again."""
    _, plate = np.unique(plates, return_inverse=True)
    count = int(plate.max()) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES).astype(float)
    values = [_balanced(right, code, weights[plate]) for weights in drawn]
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
