"""Pixels in files: one plane per file, or per page of a TIFF file.

The index of a plate is small (an array and a few forms of names), holds no open file and travels
to worker processes. Both decoders release the interpreter lock, so threads serve well.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.headers import Header, check_png, is_png, page_of, read_header
from deepnoise_app.readers.names import spell
from deepnoise_app.screen import Plane, WellId
from deepnoise_app.screen.halving import halve
from deepnoise_app.untrusted import read_plain

# A file may hold many planes, but it is read whole.
MOST_BYTES = 4_000_000_000


class Piece(NamedTuple):
    """A file, by the form of its name, and the page in it (from 0; None: the only one)."""

    form: str
    page: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FilePixels:
    """Planes of one plate in files below `root`.

    `stack_of` (wells, sites, channels) points into `stacks`, -1 where there is no file. A stack is
    one piece, or several of which each pixel is the brightest. `channels` are texts as in the file
    names.
    """

    root: str
    rows: NDArray[np.uint8]
    columns: NDArray[np.uint8]
    sites: tuple[int, ...]
    channels: tuple[str, ...]
    stacks: tuple[tuple[Piece, ...], ...]
    stack_of: NDArray[np.signedinteger]
    offset: int = 0

    @property
    def present(self) -> NDArray[np.bool_]:
        """(wells, sites, channels): which planes exist."""
        return self.stack_of >= 0

    def names(self, well: int, site: int, channel: int) -> tuple[str, ...]:
        """Paths of the files of a plane below `root`, with forward slashes."""
        return tuple(name for name, _ in self.pieces(well, site, channel))

    def name(self, well: int, site: int, channel: int) -> str:
        """Path of the first file of a plane below `root`."""
        return self.names(well, site, channel)[0]

    def path(self, well: int, site: int, channel: int) -> Path:
        """Path of the first file of a plane."""
        return Path(self.root, self.name(well, site, channel))

    def planes(self) -> Iterator[tuple[int, int, int]]:
        """Indices of all planes that exist, well by well."""
        yield from map(tuple, np.argwhere(self.present).tolist())

    def header(self, well: int, site: int, channel: int) -> Header:
        """Size and depth of a plane, from the first and last bytes of its files."""
        found = [
            read_header(Path(self.root, name), page)
            for name, page in self.pieces(well, site, channel)
        ]
        if len(set(found)) > 1:
            raise PixelError(f"its Z-planes differ: {found[0]} and {set(found[1:]).pop()}")
        return found[0]

    def read(self, well: int, site: int, channel: int, level: int = 0) -> Plane:
        """Return one plane (H, W), dtype as stored; each level halves the resolution."""
        plane: Plane | None = None
        for name, page in self.pieces(well, site, channel):
            layer = decode(Path(self.root, name), page)
            if plane is not None and plane.shape != layer.shape:
                raise PixelError(f"{name} is {layer.shape}, the Z-plane before is {plane.shape}")
            plane = layer if plane is None else np.maximum(plane, layer)
        assert plane is not None  # noqa: S101 (a stack is never empty)
        if self.offset and plane.size and plane.min() >= self.offset:
            plane = plane - plane.dtype.type(self.offset)
        for _ in range(level):
            plane = halve(plane)
        return plane

    def pieces(self, well: int, site: int, channel: int) -> list[tuple[str, int | None]]:
        """Files of a plane below `root`, and the page in each (None: the only one)."""
        stack = int(self.stack_of[well, site, channel])
        if stack < 0:
            raise PixelError("there is no file of this plane")
        place = WellId(int(self.rows[well]), int(self.columns[well]))
        number, text = self.sites[site], self.channels[channel]
        return [(spell(p.form, place, number, text), p.page) for p in self.stacks[stack]]


def decode(path: Path, page: int | None = None) -> Plane:
    """Read one page of an image file, the only one by default.

    Raises
    ------
    PixelError
        If the file is gone, empty, cut off, damaged or enormous.
    """
    try:
        content = read_plain(path, MOST_BYTES)
    except FileNotFoundError:
        raise PixelError(f"{path.name} is gone") from None
    except OSError as error:
        raise PixelError(f"{path.name} cannot be read: {error.strerror}") from error
    if not content:
        raise PixelError(f"{path.name} is empty")
    try:
        if is_png(path):
            check_png(path, content)
            plane = np.asarray(imagecodecs.png_decode(content))
            return plane if page is None else plane[..., page]
        import tifffile  # half a second, so only where there are TIFF files

        with tifffile.TiffFile(io.BytesIO(content)) as file:
            return np.asarray(page_of(path, file, page).asarray(maxworkers=1))
    except PixelError:
        raise
    except Exception as error:
        raise PixelError(f"{path.name} is cut off or damaged") from error
