"""What the channel layers hold: the picture of the chosen wells, or the mosaic of the plate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.gui.labels import plate_of_picture
from deepnoise_app.gui.sight import SEEN_RANGE
from deepnoise_app.screen import Plane, Plate
from deepnoise_app.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class CanvasScene:
    """Planes of a plate, (C, rows, columns), and how they lie in the world.

    `step` is how many pixels of the files one pixel stands for, down and across; the world is
    measured in `unit`. `limits` (C, 2) are black and white where they do not follow from the
    contrast of the plate. An `empty` one shows no site.
    """

    plate: Plate
    pixels: Plane
    step: tuple[float, float]
    is_mosaic: bool
    empty: bool = False
    limits: NDArray[np.floating] | None = None

    @property
    def unit(self) -> str:
        """Unit of the world: micrometres where the size of a pixel is known."""
        return "micrometer" if self.plate.pixel_size_um > 0 else "pixel"

    @property
    def scale(self) -> tuple[float, float]:
        """Side of a pixel in the world, down and across."""
        size = self.plate.pixel_size_um or 1.0
        return self.step[0] * size, self.step[1] * size

    @property
    def translate(self) -> tuple[float, float]:
        """Where the middle of the first pixel lies, so that all corners meet at the origin."""
        size = self.plate.pixel_size_um or 1.0
        return (self.step[0] - 1) / 2 * size, (self.step[1] - 1) / 2 * size


def scene_of(session: Session) -> CanvasScene | None:
    """Return what is to be shown; until the first site of a mosaic is read, what was there."""
    plate, mosaic, picture = session.plate, session.mosaic, session.picture
    fits = plate is not None and mosaic is not None and mosaic.plate == plate.key
    if session.whole_plate and fits and plate is not None and mosaic is not None:
        step = float(2**mosaic.layout.level)
        limits = _seen_limits(session, plate)
        return CanvasScene(plate, mosaic.pixels, (step, step), True, limits=limits)
    of_picture = plate_of_picture(session)
    if picture is None or of_picture is None:
        return None
    fixed = None if picture.sight is None else np.tile(SEEN_RANGE, (len(picture.pixels), 1))
    empty = not picture.places
    return CanvasScene(of_picture, picture.pixels, picture.step, False, empty, fixed)


def _seen_limits(session: Session, plate: Plate) -> NDArray[np.floating] | None:
    """Grey levels that a model sees as black and as white: thumbnails keep their grey levels."""
    sight = session.sights.get(plate.key) if session.as_model else None
    if sight is None:
        return None
    low, high = SEEN_RANGE
    return np.stack([sight.mean + low * sight.std, sight.mean + high * sight.std], axis=1)
