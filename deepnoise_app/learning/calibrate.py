"""What the held-out experiments tell about confidences, for the card of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.calibration import calibrate
from deepnoise_app.analysis.discriminants import Discriminants
from deepnoise_app.analysis.strangers import draw_limit
from deepnoise_app.learning.discriminants import named_by
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.card_parts import Calibration, LibraryLimit
from deepnoise_app.screen import PlateMap, Role

Values = NDArray[np.floating]
# Fewer wells give a temperature that is mostly chance.
FEWEST_WELLS = 8


def calibrated(
    card: ModelCard,
    scored: Sequence[PlateScores],
    maps: Sequence[PlateMap],
    discriminants: Discriminants | None = None,
) -> ModelCard:
    """Return the card with temperatures and library limit, as the held-out plates give them.

    Parameters
    ----------
    scored, maps
        Scores of the held-out plates, and what their wells really hold.
    discriminants
        Those of the model; they have a temperature of their own.
    """
    logits = [plate.logits[:, _treated(card)] for plate in scored]
    known, strangers = _known(card, scored, maps, logits)
    update: dict[str, object] = dict.fromkeys(
        ("calibration", "library_limit", "discriminant_calibration")
    )
    if len(known.labels) >= FEWEST_WELLS:
        update["calibration"] = _temperature(known)
        update["library_limit"] = _limit(known.values / card.scale, strangers / card.scale)
        if discriminants is not None:
            shares = [named_by(discriminants, plate).discriminants for plate in scored]
            others, _ = _known(card, scored, maps, [one for one in shares if one is not None])
            update["discriminant_calibration"] = _temperature(others)
    return card.model_copy(update=update)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Held-out wells of perturbations that the model knows.

    `values` (wells, treatments), `labels` (wells,) and the number of the experiment of each.
    """

    values: Values
    labels: NDArray[np.intp]
    experiments: NDArray[np.intp]


def _treated(card: ModelCard) -> list[int]:
    apart = set(card.control_classes)
    return [i for i, name in enumerate(card.classes) if name not in apart]


def _known(
    card: ModelCard,
    scored: Sequence[PlateScores],
    maps: Sequence[PlateMap],
    values: Sequence[Values],
) -> tuple[_Known, Values]:
    """Wells of known perturbations, and the highest values of wells of unknown ones.

    Parameters
    ----------
    values
        Per plate, (wells, treatments).
    """
    number = {name: at for at, name in enumerate(card.treatments)}
    rows, labels, groups, strangers = [], [], [], []
    experiments = sorted({plate.experiment for plate in scored})
    for plate, truth, mine in zip(scored, maps, values, strict=True):
        for well, row in zip(plate.wells, mine, strict=True):
            name = truth[well].perturbation
            if truth[well].role is not Role.TREATMENT or not name or np.isnan(row).any():
                continue
            if name in number:
                rows.append(row)
                labels.append(number[name])
                groups.append(experiments.index(plate.experiment))
            else:
                strangers.append(row.max())
    known = _Known(np.array(rows), np.array(labels, np.intp), np.array(groups, np.intp))
    return known, np.array(strangers)


def _temperature(known: _Known) -> Calibration:
    found = calibrate(known.values, known.labels, known.experiments)
    return Calibration(
        temperature=found.temperature,
        wells=len(known.labels),
        experiments=len(set(known.experiments.tolist())),
        error_before=found.error_before,
        error_after=found.error_after,
        crossed=found.crossed,
    )


def _limit(members: Values, strangers: Values) -> LibraryLimit | None:
    found = draw_limit(members.max(axis=1), strangers)
    if found is None:
        return None
    return LibraryLimit(
        cosine=found.score,
        source=found.source,
        members_flagged=found.members_flagged,
        strangers_flagged=found.strangers_flagged,
    )
