"""Normalisation anchored to the negative controls of a plate.

Where most wells of a plate are strong hits, the plate's own mean and deviation are not those of the
training plates. The untreated wells are: mean and deviation are chosen so that they come to lie
where the untreated wells of the training plates lay under the model's own normalisation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.learning.survey import LEAST_STD, Normalisation, PlateSurvey
from deepnoise_app.runs.card_parts import ControlAnchor
from deepnoise_app.screen import Plate, PlateMap, Role


def control_anchors(
    plates: Sequence[Plate], surveys: Sequence[PlateSurvey], groups: Sequence[Normalisation]
) -> list[ControlAnchor]:
    """Say where the negative controls of training plates lie, per channel.

    Empty where no plate has any, or a channel of theirs cannot be read.
    """
    means, ratios = [], []
    for plate, survey, group in zip(plates, surveys, groups, strict=True):
        found = _controls(plate, survey, plate.map)
        if found is not None:
            mean, std = found
            means.append((mean - group.mean) / group.std)
            ratios.append(np.log(std / group.std))
    if not means:
        return []
    offset, log_ratio = np.mean(means, axis=0), np.mean(ratios, axis=0)
    return [
        ControlAnchor(offset=float(o), log_ratio=float(r))
        for o, r in zip(offset, log_ratio, strict=True)
    ]


def anchored(
    plate: Plate, survey: PlateSurvey, roles: PlateMap, anchors: Sequence[ControlAnchor]
) -> Normalisation | None:
    """Return the normalisation that puts the negative controls where those of the training lay.

    Parameters
    ----------
    roles
        What is known of the wells before scoring.
    anchors
        Those of the model's card; without them the controls are given mean 0 and deviation 1.

    Returns
    -------
    normalisation
        None where no negative control has a readable image of every channel.
    """
    found = _controls(plate, survey, roles)
    if found is None:
        return None
    mean, std = found
    if anchors:
        std = std / np.exp([anchor.log_ratio for anchor in anchors])
        mean = mean - std * np.array([anchor.offset for anchor in anchors])
    return Normalisation(mean.astype(np.float32), std.astype(np.float32))


def count_controls(plate: Plate, roles: PlateMap) -> int:
    """Return how many imaged wells are known to be negative controls."""
    return sum(roles[well].role is Role.NEGATIVE for well in plate.wells)


def _controls(
    plate: Plate, survey: PlateSurvey, roles: PlateMap
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Mean and deviation over the complete sites of the negative controls, (C,) each."""
    negative = [roles[well].role is Role.NEGATIVE for well in plate.wells]
    mine = np.array([negative[ref.well] for ref in survey.refs], dtype=np.bool_) & survey.complete
    if not mine.any():
        return None
    stds = np.maximum(survey.stds[mine].mean(axis=0), LEAST_STD)
    return survey.means[mine].mean(axis=0), stds
