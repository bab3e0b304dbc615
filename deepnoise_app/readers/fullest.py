"""Chooses among readers that all know a folder: the one that reads most images of it."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path

from deepnoise_app.errors import Interrupted, ScreenError
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.readers.reader import Reader, open_with
from deepnoise_app.screen import Problem, ProblemKind, Screen, StackChoice

_log = logging.getLogger(__name__)


def open_fullest(
    place: Path, fitting: list[Reader], stack: StackChoice | None
) -> tuple[Screen | None, dict[str, ScreenError]]:
    """The screen with the most images; the first one where it leaves no file aside.

    An image counts for the first reader that takes it: the later ones are less particular. Also
    returned is what hindered readers of that layout.
    """
    faults: dict[str, ScreenError] = {}
    best, most = None, 0
    failed: list[Problem] = []
    taken: set[Hashable] = set()
    for reader in fitting:
        try:
            screen = open_with(reader, place, stack)
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 (another package's fault must not be ours)
            if isinstance(error, ScreenError):
                faults[reader.name] = error
            else:
                _log.warning("reader %s failed on %s: %s", reader.name, place, error)
                faults[reader.name] = ScreenError(f"the reader {reader.name} failed: {error}")
            message = f"it looks like {reader.name}, but could not be read so: {error}"
            if best is None:
                failed.append(Problem(ProblemKind.UNREADABLE, message))
            continue
        strays = any(problem.kind is ProblemKind.STRAY for problem in screen.problems)
        if best is None and not strays:
            best = screen
            break
        images = _images(screen) - taken
        if best is None or len(images) > most:
            best, most = screen, len(images)
        taken |= images
        if not strays:
            break
    found = None if best is None else replace(best, problems=(*failed, *best.problems))
    return found, faults


def _images(screen: Screen) -> set[Hashable]:
    """All planes of a screen; those in files of their own by name, to compare readers."""
    found: set[Hashable] = set()
    for plate in screen.imaged:
        pixels = plate.pixels
        if isinstance(pixels, FilePixels):
            for plane in pixels.planes():
                found.update(pixels.names(*plane))
        else:
            found.update((plate.key, i) for i in range(int(plate.present.sum())))
    return found
