"""What our napari layers are made of: one image per channel, and the labels."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from napari.layers import Image, Points
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

LABELS = "Wells"
LABEL_SIZE_PT = 10
AXES, UNITS = ("y", "x"), ("pixel", "pixel")


def channel_layer(name: str, plane: NDArray[np.generic]) -> Image:
    """Return the layer of one channel; it adds its light to that of the others."""
    return Image(
        plane,
        name=name,
        blending="additive",
        axis_labels=AXES,
        units=UNITS,
        metadata={"channel": name},
    )


def label_layer(places: NDArray[np.float64], features: pd.DataFrame) -> Points:
    """Return the layer of labels: texts that stand on the upper edge of their sites.

    Above the site they hide no cell, and stay legible however bright the image is. What napari
    calls the upper left anchor is the side of the point on which the text stands.
    """
    return Points(
        places,
        ndim=2,
        name=LABELS,
        features=features,
        text={"string": "{label}", "size": LABEL_SIZE_PT, "anchor": "upper_left"},
        face_color="transparent",
        border_color="transparent",
        size=1,
        axis_labels=AXES,
        units=UNITS,
    )


def cover_layer(name: str, pixels: NDArray[np.uint8]) -> Image:
    """Return a layer that hides what lies below it, as far as its pixels are not transparent."""
    return Image(
        pixels,
        name=name,
        rgb=True,
        blending="translucent_no_depth",
        axis_labels=AXES,
        units=UNITS,
        visible=False,
    )


def colour_of(layer: Image) -> str:
    """Return the colour, `#rrggbb`, that the brightest pixels of a layer have."""
    levels = np.rint(255 * np.asarray(layer.colormap.colors)[-1, :3]).astype(int)
    return "#" + "".join(f"{level:02x}" for level in levels)


def share_of_light(shown: int) -> float:
    """Return the opacity of each of several channels whose light adds up."""
    return round(1 / sqrt(max(shown, 1)), 2)
