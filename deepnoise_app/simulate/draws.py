"""Random numbers that depend on nothing but the seed, the level of the screen and its indices.

No generator is kept and none is shared, so a site looks the same whichever site was read before.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Level(IntEnum):
    """What is drawn. The numbers are part of what a seed means: never change one."""

    LIBRARY = 1
    ORDER = 2
    PLACEMENT = 3
    PERTURBATION = 4
    CELL_TYPE_RESPONSE = 5
    EXPERIMENT_TRAITS = 6
    EXPERIMENT_EXPOSURE = 7
    PLATE_TRAITS = 8
    PLATE_EXPOSURE = 9
    PLATE_GRADIENT = 10
    PLATE_FOCUS = 11
    WELL_TRAITS = 12
    SITE_CELLS = 13
    SITE_OPTICS = 14
    SITE_DEBRIS = 15
    SITE_CAMERA = 16
    TEXTURE = 17
    REFERENCE = 18


def draws(seed: int, level: Level, *indices: int) -> np.random.Generator:
    """Return a fresh generator for one thing, say site 1 of well 5 on plate 0 of experiment 3."""
    return np.random.default_rng((seed, int(level), *indices))
