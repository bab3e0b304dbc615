"""The one place that knows how the standalone window and napari differ.

As a plugin we are given napari's viewer, canvas and settings. The standalone window makes its own:
napari's model and canvas in a window of ours, with settings that are kept apart from those of a
napari that may be installed beside.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtGui import QIcon, QOffscreenSurface, QOpenGLContext
from qtpy.QtWidgets import QApplication, QLabel, QWidget

from deepnoise_app.assets import resources_folder
from deepnoise_app.runs.places import settings_folder

if TYPE_CHECKING:
    from napari.components import ViewerModel

PLUGIN = "deepnoise-app"
NO_OPENGL = (
    "This computer gives no OpenGL, so the images of the wells cannot be shown. Plates, heat maps,"
    " training and scoring work all the same. On Linux the package libgl1-mesa-dri brings a"
    " software OpenGL; over remote desktop, use one that passes OpenGL on."
)


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """napari's model of what is shown, and the widget that shows it."""

    viewer: ViewerModel
    canvas: QWidget
    has_opengl: bool


def keep_napari_apart(folder: Path | None = None) -> None:
    """Have napari keep its settings in a file of ours; call before napari is imported."""
    if "napari" not in sys.modules:
        file = (folder or settings_folder()) / "napari.yaml"
        os.environ.setdefault("NAPARI_CONFIG", str(file))


def plugin_setting(name: str) -> str:
    """Return what the user has written on our page of napari's settings; empty for nothing."""
    try:
        from napari.settings import get_plugin_settings

        page = get_plugin_settings(PLUGIN)
    except (ImportError, KeyError):  # a napari without such pages, or that does not know us
        return ""
    return str(getattr(page.worker, name, "")).strip()


def application() -> QApplication:
    """Return the running application, or make one with our name and icon."""
    from napari.qt import get_qapp

    running = QApplication.instance()
    if isinstance(running, QApplication):
        get_qapp()  # napari makes its icons known
        return running
    icon = str(resources_folder() / "icon.svg")
    made: QApplication = get_qapp(
        app_name="DeepNoise",
        app_version=version("deepnoise-app"),
        icon=icon,
        org_name="DeepNoise",
        org_domain="deepnoise",
        app_id="deepnoise",
    )
    made.setApplicationDisplayName("DeepNoise")
    made.setDesktopFileName("deepnoise")
    made.setWindowIcon(QIcon(icon))
    return made


def standalone() -> Host:
    """Make a viewer and its canvas; without OpenGL a sentence stands in for the canvas."""
    from napari.components import ViewerModel

    viewer = ViewerModel(title="DeepNoise")
    viewer.canvas.background_color_override = "black"  # pictures are light on dark in each theme
    if not opengl_works():
        return Host(viewer, _sentence(NO_OPENGL), has_opengl=False)
    from napari.qt import QtViewer

    return Host(viewer, QtViewer(viewer), has_opengl=True)


def opengl_works() -> bool:
    """Whether an OpenGL context can be made and used."""
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    works = bool(context.create()) and bool(context.makeCurrent(surface))
    context.doneCurrent()
    return works


def warm_up(host: Host) -> None:
    """Have napari load what its first layers need, so that the first plate does not wait for it."""
    from deepnoise_app.gui.labels import features_of
    from deepnoise_app.gui.layers import channel_layer, label_layer

    if host.has_opengl and not host.viewer.layers:
        image = channel_layer("", np.zeros((2, 2), np.uint8))
        labels = label_layer(np.zeros((0, 2)), features_of(()))
        for layer in (image, labels):
            host.viewer.layers.append(layer)
        host.viewer.layers.clear()


def close_canvas(host: Host) -> None:
    """Let the canvas stop its timers and threads, as napari's own window does at its end."""
    host.viewer.layers.clear()
    host.canvas.close()


def _sentence(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("no-opengl")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setContentsMargins(80, 20, 80, 20)
    return label
