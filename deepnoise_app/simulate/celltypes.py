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
    (islands that pile up); `fibres` weighs stress fibres, `speckle` bright puncta; `spread` is how
    far the stains reach from the nucleus (in its radii); `haze` is the part of the light that is
    out of focus; `contrast` is the exponent of each channel's light, for cells are thicker where
    they are bright.
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
    contrast: tuple[float, ...]


CELL_TYPES: dict[str, CellType] = {
    "HUVEC": CellType(
        cells=130,
        nucleus=0.0215,
        elongation=1.45,
        body=0.078,
        body_elongation=1.75,
        clumping=0.25,
        fibres=1.0,
        speckle=0.35,
        spread=0.85,
        haze=0.12,
        contrast=(1.0, 1.55, 1.65, 1.75, 1.65, 1.35),
    ),
    "RPE": CellType(
        cells=95,
        nucleus=0.0245,
        elongation=1.3,
        body=0.086,
        body_elongation=1.4,
        clumping=0.3,
        fibres=1.1,
        speckle=0.25,
        spread=0.8,
        haze=0.12,
        contrast=(1.0, 1.8, 1.85, 2.0, 1.8, 1.55),
    ),
    "HEPG2": CellType(
        cells=560,
        nucleus=0.0145,
        elongation=1.15,
        body=0.030,
        body_elongation=1.2,
        clumping=0.55,
        fibres=0.2,
        speckle=1.0,
        spread=1.8,
        haze=0.25,
        contrast=(1.25, 1.75, 1.35, 1.7, 1.5, 1.1),
    ),
    "U2OS": CellType(
        cells=130,
        nucleus=0.0240,
        elongation=1.2,
        body=0.062,
        body_elongation=1.35,
        clumping=0.45,
        fibres=0.8,
        speckle=0.35,
        spread=0.9,
        haze=0.15,
        contrast=(1.0, 1.3, 1.0, 1.3, 1.8, 1.05),
    ),
}
