"""Asks all readers which of them can open a folder.

Readers are found through the entry points `deepnoise_app.readers`, so that other packages can add
theirs; the built-in ones are known without them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.pattern import PatternReader
from deepnoise_app.readers.pixels import FilePixels
from deepnoise_app.readers.rxrx import RxRxReader
from deepnoise_app.readers.walk import normal
from deepnoise_app.screen import ProblemKind, Screen

GROUP = "deepnoise_app.readers"
_log = logging.getLogger(__name__)


class Reader(Protocol):
    """One layout of screens on disk."""

    @property
    def name(self) -> str:
        """Short name, as in `open_screen(path, reader=name)`."""
        ...

    def refusal(self, path: Path) -> str | None:
        """Why this is not the reader's layout; None if it is."""
        ...

    def open(self, path: Path) -> Screen:
        """Read names and metadata only, no pixels."""
        ...


Maker = Callable[..., Reader]
BUILT_IN: dict[str, Maker] = {"rxrx": RxRxReader, "pattern": PatternReader}


def open_screen(path: Path | str, reader: str | None = None) -> Screen:
    """Open a folder as a screen.

    Parameters
    ----------
    reader
        Name of the reader to use, `pattern:` followed by a pattern of file names included; by
        default all are asked, and where several layouts lie together that of most images wins.

    Raises
    ------
    ScreenError
        If there is no such folder or reader, or no reader fits: then every refusal is listed.
    """
    place = normal(Path(path))
    _check_folder(place)
    if reader is not None:
        return _open_as(place, reader)
    refusals: list[str] = []
    fitting = []
    for name, one in _all_readers(refusals).items():
        refusal = _refusal(one, place)
        if refusal is None:
            fitting.append(one)
        else:
            refusals.append(f"{name}: {refusal}")
    screen = _open_fullest(place, fitting, refusals)
    if screen is None:
        listed = "".join(f"\n- {refusal}" for refusal in refusals)
        raise ScreenError(f"{path} is not a screen that any reader knows:{listed}")
    return screen


def reader_makers(refusals: list[str] | None = None) -> dict[str, Maker]:
    """All readers by name, built-in ones first; broken ones are noted in `refusals`."""
    makers = dict(BUILT_IN)
    for point in entry_points(group=GROUP):
        if point.name in makers:
            continue
        try:
            makers[point.name] = cast("Maker", point.load())
        except Exception as error:  # noqa: BLE001 (another package's fault must not be ours)
            _log.warning("reader %s cannot be loaded: %s", point.name, error)
            if refusals is not None:
                refusals.append(f"{point.name}: cannot be loaded ({error})")
    return makers


def _all_readers(refusals: list[str]) -> dict[str, Reader]:
    readers = {}
    for name, maker in reader_makers(refusals).items():
        try:
            readers[name] = maker()
        except Exception as error:  # noqa: BLE001 (as above)
            _log.warning("reader %s cannot be made: %s", name, error)
            refusals.append(f"{name}: cannot be made ({error})")
    return readers


def _refusal(reader: Reader, place: Path) -> str | None:
    try:
        return reader.refusal(place)
    except Exception as error:  # noqa: BLE001 (as above)
        _log.warning("reader %s failed on %s: %s", reader.name, place, error)
        return f"it failed ({error})"


def _open_fullest(place: Path, fitting: list[Reader], refusals: list[str]) -> Screen | None:
    """The screen with the most images; the first one where it leaves no file aside.

    An image counts for the first reader that takes it: the later ones are less particular.
    """
    best, most = None, 0
    taken: set[Hashable] = set()
    for reader in fitting:
        try:
            screen = reader.open(place)
        except Exception as error:  # noqa: BLE001 (as above; the other readers still serve)
            _log.warning("reader %s failed on %s: %s", reader.name, place, error)
            refusals.append(f"{reader.name}: {error}")
            continue
        strays = any(problem.kind is ProblemKind.STRAY for problem in screen.problems)
        if best is None and not strays:
            return screen
        images = _images(screen) - taken
        if best is None or len(images) > most:
            best, most = screen, len(images)
        taken |= images
        if not strays:
            break
    return best


def _images(screen: Screen) -> set[Hashable]:
    """All planes of a screen; those in files of their own by name, to compare readers."""
    found: set[Hashable] = set()
    for plate in screen.imaged:
        pixels = plate.pixels
        if isinstance(pixels, FilePixels):
            found.update(pixels.name(*plane) for plane in pixels.planes())
        else:
            found.update((plate.key, i) for i in range(int(plate.present.sum())))
    return found


def _open_as(place: Path, reader: str) -> Screen:
    name, _, argument = reader.partition(":")
    makers = reader_makers()
    if name not in makers:
        raise ScreenError(f"no reader {name!r}, only {', '.join(makers)}")
    if argument and name != PatternReader.name:
        raise ScreenError(f"the reader {name!r} takes no pattern: write {name!r} alone")
    one = makers[name](argument) if argument else makers[name]()
    refusal = one.refusal(place)
    if refusal is not None:
        raise ScreenError(f"{place} cannot be read as {name!r}: {refusal}")
    return one.open(place)


def _check_folder(place: Path) -> None:
    if not place.exists():
        raise ScreenError(f"there is no folder {place}")
    if not place.is_dir():
        raise ScreenError(f"{place} is a file: expected the folder of a screen or a plate")
    try:
        empty = next(place.iterdir(), None) is None
    except OSError as error:
        raise ScreenError(f"{place} cannot be listed: {error.strerror}") from error
    if empty:
        raise ScreenError(f"{place} is empty: expected the folder of a screen or a plate")
