"""Which names are right, and how often: the three accuracies of a table of predictions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.accuracy import Accuracy, accuracy
from deepnoise_app.screen import Role

if TYPE_CHECKING:
    import pandas as pd

# How each accuracy is called, and its column; the one that knows most of the design first.
NAMED: dict[str, str] = {
    "plate_prior": "Prediction_PlatePrior",
    "one_per_well": "Prediction_OnePerWell",
    "free": "Prediction_Free",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Accuracies on `wells` treated wells of known perturbation; none where nothing is known.

    `unknown` counts treated wells whose perturbation the model has never learned: they are not
    part of the accuracies.
    """

    accuracies: Mapping[str, Accuracy]
    wells: int
    unknown: int = 0


def is_judged(table: pd.DataFrame) -> NDArray[np.bool_]:
    """(rows,): treated wells of which it is known what they hold."""
    treated = table["Metadata_Role"] == str(Role.TREATMENT)
    return np.asarray(treated & (table["Metadata_Perturbation"] != ""), dtype=np.bool_)


def is_learned(table: pd.DataFrame, classes: Mapping[str, Collection[str]]) -> NDArray[np.bool_]:
    """(rows,): wells that hold what their model can name.

    Parameters
    ----------
    classes
        By the model's name; a model that is not listed is taken to know everything.
    """
    learned = np.ones(len(table), dtype=np.bool_)
    for model, names in classes.items():
        mine = np.asarray(table["Model"] == model, dtype=np.bool_)
        known = np.asarray(table["Metadata_Perturbation"].isin(list(names)), dtype=np.bool_)
        learned &= ~mine | known
    return learned


def is_right(table: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """(rows,): wells whose prediction is what is expected."""
    return np.asarray(table[column] == table["Metadata_Perturbation"], dtype=np.bool_)


def judge(table: pd.DataFrame, learned: NDArray[np.bool_]) -> Verdict:
    """Compare the predictions with what the treated wells are known to hold.

    Parameters
    ----------
    table
        As `Predictions` holds it.
    learned
        (rows,): wells that hold what their model can name.
    """
    judged = is_judged(table)
    mine = judged & learned
    plates = _plate_numbers(table)[mine]
    found: dict[str, Accuracy] = {}
    for name, column in NAMED.items():
        one = accuracy(is_right(table, column)[mine], plates)
        if one is not None and (table[column] != "").to_numpy()[mine].any():
            found[name] = one
    return Verdict(found, int(mine.sum()), int(judged.sum() - mine.sum()))


def _plate_numbers(table: pd.DataFrame) -> NDArray[np.intp]:
    """(rows,): the same number for the wells of one plate."""
    experiment, _ = table["Metadata_Experiment"].factorize()
    plate, names = table["Metadata_Plate"].factorize()
    return np.asarray(experiment * (len(names) + 1) + plate)
