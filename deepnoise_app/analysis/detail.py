"""What needs neighbouring pixels: focus, texture, and how many nuclei lie in a site."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import graycomatrix, graycoprops
from skimage.filters import threshold_otsu

from deepnoise_app.analysis.kinds import TEXTURES
from deepnoise_app.analysis.levels import Levels
from deepnoise_app.screen import Plane

GREYS = 32
_ANGLES = (0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
# Larger planes are reduced to between one and two times this side before nuclei are counted.
COUNT_SIDE = 500
SMOOTH_PX = 1.2
# The threshold must lie so many deviations above what is darker; in mere noise it is 1.1.
LEAST_STEP = 1.35


def focus(plane: Plane) -> float:
    """Energy of the Laplacian over that of the plane: high where edges are sharp.

    The variance of the Laplacian (Pech-Pacheco 2000) divided by that of the pixels, so that
    brightness and number of cells matter little. NaN for a plane of one level.
    """
    exact = {np.dtype(np.uint8): np.int16, np.dtype(np.uint16): np.int32}
    wide: NDArray[Any] = plane.astype(exact.get(plane.dtype, np.float32))
    if min(wide.shape) < 3:
        return float("nan")
    middle = wide[1:-1, 1:-1]
    around = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]
    bend = (4 * middle - around).astype(np.float32)
    spread = float(middle.astype(np.float32).var())
    return float(bend.var()) / spread if spread > 0 else float("nan")


def texture(plane: Plane, levels: Levels) -> tuple[float, float, float, float]:
    """Contrast, homogeneity, energy and correlation of neighbouring pixels (Haralick 1973).

    Grey levels are first put into `GREYS` classes between the 1st and 99th percentile; means over
    four directions. NaN for a plane of one level.
    """
    low, high = levels.percentile(1), levels.percentile(99)
    if high <= low or min(plane.shape) < 2:
        return (float("nan"),) * 4
    classes = _classes(plane, low, high)
    pairs = graycomatrix(classes, [1], _ANGLES, levels=GREYS, symmetric=True, normed=True)  # type: ignore[no-untyped-call]
    a, b, c, d = (graycoprops(pairs, name).mean() for name in TEXTURES)  # type: ignore[no-untyped-call]
    return float(a), float(b), float(c), float(d)


def _classes(plane: Plane, low: float, high: float) -> NDArray[np.uint8]:
    scale = GREYS / (high - low)
    if plane.dtype in (np.uint8, np.uint16):
        known = np.arange(np.iinfo(plane.dtype).max + 1, dtype=np.float32)
        table = np.clip((known - low) * scale, 0, GREYS - 1).astype(np.uint8)
        return np.asarray(table[plane])
    return np.asarray(np.clip((plane - low) * scale, 0, GREYS - 1), dtype=np.uint8)


def count_nuclei(plane: Plane) -> int:
    """Count bright round spots: threshold (Otsu 1979), then one peak of the distance each.

    Touching nuclei are told apart where they are at least a typical nucleus' radius away from
    each other, so piled cells are undercounted.
    """
    small = _reduced(plane)
    smooth = ndimage.gaussian_filter(small, SMOOTH_PX)
    if smooth.max() <= smooth.min():
        return 0
    threshold = float(threshold_otsu(smooth))  # type: ignore[no-untyped-call]
    mask = smooth > threshold
    if not mask.any() or _is_noise(smooth[~mask], threshold):
        return 0
    labels = ndimage.label(mask)[0]
    areas = np.bincount(labels.ravel())[1:]
    typical = float(np.median(areas))
    large = np.concatenate([[False], areas >= 0.2 * typical])
    radius = np.sqrt(typical / np.pi)
    distance = ndimage.distance_transform_edt(mask) + 1e-3 * smooth / smooth.max()
    reach = max(3, 2 * int(np.ceil(radius)) - 1)
    peaks = (distance == ndimage.maximum_filter(distance, reach)) & large[labels]
    return int(np.count_nonzero(peaks))


def _is_noise(dark: NDArray[np.float32], threshold: float) -> bool:
    """Whether the threshold merely cuts the background's own noise in two."""
    middle = float(np.median(dark))
    spread = 1.4826 * float(np.median(np.abs(dark - middle)))
    return threshold - middle < LEAST_STEP * spread


def _reduced(plane: Plane) -> NDArray[np.float32]:
    step = max(1, min(plane.shape) // COUNT_SIDE)
    if step == 1:
        return plane.astype(np.float32)
    height, width = plane.shape[0] // step, plane.shape[1] // step
    wide = plane[: height * step, : width * step].astype(np.float32)
    return np.asarray(wide.reshape(height, step, width, step).mean(axis=(1, 3)), dtype=np.float32)
