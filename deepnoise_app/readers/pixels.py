"""Pixels in one file per plane: PNG or TIFF.

The index of a plate is small (an array and a few forms of names), holds no open file and travels
to worker processes. Both decoders release the interpreter lock, so threads serve well.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.names import spell
from deepnoise_app.screen import Plane, WellId


@dataclass(frozen=True, slots=True, eq=False)
class FilePixels:
    """Planes of one plate in files below `root`.

    `form_of` (wells, sites, channels) points into `forms`, -1 where there is no file; `channels`
    are texts as in the file names.
    """

    root: str
    rows: NDArray[np.uint8]
    columns: NDArray[np.uint8]
    sites: tuple[int, ...]
    channels: tuple[str, ...]
    forms: tuple[str, ...]
    form_of: NDArray[np.signedinteger]

    @property
    def present(self) -> NDArray[np.bool_]:
        """(wells, sites, channels): which planes exist."""
        return self.form_of >= 0

    def name(self, well: int, site: int, channel: int) -> str:
        """Path of a plane below `root`, with forward slashes."""
        form = int(self.form_of[well, site, channel])
        if form < 0:
            raise PixelError("there is no file of this plane")
        place = WellId(int(self.rows[well]), int(self.columns[well]))
        return spell(self.forms[form], place, self.sites[site], self.channels[channel])

    def path(self, well: int, site: int, channel: int) -> Path:
        """Path of the file of a plane."""
        return Path(self.root, self.name(well, site, channel))

    def planes(self) -> Iterator[tuple[int, int, int]]:
        """Indices of all planes that exist, well by well."""
        yield from map(tuple, np.argwhere(self.present).tolist())

    def read(self, well: int, site: int, channel: int, level: int = 0) -> Plane:
        """Return one plane (H, W), dtype as stored; each level halves the resolution."""
        plane = decode(self.path(well, site, channel))
        for _ in range(level):
            plane = halve(plane)
        return plane


def decode(path: Path) -> Plane:
    """Read one image file.

    Raises
    ------
    PixelError
        If the file is gone, empty, cut off or damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise PixelError(f"{path.name} is gone") from None
    except OSError as error:
        raise PixelError(f"{path.name} cannot be read: {error.strerror}") from error
    if not content:
        raise PixelError(f"{path.name} is empty")
    try:
        if path.suffix.lower() == ".png":
            return np.asarray(imagecodecs.png_decode(content))
        import tifffile  # half a second, so only where there are TIFF files

        return np.asarray(tifffile.imread(io.BytesIO(content), maxworkers=1))
    except Exception as error:
        raise PixelError(f"{path.name} is cut off or damaged") from error


def halve(plane: Plane) -> Plane:
    """Return the means of 2 × 2 pixels, dtype kept; an odd last row or column is left out."""
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    if not height or not width:
        return plane
    even = plane[:height, :width]
    whole = np.issubdtype(plane.dtype, np.integer)
    wide = np.uint16 if plane.dtype == np.uint8 else np.int64 if whole else plane.dtype
    total = np.add(even[::2, ::2], even[1::2, ::2], dtype=wide)
    total += even[::2, 1::2]
    total += even[1::2, 1::2]
    return ((total + 2) // 4 if whole else total / 4).astype(plane.dtype)
