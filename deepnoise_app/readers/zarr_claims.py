"""What the metadata of a Zarr array claim, judged before anything is decoded by it.

Zarr lets an array name its own decoders, pickle among them, and chunks of any size. Only numbers,
decoders that give back bytes, and chunks that fit into memory are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.headers import MOST_PIXELS

_NUMBERS = re.compile(r"^(?:[<>|]?[uif][1248]|u?int(?:8|16|32|64)|float(?:16|32|64)|bool)$")
_DECODERS = frozenset({
    "bytes", "endian", "transpose", "sharding_indexed", "crc32c", "gzip", "zstd", "blosc", "zlib",
    "lz4", "bz2", "lzma", "shuffle", "delta", "crc32", "adler32", "fletcher32", "jenkins_lookup3",
    "bitround", "quantize", "fixedscaleoffset", "packbits", "pcodec", "zfpy",
})  # fmt: skip


def check_claims(place: str, found: Any) -> None:
    """Refuse an array that is no array of numbers, or wants to be decoded by what runs programs.

    Parameters
    ----------
    found
        What its metadata say.

    Raises
    ------
    PixelError
        If its metadata cannot be understood, or claim what is not taken.
    """
    try:
        kind, chunk, decoders = _claims(found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PixelError(f"{place} is no Zarr array, or damaged: {error}") from error
    if not _NUMBERS.match(kind):
        raise PixelError(f"{place} holds {kind!r}: expected whole numbers or decimal ones")
    for name in decoders:
        if name.removeprefix("numcodecs.") not in _DECODERS:
            raise PixelError(
                f"{place} wants to be decoded by {name!r}, which is not used: expected a"
                " compression such as 'zstd' or 'blosc'"
            )
    if prod(chunk) > MOST_PIXELS or min(chunk, default=0) < 1:
        raise PixelError(
            f"{place} claims chunks of {' × '.join(map(str, chunk))} pixels: expected 1 to"
            f" {MOST_PIXELS:,} in all"
        )


def _claims(found: Mapping[str, Any]) -> tuple[str, list[int], list[str]]:
    """Kind of value, size of what is decoded at once, and all decoders, of either version."""
    if "data_type" not in found:
        listed = [found.get("compressor"), *(found.get("filters") or [])]
        return (
            str(found["dtype"]),
            _sizes(found["chunks"]),
            [str(one["id"]) for one in listed if one],
        )
    grid = found["chunk_grid"]["configuration"]["chunk_shape"]
    inner = [
        one["configuration"]["chunk_shape"]
        for one in found["codecs"]
        if one["name"] == "sharding_indexed"
    ]
    return str(found["data_type"]), _sizes([*inner, grid][0]), list(_named(found["codecs"]))


def _named(codecs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Names of decoders, those within shards included."""
    for one in codecs:
        yield str(one["name"])
        told = one.get("configuration") or {}
        for key in ("codecs", "index_codecs"):
            yield from _named(told.get(key) or [])


def _sizes(shape: Sequence[Any]) -> list[int]:
    return [int(size) for size in shape]
