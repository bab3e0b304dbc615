"""Loads in a thread what the window will want soon, so that nobody waits for it."""

from __future__ import annotations

from importlib import import_module

from deepnoise_app.gui.colour_map import map_colours
from deepnoise_app.screen import Scale

# Slow to load; none of them makes a widget or starts anything when it is loaded.
MODULES = ("pyarrow.parquet", "pyqtgraph")


def load_what_is_wanted_soon() -> None:
    """Load the colours of heat maps, the reading of tables, and curves."""
    map_colours(Scale.SEQUENTIAL)
    for name in MODULES:
        import_module(name)
