"""Pixels of a simulated plate: made when they are asked for, and the last sites kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import WellId
from deepnoise_app.simulate.design import ScreenDesign
from deepnoise_app.simulate.layout import plate_contents
from deepnoise_app.simulate.site import render_site
from deepnoise_app.simulate.stains import CHANNELS

Address = tuple[ScreenDesign, int, int, WellId, int]
# Sites that one process keeps, in bytes: a reader asks for the six channels one after another.
KEPT_BYTES = 32 << 20


class _Kept:
    """The sites made last, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sites: OrderedDict[Address, NDArray[np.uint8]] = OrderedDict()

    def site(self, address: Address) -> NDArray[np.uint8]:
        """Return a site (channels, size, size), made only if it is not kept."""
        with self._lock:
            found = self._sites.get(address)
        if found is None:
            found = render_site(*address)
            found.flags.writeable = False
            with self._lock:
                self._sites[address] = found
                while len(self._sites) > max(2, KEPT_BYTES // found.nbytes):
                    self._sites.popitem(last=False)
        return found


_kept = _Kept()


@dataclass(frozen=True, slots=True)
class SimulatedPixels:
    """The pixels of plate number `plate` of experiment number `experiment`, both from 0."""

    design: ScreenDesign
    experiment: int
    plate: int

    @property
    def present(self) -> NDArray[np.bool_]:
        """(wells, sites, channels): every plane exists."""
        wells = len(plate_contents(self.design, self.experiment, self.plate))
        return np.ones((wells, self.design.sites, len(CHANNELS)), dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> NDArray[np.uint8]:
        """Return one plane (size, size); each level halves the resolution."""
        contents = plate_contents(self.design, self.experiment, self.plate)
        address = (self.design, self.experiment, self.plate, list(contents)[well], site)
        return _halved(_kept.site(address)[channel], level).copy()


def _halved(plane: NDArray[np.uint8], level: int) -> NDArray[np.uint8]:
    """Average squares of 2 ** level pixels; what does not fill a square is left out."""
    step = min(1 << level, plane.shape[0])
    if step == 1:
        return plane
    side = plane.shape[0] // step
    squares = plane[: side * step, : side * step].reshape(side, step, side, step)
    return np.asarray(np.rint(squares.mean(axis=(1, 3))), dtype=np.uint8)
