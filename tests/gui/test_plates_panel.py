"""The Plates panel in both hosts: filter over all plates, colour ranges, plate maps from files."""

from __future__ import annotations

from pathlib import Path

import pytest
from qtpy.QtCore import QPoint, QPointF, Qt

from deepnoise_app.analysis.measures import Measures, measure_well
from deepnoise_app.readers import read_plate_map
from deepnoise_app.screen import Plate, Predictions, Role
from deepnoise_app.session import Paint, Painting, Tone


def measured(plate: Plate) -> Measures:
    """Measure a plate here, without a worker."""
    found = [measure_well(plate, well) for well in plate.wells]
    return Measures.of(plate, plate.wells, found, "basic")


def ask(parts, wait, text: str) -> None:
    parts.plates.filter.field.setText(text)
    parts.plates.filter.field.rested.emit()
    wait(lambda: parts.session.passing is not None or bool(parts.session.filter_fault))


def test_a_filter_finds_wells_on_all_plates_and_steps_through_them(opened, wait, qtbot):
    session, panel = opened.session, opened.plates
    ask(opened, wait, "role = control")
    controls = {
        (plate.key, well)
        for plate in session.plates
        for well in plate.wells
        if plate.map[well].role.is_control
    }
    found = {(key, well) for key, wells in session.passing.items() for well in wells}
    assert found == controls
    assert panel.filter.found.text() == f"{len(controls)} wells on 4 of 4 plates"
    item = panel.tree._items[session.plate.key]
    assert item.text(1) == f"{len(session.passing[session.plate.key])} of 19"
    seen = set()
    for _ in range(len(controls)):
        qtbot.mouseClick(panel.filter.next, Qt.MouseButton.LeftButton)
        seen.add((session.plate.key, session.well))
    assert seen == controls


def test_wells_that_do_not_pass_are_veiled(opened, wait):
    session, grid = opened.session, opened.plates.grid
    well = session.plate.wells[4]
    other = session.plate.wells[9]
    before = grid.grab().toImage()
    ask(opened, wait, f"well = {well}")
    after = grid.grab().toImage()

    def ink(picture, one):
        return picture.pixel(grid.cell_rect(one).topLeft() + QPoint(8, 8))

    assert ink(after, well) == ink(before, well)
    assert ink(after, other) != ink(before, other)


def test_a_filter_that_is_wrong_says_so_and_an_empty_one_shows_all(opened, wait):
    panel = opened.plates
    ask(opened, wait, "colour = blue")
    assert "no column 'colour'" in panel.filter.found.text()
    panel.filter.field.setText("role =")
    panel.filter.field.rested.emit()
    assert "value is missing" in panel.filter.found.text()
    panel.filter.field.clear()
    panel.filter.field.rested.emit()
    wait(lambda: not opened.session.filter_fault)
    assert opened.session.passing is None
    assert panel.filter.found.isHidden()


def test_a_locked_colour_range_is_that_of_all_plates(opened, wait, qtbot):
    session, bar = opened.session, opened.plates.bar
    first, other = session.plates[0], session.plates[3]
    session.measures = {plate.key: measured(plate) for plate in (first, other)}
    opened.painter.paint(Painting(Paint.MEAN, 0))
    own = session.shown_range
    opened.workbench.show_plate(other.key)
    assert session.shown_range != own
    opened.workbench.show_plate(first.key)
    bar.lock.click()
    opened.workbench.show_plate(other.key)
    assert session.shown_range == pytest.approx(own)
    assert bar.low.value() == pytest.approx(own[0], abs=0.1)
    bar.lock.click()
    assert session.shown_range != pytest.approx(own)


def test_the_grid_stays_where_it_is_when_something_else_is_painted(opened, qtbot):
    panel = opened.plates
    panel.window().resize(1400, 1000)
    qtbot.wait(50)
    rows, height = 6, panel.tree.sizeHintForRow(0)
    assert rows * height <= panel.tree.height() < (rows + 1) * height
    before = panel.grid.y()
    plate = opened.session.plate
    opened.session.measures = {plate.key: measured(plate)}
    opened.painter.paint(Painting(Paint.MEAN, 0))
    qtbot.wait(50)
    assert panel.bar.isVisible()
    assert panel.grid.y() == before
    panel.tree.topLevelItem(0).setExpanded(False)
    qtbot.wait(50)
    assert panel.grid.y() == before - 2 * height


def write_map(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(["experiment,plate,well,perturbation,role", *rows]) + "\n")
    return path


def test_a_dropped_table_names_wells_says_what_changed_and_is_taken_back(
    hosted, opened, wait, tmp_path, drop
):
    session = opened.session
    plate, (first, second, *_) = session.plate, session.plate.wells
    before = plate.map[first]
    table = write_map(
        tmp_path / "layout.csv",
        [f"{plate.experiment},{plate.name},{well},siX,positive_control"
         for well in (first.name, second.name)],
    )  # fmt: skip
    drop(hosted, table)
    wait(lambda: session.can_undo_map)
    assert session.plate.map[first].perturbation == "siX"
    assert session.plate.map[first].role is Role.POSITIVE
    assert session.plates[0] is session.plate
    assert "19 wells named on 1 plate; 2 held something else before" in session.notice.text
    assert "3 open plates not listed" in session.notice.text
    told = read_plate_map(Path(session.scoring.plate_map))
    assert all(told[p.key].contents == p.map.contents for p in session.plates)
    assert not opened.plates.undo.isHidden()
    opened.plates.undo.click()
    assert session.plate.map[first] == before
    assert session.scoring.plate_map is None
    assert opened.plates.undo.isHidden()


def test_a_table_of_other_plates_is_refused_and_nothing_changes(
    opened, hosted, wait, tmp_path, drop
):
    session = opened.session
    before = session.plate
    drop(hosted, write_map(tmp_path / "other.csv", ["U2OS-09,Plate7,B02,x,treatment"]))
    wait(lambda: session.notice.tone is Tone.PROBLEM)
    assert "lists none of the open plates (it lists U2OS-09 Plate7)" in session.notice.text
    assert session.plate is before
    assert not session.can_undo_map


def test_the_mouse_over_the_layout_is_told_what_a_well_is_predicted_to_be(opened, predicted):
    session, grid = opened.session, opened.plates.grid
    experiment, plate = session.plate.key
    table = predicted(1).table
    session.predictions = Predictions(
        table.assign(Metadata_Experiment=experiment, Metadata_Plate=plate)
    )
    assert session.painting.paint is Paint.LAYOUT
    well = session.plate.wells[4]
    name = table.set_index("Metadata_Well").loc[well.name, "Prediction_OnePerWell"]
    said = grid.tooltip_at(QPointF(grid.cell_rect(well).center()))
    assert f"Prediction, one per well: {name}" in said
    assert "Confidence 0." in said
    session.predictions = None
    assert name not in grid.tooltip_at(QPointF(grid.cell_rect(well).center()))
