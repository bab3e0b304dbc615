"""Three accuracies, never one: free, one per well, plate prior; treated wells only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import get_args

from deepnoise_app.analysis import verdict
from deepnoise_app.analysis.accuracy import Accuracy
from deepnoise_app.runs.card_parts import AccuracyName, Interval
from deepnoise_app.screen import Predictions

NAMES: tuple[AccuracyName, ...] = get_args(AccuracyName)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Accuracies where the truth is known.

    `unknown` counts treated wells whose perturbation the model has never learned; they are not
    part of the accuracies.
    """

    accuracies: dict[AccuracyName, Accuracy]
    wells: int
    unknown: int

    def intervals(self) -> dict[AccuracyName, Interval]:
        """Return the accuracies as model cards and summaries hold them."""
        return {
            name: Interval(value=one.value, low=one.low, high=one.high)
            for name, one in self.accuracies.items()
        }

    def value(self, name: AccuracyName) -> float | None:
        """One accuracy, 0 to 1; None where there is none."""
        found = self.accuracies.get(name)
        return None if found is None else found.value

    def values(self) -> dict[AccuracyName, float]:
        """All accuracies that there are, 0 to 1."""
        return {name: one.value for name, one in self.accuracies.items()}

    def score(self, name: AccuracyName) -> float:
        """Return what epochs are chosen by: one accuracy, or *free* where that one is not known."""
        found = self.value(name)
        return (self.value("free") or 0.0) if found is None else found


def judge(predictions: Predictions, classes: Collection[str]) -> Outcome:
    """Compare predictions with what the treated wells are known to hold.

    Parameters
    ----------
    classes
        Perturbations that the model knows.
    """
    learned = predictions.table["Metadata_Perturbation"].isin(list(classes)).to_numpy()
    found = verdict.judge(predictions.table, learned)
    accuracies = {n: found.accuracies[n] for n in NAMES if n in found.accuracies}
    return Outcome(accuracies, found.wells, found.unknown)
