"""What the channel layers hold: the pixels of the mosaic, or our own copy of a picture's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from napari.layers import Image

from deepnoise_app.gui.scene import CanvasScene
from deepnoise_app.screen import Plane


class LayerPlanes:
    """Fills layers so that napari need not hear of a new array where pixels alone are new.

    A new array is to napari a change of the world, for which it looks through all layers. So the
    copy is written over as long as pictures are alike; the picture itself is never changed.
    """

    def __init__(self) -> None:
        self._held: Plane | None = None
        self._is_ours = False

    def of(self, scene: CanvasScene) -> Plane:
        """Return planes for the layers, one per channel.

        Without a site they turn black and keep their size.
        """
        if scene.is_mosaic:
            return scene.pixels
        before, new = self._held, scene.pixels
        if scene.empty:
            return np.zeros_like(new if before is None else before)
        alike = before is not None and (before.shape, before.dtype) == (new.shape, new.dtype)
        if before is None or not alike or not self._is_ours:
            return new.copy()
        np.copyto(before, new)
        return before

    def fill(self, layers: Sequence[Image], scene: CanvasScene, planes: Plane, whole: bool) -> None:
        """Give each layer its plane; one that holds it already is told to look again.

        Of what is not `whole` yet, napari's small pictures of layers are not made.
        """
        self._held, self._is_ours = planes, not scene.is_mosaic
        units = (scene.unit, scene.unit)
        for layer, plane in zip(layers, planes, strict=True):
            if layer.data.shape == plane.shape and np.may_share_memory(layer.data, plane):
                layer.refresh(extent=False, highlight=False, thumbnail=whole)
            else:
                layer.data = plane
            if tuple(layer.scale) != scene.scale:
                layer.scale, layer.translate = scene.scale, scene.translate
            if tuple(map(str, layer.units)) != units:
                layer.units = units

    def forget(self) -> None:
        """Let go of what the layers held."""
        self._held, self._is_ours = None, False
