"""Corrections of measures for the plate and the place; each has a name that tables carry.

Refused where it would erase biology that the plate map declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.confounding import fills_line, fills_plate
from deepnoise_app.analysis.polish import mad, median_polish
from deepnoise_app.analysis.values import PlateValues, plates_of
from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import Role

if TYPE_CHECKING:
    import pandas as pd

COLUMN = "Correction"
LEAST_CONTROLS = 2


class Correction(StrEnum):
    """What is taken out of a measure, and how the result is scaled."""

    NONE = "none"
    PLATE_MEDIAN = "plate-median"
    B_SCORE = "b-score"
    CONTROLS = "control-anchored"


WORDS = {
    Correction.NONE: "as measured",
    Correction.PLATE_MEDIAN: "the plate's sample median taken out",
    Correction.B_SCORE: "rows and columns polished out, over the median absolute deviation",
    Correction.CONTROLS: "negative controls of the plate at 0, their deviation at 1",
}


def refusal(plates: Sequence[PlateValues], correction: Correction) -> str:
    """Why a correction must not be applied; empty if it may."""
    if correction is Correction.PLATE_MEDIAN:
        return fills_plate(plates)
    if correction is Correction.B_SCORE:
        return fills_plate(plates) or fills_line(plates)
    if correction is Correction.CONTROLS:
        for plate in plates:
            count = int(plate.of_role(Role.NEGATIVE).sum())
            if count < LEAST_CONTROLS:
                return (
                    f"{' '.join(plate.key)} has {count} negative control wells with a value, at"
                    f" least {LEAST_CONTROLS} are needed to anchor it"
                )
    return ""


def correct(plates: Sequence[PlateValues], correction: Correction) -> tuple[PlateValues, ...]:
    """Apply a correction to one measure of all plates.

    Raises
    ------
    ScreenError
        If it would erase declared biology, or controls are lacking.
    """
    reason = refusal(plates, correction)
    if reason:
        raise ScreenError(f"the correction {correction} is refused: {reason}")
    return tuple(_one(plate, correction) for plate in plates)


def correct_table(table: pd.DataFrame, names: Sequence[str], correction: Correction
                  ) -> pd.DataFrame:  # fmt: skip
    """Return a table of wells with these measures corrected, and the name in `Correction`.

    Raises
    ------
    ScreenError
        As `correct`, or if the table was corrected before.
    """
    before = set(table[COLUMN]) - {"", str(Correction.NONE)} if COLUMN in table.columns else set()
    if before and correction is not Correction.NONE:
        raise ScreenError(
            f"the table is already corrected ({', '.join(sorted(before))}): give the measures as"
            " they were taken"
        )
    made = table.sort_values(["Metadata_Experiment", "Metadata_Plate"], kind="stable")
    values = {
        name: np.concatenate([p.values for p in correct(plates_of(made, name), correction)])
        for name in names
    }
    made = made.assign(**values) if names else made
    kept = sorted(before)[0] if before else str(correction)
    return made.assign(**{COLUMN: kept}).loc[table.index]


def _one(plate: PlateValues, correction: Correction) -> PlateValues:
    if correction is Correction.NONE or not plate.known.any():
        return plate
    if correction is Correction.B_SCORE:
        return plate.with_values(_b_scores(plate))
    if correction is Correction.CONTROLS:
        controls = plate.values[plate.of_role(Role.NEGATIVE)]
        return plate.with_values((plate.values - np.median(controls)) / _spread(controls, plate))
    samples = plate.samples if plate.samples.any() else plate.known
    return plate.with_values(plate.values - np.median(plate.values[samples]))


def _spread(controls: NDArray[np.float64], plate: PlateValues) -> float:
    spread = mad(controls)
    if not spread > 0:
        raise ScreenError(
            f"the correction {Correction.CONTROLS} is refused: the negative controls of"
            f" {' '.join(plate.key)} do not vary"
        )
    return spread


def _b_scores(plate: PlateValues) -> NDArray[np.float64]:
    """B scores by the effects of the samples alone: a column of controls keeps its level."""
    polish = median_polish(plate.grid(plate.samples if plate.samples.any() else None))
    places = np.nan_to_num(polish.rows)[plate.rows] + np.nan_to_num(polish.columns)[plate.columns]
    left = plate.values - polish.overall - places
    spread = mad(polish.residual)
    return left / spread if spread > 0 else left * 0.0
