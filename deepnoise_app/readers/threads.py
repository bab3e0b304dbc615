"""Work on many things in threads, so that what was not begun is left when somebody stops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def in_threads(work: Callable[[In], Out], things: Iterable[In], workers: int) -> Iterator[Out]:
    """Yield what becomes of each thing, in their order; when left early, the rest is not begun."""
    pool = ThreadPoolExecutor(max(1, workers))
    try:
        yield from pool.map(work, things)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
