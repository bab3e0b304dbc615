"""Loads in a thread what the window will want soon, so that nobody waits for it.

The window starts without pandas, scipy, matplotlib and pyqtgraph, which take longer to load than
the window takes to appear; so its modules import them where they are first needed.
"""

from __future__ import annotations

from importlib import import_module

from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.colour_map import map_colours
from deepnoise_app.screen import Scale

# Only when the window is up and has been drawn: a thread that loads takes time from it.
AFTER_MS = 400
# Slow to load; none of them makes a widget or starts anything when it is loaded.
MODULES = ("pandas", "pyarrow.parquet", "pyqtgraph", "scipy.ndimage")


class Preload(QObject):
    """Waits until the window has been drawn, then loads in a thread; says when all is there."""

    loaded = Signal()

    def __init__(self, background: Background) -> None:
        super().__init__(background)
        self._background = background
        self._timer = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._timer.timeout.connect(self._load)

    def begin(self) -> None:
        """Load soon: the window is being shown."""
        self._timer.start()

    def _load(self) -> None:
        self._background.ask("soon", load_what_is_wanted_soon, self._told, self._told)

    def _told(self, _: object) -> None:
        self.loaded.emit()


def load_what_is_wanted_soon() -> None:
    """Load tables, the colours of heat maps, curves, and what smooths pictures."""
    for name in MODULES:
        import_module(name)
    map_colours(Scale.SEQUENTIAL)
