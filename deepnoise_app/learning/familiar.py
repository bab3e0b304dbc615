"""Tells whether plates are like those that a model was trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.learning.survey import PlateSurvey
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.card_parts import ChannelRange, Distribution

# Plates of unseen experiments may lie this much further out than those of the training.
SLACK = 1.25
# Statistics may leave the training's range by this much (natural logarithm: 35 %).
RANGE_SLACK = 0.3
FEWEST_WELLS = 8


def training_distribution(
    training: NDArray[np.float32], plates: Sequence[NDArray[np.float32]]
) -> Distribution:
    """Describe where embeddings lie.

    Parameters
    ----------
    training
        (wells, D) of the training experiments: they give centre and spread.
    plates
        (wells, D) per plate, of training and held-out experiments: they give the limit.
    """
    centre = training.mean(axis=0)
    spread = np.maximum(training.std(axis=0), 1e-6)
    bare = Distribution(centre=centre.tolist(), spread=spread.tolist(), limit=0)
    distances = [plate_distance(plate, bare) for plate in plates]
    quantiles = {f"{q:g}": float(np.quantile(distances, q)) for q in (0.05, 0.5, 0.95)}
    return bare.model_copy(update={"limit": SLACK * max(distances), "quantiles": quantiles})


def plate_distance(embeddings: NDArray[np.float32], distribution: Distribution) -> float:
    """Median over wells of the root mean square of (embedding - centre) / spread."""
    centre, spread = np.array(distribution.centre), np.array(distribution.spread)
    away = (embeddings - centre) / spread
    return float(np.nanmedian(np.sqrt((away**2).mean(axis=1))))


def channel_ranges(surveys: Sequence[PlateSurvey]) -> list[ChannelRange]:
    """Smallest and largest of the plates' statistics, per channel."""
    logs = np.array([_log_statistics(survey) for survey in surveys])  # (plates, 2, C)
    low, high = np.nanmin(logs, axis=0), np.nanmax(logs, axis=0)
    return [
        ChannelRange(
            log_mean=(float(low[0, c]), float(high[0, c])),
            log_std=(float(low[1, c]), float(high[1, c])),
        )
        for c in range(logs.shape[2])
    ]


def _log_statistics(survey: PlateSurvey) -> NDArray[np.float64]:
    """(2, C): logarithms of mean and deviation, averaged over sites; NaN where unknown."""
    known = ~np.isnan(survey.means)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, survey.means, 0).sum(axis=0) / count
    std = np.where(known, survey.stds, 0).sum(axis=0) / count
    absent = np.where(known.any(axis=0), 0.0, np.nan)
    return np.log(np.maximum([mean, std], 1e-6)) + absent


def unlike_reasons(
    card: ModelCard, survey: PlateSurvey, embeddings: NDArray[np.float32]
) -> list[str]:
    """Say in what a plate is unlike the training data; empty if it is not."""
    reasons = unlike_outwardly(card, survey, len(embeddings))
    if card.training_embedding is not None and np.isfinite(embeddings).all(axis=1).any():
        distance = plate_distance(embeddings, card.training_embedding)
        limit = card.training_embedding.limit
        if distance > limit:
            reasons.append(
                f"its features lie at {distance:.1f}, training plates within {limit:.1f}"
            )
    return reasons


def unlike_outwardly(card: ModelCard, survey: PlateSurvey, wells: int) -> list[str]:
    """Say in what a plate is unlike the training data without asking the network.

    Parameters
    ----------
    survey
        Of the whole plate or of some of its sites.
    wells
        How many wells of the plate are imaged.
    """
    return [
        *_few_wells(card, wells),
        *_other_size(card, survey),
        *_other_brightness(card, survey),
    ]


def _few_wells(card: ModelCard, wells: int) -> list[str]:
    least = min(FEWEST_WELLS, card.smallest_plate)
    if wells >= least:
        return []
    return [
        f"{wells} imaged well{'s' * (wells != 1)} cannot tell a plate's own mean and deviation"
        f" (training plates had at least {card.smallest_plate})"
    ]


def _other_size(card: ModelCard, survey: PlateSurvey) -> list[str]:
    if card.image_size is None or not len(survey.refs) or survey.size == card.image_size:
        return []
    return [
        f"its images are {_size(survey.size)} pixels, those learned from {_size(card.image_size)}"
    ]


def _other_brightness(card: ModelCard, survey: PlateSurvey) -> list[str]:
    if not card.channel_ranges or not len(survey.refs):
        return []
    mean, std = _log_statistics(survey)
    found = []
    for name, known, m, s in zip(card.channels, card.channel_ranges, mean, std, strict=True):
        if math.isnan(m):
            found.append(f"{name} is missing on the whole plate")
        elif _outside(m, known.log_mean) or _outside(s, known.log_std):
            found.append(f"{name} is {_compared(m, s, known)} than on any training plate")
    return found


def _outside(value: float, known: tuple[float, float]) -> bool:
    return not known[0] - RANGE_SLACK <= value <= known[1] + RANGE_SLACK


def _compared(mean: float, std: float, known: ChannelRange) -> str:
    if _outside(mean, known.log_mean):
        return "brighter" if mean > known.log_mean[1] else "darker"
    return "richer in contrast" if std > known.log_std[1] else "poorer in contrast"


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
