"""Finds the pack that lies beside the originals, and reads from it what it still fits.

The pack of the folder `NAME` is looked for as `NAME.zarr` beside it; a folder within `NAME` takes
its plates from there too. A plate whose files have changed since is read from its files, and that
is said.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.pack_pixels import PackPixels
from deepnoise_app.readers.pack_text import PackText, PlateEntry, pack_text, plate_text
from deepnoise_app.readers.pack_values import stack_of
from deepnoise_app.readers.packs import packed_plate, unfinished
from deepnoise_app.readers.stamp import stamp_of
from deepnoise_app.screen import Plate, Problem, ProblemKind, Screen
from deepnoise_app.untrusted import within

# How many folders above the one opened may be the one that was packed.
ABOVE = 3


def pack_beside(folder: Path) -> Path:
    """Where the pack of a folder is looked for."""
    return folder.with_name(f"{folder.name}.zarr")


def with_pack(screen: Screen, use: bool = True) -> Screen:
    """Return a screen whose plates read their pixels from the pack beside them, where it fits.

    Parameters
    ----------
    use
        Whether to; else only the problems of the pack are added.
    """
    place = Path(screen.path)
    for folder in (place, *list(place.parents)[:ABOVE]):
        if not folder.name or not (pack_beside(folder) / "zarr.json").is_file():
            continue
        pack = pack_beside(folder)
        try:
            text = pack_text(pack)
        except ScreenError as error:
            return _told(screen, [Problem(ProblemKind.STALE, f"the originals are read: {error}")])
        if text is None or Path(text.path).name != folder.name or stack_of(text) != screen.stack:
            continue
        if not text.complete:
            message = f"the originals are read: {unfinished(pack, text)}"
            return _told(screen, [Problem(ProblemKind.STALE, message)])
        return _with(screen, folder, pack, text, use)
    return screen


def is_packed(plate: Plate) -> bool:
    """Whether a plate is read from a pack."""
    return isinstance(plate.pixels, PackPixels)


def _with(screen: Screen, folder: Path, pack: Path, text: PackText, use: bool) -> Screen:
    known = {entry.stamp: entry for entry in text.plates if entry.stamp}
    names = {(entry.experiment, entry.plate) for entry in text.plates if entry.folder}
    plates: list[Plate] = []
    problems: list[Problem] = []
    for plate in screen.plates:
        entry = known.get(stamp_of(plate, folder)) if plate.wells else None
        if entry is not None:
            plates.append(_from(plate, pack, entry, problems) if use else plate)
            continue
        plates.append(plate)
        if plate.wells and plate.key in names:
            message = (
                f"files of {' '.join(plate.key)} have changed since {pack.name} was packed: they"
                " are read, and not the pack. Remove it and pack anew to read fast again"
            )
            problems.append(Problem(ProblemKind.STALE, message, *plate.key))
    return _told(replace(screen, plates=tuple(plates)), problems)


def _from(plate: Plate, pack: Path, entry: PlateEntry, problems: list[Problem]) -> Plate:
    """Return the plate with the pixels of the pack; as it is where the pack is damaged."""
    try:
        store = within(pack, entry.folder)
        text = plate_text(store)
        if text is None:
            raise ScreenError(f"its plate {entry.folder} is gone")
        pixels = packed_plate(store, text, plate.pixels).pixels
        if pixels.present.shape != plate.present.shape:
            raise ScreenError(f"its plate {entry.folder} has another number of wells or sites")
    except ScreenError as error:
        message = f"{pack.name} cannot serve for {' '.join(plate.key)}, so its files are read: "
        problems.append(Problem(ProblemKind.STALE, f"{message}{error}", *plate.key))
        return plate
    return replace(plate, pixels=pixels)


def _told(screen: Screen, problems: list[Problem]) -> Screen:
    return replace(screen, problems=(*screen.problems, *problems)) if problems else screen
