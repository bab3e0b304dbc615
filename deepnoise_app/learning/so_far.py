"""Names as they come: what a scoring knows of wells before it has seen all of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deepnoise_app.runs.events import Event, Saved
from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen import Predictions

NAME = "so-far.parquet"
# Least seconds between two tables; the share of the time that they may take, and how many there
# are at most while the time doubles.
PAUSE_S, MOST_SHARE, MOST_IN_DOUBLE = 2.0, 0.05, 40


@dataclass(slots=True, eq=False)
class SoFar:
    """Writes a table of preliminary names into a folder, often enough to see them come.

    They are those of a scoring that ends now: the plate prior of an experiment of which not all
    is scored can still change, and what needs a whole plate is not done yet.
    """

    folder: Path
    tell: Callable[[Event], None]
    _began: float = field(default_factory=time.monotonic)
    _next: float = field(default_factory=lambda: time.monotonic() + PAUSE_S)

    def offer(self, name: Callable[[], Predictions]) -> None:
        """Have the wells named and the table written, if it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        table = name().table
        if len(table):
            path = self.folder / NAME
            write_beside(path, lambda place: table.to_parquet(place, index=False))
            self.tell(Saved(what="so far", path=str(path)))
        taken = time.monotonic() - now
        rest = max(PAUSE_S, taken / MOST_SHARE, (now - self._began) / MOST_IN_DOUBLE)
        self._next = now + taken + rest
