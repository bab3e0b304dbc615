"""What a picture holds: of very many sites the first, and how many are left out."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.gui import look
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.look import SURE_SITES, read_picture
from deepnoise_app.gui.view_choice import ViewChoice
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import Channel, Plate, PlateShape, Screen, WellId
from deepnoise_app.session import Session

SITES, WELLS = 25, 2


class Small:
    """Planes of 8 x 8 pixels; each site has its number as grey level."""

    present = np.ones((WELLS, SITES, 1), dtype=bool)

    def read(self, well: int, site: int, channel: int, level: int = 0):
        return np.full((8, 8), site, np.uint8)


@pytest.fixture
def plate() -> Plate:
    wells = tuple(WellId(0, column) for column in range(WELLS))
    sites = tuple(range(1, SITES + 1))
    return Plate("A", "1", PlateShape(8, 12), (Channel("DNA"),), sites, wells, Small())


@pytest.fixture
def session(plate) -> Session:
    return Session(screens=(Screen("/a", "pattern", (plate,), plate.channels),), plate=plate)


@pytest.fixture
def workbench(session, qapp):
    background = Background()
    yield Workbench(session, background)
    background.close()


def test_all_sites_of_a_well_are_shown_where_memory_bears_them(plate) -> None:
    picture = read_picture(plate, [plate.wells[0]])
    assert [place.site for place in picture.places] == list(plate.sites)
    assert picture.left_out == 0
    assert set(np.unique(picture.pixels)) == {0, *range(SITES)}


def test_of_sites_that_are_too_large_the_first_are_shown_and_the_others_counted(
    plate, monkeypatch
) -> None:
    monkeypatch.setattr(look, "MOST_PIXELS", 20 * 8 * 8)
    picture = read_picture(plate, [plate.wells[0]])
    assert (len(picture.places), picture.left_out) == (20, 5)
    monkeypatch.setattr(look, "MOST_PIXELS", 1)
    picture = read_picture(plate, plate.wells)
    assert (len(picture.places), picture.left_out) == (SURE_SITES, 2 * SITES - SURE_SITES)


def test_what_is_left_out_is_told_once_for_a_plate_and_stands_in_the_panel(
    session, workbench, plate, monkeypatch, wait, qtbot
) -> None:
    monkeypatch.setattr(look, "MOST_PIXELS", 1)
    choice = ViewChoice(session, workbench)
    qtbot.addWidget(choice)
    for well in plate.wells:
        workbench.choose([well])
        wait(lambda well=well: session.picture is not None and session.picture.places[0][0] == well)
        assert "The first 16 of 25 sites are shown" in choice.told.text()
        assert (session.notice is not None) is (well == plate.wells[0])
        workbench.dismiss()
    workbench.show_site(3)
    wait(lambda: len(session.picture.places) == 1)
    assert "are shown" not in choice.told.text()
