"""What the place of a well does to it: wells at the border dry out, pipettes and lamps drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import WellId
from deepnoise_app.simulate.design import ScreenDesign
from deepnoise_app.simulate.draws import Level, draws
from deepnoise_app.simulate.layout import plate_shape
from deepnoise_app.simulate.stains import CHANNELS

# Change of the light (log) from one side of a plate to the other, over rows and over columns:
# common to all channels, and each channel's own.
SHARED_GRADIENT, OWN_GRADIENT = 0.10, 0.06
# A border well has so much more light (log) and fewer cells (z of density), give or take half.
EDGE_LIGHT, EDGE_DENSITY = 0.10, -0.8
# Wells from the border over which the edge effect fades.
EDGE_REACH = 1.2


@dataclass(frozen=True, slots=True)
class Position:
    """Factor on the light of each channel, and the change in the z of density."""

    light: NDArray[np.float32]
    density: float


def well_position(design: ScreenDesign, experiment: int, plate: int, well: WellId) -> Position:
    """Return what the place of one well does."""
    shape = plate_shape(design)
    rng = draws(design.seed, Level.PLATE_GRADIENT, experiment, plate)
    slope = rng.normal(0, SHARED_GRADIENT, 2) + rng.normal(0, OWN_GRADIENT, (len(CHANNELS), 2))
    drying = max(0.0, rng.normal(1, 0.5))
    place = np.array(
        [well.row / max(shape.rows - 1, 1) - 0.5, well.column / max(shape.columns - 1, 1) - 0.5]
    )
    inward = min(well.row, well.column, shape.rows - 1 - well.row, shape.columns - 1 - well.column)
    edge = drying * float(np.exp(-inward / EDGE_REACH))
    light = np.exp(slope @ place + EDGE_LIGHT * edge)
    return Position(light.astype(np.float32), EDGE_DENSITY * edge)
