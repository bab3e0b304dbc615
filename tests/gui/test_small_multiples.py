"""Small heat maps of all plates: where they lie, what they show, how they are chosen."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QColor

from deepnoise_app.analysis.sheet import QualitySheet, SheetChoice
from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.gui.colour_map import map_colours
from deepnoise_app.gui.small_multiples import SmallMultiples
from deepnoise_app.screen import PlateShape, Role, Scale, WellId

OF_96 = PlateShape(8, 12)


def made_sheet(plates: int, shape: PlateShape = OF_96) -> QualitySheet:
    rows, columns = (x.ravel() for x in np.mgrid[: shape.rows, : shape.columns])
    count = len(rows)
    values = np.linspace(0, 1, count)
    values[1] = np.nan
    return QualitySheet(
        SheetChoice("Intensity_Mean_DNA"),
        "Mean intensity, DNA",
        "grey levels",
        tuple(
            PlateValues("E1", f"P{i + 1}", shape, rows, columns, values,
                        (Role.TREATMENT,) * count, ("",) * count)
            for i in range(plates)
        ),
        Scale.SEQUENTIAL,
        (0.0, 1.0),
        {"Intensity_Mean_DNA": "Mean intensity, DNA"},
    )  # fmt: skip


@pytest.fixture
def maps(qtbot) -> SmallMultiples:
    made = SmallMultiples()
    qtbot.addWidget(made)
    made.resize(350, 600)
    made.show_sheet(made_sheet(7))
    made.show()
    return made


def middle_of(maps: SmallMultiples, place: int, well: WellId) -> QPoint:
    box, shape = maps._map_rect(place), maps.plates[place].shape
    return QPoint(
        box.x() + round((well.column + 0.5) * box.width() / shape.columns),
        box.y() + round((well.row + 0.5) * box.height() / shape.rows),
    )


def test_every_well_has_its_colour_and_one_without_a_value_is_left_out(maps) -> None:
    picture = maps.grab().toImage()
    last = QColor(picture.pixel(middle_of(maps, 4, WellId(7, 11))))
    assert last.rgb() == map_colours(Scale.SEQUENTIAL)[-1].rgb()
    bare = QColor(picture.pixel(middle_of(maps, 4, WellId(0, 1))))
    assert bare.rgb() not in {colour.rgb() for colour in map_colours(Scale.SEQUENTIAL)}


def test_a_click_chooses_a_plate_and_a_double_click_enlarges_it(maps, qtbot) -> None:
    at = maps.tile(5).center()
    with qtbot.waitSignal(maps.chosen) as chosen:
        qtbot.mouseClick(maps, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [("E1", "P6")]
    with qtbot.waitSignal(maps.enlarged) as enlarged:
        qtbot.mouseDClick(maps, Qt.MouseButton.LeftButton, pos=at)
    assert enlarged.args == [("E1", "P6")]


def test_arrows_walk_over_the_plates_and_stay_inside(maps, qtbot) -> None:
    told: list[object] = []
    maps.chosen.connect(told.append)
    maps.show_current(("E1", "P1"))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(maps, key)
    assert told == [("E1", "P2"), ("E1", "P4")]


def test_the_tooltip_says_plate_well_and_value(maps) -> None:
    said = maps.tooltip_at(middle_of(maps, 2, WellId(7, 11)))
    assert "E1 P3" in said
    assert "H12: 1.00 grey levels" in said
    assert "no value" in maps.tooltip_at(middle_of(maps, 2, WellId(0, 1)))
    assert maps.tooltip_at(QPoint(349, 599)) == ""


@pytest.mark.parametrize("plates", [0, 1, 3, 40])
def test_all_plates_have_room(maps, plates) -> None:
    maps.show_sheet(made_sheet(plates))
    height = maps.heightForWidth(maps.width())
    assert all(maps.tile(i).bottom() < height for i in range(plates))
    assert all(maps.tile(i).right() < maps.width() for i in range(plates))


def test_plates_of_1536_wells_fit_into_their_tiles(maps) -> None:
    maps.show_sheet(made_sheet(2, PlateShape(32, 48)))
    assert maps.tile(0).contains(maps._map_rect(0))
    assert not maps.grab().isNull()
