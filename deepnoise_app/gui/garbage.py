"""Python's garbage is collected in the window's own thread.

Python collects in whatever thread happens to ask for memory. Widgets and plot items that end in
another thread than the window's take the window along; so nothing is collected by itself, and the
window collects what has gathered, between two turns of its event loop. So does the plugin, in whose
napari the same threads are at work.
"""

from __future__ import annotations

import gc
import time
from functools import partial
from itertools import count

from qtpy.QtCore import QObject, QTimer

EVERY_MS = 200
# Least time between two looks through everything: each holds the window up for some 40 ms.
WHOLE_S = 10.0
YOUNG, ALL = 1, 2
_numbers = count()
_at_work: set[int] = set()


class Garbage(QObject):
    """Collects in its own thread; ends with `stop` or its parent.

    What is young is looked through as often as Python would have, everything more seldom.
    Several may be at work: the last one leaves it to Python again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._number, self._whole = next(_numbers), time.monotonic()
        _at_work.add(self._number)
        self.destroyed.connect(partial(_leave, self._number))
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        _leave(self._number)

    def spare(self) -> None:
        """Never look through what is there now: it stays as long as the window does."""
        gc.freeze()

    def _collect(self) -> None:
        """Collect the oldest generation that is due; the younger ones go with it."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [at for at, (now, most) in enumerate(counts) if now > most > 0]
        if not due:
            return
        oldest, now = due[-1], time.monotonic()
        if oldest == ALL and now - self._whole < WHOLE_S:
            oldest = YOUNG
        gc.collect(oldest)
        if oldest == ALL:
            self._whole = now


def _leave(number: int, _: object = None) -> None:
    _at_work.discard(number)
    if not _at_work:
        gc.enable()
