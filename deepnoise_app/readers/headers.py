"""What the first and last bytes of an image file tell: size, depth, and whether it is whole.

No pixels are decoded.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import PixelError

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_START = struct.Struct(">8sI4sIIBB")
_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_GREY = 0


@dataclass(frozen=True, slots=True)
class Header:
    """Height and width in pixels, bits per pixel."""

    height: int
    width: int
    bits: int

    def __str__(self) -> str:
        return f"{self.height} × {self.width} pixels of {self.bits} bits"


def read_header(path: Path) -> Header:
    """Read size and depth of a grey PNG or TIFF file.

    Raises
    ------
    PixelError
        If the file is gone, empty, cut off, in colour or no such image.
    """
    try:
        size = path.stat().st_size
        if not size:
            raise PixelError(f"{path.name} is empty")
        return _png(path, size) if path.suffix.lower() == ".png" else _tiff(path, size)
    except PixelError:
        raise
    except FileNotFoundError:
        raise PixelError(f"{path.name} is gone") from None
    except OSError as error:
        raise PixelError(f"{path.name} cannot be read: {error.strerror}") from error


def _png(path: Path, size: int) -> Header:
    with path.open("rb") as file:
        start = file.read(_START.size)
        file.seek(max(0, size - len(_END)), os.SEEK_SET)
        end = file.read()
    if not start.startswith(_SIGNATURE):
        raise PixelError(f"{path.name} is no PNG image")
    if len(start) < _START.size or end != _END:
        raise PixelError(f"{path.name} is cut off")
    _, _, _, width, height, bits, colour = _START.unpack(start)
    if colour != _GREY:
        raise PixelError(f"{path.name} is in colour: expected one grey plane")
    return Header(height, width, bits)


def _tiff(path: Path, size: int) -> Header:
    import tifffile  # half a second, so only where there are TIFF files

    try:
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            shape, bits = page.shape, page.dtype.itemsize * 8 if page.dtype else 0
            ends = map(sum, zip(page.dataoffsets, page.databytecounts, strict=True))
            whole = max(ends, default=0) <= size
    except OSError:
        raise
    except Exception as error:
        raise PixelError(f"{path.name} is no TIFF image, or cut off") from error
    if not whole:
        raise PixelError(f"{path.name} is cut off")
    if len(shape) != 2:
        raise PixelError(f"{path.name} has the shape {shape}: expected one grey plane")
    return Header(shape[0], shape[1], bits)
