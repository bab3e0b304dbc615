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
    (islands); `fibres` and `speckle` weigh stress fibres and bright puncta.
    """

    cells: float
    nucleus: float
    elongation: float
    body: float
    body_elongation: float
    clumping: float
    fibres: float
    speckle: float
    haze: float


CELL_TYPES: dict[str, CellType] = {
    "HUVEC": CellType(125, 0.0215, 1.45, 0.058, 1.5, 0.35, 1.0, 0.3, 0.10),
    "RPE": CellType(95, 0.0235, 1.3, 0.066, 1.35, 0.35, 1.1, 0.2, 0.10),
    "HEPG2": CellType(260, 0.0180, 1.12, 0.032, 1.1, 0.85, 0.35, 1.0, 0.30),
    "U2OS": CellType(130, 0.0240, 1.2, 0.055, 1.3, 0.45, 0.8, 0.3, 0.15),
}
