"""The plugin's widget in a real napari: hidden, closed with its cross, and napari closed around it.

What a real napari does to its docks stands in `dock_end.py`.
"""

from __future__ import annotations

import threading

import numpy as np
import pytest
from qtpy.compat import isalive
from qtpy.QtCore import QEvent

from deepnoise_app.gui.main_widget import MainWidget

LAYERS = 7


@pytest.fixture
def docked(make_napari_viewer, tmp_path, monkeypatch, plates, wait):
    """Return a viewer, how to dock our widget in it, and the widget with a plate open."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    viewer = make_napari_viewer(show=True)

    def dock():
        made = MainWidget(viewer, tmp_path / "runs")
        dock = viewer.window.add_dock_widget(made, name="DeepNoise")
        made.parts.workbench.open([plates])
        session = made.parts.session
        wait(lambda: session.picture is not None and session.card is not None)
        return made, dock

    return viewer, dock


def settle(qapp) -> None:
    """Let everything happen that was put off, deletions too."""
    for _ in range(5):
        qapp.processEvents()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def threads(parts) -> list[threading.Thread]:
    """Those of a background that still live."""
    return [one for one in parts.background._pool._threads if one.is_alive()]


def test_the_cross_of_the_dock_ends_threads_and_takes_our_layers_and_no_others(
    docked, qapp
) -> None:
    viewer, make = docked
    theirs = viewer.add_image(np.zeros((4, 4)), name="mine")
    widget, dock = make()
    assert len(viewer.layers) == LAYERS + 1
    parts = widget.parts
    background = parts.background
    background.ask("late", lambda: 1, lambda _: pytest.fail("answered"), pytest.fail)
    dock.destroyOnClose()
    assert list(viewer.layers) == [theirs]
    assert background.is_idle
    assert not threads(parts)
    settle(qapp)
    assert not isalive(widget)


def test_a_widget_that_is_taken_away_and_opened_again_never_shows_its_layers_twice(
    docked, qapp
) -> None:
    viewer, make = docked
    widget, _ = make()
    names = [layer.name for layer in viewer.layers]
    viewer.window.remove_dock_widget(widget)
    settle(qapp)
    make()
    assert [layer.name for layer in viewer.layers] == names


def test_a_hidden_dock_goes_on_and_comes_back_as_it_was(docked, qapp) -> None:
    viewer, make = docked
    widget, dock = make()
    dock.close()  # what the eye in its title does
    settle(qapp)
    assert not widget.isVisible()
    assert len(viewer.layers) == LAYERS
    dock.setVisible(True)
    assert widget.isVisible()
    assert not widget.parts.is_closed


def test_a_floating_dock_that_is_moved_stays_alive(docked, qapp) -> None:
    _, make = docked
    widget, dock = make()
    dock.setFloating(True)
    settle(qapp)
    dock.setFloating(False)
    settle(qapp)
    assert not widget.parts.is_closed


def test_when_napari_closes_threads_end_and_no_late_answer_comes(docked, qapp) -> None:
    viewer, make = docked
    parts = make()[0].parts
    late: list[object] = []
    parts.background.ask("late", lambda: 1, late.append, late.append)
    viewer.close()
    settle(qapp)
    assert parts.is_closed
    assert not threads(parts)
    assert not late


def test_a_napari_that_stays_open_after_all_keeps_the_widget(docked, qapp) -> None:
    viewer, make = docked
    parts = make()[0].parts
    window = viewer.window._qt_window
    refused = []
    window.closeEvent = lambda event: (refused.append(True), event.ignore())
    window.close()
    del window.closeEvent
    settle(qapp)
    assert refused
    assert not parts.is_closed
    assert len(viewer.layers) == LAYERS


def test_a_dock_that_is_destroyed_past_napari_ends_its_threads(docked, qapp) -> None:
    _, make = docked
    widget, dock = make()
    parts = widget.parts
    del widget
    dock.deleteLater()
    settle(qapp)
    assert parts.is_closed
    assert not threads(parts)
