"""Arrays of Zarr stores, versions 2 and 3: on disk, on a web server or in an object store.

TensorStore reads them: of the libraries at hand it opens an array in the shortest time by far. What
it does not know, such as rare codecs of version 2, is left to zarr-python.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError, UnreachableError
from deepnoise_app.readers.zarr_claims import check_claims
from deepnoise_app.screen import Plane
from deepnoise_app.untrusted import parse_json, read_json

DRIVERS = {"zarr.json": "zarr3", ".zarray": "zarr"}
# How long a server may be silent before it is given up.
PATIENCE_S = 20.0
_RETRIES = {"max_retries": 2, "initial_delay": "200ms", "max_delay": "1s"}
# What the library says of a chunk, and what it means; the first that fits.
_MEANINGS = {
    "NOT_FOUND chunk": "is incomplete: a chunk of it is not there",
    "NOT_FOUND": "is gone",
    "igest mismatch": "is damaged: its checksum does not fit",
    "orruption": "is damaged: it cannot be unpacked",
    "Truncated": "is cut off",
    "ecompress": "is damaged: it cannot be unpacked",
}
Selection = tuple[slice, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ZarrArray:
    """An array that is open for reading; nothing of it is kept in memory."""

    place: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    inside: Any

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def read(self, selection: Selection) -> Plane:
        """Return a part of the array.

        Raises
        ------
        PixelError
            If it is cut off, damaged or does not come in time.
        """
        chosen = self.inside[selection]
        if isinstance(chosen, np.ndarray):  # by zarr-python
            return chosen
        return np.asarray(answer(chosen.read(), self.place))


@lru_cache(maxsize=8192)
def open_array(
    place: str,
    metadata: str,
    changed: int,  # noqa: ARG001 (a changed file is another)
    whole: bool = False,
) -> ZarrArray:
    """Open an array; no file stays open.

    Parameters
    ----------
    place
        Folder or address of the array.
    metadata
        Name of the file that describes it: `zarr.json` or `.zarray`.
    changed
        When that file was changed.
    whole
        Whether a chunk that is not there is a fault, and not full of the array's fill value.

    Raises
    ------
    PixelError
        If its metadata cannot be understood.
    """
    check_claims(place, _metadata(place, metadata))
    import tensorstore  # a tenth of a second, so only where there are such plates

    spec: dict[str, Any] = {"driver": DRIVERS[metadata], "kvstore": kvstore(place)}
    if whole:
        spec["fill_missing_data_reads"] = False
    try:
        found = answer(tensorstore.open(spec, open=True, read=True), place)
    except PixelError as error:
        return _by_zarr(place, error)
    return ZarrArray(place, tuple(found.shape), found.dtype.numpy_dtype, found)


def _metadata(place: str, name: str) -> Any:
    try:
        if "://" not in place:
            return read_json(Path(place, name))
        return parse_json(read_far(f"{place}/{name}"))
    except FileNotFoundError:
        raise PixelError(f"{place} is gone") from None
    except (PixelError, UnreachableError):
        raise
    except (OSError, ValueError) as error:
        raise PixelError(f"{place}/{name} cannot be read: {error}") from error


def read_far(address: str) -> bytes:
    """Return the content of a file on a server.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    UnreachableError
        If the server cannot be reached, or stalls.
    PixelError
        If it sends less than it promises.
    """
    import tensorstore  # a tenth of a second, so only where there are such plates

    folder, _, name = address.rpartition("/")
    store = answer(tensorstore.KvStore.open(kvstore(folder)), address)
    found = answer(store.read(name), address)
    if found.state != "value":
        raise FileNotFoundError(address)
    return bytes(found.value)


def kvstore(place: str) -> dict[str, Any]:
    """Return what TensorStore calls a place: a folder here, or the address of a folder there."""
    if "://" not in place:
        return {"driver": "file", "path": f"{place}/"}
    scheme, _, rest = place.partition("://")
    head, _, path = rest.partition("/")
    if scheme in ("http", "https"):
        made = {"driver": "http", "base_url": f"{scheme}://{head}", "path": f"/{path}/"}
        return {**made, "http_request_retries": _RETRIES}
    bucket = {"bucket": head, "path": f"{path}/"}
    if scheme == "gs":
        return {"driver": "gcs", **bucket, "gcs_request_retries": _RETRIES}
    return {"driver": "s3", **bucket, "s3_request_retries": _RETRIES, **_s3_settings()}


def _s3_settings() -> dict[str, Any]:
    """What the environment says of the object store, as other programs take it."""
    found: dict[str, Any] = {}
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        found |= {"endpoint": endpoint, "aws_region": os.environ.get("AWS_REGION", "us-east-1")}
    if not any(name in os.environ for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE")):
        found["aws_credentials"] = {"type": "anonymous"}
    return found


def answer(future: Any, place: str) -> Any:
    """Wait for what TensorStore was asked for.

    Raises
    ------
    PixelError
        If it is not there or damaged.
    UnreachableError
        If it does not come in time.
    """
    try:
        return future.result(timeout=PATIENCE_S)
    except TimeoutError:
        future.cancel()
        raise UnreachableError(
            f"{place} did not answer within {PATIENCE_S:.0f} s: is the server reachable?"
        ) from None
    except (ValueError, OSError) as error:
        raise _fault(place, str(error)) from error


def _fault(place: str, text: str) -> PixelError | UnreachableError:
    """What a fault means; the library's own words stay within the first sentence."""
    kind, _, words = text.partition(": ")
    words = words.partition(" [")[0]
    words = words.partition("retry attempts failed: ")[2] or words
    if kind in ("ABORTED", "UNAVAILABLE", "DEADLINE_EXCEEDED"):
        return UnreachableError(f"{place} cannot be reached: {words}")
    if kind == "PERMISSION_DENIED":
        return PixelError(f"{place} may not be read: {words}")
    meant = next((told for sign, told in _MEANINGS.items() if sign in f"{kind} {words}"), None)
    return PixelError(f"{place} {meant or f'is cut off or damaged: {words or text}'}")


def _by_zarr(place: str, fault: PixelError) -> ZarrArray:
    """Open an array by zarr-python; where that fails too, the first fault is told."""
    if "://" in place or "is gone" in str(fault):
        raise fault
    import zarr  # a third of a second, so only where nothing else helps

    try:
        found = zarr.open_array(place, mode="r")
        return ZarrArray(place, found.shape, np.dtype(found.dtype), _Plain(found))
    except Exception as error:
        raise fault from error


@dataclass(frozen=True, slots=True)
class _Plain:
    """An array of zarr-python, whose parts are plain arrays."""

    array: Any

    def __getitem__(self, selection: Selection) -> NDArray[Any]:
        return np.asarray(self.array[selection])
