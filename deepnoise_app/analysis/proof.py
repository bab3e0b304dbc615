"""Proof of disentanglement: how much technical noise and how much biology is in profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.mixing import connectivities, mixing_indices, silhouettes
from deepnoise_app.analysis.probes import TARGETS, Probe, probe
from deepnoise_app.analysis.profiles import Profiles, Profiling, correct_profiles
from deepnoise_app.analysis.retrieval import Replication, replication, retrieval
from deepnoise_app.errors import ScreenError

RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Score:
    """A number with its 95 % interval, and what chance would give; NaN: not known."""

    value: float
    low: float
    high: float
    chance: float = float("nan")


UNKNOWN = Score(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Proof:
    """One kind of profile under one correction.

    `probes` in the order of `TARGETS`: lower is better. `silhouette`, `mixing`, `connectivity` of
    plates and perturbations, 0 to 1, and `precision` (mAP) of replicates: higher is better.
    Intervals are over plates, that of `connectivity` over perturbations. With a `refusal` there is
    nothing else.
    """

    name: str
    correction: Profiling
    wells: int
    probes: tuple[Probe, ...]
    silhouette: Score
    mixing: Score
    connectivity: Score
    precision: Score
    replication: Replication | None
    refusal: str = ""


def prove(
    profiles: Profiles, corrections: Sequence[Profiling] = tuple(Profiling), seed: int = 0
) -> tuple[Proof, ...]:
    """Judge profiles as they are and after each correction; a refused one says why."""
    return tuple(_one(profiles, correction, seed) for correction in corrections)


def _one(profiles: Profiles, correction: Profiling, seed: int) -> Proof:
    try:
        made = correct_profiles(profiles, correction)
    except ScreenError as error:
        return Proof(profiles.name, correction, len(profiles), (), UNKNOWN, UNKNOWN, UNKNOWN,
                     UNKNOWN, None, str(error))  # fmt: skip
    found = retrieval(made)
    precision = _by_perturbation(found.precision, made, seed)
    return Proof(
        profiles.name,
        correction,
        len(made),
        tuple(probe(made, target, seed) for target in TARGETS),
        _silhouette(made, seed),
        _mixing(made, seed),
        _connectivity(made, seed),
        replace(precision, chance=found.chance),
        replication(made, seed),
    )


def _silhouette(profiles: Profiles, seed: int) -> Score:
    known = np.array([bool(name) for name in profiles.perturbations])
    values = np.full(len(profiles), np.nan)
    if known.any():
        plates, names = np.array(profiles.plates)[known], np.array(profiles.perturbations)[known]
        values[known] = silhouettes(profiles.features[known], list(plates), list(names))
    return _by_perturbation(values, profiles, seed)


def _mixing(profiles: Profiles, seed: int) -> Score:
    values = mixing_indices(profiles.features, profiles.plates)
    if not len(values):
        return UNKNOWN
    _, plate = np.unique(np.array(profiles.plates), return_inverse=True)
    drawn = [np.median(np.repeat(values, times[plate])) for times in _plates_drawn(plate, seed)]
    return _score(float(np.median(values)), drawn)


def _connectivity(profiles: Profiles, seed: int) -> Score:
    known = [i for i, name in enumerate(profiles.perturbations) if name]
    names = [profiles.perturbations[i] for i in known]
    shares = connectivities(profiles.features[known], names) if len(known) > 1 else np.zeros(0)
    if not len(shares):
        return UNKNOWN
    drawn = np.random.default_rng(seed).choice(shares, (RESAMPLES, len(shares))).mean(axis=1)
    return _score(float(shares.mean()), drawn)


def _by_perturbation(values: NDArray[np.float64], profiles: Profiles, seed: int) -> Score:
    """Mean over perturbations of the mean over their wells that have a value."""
    told = np.isfinite(values)
    if not told.any():
        return UNKNOWN
    _, name = np.unique(np.array(profiles.perturbations)[told], return_inverse=True)
    _, plate = np.unique(np.array(profiles.plates)[told], return_inverse=True)

    def mean(weights: NDArray[np.float64]) -> float:
        held = np.bincount(name, weights)
        total = np.bincount(name, weights * values[told])
        return float((total[held > 0] / held[held > 0]).mean())

    drawn = [mean(times[plate].astype(float)) for times in _plates_drawn(plate, seed)]
    return _score(mean(np.ones(len(name))), drawn)


def _plates_drawn(plate: NDArray[np.intp], seed: int) -> NDArray[np.int64]:
    """(resamples, plates): how often each plate is drawn when all are drawn again."""
    count = int(plate.max()) + 1
    rng = np.random.default_rng(seed)
    return rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)


def _score(value: float, drawn: Sequence[float] | NDArray[np.float64]) -> Score:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Score(value, float(low), float(high))
