"""What part of the world the canvas shows, told when the camera has come to rest."""

from __future__ import annotations

from dataclasses import dataclass

from napari.components import ViewerModel
from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

REST_MS = 60


@dataclass(frozen=True, slots=True)
class View:
    """A rectangle of the world, and how many pixels of the canvas one unit of it takes."""

    top: float
    left: float
    bottom: float
    right: float
    zoom: float

    def scaled(self, by: float) -> View:
        """Return the same view in units that are `by` times as large."""
        sides = self.top / by, self.left / by, self.bottom / by, self.right / by
        return View(*sides, self.zoom * by)


class ViewWatch(QObject):
    """Follows the camera of a viewer."""

    rested = Signal()

    def __init__(self, viewer: ViewerModel) -> None:
        super().__init__()
        self._viewer = viewer
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self.rested)
        self._events = (
            viewer.scene.camera.events.zoom,
            viewer.scene.camera.events.center,
            viewer.canvas.events.size,
        )
        for event in self._events:
            event.connect(self._on_moved)

    @property
    def view(self) -> View:
        """What is seen now."""
        camera, size = self._viewer.scene.camera, self._viewer.canvas.size
        row, column = camera.center[-2:]
        zoom = max(camera.zoom, 1e-9)
        down, across = size[0] / zoom / 2, size[1] / zoom / 2
        return View(row - down, column - across, row + down, column + across, zoom)

    def fit(self, above_px: float) -> None:
        """Show all that there is, with room above it on the canvas, for labels."""
        self._viewer.reset_view()
        view = self.view
        lacking = above_px + view.top * view.zoom
        if lacking > 0:
            height = (view.bottom - view.top) * view.zoom
            self._viewer.scene.camera.zoom *= max(0.5, 1 - 2 * lacking / height)

    def close(self) -> None:
        """Follow no more."""
        self._timer.stop()
        for event in self._events:
            event.disconnect(self._on_moved)

    def _on_moved(self, _: object = None) -> None:
        self._timer.start()
