"""The mosaic on the canvas: labels that suit the view, finer pixels, frames, clicks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from napari.components import ViewerModel

from deepnoise_app.gui.canvas import Canvas
from deepnoise_app.gui.mosaic_desk import MosaicDesk
from deepnoise_app.gui.mosaic_labels import mosaic_texts
from deepnoise_app.gui.mosaic_layers import Frames, MosaicLayers
from deepnoise_app.gui.scene import CanvasScene, scene_of
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import MosaicLayout, WellId
from deepnoise_app.session import Session

# A well that is gone to fills this share of the canvas.
NEAR = 0.6
# How thick a frame is on the canvas.
FRAME_PX = 2
ADDING = {"Control", "Shift"}


class MosaicView:
    """Adds to the canvas what only a mosaic has; hidden while wells are shown."""

    def __init__(
        self,
        viewer: ViewerModel,
        session: Session,
        workbench: Workbench,
        desk: MosaicDesk,
        canvas: Canvas,
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._workbench = workbench
        self._desk = desk
        self._canvas = canvas
        self._layers = MosaicLayers(viewer)
        self._layout: MosaicLayout | None = None
        self._drawn: object = None
        self.watch = canvas.watch
        self.watch.rested.connect(self._on_view)
        for fact, slot in self._slots:
            getattr(session.events, fact).connect(slot)
        viewer.mouse_drag_callbacks.append(self._on_press)

    @property
    def _slots(self) -> tuple[tuple[str, Any], ...]:
        return (
            ("mosaic", self._on_mosaic),
            ("whole_plate", self._on_mosaic),
            ("picture", self._on_mosaic),
            ("plate", self._on_mosaic),
            ("wells", self._on_wells),
            ("detail", self._on_detail),
            ("zoomed_to", self._on_zoomed_to),
            ("predictions", self._write_labels),
        )

    def close(self) -> None:
        """Hear nothing more and take the layers away."""
        for fact, slot in self._slots:
            getattr(self._session.events, fact).disconnect(slot)
        self.watch.rested.disconnect(self._on_view)
        self._viewer.mouse_drag_callbacks.remove(self._on_press)
        self._layers.clear()

    @property
    def _shown(self) -> tuple[CanvasScene, MosaicLayout] | None:
        """The mosaic on screen and its layout."""
        scene, mosaic = scene_of(self._session), self._session.mosaic
        if scene is None or not scene.is_mosaic or mosaic is None:
            return None
        return scene, mosaic.layout

    # From the session -----------------------------------------------------------------------

    def _on_mosaic(self) -> None:
        shown = self._shown
        layout = shown[1] if shown is not None else None
        if layout is self._layout:
            return
        self._layout, self._drawn = layout, None
        if layout is not None:
            self._on_view()
        elif scene_of(self._session) is None:
            self._layers.clear()
        elif self._layers.layers:
            self._layers.hide()
            self._viewer.reset_view()

    def _on_wells(self) -> None:
        shown, wells = self._shown, self._session.wells
        if shown is None or not wells:
            return
        scene, layout = shown
        view = self.watch.view.scaled(self._pixel(scene) * 2**layout.level)
        cell = round(layout.pitch[0] * view.zoom / FRAME_PX)
        drawn = layout, wells, cell
        if drawn != self._drawn:
            self._drawn = drawn
            frames = Frames.round(layout, wells, cell)
            place = self._above, self._pixel(scene), scene.unit
            self._layers.show_chosen(frames, layout, *place)

    def _on_detail(self) -> None:
        shown, detail = self._shown, self._session.detail
        if shown is None or detail is None or detail.plate != shown[0].plate.key:
            self._layers.show_detail(None, 0, 1.0, "")
        else:
            place = self._above, self._pixel(shown[0]), shown[0].unit
            self._layers.show_detail(detail, *place)

    def _on_zoomed_to(self) -> None:
        well = self._session.zoomed_to
        if well is not None:
            self._go_to(well)

    def _go_to(self, well: WellId) -> None:
        shown = self._shown
        if shown is None:
            return
        scene, layout = shown
        side = self._pixel(scene) * 2**layout.level
        (top, left), (height, width) = layout.corner(well), layout.well_size
        across = self._viewer.canvas.size
        camera = self._viewer.scene.camera
        camera.center = (0.0, (top + height / 2) * side, (left + width / 2) * side)
        camera.zoom = NEAR * min(across[0] / (height * side), across[1] / (width * side))
        self._session.zoomed_to = None

    # From napari ----------------------------------------------------------------------------

    def _on_view(self) -> None:
        shown = self._shown
        if shown is None:
            return
        self._write_labels()
        self._on_wells()
        self._desk.look_at(self.watch.view.scaled(self._pixel(shown[0])))
        if self._session.zoomed_to is not None:
            self._go_to(self._session.zoomed_to)

    def _write_labels(self) -> None:
        shown = self._shown
        if shown is not None:
            scene, layout = shown
            view = self.watch.view.scaled(self._pixel(scene))
            texts = mosaic_texts(self._session, scene.plate, layout, view)
            self._canvas.write_texts(texts, scene)

    def _on_press(self, viewer: ViewerModel, event: Any) -> Iterator[None]:
        """Choose the well under the mouse, unless the mouse is dragged."""
        del viewer
        place, keys = tuple(event.position), {str(key) for key in event.modifiers}
        yield
        dragged = False
        while event.type == "mouse_move":
            dragged = True
            yield
        shown = self._shown
        if dragged or shown is None or event.button not in (0, 1):
            return
        scene, layout = shown
        side = self._pixel(scene) * 2**layout.level
        well = layout.well_at(place[-2] / side, place[-1] / side)
        if well is None or well not in scene.plate.well_index:
            return
        if keys & ADDING:
            self._workbench.add(well)
        else:
            self._workbench.choose([well])

    @property
    def _above(self) -> int:
        """Where in the list of layers the first layer above the channels lies."""
        ours = [layer for layer in self._canvas.layers if layer.metadata.get("channel") is not None]
        return max((self._viewer.layers.index(layer) for layer in ours), default=-1) + 1

    @staticmethod
    def _pixel(scene: CanvasScene) -> float:
        return scene.plate.pixel_size_um or 1.0
