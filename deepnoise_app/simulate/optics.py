"""What lies between the cells and the camera: debris, haze, focus, uneven light.

All of it acts on light, before gain and offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Stack = NDArray[np.float32]
# Lengths as parts of the field's side: the sharpest blur, and how far out-of-focus light spreads.
SHARPEST, HAZE_REACH = 0.0009, 0.06
# Extra blur between plates, and between the sites of one (half-normal standard deviations).
PLATE_BLUR, SITE_BLUR = 0.0010, 0.0006
DEBRIS_PER_SITE = 3.0


@dataclass(frozen=True, slots=True)
class Optics:
    """How one site is seen: `blur` and `haze`, and per channel the falling off of the light.

    `tilt` is (channels, 2), the change of light from the middle to the border; `vignette` the
    loss at a distance of half a side, (channels,).
    """

    blur: float
    haze: float
    tilt: Stack
    vignette: Stack
    centre: Stack

    @classmethod
    def drawn(
        cls, rng: np.random.Generator, plate_blur: float, haze: float, channels: int
    ) -> Optics:
        """Draw the optics of one site of a plate."""
        blur = float(np.hypot(plate_blur, SITE_BLUR * rng.standard_normal()))
        tilt = rng.normal(0, 0.04, 2) + rng.normal(0, 0.02, (channels, 2))
        vignette = rng.uniform(0.04, 0.12) * rng.uniform(0.8, 1.2, channels)
        return cls(
            blur,
            haze * float(rng.uniform(0.7, 1.3)),
            tilt.astype(np.float32),
            vignette.astype(np.float32),
            rng.normal(0, 0.08, 2).astype(np.float32),
        )

    def see(self, light: Stack) -> Stack:
        """Return what reaches the camera of light (channels, size, size)."""
        size = light.shape[-1]
        sigma = float(np.hypot(SHARPEST, self.blur)) * size
        if sigma > 0.25:
            light = ndimage.gaussian_filter(light, (0, sigma, sigma), mode="nearest", truncate=3)
        width = 2 * round(HAZE_REACH * size / 2) + 1
        spread = ndimage.uniform_filter(light, (0, width, width), mode="reflect")
        spread = ndimage.uniform_filter(spread, (0, width, width), mode="reflect")
        return ((1 - self.haze) * light + self.haze * spread) * self._illumination(size)

    def _illumination(self, size: int) -> Stack:
        line = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
        x, y = line[None, None, :], line[None, :, None]
        lean = self.tilt[:, 0, None, None] * x + self.tilt[:, 1, None, None] * y
        away = (x - self.centre[0]) ** 2 + (y - self.centre[1]) ** 2
        return np.asarray(1 + lean - self.vignette[:, None, None] * away)


def add_debris(light: Stack, rng: np.random.Generator) -> None:
    """Add specks of dust and dead cells to light (channels, size, size), in place."""
    channels, size, _ = light.shape
    count = rng.poisson(DEBRIS_PER_SITE)
    middle = rng.uniform(0, 1, (count, 2)) * size
    radius = np.exp(rng.normal(np.log(0.0045), 0.4, count)) * size
    glow = 2.0 * np.exp(rng.normal(0, 0.6, (count, channels)))
    glow[:, 0] *= rng.random(count) < 0.3
    for (y, x), r, colour in zip(middle, np.maximum(radius, 0.4), glow, strict=True):
        reach = int(3 * r) + 1
        top, left = max(int(y) - reach, 0), max(int(x) - reach, 0)
        rows = np.arange(top, min(int(y) + reach + 1, size)) + 0.5
        columns = np.arange(left, min(int(x) + reach + 1, size)) + 0.5
        away = ((rows[:, None] - y) ** 2 + (columns[None, :] - x) ** 2) / (r * r)
        speck = colour[:, None, None] * np.exp(-away)
        light[:, top : top + len(rows), left : left + len(columns)] += speck.astype(np.float32)
