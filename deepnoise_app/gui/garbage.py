"""Python's garbage is collected in the window's own thread.

Python collects in whatever thread happens to ask for memory. Widgets and plot items that end in
another thread than the window's take the window along; so nothing is collected by itself, and the
window collects what has gathered, between two turns of its event loop.
"""

from __future__ import annotations

import gc

from qtpy.QtCore import QObject, QTimer

EVERY_MS = 200


class Garbage(QObject):
    """Collects in the thread of its parent, as often as Python would have; ends with `stop`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    def spare(self) -> None:
        """Never look through what is there now: it stays as long as the window does."""
        gc.freeze()

    def _collect(self) -> None:
        """Collect the oldest generation that is due; the younger ones go with it."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [at for at, (count, most) in enumerate(counts) if count > most > 0]
        if due:
            gc.collect(due[-1])
