"""Paints cells in six stains: what a perfect microscope without noise would see.

Each cell is a small patch in which two distances are known, that from the nucleus and that from
the rim of the cell, both 1 at the border; the stains are simple functions of the two and of the
textures. All cells of a site are painted at once and added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import Channel
from deepnoise_app.simulate.cells import Cells
from deepnoise_app.simulate.celltypes import CellType
from deepnoise_app.simulate.textures import texture_bank

Stack = NDArray[np.float32]
CHANNELS = (
    Channel("Nuclei", "Hoechst"),
    Channel("ER", "ConA"),
    Channel("Actin", "Phalloidin"),
    Channel("Nucleoli and RNA", "Syto14"),
    Channel("Mitochondria", "MitoTracker"),
    Channel("Golgi and membrane", "WGA"),
)
# Pixels painted in one go: few enough to stay in the processor's cache.
BATCH_PX = 60_000


@dataclass(frozen=True, slots=True)
class Patches:
    """Patches of some cells, each array (cells, patch pixels).

    `from_nucleus`, `from_rim`: distance in radii; `u`, `v`: place in the cell's frame in pixels.
    """

    u: Stack
    v: Stack
    from_nucleus: Stack
    nucleus: Stack
    body: Stack
    rim: Stack
    texture: NDArray[np.intp]


def paint(cells: Cells, kind: CellType, size: int) -> Stack:
    """Return (6, size, size) light of all cells, in units of a usual cell's stain."""
    reach = int(np.ceil(1.15 * size * float(cells.body.max()))) + 1
    side = size + 2 * reach
    canvas = np.zeros((len(CHANNELS), side * side), dtype=np.float64)
    bank = texture_bank(size)
    batch = max(1, BATCH_PX // (2 * reach + 1) ** 2)
    for start in range(0, len(cells), batch):
        _paint_some(canvas, cells, slice(start, start + batch), kind, bank, size, reach)
    field = canvas.reshape(-1, side, side)[:, reach:-reach, reach:-reach]
    return np.ascontiguousarray(field, dtype=np.float32)
