"""Finds single wells of a plate that have changed places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from deepnoise_app.analysis.evidence import NOTHING, Codes
from deepnoise_app.screen import WellId

# How often a plate has two wells exchanged, before any image is seen.
PRIOR = 0.02
TOLD = 0.9


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two wells that each look like what the map says of the other."""

    first: WellId
    second: WellId
    probability: float


def find_exchanges(
    wells: Sequence[WellId], codes: Codes | None, ratios: NDArray[np.float64]
) -> tuple[Exchange, ...]:
    """Find pairs of wells that fit better when exchanged; each well at most once, best first.

    Parameters
    ----------
    codes
        (wells,): what the map says.
    ratios
        (wells, classes): evidence as logarithms of likelihood ratios.
    """
    if codes is None:
        return ()
    at = np.flatnonzero(codes != NOTHING)
    if len(at) < 2:
        return ()
    mine = codes[at]
    crossed = ratios[np.ix_(at, mine)]  # what well a shows of what the map says of b
    own = np.diag(crossed)
    gain = crossed + crossed.T - own[:, None] - own[None, :]
    gain[mine[:, None] == mine[None, :]] = -np.inf
    first, second = np.triu_indices(len(at), 1)
    prior = np.log(PRIOR / len(first))
    odds = gain[first, second] + prior
    found: list[Exchange] = []
    taken: set[int] = set()
    for i in np.argsort(-odds, kind="stable"):
        chance = float(expit(odds[i]))
        if chance < TOLD:
            break
        pair = {int(first[i]), int(second[i])}
        if not pair & taken:
            taken |= pair
            found.append(Exchange(wells[at[first[i]]], wells[at[second[i]]], chance))
    return tuple(found)
