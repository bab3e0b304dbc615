"""Starts the standalone window; nothing here is loaded by napari."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.display import why_no_window
from deepnoise_app.gui.given import NOTHING, Given


def start(given: Given = NOTHING, runs: Sequence[Path] = ()) -> int:
    """Open the window on what was given, with the results of runs; returns when it is closed.

    Given nothing, it goes on with what was open when it was last closed.

    Raises
    ------
    DeepNoiseError
        If there is no display, or no napari and Qt to make a window of.
    """
    reason = why_no_window()
    if reason is not None:
        raise DeepNoiseError(reason)
    from deepnoise_app.gui.host import application, keep_napari_apart, standalone

    keep_napari_apart()
    app = application()
    from deepnoise_app.gui.file_opens import FileOpens
    from deepnoise_app.gui.window import MainWindow

    window = MainWindow(standalone())
    # What is loaded stays: else Python looks through all of it for garbage, for a quarter second.
    window.parts.preload.loaded.connect(window.parts.garbage.spare)
    FileOpens(app, window.open, window)
    sys.excepthook = lambda kind, error, place: _told(window, kind, error, place)
    window.show()
    if given == NOTHING and not runs:
        window.go_on()
    window.open([*given.folders, *given.models])
    for run in runs:
        window.parts.desk.follow(run)
    return int(app.exec())


def _told(
    window: object, kind: type[BaseException], error: BaseException, place: TracebackType | None
) -> None:
    """Say a fault of our own in the window, and keep its traceback on stderr for a report."""
    from deepnoise_app.gui.window import MainWindow

    traceback.print_exception(kind, error, place)
    if isinstance(window, MainWindow) and isinstance(error, Exception):
        window.parts.workbench.complain(error, "An unexpected fault in the window")
