"""What lies over the mosaic: finer pixels where one looks closely, frames round chosen wells."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np
from napari.components import ViewerModel
from napari.layers import Image
from numpy.typing import NDArray

from deepnoise_app.gui.layers import cover_layer
from deepnoise_app.screen import MosaicLayout, WellId
from deepnoise_app.session import Detail

DETAIL, CHOSEN = "Detail", "Chosen wells"
FRAME = (255, 255, 255, 255)
MOST_PIXELS = 2**20
# A frame takes at most one part in so many of a well.
MOST_THICK = 10


class MosaicLayers:
    """Two layers, made when the first mosaic is shown and refilled; hidden without a mosaic."""

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._detail: Image | None = None
        self._frames: Image | None = None

    @property
    def layers(self) -> tuple[Image, ...]:
        """Those that were made and are still there."""
        made = (self._detail, self._frames)
        return tuple(one for one in made if one is not None and one in self._viewer.layers)

    def show_detail(self, detail: Detail | None, below: int, pixel: float, unit: str) -> None:
        """Lay finer pixels over the mosaic, or take them away; `below` is the layers under it."""
        if detail is None:
            if self._detail is not None and self._detail.visible:
                self._detail.visible = False
            return
        layer = self._detail = self._standing(self._detail, DETAIL, detail.pixels, below)
        layer.data = detail.pixels
        step = detail.step * pixel
        corner = detail.top * pixel, detail.left * pixel
        _place(layer, (step, step), corner, pixel, unit)

    def show_chosen(
        self, frames: Frames, layout: MosaicLayout, below: int, pixel: float, unit: str
    ) -> None:
        """Draw a frame round each chosen well."""
        layer = self._frames = self._standing(self._frames, CHOSEN, frames.pixels, below)
        layer.data = frames.pixels
        side = pixel * 2**layout.level
        scale = frames.step[0] * side, frames.step[1] * side
        _place(layer, scale, (frames.top * side, frames.left * side), pixel, unit)

    def hide(self) -> None:
        """Show neither; they take no room where the view is fitted to what is there."""
        for layer in self.layers:
            layer.visible = False
            layer.data = np.zeros((1, 1, layer.data.shape[-1]), np.uint8)
            layer.scale, layer.translate = (1, 1), (0, 0)

    def clear(self) -> None:
        """Take both layers away."""
        for layer in self.layers:
            self._viewer.layers.remove(layer)
        self._detail = self._frames = None

    def _standing(
        self, layer: Image | None, name: str, pixels: NDArray[np.uint8], below: int
    ) -> Image:
        if layer is not None and layer in self._viewer.layers:
            return layer
        made = cover_layer(name, pixels)
        active = self._viewer.layers.selection.active
        self._viewer.layers.insert(below, made)
        self._viewer.layers.selection.active = active
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Frames round wells: (rows, columns, RGBA), with the upper left corner at `top`, `left`.

    `step` is how many pixels of the mosaic one pixel takes, down and across.
    """

    pixels: NDArray[np.uint8]
    top: int
    left: int
    step: tuple[float, float]

    @classmethod
    def round(cls, layout: MosaicLayout, wells: tuple[WellId, ...], cell: int) -> Frames:
        """Draw frames one pixel thick round cells that are `cell` pixels high, or fewer."""
        height, width = layout.pitch
        rows, columns = [well.row for well in wells], [well.column for well in wells]
        first, last = (min(rows), min(columns)), (max(rows), max(columns))
        many = (last[0] - first[0] + 1) * (last[1] - first[1] + 1)
        down = max(MOST_THICK, min(cell, isqrt(int(MOST_PIXELS / many * height / width))))
        across = max(MOST_THICK, round(down * width / height))
        size = (last[0] - first[0] + 1) * down, (last[1] - first[1] + 1) * across
        pixels = np.zeros((*size, 4), np.uint8)
        for well in wells:
            top, left = (well.row - first[0]) * down, (well.column - first[1]) * across
            drawn = pixels[top : top + down, left : left + across]
            drawn[:1] = drawn[-1:] = FRAME
            drawn[:, :1] = drawn[:, -1:] = FRAME
        steps = height / down, width / across
        return cls(pixels, first[0] * height, first[1] * width, steps)


def _place(
    layer: Image,
    scale: tuple[float, float],
    corner: tuple[float, float],
    pixel: float,
    unit: str,
) -> None:
    """Put a layer so that its upper left corner lies at `corner` in the world."""
    translate = tuple(at + (side - pixel) / 2 for at, side in zip(corner, scale, strict=True))
    layer.scale, layer.translate = scale, translate
    if str(layer.units[0]) != unit:
        layer.units = (unit, unit)
    if not layer.visible:
        layer.visible = True
