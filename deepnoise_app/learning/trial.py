"""Short trials from which the time of a run is foretold."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def spread(count: int, most: int) -> list[int]:
    """Up to `most` of `count` positions, evenly spread."""
    return [int(i) for i in np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))]


def pace(work: Callable[[], object]) -> float:
    """Seconds of the second try: the first one warms up."""
    work()
    return seconds_of(work)


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
