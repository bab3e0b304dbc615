"""The whole plate in both hosts, with real widgets."""

from __future__ import annotations

from qtpy.QtCore import QPoint, Qt

from deepnoise_app.gui.main_widget import MainWidget
from deepnoise_app.gui.view_choice import PLATE
from deepnoise_app.screen import WellId


def whole(parts, wait) -> None:
    session = parts.session
    wait(lambda: session.picture is not None and bool(session.contrast))
    parts.view.choice.shown.setCurrentText(PLATE)
    parts.view.choice.shown.activated.emit(1)
    wait(lambda: session.mosaic is not None and session.mosaic.is_complete)


def test_in_the_window_a_double_click_on_the_grid_goes_near_the_well(window, wait, plates, qtbot):
    window.open([plates])
    parts, session = window.parts, window.parts.session
    whole(parts, wait)
    assert window.menus.whole_plate.isChecked()
    assert "No scale bar" in parts.view.choice.told.text()
    well = session.plate.wells[7]
    grid = parts.plates.grid
    parts.workbench.show_whole_plate(False)
    qtbot.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(well).center())
    assert session.whole_plate
    assert session.wells == (well,)
    camera, layout = window.host.viewer.scene.camera, session.mosaic.layout
    top, left = layout.corner(well)
    height, width = layout.well_size
    side = 2**layout.level
    wait(lambda: abs(camera.center[1] - (top + height / 2) * side) < 1)
    assert abs(camera.center[2] - (left + width / 2) * side) < 1


def test_in_the_window_a_click_on_the_mosaic_chooses_the_well(window, wait, plates, qtbot):
    window.open([plates])
    parts, session = window.parts, window.parts.session
    whole(parts, wait)
    wanted = WellId(2, 3) if WellId(2, 3) in session.plate.well_index else session.plate.wells[9]
    layout, view = session.mosaic.layout, parts.mosaic_view.watch.view
    top, left = layout.corner(wanted)
    side = 2**layout.level
    row, column = (top + 6) * side, (left + 6) * side
    canvas = window.host.canvas.canvas.native
    x, y = (column - view.left) * view.zoom, (row - view.top) * view.zoom
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    wait(lambda: session.wells == (wanted,))


def test_in_the_window_pixels_are_seen_as_the_model_sees_them(window, wait, plates):
    window.open([plates])
    parts, session = window.parts, window.parts.session
    wait(lambda: session.picture is not None and session.card is not None)
    parts.view.choice.as_model.click()
    wait(lambda: session.picture.sight is not None)
    assert session.picture.sight.size == session.card.input_size
    assert "Deviations from the plate's mean" in parts.view.choice.told.text()
    assert not parts.view.channels.rows[0].slider.isEnabled()
    parts.view.choice.as_model.click()
    wait(lambda: session.picture.sight is None)


def test_in_napari_the_whole_plate_is_shown_too(make_napari_viewer, plates, wait, tmp_path):
    viewer = make_napari_viewer()
    widget = MainWidget(viewer, tmp_path / "runs")
    widget.parts.workbench.open([plates])
    whole(widget.parts, wait)
    session = widget.parts.session
    widget.parts.mosaic.zoom_to(session.plate.wells[4])
    assert [layer.name for layer in viewer.layers][-1] == "Wells"
    assert "Chosen wells" in viewer.layers
    widget.close()
