"""Which grey levels of a plate are shown as black and as white."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from deepnoise_app.errors import PixelError
from deepnoise_app.screen import Plate

LOW, HIGH = 1.0, 99.7
# Share of a fraction by which white lies above black where both would be the same.
CLOSEST = 1e-3


def plate_contrast(
    plate: Plate, wells: int = 16, low: float = LOW, high: float = HIGH
) -> NDArray[np.float64]:
    """Black and white point of each channel, from some wells spread over the plate.

    Parameters
    ----------
    wells
        How many wells are looked at, one site of each.
    low, high
        Percentiles.

    Returns
    -------
    contrast
        (C, 2) in grey levels as stored, black below white; (0, 255) for a channel that none of
        the wells has. Pixels that are no numbers do not count.
    """
    chosen = np.unique(np.linspace(0, len(plate.wells) - 1, wells).astype(int))
    made = np.tile((0.0, 255.0), (len(plate.channels), 1))
    for channel in range(len(plate.channels)):
        seen = [
            plane for index in chosen if (plane := _plane(plate, int(index), channel)) is not None
        ]
        if seen:
            levels = np.concatenate(seen)
            levels = levels[np.isfinite(levels)]
            if levels.size:
                black, white = np.percentile(levels, (low, high))
                made[channel] = black, white_above(black, white, levels.dtype)
    return made


def white_above(black: float, white: float, dtype: DTypeLike) -> float:
    """Return a white point that lies above the black point.

    Grey levels that are whole numbers are at least one apart; fractions, such as those of images
    scaled from 0 to 1, may lie as close as is wished, but not on one another.
    """
    if np.dtype(dtype).kind in "iub":
        return max(white, black + 1)
    return white if white > black else black + (abs(black) * CLOSEST or 1.0)


def _plane(plate: Plate, index: int, channel: int) -> NDArray[np.generic] | None:
    """Every fourth pixel of the first readable site of a well, flat; None where there is none."""
    for site, there in zip(plate.sites, plate.present[index, :, channel], strict=True):
        if there:
            try:
                return plate.read(plate.wells[index], site, [channel])[0, ::2, ::2].ravel()
            except PixelError:
                continue
    return None
