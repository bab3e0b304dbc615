"""The same panels beside the layers of a napari that is somebody else's."""

from __future__ import annotations

from photographer import Photographer, save
from scenes.quality import SMALL

from deepnoise_app.gui.main_widget import MainWidget
from deepnoise_app.gui.preferences import THEMES
from deepnoise_app.session import Paint, Painting


def plugin(one: Photographer) -> None:
    """Open plates in the plugin and paint them, in both themes of napari."""
    from napari import Viewer

    viewer = Viewer()
    widget = MainWidget(viewer, one.home / "runs of the plugin")
    viewer.window.add_dock_widget(widget, name="DeepNoise", area="right")
    window, session = viewer.window._qt_window, widget.parts.session
    window.resize(one.window.size())
    widget.parts.open([one.plates_of(SMALL, "training screen")])
    one.wait(lambda: session.picture is not None and bool(session.contrast))
    widget.parts.painter.paint(Painting(Paint.MEAN, 0))
    one.wait(lambda: session.overlay is not None and len(session.overlay.values) > 0)
    one.wait(lambda: all(run.status.is_over for run in widget.parts.jobs.views))
    for theme, ending in zip(THEMES, ("", "-light"), strict=True):
        viewer.theme = theme
        one.let_be(0.6)
        viewer.reset_view()
        one.let_be(0.6)
        save(window.grab().toImage(), f"plugin{ending}", few=True)
    widget.close()
    viewer.close()
