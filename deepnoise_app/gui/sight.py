"""Pixels as a model sees them: the whole field resized, in deviations from the plate's mean."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image

from deepnoise_app.screen import Plane, Plate, readable_planes
from deepnoise_app.session import Sight

# What is black and what is white, in deviations from the mean: the same for every plate.
SEEN_RANGE = (-1.5, 4.0)
# How many wells tell mean and deviation of a plate.
WELLS = 32


def seen_planes(planes: Mapping[int, Plane], sight: Sight) -> dict[int, Plane]:
    """Return the planes of a site, by channel, as the network gets them."""
    return {
        channel: (resized(plane, sight.size) - sight.mean[channel]) / sight.std[channel]
        for channel, plane in planes.items()
    }


def resized(plane: Plane, size: int) -> Plane:
    """Resize a whole field to a square of `size` pixels, as the learning does; 0: leave it.

    Means over whole blocks where they fit, else bilinear with antialiasing.
    """
    height, width = plane.shape
    if size in (0, height) and size in (0, width):
        return plane.astype(np.float32)
    rows, columns = height // size, width // size
    if (rows * size, columns * size) == (height, width):
        means: Plane = plane.reshape(size, rows, size, columns).mean(axis=(1, 3), dtype=np.float32)
        return means
    image = Image.fromarray(plane.astype(np.float32))
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR))


def sight_of(plate: Plate, size: int, wells: int = WELLS) -> Sight:
    """Take mean and deviation from wells spread over a plate: means of each site's own.

    A channel without a readable site has mean 0 and deviation 1.
    """
    chosen = np.unique(np.linspace(0, len(plate.wells) - 1, wells).astype(int))
    means: list[list[float]] = [[] for _ in plate.channels]
    stds: list[list[float]] = [[] for _ in plate.channels]
    for well in map(plate.wells.__getitem__, chosen):
        for site in plate.sites_of(well):
            for channel, plane in readable_planes(plate, well, site)[0].items():
                small = resized(plane, size)
                means[channel].append(float(small.mean()))
                stds[channel].append(float(small.std()))
    return Sight(
        np.array([np.mean(one) if one else 0 for one in means], np.float32),
        np.array([max(np.mean(one), 1e-6) if one else 1 for one in stds], np.float32),
        len(chosen),
        size,
    )
