"""A small simulated screen on disk, a window of our own, and patience."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Before OpenGL: Mesa's and triton's LLVM crash in one process when triton's comes second. The
# window itself never meets torch, but other tests of the same process do.
import timm  # noqa: F401
from qtpy.compat import isalive
from qtpy.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication, QWidget

from deepnoise_app.gui.host import application, keep_napari_apart, standalone
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

DESIGN = ScreenDesign(experiments=2, unlabelled=0, plates=2, perturbations=32, sites=2, size=64)


@pytest.fixture(scope="session")
def plates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two experiments of two plates, in the layout of RxRx1."""
    path = tmp_path_factory.mktemp("plates") / "screen"
    made = simulate_screen(DESIGN)
    write_rxrx(made.screen, made.truth, path)
    return path


@pytest.fixture
def window(qapp, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Show the standalone window, with settings and runs of its own."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    keep_napari_apart(tmp_path)
    application()
    from deepnoise_app.gui.window import MainWindow

    made = MainWindow(standalone(), Preferences(tmp_path / "window.ini"), tmp_path / "runs")
    made.show()
    qtbot.waitExposed(made)
    yield made
    if isalive(made):  # a test may have closed it
        monkeypatch.setattr("deepnoise_app.gui.window.may_close", lambda *_: True)
        made.close()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    throw_away()


def pytest_collection_finish() -> None:
    """Set aside what is loaded by now, so that looking for garbage takes little."""
    gc.freeze()


def throw_away() -> None:
    """Free what is left of closed widgets here: a thread of the next test must not do it."""
    gc.collect()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget closed windows before napari's own fixture counts those that are left."""
    if "make_napari_viewer" in getattr(item, "fixturenames", ()):
        gc.collect()


@pytest.fixture
def wait(qtbot) -> Callable[[Callable[[], bool]], None]:
    """Let the window work until something is so; at most a minute."""
    return lambda so: qtbot.waitUntil(so, timeout=60_000)


@pytest.fixture
def drop() -> Callable[..., None]:
    """Drop files or folders on a widget, as a file manager does."""

    def let_fall(widget: QWidget, *paths: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        rest = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(5, 5), *rest, none)
        QApplication.sendEvent(widget, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), *rest, none))

    return let_fall


@pytest.fixture(params=["window", "plugin"])
def hosted(request, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Give the main widget of either host: the standalone window, or the plugin's dock widget."""
    if request.param == "window":
        yield request.getfixturevalue("window")
        return
    from napari.components import ViewerModel

    from deepnoise_app.gui.main_widget import MainWidget

    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    made = MainWidget(ViewerModel(), tmp_path / "runs")
    qtbot.addWidget(made)
    made.resize(420, 900)
    made.show()
    yield made
    made.close()
    throw_away()


@pytest.fixture
def opened(hosted, wait, plates):
    """The parts of either host with the small screen open and its first well on the canvas."""
    parts = hosted.parts
    parts.workbench.open([plates])
    wait(lambda: parts.session.picture is not None and bool(parts.session.well_columns))
    return parts
