"""The plate grid: what is painted where, and what clicks, keys and the mouse over it do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from qtpy.QtCore import QPointF, Qt
from qtpy.QtGui import QColor

from deepnoise_app.gui.colour_map import map_colours, map_steps
from deepnoise_app.gui.plate_grid import PlateGrid
from deepnoise_app.gui.plate_marks import CONTROLS, PROBLEM
from deepnoise_app.screen import (
    Channel,
    Content,
    Plate,
    PlateMap,
    PlateOverlay,
    PlateShape,
    Problem,
    ProblemKind,
    Role,
    Scale,
    WellId,
)

SHAPES = [(2, 3), (3, 4), (4, 6), (6, 8), (8, 12), (16, 24), (32, 48)]


class Nothing:
    """A source without pixels: the grid reads none."""

    def __init__(self, wells: int) -> None:
        self.present = np.ones((wells, 1, 1), dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
        raise AssertionError("the grid must not read pixels")


def a_plate(rows: int, columns: int, but: tuple[WellId, ...] = ()) -> Plate:
    every = [WellId(r, c) for r in range(rows) for c in range(columns)]
    wells = tuple(well for well in every if well not in but)
    contents = {well: Content(f"sirna_{i}", Role.TREATMENT) for i, well in enumerate(wells)}
    contents[wells[0]] = Content("UNTREATED", Role.NEGATIVE)
    contents[wells[1]] = Content("KIF11", Role.POSITIVE)
    shape = PlateShape(rows, columns)
    return Plate("E1", "P1", shape, (Channel("Nuclei"),), (1,), wells, Nothing(len(wells)),
                 PlateMap(contents))  # fmt: skip


@pytest.fixture
def grid(qtbot) -> PlateGrid:
    made = PlateGrid()
    qtbot.addWidget(made)
    made.resize(380, 270)
    made.show()
    return made


def colour_at(grid: PlateGrid, well: WellId, x: float = 0.5, y: float = 0.5) -> QColor:
    rect = grid.place.rect(well)
    at = QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height()).toPoint()
    return grid.grab().toImage().pixelColor(at)


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_every_standard_plate_fits_and_every_well_is_found_under_the_mouse(grid, rows, columns):
    plate = a_plate(rows, columns)
    grid.set_plate(plate, ())
    for well in (plate.wells[0], plate.wells[-1], plate.wells[len(plate.wells) // 2]):
        rect = grid.cell_rect(well)
        assert grid.rect().contains(rect)
        assert grid.place.well_at(QPointF(rect.center())) == well
    assert grid.place.well_at(QPointF(-5, -5)) is None


def test_values_get_the_colours_of_the_map_and_unknown_ones_are_hatched(grid):
    plate = a_plate(8, 12)
    grid.set_plate(plate, ())
    values = {well: float(i) for i, well in enumerate(plate.wells[:-1])}
    grid.set_overlay(PlateOverlay("Mean", values=values), (0.0, 94.0))
    well = plate.wells[50]
    step = int(map_steps(np.array([50.0]), (0.0, 94.0))[0])
    assert colour_at(grid, well, 0.3, 0.25).name() == map_colours(Scale.SEQUENTIAL)[step].name()
    hatched = {colour_at(grid, plate.wells[-1], x, 0.5).rgb() for x in np.linspace(0.1, 0.9, 9)}
    assert len(hatched) > 1


def test_wells_that_were_not_imaged_are_only_outlined(grid):
    missing = WellId(4, 6)
    grid.set_plate(a_plate(8, 12, but=(missing,)), ())
    ground = grid.palette().color(grid.palette().ColorRole.Window)
    assert colour_at(grid, missing) == ground
    assert colour_at(grid, WellId(4, 7)) != ground


def test_controls_are_framed_and_problems_marked_in_the_corner(grid):
    plate = a_plate(8, 12)
    bad = plate.wells[30]
    problem = Problem(ProblemKind.UNREADABLE, "torn", "E1", "P1", bad, 1, 1)
    grid.set_plate(plate, (problem,))
    assert colour_at(grid, plate.wells[0], 0.02, 0.5) == CONTROLS[Role.NEGATIVE]
    assert colour_at(grid, plate.wells[1], 0.02, 0.5) == CONTROLS[Role.POSITIVE]
    assert colour_at(grid, bad, 0.93, 0.07) == PROBLEM
    assert "torn" in grid.tooltip_at(QPointF(grid.cell_rect(bad).center()))


def test_the_mouse_is_told_well_content_value_and_unit(grid):
    plate = a_plate(8, 12)
    grid.set_plate(plate, ())
    well = plate.wells[17]
    grid.set_overlay(PlateOverlay("Mean, Nuclei", "grey levels", values={well: 71.234}), (0, 100))
    said = grid.tooltip_at(QPointF(grid.cell_rect(well).center()))
    assert f"<b>{well} · sirna_17 · treatment</b>" in said
    assert "Mean, Nuclei: 71.23 grey levels" in said
    assert grid.tooltip_at(QPointF(1, 1)) == ""


def test_clicks_choose_and_add_and_arrows_step(grid, qtbot):
    missing = WellId(0, 5)
    plate = a_plate(8, 12, but=(missing,))
    grid.set_plate(plate, ())
    well = plate.wells[20]
    with qtbot.waitSignal(grid.chosen) as said:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(well).center())
    assert said.args == [[well]]
    with qtbot.waitSignal(grid.toggled) as said:
        qtbot.mouseClick(
            grid, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier,
            grid.cell_rect(well).center(),
        )  # fmt: skip
    assert said.args == [well]
    with qtbot.assertNotEmitted(grid.chosen):
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(missing).center())
    for key, step in ((Qt.Key.Key_Up, [-1, 0]), (Qt.Key.Key_Left, [0, -1])):
        with qtbot.waitSignal(grid.stepped) as said:
            qtbot.keyClick(grid, key)
        assert said.args == step


def test_shift_and_an_arrow_choose_one_well_more_and_back_one_less(grid, qtbot):
    missing = WellId(1, 3)
    grid.set_plate(a_plate(8, 12, but=(missing,)), ())
    first, second, third = WellId(1, 2), WellId(1, 4), WellId(2, 4)
    grid.chosen.connect(grid.set_chosen)
    grid.set_chosen([first])
    right, down, up = Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up
    for key, chosen in (
        (right, (first, second)),
        (down, (first, second, third)),
        (up, (first, second)),
    ):
        qtbot.keyClick(grid, key, Qt.KeyboardModifier.ShiftModifier)
        assert grid._chosen == chosen


def test_a_screen_reader_is_told_what_is_chosen(grid):
    assert grid.accessibleDescription() == "No plate is open"
    plate = a_plate(8, 12)
    grid.set_plate(plate, ())
    assert grid.accessibleDescription() == "No well is chosen"
    grid.set_chosen(plate.wells[3:6])
    assert grid.accessibleDescription().startswith(f"{plate.wells[3]} · sirna_3")
    assert "and 2 more wells" in grid.accessibleDescription()


def test_the_mouse_is_told_the_prediction_whatever_is_painted(grid):
    plate = a_plate(8, 12)
    grid.set_plate(plate, ())
    well, other = plate.wells[17], plate.wells[18]
    named = PlateOverlay(
        "Prediction, free",
        "confidence",
        Scale.SHARE,
        {well: 0.934},
        {well: "sirna_17"},
        {well: True},
    )
    digits = replace(named, title="Confidence (free)", unit="", texts={well: "0.93"})
    grid.set_named(named)

    def said(at: WellId = well) -> list[str]:
        return grid.tooltip_at(QPointF(grid.cell_rect(at).center())).split("<br>")[1:]

    names = ["Prediction, free: sirna_17, right", "Confidence 0.93"]
    assert said() == names
    assert said(other) == []
    grid.set_overlay(PlateOverlay("Mean, Actin", "grey levels", values={well: 71.2}), (0, 100))
    assert said() == ["Mean, Actin: 71.2 grey levels", *names]
    for painted in (named, digits):
        grid.set_overlay(painted, (0, 1))
        assert said() == names
    grid.set_plate(plate, ())
    assert said() == names
