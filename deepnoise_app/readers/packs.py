"""Opens packs: the screen comes back as it was packed, names, tables and problems included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.pack_pixels import PackPixels
from deepnoise_app.readers.pack_text import (
    PackText,
    PlateEntry,
    PlateText,
    is_part,
    pack_text,
    plate_text,
)
from deepnoise_app.readers.pack_values import (
    channels_of,
    library_of,
    map_of,
    problem_of,
    stack_of,
)
from deepnoise_app.readers.remote import Place, below
from deepnoise_app.readers.walk import note
from deepnoise_app.screen import (
    PixelSource,
    Plate,
    PlateShape,
    Problem,
    ProblemKind,
    Screen,
    WellId,
)


def open_pack(place: Place, text: PackText, reader: str) -> Screen:
    """Open a whole pack; a plate that is gone or damaged is told among the problems.

    Raises
    ------
    ScreenError
        If it was not finished, or none of its plates can be read.
    """
    if not text.complete:
        raise ScreenError(unfinished(place, text))
    plates: list[Plate] = []
    lost: ScreenError | None = None
    problems = [problem_of(one) for one in text.problems]
    for entry in text.plates:
        note(1)
        try:
            plates.append(_entered(place, entry) if entry.folder else _bare(entry, text))
        except ScreenError as error:
            plates.append(_bare(entry, text))
            key = (entry.experiment, entry.plate)
            problems.append(Problem(ProblemKind.UNREADABLE, str(error), *key))
            lost = error
    if lost is not None and not any(plate.wells for plate in plates):
        raise lost
    return Screen(
        str(place), reader, channels_of(text.channels), tuple(plates), tuple(problems),
        library_of(text), stack_of(text),
    )  # fmt: skip


def unfinished(place: Place, text: PackText) -> str:
    """Say that a pack was not finished, and how it is."""
    return (
        f"the pack {place} was not finished: the command deepnoise pack {text.path} {place} goes"
        " on where it stopped"
    )


def packed_plate(store: Place, text: PlateText, originals: PixelSource | None = None) -> Plate:
    """Return a plate from the text in its group; `originals` serve where it is damaged.

    Raises
    ------
    ScreenError
        If the text contradicts itself.
    """
    try:
        return _packed_plate(store, text, originals)
    except (IndexError, OverflowError) as error:
        raise ScreenError(f"{store} is a damaged pack: {error}") from None


def _packed_plate(store: Place, text: PlateText, originals: PixelSource | None) -> Plate:
    wells = tuple(WellId.parse(name) for name in text.wells)
    channels = channels_of(text.channels)
    present = np.ones((len(wells), len(text.sites), len(channels)), dtype=bool)
    for place in text.missing:
        present[place] = False
    pixels = PackPixels(
        str(store),
        np.array([(well.row, well.column) for well in wells], dtype=np.uint8).reshape(-1, 2),
        present,
        text.levels,
        {(w, s, c): reason for w, s, c, reason in text.faults},
        frozenset(text.apart),
        originals,
    )
    return Plate(
        text.experiment, text.plate, PlateShape(text.rows, text.columns), channels, text.sites,
        wells, pixels, map_of(text.map), text.pixel_size_um,
    )  # fmt: skip


def open_packed_plates(root: Place, stores: Sequence[Place], reader: str) -> Screen | None:
    """Open plates of packs that lie in a folder; None unless all of the stores are such.

    Raises
    ------
    ScreenError
        If none of them can be read, or they do not go together.
    """
    if not stores or not all(is_part(store) for store in stores):
        return None
    screens: list[Screen] = []
    faults: list[ScreenError] = []
    for store in stores:
        try:
            screens.append(_opened(store, reader))
        except ScreenError as error:
            faults.append(error)
    if not screens:
        raise faults[0]
    found = screens[0] if len(screens) == 1 else _joined(root, screens, reader)
    told = [Problem(ProblemKind.UNREADABLE, str(fault)) for fault in faults]
    return replace(found, path=str(root), problems=(*found.problems, *told))


def plates_within(store: Place) -> list[Place]:
    """Return the store itself, or the plates of a pack."""
    text = pack_text(store) if is_part(store) else None
    return [below(store, one.folder) for one in text.plates if one.folder] if text else [store]


def _opened(store: Place, reader: str) -> Screen:
    """Open a pack, or one plate of it."""
    pack = pack_text(store)
    if pack is not None:
        return open_pack(store, pack, reader)
    text = plate_text(store)
    if text is None:
        raise ScreenError(f"{store} is neither a pack nor a plate of one")
    plate = packed_plate(store, text)
    return Screen(str(store), reader, plate.channels, (plate,))


def _joined(root: Place, screens: Sequence[Screen], reader: str) -> Screen:
    channels = screens[0].channels
    plates = sorted((p for s in screens for p in s.plates), key=lambda plate: plate.key)
    names = [[c.name for c in plate.channels] for plate in plates]
    if any(one != [c.name for c in channels] for one in names):
        told = " and ".join(sorted({", ".join(one) for one in names})[:2])
        raise ScreenError(f"{root} holds packs of different channels ({told}): open each alone")
    keys = [plate.key for plate in plates]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ScreenError(f"{root} holds {' '.join(twice)} in two packs: open one of them")
    problems = tuple(problem for screen in screens for problem in screen.problems)
    library = next((s.library for s in screens if s.library is not None), None)
    return Screen(str(root), reader, channels, tuple(plates), problems, library, screens[0].stack)


def _entered(place: Place, entry: PlateEntry) -> Plate:
    """Open a plate that a pack lists."""
    store = below(place, entry.folder)
    try:
        text = plate_text(store)
    except ScreenError as error:
        raise ScreenError(f"{error}. Delete {entry.folder} and pack again") from error
    if text is None:
        raise ScreenError(
            f"the pack {place} is cut short: its plate {entry.folder} is gone. Pack again"
        )
    return packed_plate(store, text)


def _bare(entry: PlateEntry, text: PackText) -> Plate:
    """Return a plate that is listed in a table and has no image."""
    nothing = PackPixels(
        "", np.zeros((0, 2), np.uint8), np.zeros((0, 0, len(text.channels)), bool), (1,), {},
        frozenset(),
    )  # fmt: skip
    return Plate(
        entry.experiment, entry.plate, PlateShape(entry.rows, entry.columns),
        channels_of(text.channels), (), (), nothing, map_of(entry.map),
    )  # fmt: skip
