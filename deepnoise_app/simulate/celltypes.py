"""The cell types of RxRx1 as plain shapes: how dense, how large, how elongated, how clustered.

Lengths are fractions of the side of the field, read off published example images by eye.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellType:
    """An average cell.

    `cells` per field; `nucleus` and `body` are mean radii; `elongation` is the long over the short
    axis of the nucleus, `body_elongation` that of the cell; `clumping` from 0 (even) to 1
    (islands that pile up); `fibres` weighs stress fibres, `speckle` bright puncta, `spread` how
    far the stains reach from the nucleus (in its radii), `haze` the light out of focus.
    """

    cells: float
    nucleus: float
    elongation: float
    body: float
    body_elongation: float
    clumping: float
    fibres: float
    speckle: float
    spread: float
    haze: float


CELL_TYPES: dict[str, CellType] = {
    "HUVEC": CellType(125, 0.0215, 1.45, 0.062, 1.6, 0.35, 1.0, 0.35, 1.1, 0.10),
    "RPE": CellType(95, 0.0245, 1.3, 0.070, 1.35, 0.35, 1.1, 0.25, 1.2, 0.10),
    "HEPG2": CellType(400, 0.0150, 1.15, 0.029, 1.15, 0.85, 0.25, 1.0, 1.5, 0.30),
    "U2OS": CellType(130, 0.0240, 1.2, 0.055, 1.3, 0.45, 0.8, 0.35, 1.2, 0.15),
}
