"""The scale bar of the canvas: there where the size of a pixel is known."""

from __future__ import annotations

from napari.components import ViewerModel

from deepnoise_app.screen import Plate

NOT_KNOWN = "No scale bar: the files do not tell the size of a pixel."


def show_scale_bar(viewer: ViewerModel, plate: Plate) -> None:
    """Show a bar in micrometres if the plate knows the size of its pixels, else none."""
    bar = viewer.canvas.overlays.scale_bar
    known = plate.pixel_size_um > 0
    if bar.visible != known:
        bar.visible = known


def scale_text(plate: Plate | None) -> str:
    """Say how large a pixel is, or that it is not known."""
    if plate is None:
        return ""
    size = plate.pixel_size_um
    return f"Scale: {size:.4g} µm per pixel" if size > 0 else NOT_KNOWN
