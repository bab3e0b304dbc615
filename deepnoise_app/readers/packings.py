"""How pages of TIFF files may be packed: such that no more comes out than the page claims.

Some packings are whole images of a size of their own, which may be any. Of these only JPEG is read,
after a look at that size.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from deepnoise_app.errors import PixelError

# What unpacks to as many bytes as the page claims.
_BOUND = frozenset({
    "NONE", "LZW", "ADOBE_DEFLATE", "DEFLATE", "PACKBITS", "ZSTD", "ZSTD_DEPRECATED", "LZMA",
})  # fmt: skip
_JPEG = "JPEG"
# Markers of JPEG that tell a size: those of a frame, without tables, extensions and arithmetic.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BEFORE_FRAME = 1 << 16


def check_packing(path: Path, page: Any) -> None:
    """Refuse a page that may unpack to more than it claims.

    Parameters
    ----------
    page
        An open page of tifffile.

    Raises
    ------
    PixelError
        If it is packed in a way that is not read, or a JPEG image in it is larger than the page.
    """
    packing = getattr(page.compression, "name", str(page.compression))
    if packing == _JPEG:
        for height, width in _sizes(page):
            if height * width > prod(page.chunks):
                raise PixelError(
                    f"{path.name} holds a JPEG image that claims {height} × {width} pixels: that is"
                    " more than its page has"
                )
    elif packing not in _BOUND:
        raise PixelError(
            f"{path.name} is packed as {packing}, which is not read: save it uncompressed, or as"
            " LZW, DEFLATE or ZSTD"
        )


def _sizes(page: Any) -> Iterator[tuple[int, int]]:
    file = page.parent.filehandle
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
        file.seek(offset)
        yield jpeg_size(file.read(min(count, _BEFORE_FRAME)))


def jpeg_size(content: bytes) -> tuple[int, int]:
    """Return height and width that the start of a JPEG image tells.

    Raises
    ------
    ValueError
        If it tells none.
    """
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _FRAMES:
            return (
                int.from_bytes(content[at + 5 : at + 7], "big"),
                int.from_bytes(content[at + 7 : at + 9], "big"),
            )
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise ValueError("a JPEG image without a size")
