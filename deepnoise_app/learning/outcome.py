"""Three accuracies, never one: free, one per well, plate prior; treated wells only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from deepnoise_app.analysis.accuracy import Accuracy, accuracy
from deepnoise_app.runs.card import AccuracyName, Interval
from deepnoise_app.screen import Predictions, Role

NAMES: dict[AccuracyName, str] = {
    "free": "Prediction_Free",
    "one_per_well": "Prediction_OnePerWell",
    "plate_prior": "Prediction_PlatePrior",
}


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


def judge(predictions: Predictions, classes: Collection[str]) -> Outcome:
    """Compare predictions with what the treated wells are known to hold.

    Parameters
    ----------
    classes
        Perturbations that the model knows.
    """
    table = predictions.table
    known = table["Metadata_Perturbation"] != ""
    treated = table[(table["Metadata_Role"] == str(Role.TREATMENT)) & known]
    learned = treated[treated["Metadata_Perturbation"].isin(set(classes))]
    plates = (learned["Metadata_Experiment"] + "\n" + learned["Metadata_Plate"]).tolist()
    found: dict[AccuracyName, Accuracy] = {}
    for name, column in NAMES.items():
        one = _one(learned, column, plates)
        if one is not None and (learned[column] != "").any():
            found[name] = one
    return Outcome(found, len(learned), len(treated) - len(learned))


def _one(table: pd.DataFrame, column: str, plates: list[str]) -> Accuracy | None:
    right = table[column] == table["Metadata_Perturbation"]
    return accuracy(right.tolist(), plates)
