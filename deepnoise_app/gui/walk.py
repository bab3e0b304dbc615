"""Where the arrow keys lead: over the wells of a plate, and over points of a plot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Qt

from deepnoise_app.gui.album import beside
from deepnoise_app.screen import Plate, WellId

# Rows and columns, downwards and to the right.
ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


def longer(plate: Plate, chosen: Sequence[WellId], rows: int, columns: int) -> list[WellId]:
    """Return the chosen wells with the next imaged one in a direction from the last of them.

    Back where one came from, the last one is taken out; without a next one nothing changes.
    """
    found = beside(plate, chosen[-1], rows, columns) if chosen else None
    if found is None:
        return list(chosen)
    if len(chosen) > 1 and found == chosen[-2]:
        return list(chosen[:-1])
    return [*(well for well in chosen if well != found), found]


def nearest(places: NDArray[np.float64], at: int, across: int, up: int) -> int | None:
    """Return the nearest point to the left, to the right, above or below another one.

    Parameters
    ----------
    places
        (points, 2), on scales that are seen alike.
    at
        The point that one comes from.
    across, up
        One of them is 0, the other 1 or -1.

    Returns
    -------
    point
        Within 45 degrees of the direction; None where there is none.
    """
    away = places - places[at]
    along, aside = away @ np.array((across, up)), np.abs(away @ np.array((up, across)))
    there = np.flatnonzero((along > 0) & (aside <= along))
    if not len(there):
        return None
    return int(there[np.argmin(np.hypot(along[there], aside[there]))])
