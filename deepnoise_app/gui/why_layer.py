"""The attribution of a well as a layer over its sites: red speaks for the name, blue against."""

from __future__ import annotations

import numpy as np
import scipy
from napari.components import ViewerModel
from napari.layers import Image
from numpy.typing import NDArray

from deepnoise_app.gui.layers import LABELS, cover_layer
from deepnoise_app.gui.scene import CanvasScene, scene_of
from deepnoise_app.session import Picture, Session, Why

WHY = "Why?"
FOR, AGAINST = (214, 47, 39), (69, 117, 230)
# Single pixels say little: neighbours are taken together, in pixels of the network.
SMOOTH = 1.0
# What is above this share of the pixels is shown fully opaque.
OPAQUE_FROM = 99.0
MOST_OPAQUE = 0.8


class WhyLayer:
    """One layer, made when first wanted and refilled; hidden where there is nothing to show."""

    def __init__(self, viewer: ViewerModel, session: Session) -> None:
        self._viewer = viewer
        self._session = session
        self._layer: Image | None = None
        for fact in ("why", "picture", "whole_plate", "mosaic"):
            getattr(session.events, fact).connect(self._show)

    def close(self) -> None:
        """Hear nothing more and take the layer away."""
        for fact in ("why", "picture", "whole_plate", "mosaic"):
            getattr(self._session.events, fact).disconnect(self._show)
        if self._layer is not None and self._layer in self._viewer.layers:
            self._viewer.layers.remove(self._layer)

    def _show(self) -> None:
        why, picture, scene = self._session.why, self._session.picture, scene_of(self._session)
        fits = why is not None and picture is not None and scene is not None
        fits = fits and not scene.is_mosaic and why.plate == picture.plate  # type: ignore[union-attr]
        if not fits or why is None or picture is None or scene is None:
            self._hide()
            return
        pixels = laid_out(why, picture)
        if not pixels.any():
            self._hide()
            return
        self._fill(pixels, scene)

    def _fill(self, pixels: NDArray[np.uint8], scene: CanvasScene) -> None:
        layer = self._layer
        if layer is None or layer not in self._viewer.layers:
            layer = self._layer = cover_layer(WHY, pixels)
            active = self._viewer.layers.selection.active
            below = len(self._viewer.layers)
            if LABELS in self._viewer.layers:
                below = self._viewer.layers.index(LABELS)
            self._viewer.layers.insert(below, layer)
            self._viewer.layers.selection.active = active
        layer.data = pixels
        layer.scale, layer.translate = scene.scale, scene.translate
        layer.units = (scene.unit, scene.unit)
        layer.visible = True

    def _hide(self) -> None:
        if self._layer is None or self._layer not in self._viewer.layers:
            return
        if self._session.plate is None:
            self._viewer.layers.remove(self._layer)
            self._layer = None
        elif self._layer.visible:
            self._layer.visible = False


def laid_out(why: Why, picture: Picture) -> NDArray[np.uint8]:
    """Return (rows, columns, RGBA) over a picture; sites of other wells stay transparent."""
    made = np.zeros((*picture.pixels.shape[1:], 4), np.uint8)
    smooth = {site: scipy.ndimage.gaussian_filter(one, SMOOTH) for site, one in why.maps.items()}
    size = np.concatenate([np.abs(one).ravel() for one in smooth.values()] or [np.zeros(1)])
    opaque = max(float(np.percentile(size, OPAQUE_FROM)), 1e-12)
    height, width = _site_size(picture)
    for place in picture.places:
        if place.well == why.well and place.site in smooth:
            one = smooth[place.site]
            rows = np.arange(height) * one.shape[0] // height
            columns = np.arange(width) * one.shape[1] // width
            there = made[place.top : place.top + height, place.left : place.left + width]
            coloured = _coloured(one, opaque)[rows][:, columns]
            there[...] = coloured[: there.shape[0], : there.shape[1]]
    return made


def _site_size(picture: Picture) -> tuple[int, int]:
    """Rows and columns of a site on a picture: what lies between the corners and the ends."""
    bottom, right = picture.pixels.shape[1:]
    top = max((place.top for place in picture.places), default=0)
    left = max((place.left for place in picture.places), default=0)
    return bottom - top, right - left


def _coloured(values: NDArray[np.float32], opaque: float) -> NDArray[np.uint8]:
    made = np.zeros((*values.shape, 4), np.uint8)
    made[..., :3] = np.where(values[..., None] > 0, FOR, AGAINST)
    strength = np.clip(np.abs(values) / opaque, 0, 1) * MOST_OPAQUE
    made[..., 3] = (strength * 255).astype(np.uint8)
    return made
