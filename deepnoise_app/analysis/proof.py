"""Proof of disentanglement: how much technical noise and how much biology is in profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deepnoise_app.analysis.mixing import batch_silhouette, graph_connectivity, mixing_index
from deepnoise_app.analysis.probes import TARGETS, Probe, probe
from deepnoise_app.analysis.profiles import Profiles, Profiling, correct_profiles
from deepnoise_app.analysis.retrieval import Replication, replication, retrieval
from deepnoise_app.errors import ScreenError

RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Score:
    """A number with its 95 % interval over plates, and what chance would give; NaN: not known."""

    value: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True, slots=True)
class Proof:
    """One kind of profile under one correction.

    `probes` in the order of `TARGETS`: lower is better. `silhouette`, `mixing`, `connectivity` of
    plates and perturbations, 0 to 1, and `precision` (mAP) of replicates: higher is better. With a
    `refusal` there is nothing else.
    """

    name: str
    correction: Profiling
    wells: int
    probes: tuple[Probe, ...]
    silhouette: float
    mixing: float
    connectivity: float
    precision: Score
    replication: Replication | None
    refusal: str = ""


def prove(
    profiles: Profiles, corrections: Sequence[Profiling] = tuple(Profiling), seed: int = 0
) -> tuple[Proof, ...]:
    """Judge profiles as they are and after each correction; a refused one says why."""
    return tuple(_one(profiles, correction, seed) for correction in corrections)


def _one(profiles: Profiles, correction: Profiling, seed: int) -> Proof:
    nan = float("nan")
    try:
        made = correct_profiles(profiles, correction)
    except ScreenError as error:
        none = Score(nan, nan, nan, nan)
        return Proof(profiles.name, correction, len(profiles), (), nan, nan, nan, none, None,
                     str(error))  # fmt: skip
    known = [i for i, name in enumerate(made.perturbations) if name]
    labels = [made.perturbations[i] for i in known]
    batches = [made.plates[i] for i in known]
    named = made.features[known]
    return Proof(
        profiles.name,
        correction,
        len(made),
        tuple(probe(made, target, seed) for target in TARGETS),
        batch_silhouette(named, batches, labels) if known else nan,
        mixing_index(made.features, made.plates),
        graph_connectivity(named, labels) if len(known) > 1 else nan,
        _precision(made, seed),
        replication(made, seed),
    )


def _precision(profiles: Profiles, seed: int) -> Score:
    found = retrieval(profiles)
    told = np.isfinite(found.precision)
    nan = float("nan")
    if not told.any():
        return Score(nan, nan, nan, nan)
    _, name = np.unique(np.array(profiles.perturbations)[told], return_inverse=True)
    _, plate = np.unique(np.array(profiles.plates)[told], return_inverse=True)
    count = int(plate.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(
        count, np.full(count, 1 / count), size=RESAMPLES
    )
    values = []
    for times in drawn:
        weights = times[plate].astype(float)
        held = np.bincount(name, weights)
        total = np.bincount(name, weights * found.precision[told])
        values.append(float((total[held > 0] / held[held > 0]).mean()))
    low, high = np.percentile(values, (2.5, 97.5))
    return Score(found.mean, float(low), float(high), found.chance)
