"""Turns pixels into the files of a Zarr 3 array, checksummed; nothing touches the disk here."""

from __future__ import annotations

from typing import Any

import numpy as np

from deepnoise_app.errors import PixelError
from deepnoise_app.readers.pack_text import Codec
from deepnoise_app.screen import Plane

# Level 7 takes three times as long as decoding the PNG files; 5 takes half of that for 2 % more
# bytes, which are then read more slowly; 9 gains nothing.
ZSTD_LEVEL = 7
# From this size on the channels of a site are packed each by itself, all in one file (a shard):
# one channel is then read without the others.
SHARDED_BYTES = 8 * 2**20


def encode(pixels: Plane, codec: Codec) -> dict[str, bytes]:
    """Return the files of the array that holds some pixels, by their path in its folder.

    Parameters
    ----------
    pixels
        (C, H, W), or (H, W): one chunk.

    Raises
    ------
    PixelError
        If there are no such pixels in Zarr, such as colours or texts.
    """
    import tensorstore

    context = tensorstore.Context()
    kvstore = {"driver": "memory", "path": "array/"}
    spec = {
        "driver": "zarr3",
        "kvstore": kvstore,
        "metadata": _metadata(pixels, codec),
        "store_data_equal_to_fill_value": True,  # a chunk that is not there shall be a fault
    }
    try:
        array = tensorstore.open(spec, create=True, context=context).result()
        array.write(pixels).result()
    except ValueError as error:
        raise PixelError(f"pixels of the kind {pixels.dtype} cannot be packed: {error}") from error
    store = tensorstore.KvStore.open(kvstore, context=context).result()
    return {key.decode(): bytes(store.read(key).result().value) for key in store.list().result()}


def decode(files: dict[str, bytes]) -> Plane:
    """Return the pixels that `encode` got."""
    import tensorstore

    context = tensorstore.Context()
    kvstore = {"driver": "memory", "path": "array/"}
    store = tensorstore.KvStore.open(kvstore, context=context).result()
    for name, content in files.items():
        store.write(name, content).result()
    spec = {"driver": "zarr3", "kvstore": kvstore}
    array = tensorstore.open(spec, open=True, context=context).result()
    return np.asarray(array.read().result())


def _metadata(pixels: Plane, codec: Codec) -> dict[str, Any]:
    shape = list(pixels.shape)
    codecs: list[dict[str, Any]] = [_named("bytes", endian="little"), _compressor(pixels, codec)]
    codecs.append({"name": "crc32c"})
    if pixels.ndim == 3 and len(pixels) > 1 and pixels.nbytes >= SHARDED_BYTES:
        index = [_named("bytes", endian="little"), {"name": "crc32c"}]
        codecs = [
            _named(
                "sharding_indexed",
                chunk_shape=[1, *shape[1:]],
                codecs=codecs,
                index_codecs=index,
                index_location="end",
            )
        ]
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": pixels.dtype.name,
        "chunk_grid": _named("regular", chunk_shape=shape),
        "chunk_key_encoding": _named("default", separator="/"),
        "fill_value": False if pixels.dtype == bool else 0,
        "codecs": codecs,
        "dimension_names": ["c", "y", "x"][-pixels.ndim :],
        "attributes": {},
    }


def _compressor(pixels: Plane, codec: Codec) -> dict[str, Any]:
    """Return zstd, or lz4 over shuffled bits."""
    if codec == "zstd":
        return _named("zstd", level=ZSTD_LEVEL, checksum=False)
    return _named(
        "blosc",
        cname="lz4",
        clevel=5,
        shuffle="bitshuffle",
        typesize=pixels.dtype.itemsize,
        blocksize=0,
    )


def _named(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}
