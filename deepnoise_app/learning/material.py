"""Plates made ready: every site read once, statistics taken, normalisation chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.device import memory_budget
from deepnoise_app.learning.survey import (
    Normalisation,
    PlateSurvey,
    normalisations,
    survey_plate,
)
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.card_parts import ChannelStatistics
from deepnoise_app.runs.events import Event, Progress, Warned
from deepnoise_app.screen import Plate

AHEAD = 64

Channels = Sequence[Sequence[int]]
Kind = tuple[int, str, tuple[tuple[float, float], ...]]
Asked = tuple[tuple[str, ...], ...]


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


class Materials:
    """Makes plates ready once for all models that take them alike (the folds of an ensemble do).

    Of every kind of model only the last plates are kept.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = replace(reading, tell=lambda _: None)
        self._kept: dict[Kind, tuple[Asked, Material]] = {}

    def of(self, card: ModelCard, plates: Sequence[Plate], channels: Channels) -> Material:
        """Return the material of these plates for a model; `channels` per plate."""
        kind = (
            card.input_size,
            card.normalisation,
            tuple((one.mean, one.std) for one in card.channel_statistics),
        )
        asked = tuple(
            (*plate.key, *map(str, one)) for plate, one in zip(plates, channels, strict=True)
        )
        kept = self._kept.get(kind)
        if kept is not None and kept[0] == asked:
            return kept[1]
        self._kept.pop(kind, None)  # its memory goes before the next plates come
        store = SiteStore(plates, channels, card.input_size, memory_budget())
        made = prepare(store, card.normalisation, self._reading, card.channel_statistics)
        self._kept[kind] = asked, made
        return made


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
        survey = survey_plate(store, index, reading.pool, AHEAD, reading.should_stop)
        if sentence := incomplete_sites(store.plates[index], survey):
            reading.tell(Warned(message=sentence))
        surveys.append(survey)
    reading.tell(Progress(phase="Reading images", done=len(surveys), total=len(surveys)))
    groups = normalise_groups(store.plates, surveys, normalisation, statistics, fitted)
    return Material(store, tuple(surveys), tuple(groups))


def incomplete_sites(plate: Plate, survey: PlateSurvey) -> str:
    """Say how many sites of a plate lack a channel or cannot be read; empty if none does."""
    first = np.flatnonzero([bool(faults) for faults in survey.faults])
    if not len(first):
        return ""
    ref, faults = survey.refs[first[0]], survey.faults[first[0]]
    place = f"{plate.wells[ref.well]} site {plate.sites[ref.site]}"
    what = faults[0] if place in faults[0] else f"{place}: {faults[0]}"
    more = len(first) > 1 or len(set(faults)) > 1
    return (
        f"{' '.join(plate.key)}: {len(first)} of {len(survey.refs)} sites are incomplete"
        f" ({what}{', ...' if more else ''}) and are used only in"
        " wells without a complete one"
    )


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
