"""Finds single wells that have changed places, on one plate or between plates of an experiment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from deepnoise_app.analysis.evidence import NOTHING, Codes, PlateEvidence
from deepnoise_app.screen import WellId

# How often a plate has two wells exchanged with each other, or one with a well of another plate of
# its experiment, before any image is seen.
PRIOR, PRIOR_BETWEEN = 0.02, 0.01
TOLD = 0.9
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two wells that each look like what the map says of the other.

    `plate` is experiment and plate of the second well; None where it is that of the first.
    """

    first: WellId
    second: WellId
    probability: float
    plate: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    odds: float
    places: tuple[tuple[int, int], tuple[int, int]]  # number of the plate, number of the well


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """The wells of a plate that count: their numbers, what the map says of them, how it fits."""

    plate: PlateEvidence
    ratios: Matrix
    at: NDArray[np.intp]
    codes: Codes
    own: Matrix

    @classmethod
    def of(cls, plate: PlateEvidence, ratios: Matrix) -> _Side:
        codes = plate.codes(plate.map)
        at = np.flatnonzero((codes != NOTHING) & plate.readable)
        return cls(plate, ratios, at, codes[at], ratios[at, codes[at]])

    def shows(self, other: _Side) -> Matrix:
        """(wells, wells of the other): what mine show of what the map says of those.

        -inf for what is no class here, or is said of both.
        """
        column = {name: i for i, name in enumerate(self.plate.classes)}
        names = [other.plate.classes[code] for code in other.codes]
        theirs = np.array([column.get(name, NOTHING) for name in names], dtype=np.intp)
        shown = self.ratios[np.ix_(self.at, theirs)]
        shown[:, theirs == NOTHING] = -np.inf
        shown[self.codes[:, None] == theirs[None, :]] = -np.inf
        return np.asarray(shown)


def find_exchanges(
    plates: Sequence[PlateEvidence], ratios: Sequence[Matrix]
) -> tuple[tuple[Exchange, ...], ...]:
    """Find pairs of wells that fit better when exchanged; each well at most once, best first.

    Parameters
    ----------
    plates
        Those of one experiment whose map fits as a whole.
    ratios
        For each (wells, classes): evidence as logarithms of likelihood ratios.

    Returns
    -------
    exchanges
        For each plate; one between two plates is told of both.
    """
    found: list[list[Exchange]] = [[] for _ in plates]
    taken: set[tuple[int, int]] = set()
    for pair in sorted(_pairs(plates, ratios), key=lambda pair: -pair.odds):
        if taken & set(pair.places):
            continue
        taken |= set(pair.places)
        (p, a), (q, b) = pair.places
        first, second, chance = plates[p].wells[a], plates[q].wells[b], float(expit(pair.odds))
        if p == q:
            found[p].append(Exchange(first, second, chance))
        else:
            found[p].append(Exchange(first, second, chance, plates[q].key))
            found[q].append(Exchange(second, first, chance, plates[p].key))
    return tuple(map(tuple, found))


def _pairs(plates: Sequence[PlateEvidence], ratios: Sequence[Matrix]) -> Iterator[_Pair]:
    """All pairs of wells that have probably changed places; one pair of plates at a time."""
    sides = [_Side.of(plate, mine) for plate, mine in zip(plates, ratios, strict=True)]
    counts = np.array([len(side.at) for side in sides])
    between = float(counts.sum() ** 2 - (counts**2).sum()) / 2
    least = float(logit(TOLD))
    for p, one in enumerate(sides):
        for q in range(p, len(sides)):
            other = sides[q]
            odds = one.shows(other) + other.shows(one).T - one.own[:, None] - other.own[None, :]
            if p == q:
                odds[np.tril_indices(len(odds))] = -np.inf
                odds += np.log(PRIOR / max(len(odds) * (len(odds) - 1) / 2, 1))
            else:
                odds += np.log(PRIOR_BETWEEN * len(plates) / 2 / max(between, 1))
            for a, b in np.argwhere(odds >= least):
                places = (p, int(one.at[a])), (q, int(other.at[b]))
                yield _Pair(float(odds[a, b]), places)
