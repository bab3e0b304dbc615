"""How far a scoring is, counted in wells: a single plate may take minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deepnoise_app.runs.events import Event, Progress
from deepnoise_app.screen import Plate

SECONDS_BETWEEN = 0.5


@dataclass(slots=True, eq=False)
class WellCount:
    """Tells how many wells of all plates are scored.

    Of the plate at work as many count as the share of its sites that `models` models have scored.
    """

    tell: Callable[[Event], None]
    plates: Sequence[Plate]
    models: int
    done: int = 0
    _at_work: int = 0
    _model: int = 0
    _told: float = 0.0

    def start(self) -> None:
        """Tell that no well is scored yet."""
        self._say(0)

    def begin(self, plate: Plate, model: int) -> None:
        """Note that the next sites are those of a plate, scored by this model."""
        self._at_work, self._model = len(plate.wells), model

    def heard(self, done: int, total: int) -> None:
        """Tell that so many of the plate's sites are scored; not more often than one can read."""
        if time.monotonic() - self._told >= SECONDS_BETWEEN:
            share = (self._model + done / total) / self.models
            self._say(self.done + int(share * self._at_work))

    def end(self) -> None:
        """Tell that the plate at work is done."""
        self.done += self._at_work
        self._at_work = 0
        self._say(self.done)

    def _say(self, done: int) -> None:
        self._told = time.monotonic()
        total = sum(len(plate.wells) for plate in self.plates)
        self.tell(Progress(phase="Scoring", done=done, total=total))
