"""Plates made ready: every site read once, statistics taken, normalisation chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.survey import (
    Normalisation,
    PlateSurvey,
    normalisations,
    survey_plate,
)
from deepnoise_app.runs.card import ChannelStatistics
from deepnoise_app.runs.events import Event, Progress
from deepnoise_app.screen import Plate

AHEAD = 64


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Plates with their store, surveys and normalisations, all in the same order."""

    store: SiteStore
    surveys: tuple[PlateSurvey, ...]
    groups: tuple[Normalisation, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How plates are read: by which threads, and whom to tell and ask under way."""

    pool: ThreadPoolExecutor
    tell: Callable[[Event], None]
    should_stop: Callable[[], bool]


def prepare(
    store: SiteStore,
    normalisation: str,
    reading: Reading,
    statistics: Sequence[ChannelStatistics] = (),
    fitted: int | None = None,
) -> Material:
    """Survey all plates of a store and choose their normalisation.

    Parameters
    ----------
    normalisation
        `plate`, `experiment` or `global`.
    statistics
        Those of a model with global normalisation; without them they are taken from the plates.
    fitted
        With global normalisation, how many of the first plates it is taken from (the training
        plates, never those held out); all by default.
    """
    surveys = []
    for index in range(len(store.plates)):
        reading.tell(Progress(phase="Reading images", done=index, total=len(store.plates)))
        surveys.append(survey_plate(store, index, reading.pool, AHEAD, reading.should_stop))
    reading.tell(Progress(phase="Reading images", done=len(surveys), total=len(surveys)))
    groups = normalise_groups(store.plates, surveys, normalisation, statistics, fitted)
    return Material(store, tuple(surveys), tuple(groups))


def normalise_groups(
    plates: Sequence[Plate],
    surveys: Sequence[PlateSurvey],
    normalisation: str,
    statistics: Sequence[ChannelStatistics] = (),
    fitted: int | None = None,
) -> list[Normalisation]:
    """Return the normalisation of each plate."""
    if normalisation == "plate":
        return normalisations(surveys, range(len(surveys)))
    if normalisation == "experiment":
        return normalisations(surveys, [plate.experiment for plate in plates])
    if statistics:
        one = Normalisation(
            np.array([s.mean for s in statistics], dtype=np.float32),
            np.array([s.std for s in statistics], dtype=np.float32),
        )
    else:
        one = normalisations(surveys[:fitted], [0] * len(surveys[:fitted]))[0]
    return [one] * len(surveys)
