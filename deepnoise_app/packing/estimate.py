"""Tells what packing a screen would cost and save, by trying it on a few sites in memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.packing.encode import decode, encode
from deepnoise_app.readers.pack_text import Codec
from deepnoise_app.readers.stamp import pixel_bytes
from deepnoise_app.screen import Plane, Plate, Screen, WellId

TRIED = 6
Site = tuple[Plate, WellId, int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What packing would take, and how many times as fast reading is afterwards.

    `original_bytes` is 0 where the originals are no files of their own.
    """

    sites: int
    original_bytes: int
    packed_bytes: int
    seconds: float
    speed_up: float


def estimate(screen: Screen, codec: Codec = "zstd", workers: int = 0) -> Estimate:
    """Try a few sites, spread over the screen.

    Raises
    ------
    ScreenError
        If none of them can be read.
    """
    sites = [(p, w, s) for p in screen.imaged for w in p.wells for s in p.sites_of(w)]
    chosen = np.unique(np.linspace(0, len(sites) - 1, TRIED).round().astype(int))
    tried = [one for at in chosen if (one := _try(sites[at], codec)) is not None]
    if not tried:
        raise ScreenError(f"no site of {screen.path} that was tried can be read")
    read, packed, again, size, before = np.array(tried).T
    threads = workers or os.cpu_count() or 1
    return Estimate(
        len(sites),
        round(float(before.mean()) * len(sites)),
        round(float(size.mean()) * len(sites)),
        float((read + packed).mean()) * len(sites) / threads,
        float(np.median(read) / max(float(np.median(again)), 1e-6)),
    )


def _try(site: Site, codec: Codec) -> tuple[float, float, float, float, float] | None:
    """Seconds to read, to pack and to read again; bytes of the pack and of the originals."""
    plate, well, number = site
    read, took = _timed(lambda: plate.read_each(well, number))
    planes = [one for one in read.values() if not isinstance(one, PixelError)]
    if not planes or len({(one.shape, one.dtype) for one in planes}) > 1:
        return None
    pixels: Plane = np.stack(planes)
    files, packed = _timed(lambda: encode(pixels, codec))
    _, again = _timed(lambda: decode(files))
    size = sum(map(len, files.values()))
    return took, packed, again, size, pixel_bytes(plate, well, number)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began
