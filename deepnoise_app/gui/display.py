"""Whether a window can be opened here; asks without loading Qt or napari."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

QT_BINDINGS = ("PySide6", "PyQt6")
NO_DISPLAY = (
    "there is no display to open a window on: set DISPLAY or WAYLAND_DISPLAY, or use the commands"
    " that need no window (`deepnoise --help`)"
)
NO_PACKAGES = (
    "the window needs napari and PySide6, which are not installed: install deepnoise-app[app]"
)


def why_no_window() -> str | None:
    """Return the reason, as a sentence, or None where a window can be opened."""
    if find_spec("napari") is None or not any(find_spec(name) for name in QT_BINDINGS):
        return NO_PACKAGES
    return None if _has_display() else NO_DISPLAY


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
