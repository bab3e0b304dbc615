"""What is known of a plate whose files are named by a rule: places, parts of files, its index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deepnoise_app.readers.index import PlateFiles
from deepnoise_app.screen import STANDARD_SHAPES, Channel, PlateShape

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder of images belongs: path of its plate, Z-plane and time point it stands for."""

    plate: Parts
    plane: int | None = None
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the index of a plate tells: names, channels by their text in file names, problems.

    `declared` are the names of all channels and `expected` of all files that it lists; empty where
    it lists none.
    """

    name: str = ""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    pixel_size_um: float = 0
    shape: PlateShape | None = None
    declared: tuple[str, ...] = ()
    expected: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One plane of a file; `page` is None where it is the only one."""

    site: int
    channel: str
    plane: int = 1
    time: int = 1
    page: int | None = None


@dataclass(slots=True)
class PlateFolder:
    """A plate's folder while it is looked at: its files, and the names that were read as planes."""

    path: Path
    files: PlateFiles
    names: set[str] = field(default_factory=set)
    first: Path | None = None


def without_number(channels: Mapping[str, Channel], texts: Iterable[str]) -> dict[str, Channel]:
    """Return channels by the texts of file names, whose numbers may have zeros in front."""
    found = {}
    for text in texts:
        channel = channels.get(text) or channels.get(text.lstrip("0"))
        if channel is not None:
            found[text] = channel
    return found


def standard_shape(rows: float, columns: float) -> PlateShape | None:
    """Return the plate that an index declares; None if there is no such plate."""
    shape = PlateShape(int(rows), int(columns))
    return shape if shape in STANDARD_SHAPES else None
