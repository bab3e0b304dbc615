"""Sites as a network takes them: the whole field, resized, decoded ahead by threads.

Pixels are kept as shares of the brightest storable value, 0 to 65,535, whatever the files hold:
exact for 8 and 16 bits, and the same scale for both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError
from deepnoise_app.screen import Plane, Plate

FULL = 65_535
LARGEST_BLOCK = 65_536  # pixels of 16 bits whose sum 32 bits can hold
Planes = NDArray[np.uint16]

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class SiteRef:
    """Where a site lies: indices of plate, well and site, all from 0."""

    plate: int
    well: int
    site: int


@dataclass(frozen=True, slots=True, eq=False)
class SitePixels:
    """One site at the network's input size.

    `planes` is (C, size, size); a channel that is missing or unreadable is 0 and named in
    `faults`, (C,) texts that are empty where all is well. `size` is that of the files,
    (rows, columns), and `mixed` says whether the channels differ in it.
    """

    planes: Planes
    faults: tuple[str, ...]
    size: tuple[int, int]
    mixed: bool

    @property
    def there(self) -> NDArray[np.bool_]:
        """(C,): which channels could be read."""
        return np.array([not fault for fault in self.faults])


class SiteStore:
    """Reads sites of some plates, and keeps what fits into memory.

    Parameters
    ----------
    plates
        The plates; `SiteRef.plate` counts in them.
    channels
        Per plate, the index of the file channel for each input channel of the network.
    size
        Side of the network's input in pixels.
    budget_bytes
        How much memory kept sites may fill.
    """

    def __init__(
        self,
        plates: Sequence[Plate],
        channels: Sequence[Sequence[int]],
        size: int,
        budget_bytes: int,
    ) -> None:
        self.plates = tuple(plates)
        self.size = size
        self._channels = tuple(tuple(one) for one in channels)
        self._room = budget_bytes
        self._kept: dict[SiteRef, SitePixels] = {}

    def read(self, ref: SiteRef) -> SitePixels:
        """Return a site; one that cannot be read at all has a fault in every channel."""
        kept = self._kept.get(ref)
        if kept is not None:
            return kept
        found = self._decode(ref)
        if self._room >= found.planes.nbytes:
            self._room -= found.planes.nbytes
            self._kept[ref] = found
        return found

    def forget(self) -> None:
        """Let go of all kept sites."""
        self._room += sum(one.planes.nbytes for one in self._kept.values())
        self._kept.clear()

    def _decode(self, ref: SiteRef) -> SitePixels:
        plate, channels = self.plates[ref.plate], self._channels[ref.plate]
        planes = np.zeros((len(channels), self.size, self.size), dtype=np.uint16)
        faults = [""] * len(channels)
        found: dict[int, Plane] = {}
        read = plate.read_each(plate.wells[ref.well], plate.sites[ref.site], channels)
        for c, channel in enumerate(channels):
            plane = read.get(channel)
            if plane is None:
                faults[c] = f"{plate.channels[channel].name} is missing"
            elif isinstance(plane, PixelError):
                faults[c] = str(plane)
            elif plane.dtype not in (np.uint8, np.uint16):
                faults[c] = f"the pixels are {plane.dtype}, expected whole numbers of 8 or 16 bits"
            else:
                found[c] = plane
        sizes = {(plane.shape[0], plane.shape[1]) for plane in found.values()}
        if len(sizes) == 1:
            planes[list(found)] = shrink(np.stack(list(found.values())), self.size)
        else:
            for c, plane in found.items():
                planes[c] = shrink(plane[None], self.size)[0]
        size = max(sizes, default=(0, 0))
        return SitePixels(planes, tuple(faults), size, len(sizes) > 1)


def shrink(planes: Plane, size: int) -> Planes:
    """Resize whole fields to a square and bring them to the common scale.

    Parameters
    ----------
    planes
        (C, H, W), 8 or 16 bits.

    Returns
    -------
    resized
        (C, size, size), 0 to 65,535. Means over whole blocks of pixels where they fit, else
        bilinear with antialiasing.
    """
    top = int(np.iinfo(planes.dtype).max)
    height, width = planes.shape[1:]
    if (height, width) == (size, size):
        return planes.astype(np.uint16) * np.uint16(FULL // top)
    rows, columns = height // size, width // size
    if (rows * size, columns * size) == (height, width) and rows * columns <= LARGEST_BLOCK:
        total = _add_up(_add_up(planes, rows, axis=1), columns, axis=2)
        means = total * (FULL / top / (rows * columns))
        return np.asarray(means + 0.5, dtype=np.uint16)
    image = torch.from_numpy(planes.astype(np.float32))[None]  # (1, C, H, W)
    made = F.interpolate(image, (size, size), mode="bilinear", antialias=True)[0]
    scaled = made.mul_(FULL / top).round_().clamp_(0, FULL)
    return scaled.numpy().astype(np.uint16)


def _add_up(values: NDArray[np.unsignedinteger], count: int, axis: int) -> NDArray[np.uint32]:
    """Sum every `count` neighbours along an axis; several times faster than `reshape` and `sum`."""
    first, *others = (
        values[(slice(None),) * axis + (slice(start, None, count),)] for start in range(count)
    )
    total = first.astype(np.uint32)
    for one in others:
        total += one
    return total


def read_ahead(
    pool: ThreadPoolExecutor, keys: Iterable[K], read: Callable[[K], V], ahead: int
) -> Iterator[V]:
    """Yield `read(key)` in the order of the keys, with up to `ahead` readings under way."""
    waiting: deque[Future[V]] = deque()
    try:
        for key in keys:
            waiting.append(pool.submit(read, key))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
