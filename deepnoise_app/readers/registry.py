"""Asks all readers which of them can open a folder.

Readers are found through the entry points `deepnoise_app.readers`, so that other packages can add
theirs; the built-in ones are known without them, the most particular first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from deepnoise_app.errors import Interrupted, ScreenError
from deepnoise_app.readers.beside_pack import with_pack
from deepnoise_app.readers.fullest import open_fullest
from deepnoise_app.readers.reader import Reader, open_with
from deepnoise_app.readers.remote import RemotePlace, address_of
from deepnoise_app.readers.walk import Tell, check_folder, looking, normal
from deepnoise_app.screen import Screen, StackChoice

GROUP = "deepnoise_app.readers"
_log = logging.getLogger(__name__)


# The reader that would take nearly every folder, asked last.
GUESS = "pattern"
Maker = Callable[..., Reader]
# Import paths, so that opening one layout does not load the libraries of all others.
BUILT_IN = {
    "load-data": "loaddata:LoadDataReader",
    "ome-zarr": "omezarr:OmeZarrReader",
    "perkinelmer": "perkinelmer:PerkinElmerReader",
    "yokogawa": "yokogawa:YokogawaReader",
    "scanr": "scanr:ScanRReader",
    "incell": "incell:InCellReader",
    "cytation": "cytation:CytationReader",
    "cellomics": "cellomics:CellomicsReader",
    "imagexpress": "imagexpress:ImageXpressReader",
    "rxrx": "rxrx:RxRxReader",
    "wilds": "wilds:WildsReader",
    "tiff-pages": "pages:PagesReader",
    "pattern": "pattern:PatternReader",
}


def open_screen(
    path: Path | str,
    reader: str | None = None,
    stack: StackChoice | None = None,
    tell: Tell | None = None,
    use_pack: bool = True,
) -> Screen:
    """Open a folder as a screen.

    Parameters
    ----------
    reader
        Name of the reader to use, `pattern:` followed by a pattern of file names included; by
        default all are asked, and where several layouts lie together that of most images wins.
    stack
        Z-plane and time point to show; by default the brightest of all planes at the first time.
    tell
        Called at each folder with the number of files seen so far and 0; it may raise
        `Interrupted` to end the opening.
    use_pack
        Whether pixels are read from a pack that lies beside the folder and still fits it.

    Raises
    ------
    ScreenError
        If there is no such folder or reader, or no reader fits: then every refusal is listed,
        unless one knows the layout and says what is wrong with it.
    """
    address = address_of(path)
    if address is not None:
        return _open_address(address, reader, stack, tell)
    place = normal(Path(path))
    check_folder(place)
    with looking(tell):
        if reader is not None:
            return with_pack(_open_as(place, reader, stack), use_pack)
        refusals: list[str] = []
        fitting = []
        for name, one in _all_readers(refusals).items():
            refusal = _refusal(one, place)
            if refusal is None:
                fitting.append(one)
            else:
                refusals.append(f"{name}: {refusal}")
        screen, faults = open_fullest(place, fitting, stack)
    if screen is None and len(faults) == 1:
        raise next(iter(faults.values()))
    if screen is None:
        refusals += [f"{name}: {error}" for name, error in faults.items()]
        listed = "".join(f"\n- {refusal}" for refusal in refusals)
        raise ScreenError(f"{path} is not a screen that any reader knows:{listed}")
    return with_pack(screen, use_pack)


def _open_address(
    address: RemotePlace, reader: str | None, stack: StackChoice | None, tell: Tell | None
) -> Screen:
    """Open a plate or a pack on a server."""
    if reader not in (None, "ome-zarr"):
        raise ScreenError(f"{address} is an address: only OME-Zarr is read there, not {reader!r}")
    from deepnoise_app.readers.omezarr import OmeZarrReader
    from deepnoise_app.readers.omezarr_metadata import attributes

    attributes(address)  # a server that does not answer is told as such
    with looking(tell):
        return OmeZarrReader().open_stores(address, [address], stack)


def reader_makers(refusals: list[str] | None = None) -> dict[str, Maker]:
    """All readers by name: built-in ones, those of other packages, then the one that guesses.

    Broken ones are noted in `refusals`.
    """
    makers = {name: _built_in(place) for name, place in BUILT_IN.items()}
    guess = makers.pop(GUESS, None)
    for point in entry_points(group=GROUP):
        if point.name in makers or point.name == GUESS:
            continue
        try:
            makers[point.name] = cast("Maker", point.load())
        except Exception as error:  # noqa: BLE001 (another package's fault must not be ours)
            _log.warning("reader %s cannot be loaded: %s", point.name, error)
            if refusals is not None:
                refusals.append(f"{point.name}: cannot be loaded ({error})")
    return makers if guess is None else {**makers, GUESS: guess}


def _built_in(place: str) -> Maker:
    """Return what imports a reader of this package when it is first made."""
    module, _, kind = place.partition(":")

    def make(*arguments: str) -> Reader:
        found = import_module(f"deepnoise_app.readers.{module}")
        return cast("Reader", getattr(found, kind)(*arguments))

    return make


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
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 (as above)
        _log.warning("reader %s failed on %s: %s", reader.name, place, error)
        return f"it failed ({error})"


def _open_as(place: Path, reader: str, stack: StackChoice | None) -> Screen:
    name, _, argument = reader.partition(":")
    makers = reader_makers()
    if name not in makers:
        raise ScreenError(f"no reader {name!r}, only {', '.join(makers)}")
    if argument and name != "pattern":
        raise ScreenError(f"the reader {name!r} takes no pattern: write {name!r} alone")
    one = makers[name](argument) if argument else makers[name]()
    refusal = one.refusal(place)
    if refusal is not None:
        raise ScreenError(f"{place} cannot be read as {name!r}: {refusal}")
    return open_with(one, place, stack)
