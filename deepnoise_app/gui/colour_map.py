"""Values become colours: 256 steps of a perceptually uniform map, or of a diverging one."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from qtpy.QtGui import QColor

from deepnoise_app.screen import COLOUR_MAPS, Scale

STEPS = 256
# From this luminance on, black is read better than white (WCAG 2: where both contrasts are equal).
_BRIGHT = 0.179


@cache
def map_colours(scale: Scale) -> tuple[QColor, ...]:
    """The colours of a scale from low to high, the same as in an exported picture."""
    from matplotlib import colormaps  # slow to load, and the window starts without a painting

    steps = colormaps[COLOUR_MAPS[scale]](np.linspace(0, 1, STEPS))
    return tuple(QColor.fromRgbF(*map(float, step[:3])) for step in steps)


@cache
def map_inks(scale: Scale) -> tuple[QColor, ...]:
    """For each colour of a scale the one, black or white, that is read on it."""
    return tuple(ink_on(colour) for colour in map_colours(scale))


def ink_on(colour: QColor) -> QColor:
    """Return black or white, whichever is read better on a colour."""
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    bright = float(linear @ (0.2126, 0.7152, 0.0722)) > _BRIGHT
    return QColor("#101114") if bright else QColor("#ffffff")


def map_steps(values: NDArray[np.float64], shown: tuple[float, float]) -> NDArray[np.int64]:
    """Which step of a map each value gets; -1 where the value is not finite.

    Parameters
    ----------
    shown
        Values at the ends of the map; what lies beyond gets the colour of the end.
    """
    low, high = shown
    span = high - low if high > low else 1.0
    known = np.isfinite(values)
    share = np.clip((np.where(known, values, low) - low) / span, 0, 1)
    return np.where(known, np.rint(share * (STEPS - 1)).astype(np.int64), -1)
