"""The View panel: real clicks on real widgets, and the facts that they change."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QColorDialog

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.look import PALETTES, first_looks
from deepnoise_app.gui.view_panel import ViewPanel
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Look, Picture, Session
from deepnoise_app.simulate import ScreenDesign, simulate_screen

DESIGN = ScreenDesign(experiments=2, unlabelled=0, plates=2, perturbations=8, sites=2, size=16)


@pytest.fixture(scope="module")
def screen():
    return simulate_screen(DESIGN).screen


@pytest.fixture
def session(qapp) -> Session:
    return Session()


@pytest.fixture
def workbench(session: Session):
    background = Background()
    yield Workbench(session, background)
    background.close()


@pytest.fixture
def panel(qtbot, session: Session, workbench: Workbench) -> ViewPanel:
    made = ViewPanel(session, workbench)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def opened(qtbot, panel: ViewPanel, session: Session, workbench: Workbench, screen):
    """The panel with the first plate in front, read and with contrast."""
    session.screens = (screen,)
    workbench.show_plate(screen.imaged[0].key)
    qtbot.waitUntil(lambda: session.picture is not None and bool(session.contrast))
    return panel


def test_without_a_plate_nothing_can_be_pressed(panel: ViewPanel) -> None:
    assert panel.channels.rows == []
    assert not panel.sites.isEnabled()
    assert not any(button.isEnabled() for button in panel.steps)
    assert panel.well.text() == "No well chosen"


def test_each_channel_has_a_row_that_shows_its_look(opened, session, screen):
    assert [row.shown.text() for row in opened.channels.rows] == [c.name for c in screen.channels]
    for row, (black, white) in zip(
        opened.channels.rows, session.contrast[session.plate.key], strict=True
    ):
        assert row.contrast() == (round(black), round(white))
        assert row.slider.value() == (black, white)
        assert row.shown.isChecked()


def test_checkbox_hides_a_channel(opened, session, qtbot):
    qtbot.keyClick(opened.channels.rows[2].shown, Qt.Key.Key_Space)
    assert [look.visible for look in session.looks] == [True, True, False, True, True, True]
    session.looks = first_looks(session.plate.channels)
    assert opened.channels.rows[2].shown.isChecked()


def test_colour_button_asks_for_a_colour(opened, session, qtbot, monkeypatch):
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#102030"))
    qtbot.mouseClick(opened.channels.rows[1].swatch, Qt.MouseButton.LeftButton)
    assert session.looks[1].colour == "#102030"
    assert opened.palettes.currentIndex() == -1


def test_cancelled_colour_changes_nothing(opened, session, qtbot, monkeypatch):
    before = session.looks
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor())
    qtbot.mouseClick(opened.channels.rows[1].swatch, Qt.MouseButton.LeftButton)
    assert session.looks == before


def test_typed_numbers_set_the_contrast(opened, session, qtbot):
    box = opened.channels.rows[0].white
    box.selectAll()
    qtbot.keyClicks(box, "77")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert session.contrast[session.plate.key][0][1] == 77
    assert opened.channels.rows[0].slider.value()[1] == 77


def test_numbers_typed_the_wrong_way_round_are_put_in_order(opened, session):
    opened.channels.rows[0].white.setValue(60)
    opened.channels.rows[0].black.setValue(90)
    assert session.contrast[session.plate.key][0].tolist() == [60, 90]


def test_slider_sets_the_contrast_of_its_channel_alone(opened, session):
    before = np.array(session.contrast[session.plate.key])
    opened.channels.rows[3].slider.setValue((11.0, 66.0))
    after = session.contrast[session.plate.key]
    assert after[3].tolist() == [11, 66]
    assert np.array_equal(np.delete(after, 3, 0), np.delete(before, 3, 0))


def test_a_fact_is_shown_without_being_told_back(opened, session):
    heard = []
    session.events.contrast.connect(lambda: heard.append(1))
    session.contrast = {session.plate.key: np.tile((3.0, 33.0), (6, 1))}
    assert opened.channels.rows[5].contrast() == (3, 33)
    assert len(heard) == 1


def test_slider_does_not_shrink_under_the_hand(opened, session):
    pixels = np.zeros((6, 4, 4), np.uint16)
    session.picture = Picture(session.plate.key, pixels, session.picture.places)
    for white in (3000.0, 200.0):
        session.contrast = {session.plate.key: np.tile((0.0, white), (6, 1))}
        assert opened.channels.rows[0].slider.maximum() == 4095


def test_fractions_can_be_typed_where_pixels_are_fractions(opened, session):
    pixels = np.zeros((6, 4, 4), np.float32)
    session.contrast = {session.plate.key: np.tile((0.25, 1.5), (6, 1))}
    opened.channels._ends = {}
    session.picture = Picture(session.plate.key, pixels, session.picture.places)
    assert opened.channels.rows[0].contrast() == (0.25, 1.5)


def test_palette_colours_all_channels(opened, session, qtbot):
    opened.palettes.setFocus()
    qtbot.keyClick(opened.palettes, Qt.Key.Key_Down)
    name = opened.palettes.currentText()
    assert name == list(PALETTES)[1]
    assert [look.colour for look in session.looks] == list(PALETTES[name])


def test_palette_says_when_colours_are_the_users_own(opened, session):
    assert opened.palettes.currentText() == "Cell Painting"
    session.looks = (Look("#010203"), *session.looks[1:])
    assert opened.palettes.currentIndex() == -1


def test_lock_and_reset_reach_the_workbench(opened, session, qtbot):
    found = np.array(session.contrast[session.plate.key])
    opened.channels.rows[0].slider.setValue((1.0, 200.0))
    qtbot.keyClick(opened.lock, Qt.Key.Key_Space)
    assert session.contrast_locked
    qtbot.mouseClick(opened.reset, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.plate.key in session.contrast)
    assert np.array_equal(session.contrast[session.plate.key], found)


def test_one_site_can_be_chosen(opened, session, qtbot):
    assert [opened.sites.itemText(i) for i in range(3)] == ["All side by side", "Site 1", "Site 2"]
    opened.sites.setFocus()
    qtbot.keyClick(opened.sites, Qt.Key.Key_End)
    assert session.site == 2
    qtbot.waitUntil(lambda: [place[1] for place in session.picture.places] == [2])
    session.site = None
    assert opened.sites.currentIndex() == 0


def test_arrows_walk_to_the_neighbours(opened, session, qtbot):
    first, plate = session.well, session.plate
    qtbot.mouseClick(opened.steps[1], Qt.MouseButton.LeftButton)
    right = session.well
    assert right.row == first.row
    assert right.column > first.column
    assert str(right) in opened.well.text()
    assert plate.map[right].perturbation in opened.well.text()
    opened.steps[0].click()
    assert session.well == first


def test_alt_and_arrow_walk_from_anywhere_in_the_panel(opened, session, qtbot):
    opened.activateWindow()
    opened.channels.rows[0].shown.setFocus()
    qtbot.waitUntil(opened.channels.rows[0].shown.hasFocus)
    first = session.well
    qtbot.keyClick(opened.channels.rows[0].shown, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert session.well != first


def test_what_is_below_stays_where_it_is_from_well_to_well(opened, session, screen, qtbot):
    plate = screen.plates[0]
    opened.resize(380, 800)  # as wide as its dock
    places = []
    control = next(well for well in plate.wells if plate.map[well].role.is_control)
    for wells in (plate.wells[:1], plate.wells[:6], (control,)):
        session.wells = tuple(wells)
        qtbot.wait(20)
        places.append(opened.sites.y())
        assert str(wells[0]) in opened.well.text()
    assert len(set(places)) == 1
    session.wells = tuple(plate.wells[:6])
    assert opened.well.text().startswith("<b>6 wells</b>")
    assert opened.well.text().endswith(f"{plate.wells[2]} …")


def test_faults_of_the_picture_are_shown(opened, session):
    assert not opened.faults.isVisible()
    picture = session.picture
    faults = tuple(f"B02 site {number} lacks Actin" for number in range(5))
    session.picture = Picture(picture.plate, picture.pixels, picture.places, faults)
    assert opened.faults.isVisible()
    assert faults[2] in opened.faults.text()
    assert "and 2 more" in opened.faults.text()
    assert faults[4] in opened.faults.toolTip()


def test_closing_the_plate_takes_the_rows_away(opened, session, workbench, screen):
    workbench.close(screen)
    assert opened.channels.rows == []
    assert not opened.reset.isEnabled()


def test_every_control_has_a_tooltip_and_an_accessible_name(opened):
    controls = [opened.sites, opened.palettes, opened.lock, opened.reset, *opened.steps]
    for row in opened.channels.rows:
        controls += [row.swatch, row.shown, row.slider, row.black, row.white]
    assert all(control.toolTip() and control.accessibleName() for control in controls)
    assert len({control.accessibleName() for control in controls}) == len(controls)
