"""What is going to be packed where; whatever can be refused is refused here, before any work."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import RunError, ScreenError
from deepnoise_app.readers.pack_text import Codec, PackText, PlateEntry, pack_text
from deepnoise_app.readers.pack_values import map_text, screen_text
from deepnoise_app.readers.stamp import stamp_of
from deepnoise_app.readers.walk import normal
from deepnoise_app.screen import Plate, Screen

_ODD = re.compile(r"[^\w. -]+")


@dataclass(frozen=True, slots=True, eq=False)
class PackPlan:
    """A screen that is going to be packed; `begun` if some of it may lie there already."""

    screen: Screen
    out: Path
    text: PackText
    begun: bool

    @property
    def plates(self) -> list[tuple[Plate, PlateEntry]]:
        """The plates that have images, with their entry in the pack."""
        return [
            (self.screen.plate(entry.experiment, entry.plate), entry)
            for entry in self.text.plates
            if entry.folder
        ]


def plan_packing(screen: Screen, out: Path, codec: Codec = "zstd") -> PackPlan:
    """Check that a screen can be packed into a folder.

    Raises
    ------
    ScreenError
        If the screen has no image, or the folder holds something else than the same pack.
    RunError
        If the folder cannot be written.
    """
    out = normal(Path(out))
    if not screen.imaged:
        raise ScreenError(f"{screen.path} has no image to pack")
    base = Path(screen.path)
    if out == base or out in base.parents:
        raise ScreenError(f"{out} holds the originals: choose a new folder for the pack")
    text = screen_text(screen, tuple(_entries(screen, base)), codec)
    return PackPlan(screen, out, text, _begun(out, text))


def _begun(out: Path, text: PackText) -> bool:
    """Whether the same pack was begun in a folder."""
    try:
        there = pack_text(out)
        filled = out.exists() and (not out.is_dir() or any(out.iterdir()))
    except OSError as error:
        raise RunError(f"{out} cannot be read: {error.strerror}") from error
    if there is None and filled:
        raise ScreenError(f"{out} is not empty: choose a new folder for the pack")
    if there is not None and not there.stands_for(text):
        changed = there.path == text.path and there.codec == text.codec
        why = "the originals have changed since" if changed else f"of {there.path}, {there.codec}"
        raise ScreenError(
            f"{out} holds another pack ({why}): choose a new folder, or remove that one"
        )
    _check_writable(out)
    return there is not None


def _check_writable(out: Path) -> None:
    place = next(folder for folder in (out, *out.parents) if folder.exists())
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise RunError(f"{out} cannot be written: {place} is read-only. Choose another folder")


def _entries(screen: Screen, base: Path) -> Iterator[PlateEntry]:
    taken: set[str] = set()
    for plate in screen.plates:
        if not plate.wells:
            yield PlateEntry(
                experiment=plate.experiment, plate=plate.name, map=map_text(plate),
                rows=plate.shape.rows, columns=plate.shape.columns,
            )  # fmt: skip
            continue
        folder = "/".join((_safe(plate.experiment), f"{_safe(plate.name)}.ome.zarr"))
        while folder.lower() in taken:
            folder = folder.removesuffix(".ome.zarr") + "_.ome.zarr"
        taken.add(folder.lower())
        yield PlateEntry(
            experiment=plate.experiment, plate=plate.name, folder=folder,
            stamp=stamp_of(plate, base), rows=plate.shape.rows, columns=plate.shape.columns,
        )  # fmt: skip


def _safe(name: str) -> str:
    """A name that any disk takes and that leads nowhere else."""
    return _ODD.sub("_", name).strip(". ") or "_"
