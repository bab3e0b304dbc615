"""The layer of texts on the canvas: what stands above each site, or beside the mosaic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from napari.components import ViewerModel
from napari.layers import Points
from numpy.typing import NDArray

from deepnoise_app.gui.layers import label_layer

if TYPE_CHECKING:
    import pandas as pd

ON_IMAGE, INK = "white", "#101114"


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Places (texts, 2) in pixels of the files, row first, and one row of features for each.

    Those `on_image` (texts,) are white, whatever the theme.
    """

    places: NDArray[np.float64]
    features: pd.DataFrame
    on_image: NDArray[np.bool_]


class LabelLayer:
    """One layer of points that is made once and refilled; never one of the user's."""

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._on_image = np.zeros(0, bool)
        self._inks: tuple[str, ...] = ()
        self.layer: Points | None = None

    @property
    def is_there(self) -> bool:
        """Whether the layer is in the viewer: the user may have deleted it."""
        return self.layer is not None and self.layer in self._viewer.layers

    def write(self, texts: Texts, pixel: float, unit: str) -> None:
        """Show texts; `pixel` is the side of a pixel of the files in the world."""
        self._on_image = texts.on_image
        if not self.is_there:
            self._make(texts)
        layer = self.layer
        if layer is None:
            return
        if layer.scale[0] != pixel:
            layer.scale = (pixel, pixel)
        if str(layer.units[0]) != unit:
            layer.units = (unit, unit)
        if not np.array_equal(texts.places, layer.data):
            layer.data = texts.places
            layer.editable = False  # new data make it editable
        if not texts.features.equals(layer.features):
            layer.features = texts.features
        self.write_ink()

    def write_ink(self) -> None:
        """Write in white on images and on a dark canvas, in black on a light one."""
        ground = ON_IMAGE if np.mean(self._viewer.canvas.background_color[:3]) < 0.5 else INK
        inks = tuple(ON_IMAGE if on else ground for on in self._on_image)
        if self.layer is not None and (inks != self._inks or not inks):
            self._inks = inks
            alike = len(set(inks)) < 2
            self.layer.text.color = (inks or (ground,))[0] if alike else list(inks)

    def clear(self) -> None:
        """Take the layer away."""
        if self.layer is not None and self.is_there:
            self._viewer.layers.remove(self.layer)
        self.layer = None

    def _make(self, texts: Texts) -> None:
        layer = label_layer(texts.places, texts.features)
        active = self._viewer.layers.selection.active
        self._viewer.layers.append(layer)
        layer.editable = False  # entering a viewer makes it editable
        self._viewer.layers.selection.active = active
        self.layer, self._inks = layer, ()
