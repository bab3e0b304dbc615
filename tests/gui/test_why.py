"""*Why?* on a well, from the button to the layer, in both hosts."""

from __future__ import annotations

import numpy as np

from deepnoise_app.gui.main_widget import MainWidget
from deepnoise_app.gui.why_box import WhyBox
from deepnoise_app.gui.why_layer import AGAINST, FOR, WHY, laid_out
from deepnoise_app.screen import WellId
from deepnoise_app.session import Picture, Place, Why

KEY, WELL = ("E", "P"), WellId(0, 1)


def test_red_lies_where_a_pixel_speaks_for_the_name_and_blue_against():
    values = np.zeros((8, 8), np.float32)
    values[:2, :2], values[-2:, -2:] = 1, -1
    why = Why(KEY, WELL, "x", "", {1: values})
    places = (Place(WellId(5, 5), 1, 0), Place(WELL, 1, 40), Place(WELL, 2, 80))
    made = laid_out(why, Picture(KEY, np.zeros((1, 32, 112), np.uint8), places))
    assert tuple(made[2, 42, :3]) == FOR
    assert tuple(made[30, 70, :3]) == AGAINST
    assert made[2, 42, 3] > 150
    assert made[16, 56, 3] < 20
    assert not made[:, :40].any()
    assert not made[:, 80:].any()


def test_in_the_window_a_worker_says_why_and_the_map_lies_over_the_sites(window, wait, plates):
    window.open([plates])
    parts, session = window.parts, window.parts.session
    wait(lambda: session.picture is not None and session.card is not None)
    box = parts.view.findChild(WhyBox)
    box.button.click()
    wait(lambda: session.why is not None)
    well = session.well
    assert session.why.well == well
    assert f"in {well}" in box.told.text()
    layer = window.host.viewer.layers[WHY]
    assert layer.visible
    assert layer.data.shape[:2] == session.picture.pixels.shape[1:]
    assert [one.name for one in window.host.viewer.layers][-1] == "Wells"
    parts.workbench.choose([session.plate.wells[4]])
    wait(lambda: not layer.visible)
    parts.workbench.choose([well])
    wait(lambda: layer.visible)
    box.away.click()
    assert not layer.visible
    assert not box.told.text()
    assert box.strip.isHidden()  # nobody wants to see that it was done


def test_in_napari_the_button_is_there_and_waits_for_a_plate(
    make_napari_viewer, tmp_path, monkeypatch
):
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    widget = MainWidget(make_napari_viewer(), tmp_path / "runs")
    box = widget.parts.view.findChild(WhyBox)
    assert not box.button.isEnabled()
    widget.parts.session.why = Why(KEY, WELL, "x", "said", {})
    assert WHY not in [layer.name for layer in widget.parts.canvas.layers]
    widget.close()
