"""What the first and last bytes of an image file tell: size, depth, and whether it is whole.

No pixels are decoded.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.packings import check_packing

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_START = struct.Struct(">8sI4sIIBB")
_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_GREY = 0
# With and without transparency.
_COLOURS = (2, 6)
# Far above any camera (the largest sensors have 150 million pixels), far below any memory.
MOST_PIXELS = 1_000_000_000
MOST_DECODED = 2 * MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Header:
    """Height and width in pixels, bits per pixel."""

    height: int
    width: int
    bits: int

    def __str__(self) -> str:
        return f"{self.height} × {self.width} pixels of {self.bits} bits"


def read_header(path: Path, page: int | None = None) -> Header:
    """Read size and depth of a grey PNG or TIFF file.

    Parameters
    ----------
    page
        Of a TIFF file, from 0; by default the only one.

    Raises
    ------
    PixelError
        If the file is gone, empty, cut off, in colour, enormous or no such image.
    """
    try:
        size = path.stat().st_size
        if not size:
            raise PixelError(f"{path.name} is empty")
        return _png(path, size, page) if is_png(path) else _tiff(path, size, page)
    except PixelError:
        raise
    except FileNotFoundError:
        raise PixelError(f"{path.name} is gone") from None
    except OSError as error:
        raise PixelError(f"{path.name} cannot be read: {error.strerror}") from error


def is_png(path: Path) -> bool:
    """Whether a file's name ends like a PNG image."""
    return path.suffix.lower() == ".png"


def is_colour(path: Path) -> bool:
    """Whether a file is a PNG image in colour; unreadable ones are not."""
    try:
        with path.open("rb") as file:
            start = file.read(_START.size)
    except OSError:
        return False
    return start.startswith(_SIGNATURE) and len(start) == _START.size and start[-1] in _COLOURS


def check_size(path: Path, height: int, width: int) -> None:
    """Refuse images that would fill the memory: a small file may claim any size.

    Raises
    ------
    PixelError
        If the image has more pixels than any camera, or none.
    """
    if height * width > MOST_PIXELS or not height * width:
        raise PixelError(
            f"{path.name} claims {height} × {width} pixels: expected 1 to {MOST_PIXELS:,} in all"
        )


def check_png(path: Path, content: bytes) -> None:
    """Refuse a PNG file whose start claims an enormous image; all that is decoded counts."""
    if content.startswith(_SIGNATURE) and len(content) >= _START.size:
        *_, width, height, bits, colour = _START.unpack(content[: _START.size])
        check_size(path, height, width)
        size = height * width * (4 if colour in _COLOURS else 1) * bits // 8
        if size > MOST_DECODED:
            raise PixelError(
                f"{path.name} would decode to {size:,} bytes: expected at most {MOST_DECODED:,}"
            )


def page_of(path: Path, file: Any, page: int | None) -> Any:
    """Return a page of an open TIFF file.

    Raises
    ------
    PixelError
        If the file has fewer pages, more where one was expected, or the page is enormous.
    """
    pages = file.pages
    if page is None and len(pages) > 1 and not pages[1].is_reduced:
        raise PixelError(f"{path.name} has {len(pages)} pages: expected one grey plane")
    if page is not None and page >= len(pages):
        raise PixelError(f"{path.name} has {len(pages)} pages: expected {page + 1} or more")
    found = pages[page or 0]
    check_size(path, *found.shape[:2])
    check_size(path, 1, prod(found.chunks))
    check_packing(path, found)
    return found


def _png(path: Path, size: int, page: int | None) -> Header:
    with path.open("rb") as file:
        start = file.read(_START.size)
        file.seek(max(0, size - len(_END)), os.SEEK_SET)
        end = file.read()
    if not start.startswith(_SIGNATURE):
        raise PixelError(f"{path.name} is no PNG image")
    if len(start) < _START.size or end != _END:
        raise PixelError(f"{path.name} is cut off")
    _, _, _, width, height, bits, colour = _START.unpack(start)
    if page is None and colour != _GREY:
        raise PixelError(f"{path.name} is in colour: expected one grey plane")
    if page is not None and colour not in _COLOURS:
        raise PixelError(f"{path.name} is grey: expected channels in its colours")
    check_size(path, height, width)
    return Header(height, width, bits)


def _tiff(path: Path, size: int, number: int | None) -> Header:
    import tifffile  # half a second, so only where there are TIFF files

    try:
        with tifffile.TiffFile(path) as file:
            page = page_of(path, file, number)
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
