"""How often simulated plate maps are wrong that are called wrong with some probability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.evidence import PlateEvidence
from deepnoise_app.analysis.hypotheses import (
    LIBRARY,
    OTHER_PLATE,
    PRIOR,
    REARRANGED,
    Hypothesis,
    calibrate,
    evidence_for,
    hypotheses,
    probabilities,
)

from .made_evidence import made_screen, plant

KINDS = {"swap": OTHER_PLATE, "rotated": REARRANGED, "mirrored": REARRANGED, "shift": REARRANGED,
         "library": LIBRARY}  # fmt: skip
WRONG = sum(PRIOR.values())
EDGES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
RIGHT = "none"


@dataclass(frozen=True, slots=True)
class Setting:
    """A simulated screen: noise of wells, what all wells of a plate share of it, and size."""

    noise: float
    shared: float
    experiments: int
    plates: int
    each: int


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One plate: its planted error, the hypotheses about it and their evidence."""

    setting: Setting
    error: str
    guesses: list[Hypothesis]
    evidence: NDArray[np.float64]


def trials(settings: Sequence[Setting], seeds: range) -> Iterator[Trial]:
    """Plant every error in every screen."""
    for one in settings:
        for seed in seeds:
            screen, library = made_screen(seed, one.noise, one.experiments, one.plates, one.each,
                                          shift=one.shared * one.noise)  # fmt: skip
            for error in (RIGHT, *KINDS):
                planted, _ = plant(screen, error, np.random.default_rng(seed))
                guesses = [hypotheses(plate, planted, library) for plate in planted]
                trust = calibrate(planted, guesses)
                for before, after, mine in zip(screen, planted, guesses, strict=True):
                    wrong = _is_wrong(before, after)
                    found = evidence_for(after, mine, trust.ratios(after))
                    yield Trial(one, error if wrong else RIGHT, mine, found)


def _is_wrong(before: PlateEvidence, after: PlateEvidence) -> bool:
    return before.map.contents != after.map.contents


def shares(found: Sequence[Trial], wrong: float) -> NDArray[np.float64]:
    """Weights by which a share `wrong` of the maps is wrong, each way as often as assumed."""
    count = Counter(trial.error for trial in found)
    ways = Counter(KINDS.values())
    often = {e: wrong * PRIOR[kind] / WRONG / ways[kind] for e, kind in KINDS.items()}
    often[RIGHT] = 1 - wrong
    return np.array([often[trial.error] / count[trial.error] for trial in found])


def odds(found: Sequence[Trial], weight: float, wrong: float) -> NDArray[np.float64]:
    """Logarithm of the odds that a map is wrong, were a share `wrong` of all maps wrong."""
    right = np.array([probabilities(t.guesses, t.evidence, weight)[0] for t in found])
    right = np.clip(right, 1e-15, 1 - 1e-15)
    shift = np.log(wrong / (1 - wrong)) - np.log(WRONG / (1 - WRONG))
    return np.log((1 - right) / right) + shift


def loss(found: Sequence[Trial], weight: float) -> float:
    """Mean logarithmic loss at even odds, in nats."""
    told, truth = odds(found, weight, 0.5), np.array([t.error != RIGHT for t in found])
    return float((shares(found, 0.5) * np.logaddexp(0, np.where(truth, -told, told))).sum())


@dataclass(frozen=True, slots=True)
class Bin:
    """Plates whose map was given about the same probability to be wrong."""

    plates: int
    share: float
    said: float
    found: float


def reliability(found: Sequence[Trial], weight: float, wrong: float = 0.5) -> list[Bin]:
    """How often maps were wrong, by the probability that they were given."""
    said = 1 / (1 + np.exp(-odds(found, weight, wrong)))
    mass, truth = shares(found, wrong), np.array([t.error != RIGHT for t in found])
    mass = mass / mass.sum()
    bins = []
    for number in range(len(EDGES) + 1):
        here = np.digitize(said, EDGES) == number
        if here.any():
            part = mass[here] / mass[here].sum()
            bins.append(Bin(int(here.sum()), float(mass[here].sum()),
                            float(part @ said[here]), float(part @ truth[here])))  # fmt: skip
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error (Naeini 2015): mean distance of said and found."""
    return sum(one.share * abs(one.said - one.found) for one in bins)
