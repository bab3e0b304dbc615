"""What the held-out experiments tell about confidences, for the card of a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepnoise_app.analysis.calibration import calibrate
from deepnoise_app.analysis.strangers import draw_limit
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.card_parts import Calibration, LibraryLimit
from deepnoise_app.screen import PlateMap, Role

# Fewer wells give a temperature that is mostly chance.
FEWEST_WELLS = 8


def calibrated(
    card: ModelCard, scored: Sequence[PlateScores], maps: Sequence[PlateMap]
) -> ModelCard:
    """Return the card with temperature and library limit, as the held-out plates give them.

    Parameters
    ----------
    scored, maps
        Scores of the held-out plates, and what their wells really hold.
    """
    apart = set(card.control_classes)
    kept = [i for i, name in enumerate(card.classes) if name not in apart]
    number = {card.classes[i]: at for at, i in enumerate(kept)}
    logits, labels, groups, strangers = [], [], [], []
    experiments = sorted({plate.experiment for plate in scored})
    for plate, truth in zip(scored, maps, strict=True):
        for well, row in zip(plate.wells, plate.logits[:, kept], strict=True):
            name = truth[well].perturbation
            if truth[well].role is not Role.TREATMENT or not name or np.isnan(row).any():
                continue
            if name in number:
                logits.append(row)
                labels.append(number[name])
                groups.append(experiments.index(plate.experiment))
            else:
                strangers.append(row.max() / card.scale)
    if len(labels) < FEWEST_WELLS:
        return card.model_copy(update={"calibration": None, "library_limit": None})
    found = calibrate(np.array(logits), np.array(labels), np.array(groups))
    calibration = Calibration(
        temperature=found.temperature,
        wells=len(labels),
        experiments=len(set(groups)),
        error_before=found.error_before,
        error_after=found.error_after,
        crossed=found.crossed,
    )
    limit = draw_limit(np.array(logits).max(axis=1) / card.scale, np.array(strangers))
    return card.model_copy(
        update={
            "calibration": calibration,
            "library_limit": None
            if limit is None
            else LibraryLimit(
                cosine=limit.score,
                source=limit.source,
                members_flagged=limit.members_flagged,
                strangers_flagged=limit.strangers_flagged,
            ),
        }
    )
