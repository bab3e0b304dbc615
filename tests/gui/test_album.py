"""Pictures of wells: what is likely wanted next is there before it is asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.gui import album as albums
from deepnoise_app.gui.album import MOST_PAGES, Album, Page, beside, following
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.look import read_picture
from deepnoise_app.screen import Plate, WellId
from deepnoise_app.simulate import ScreenDesign, simulate_screen

DESIGN = ScreenDesign(experiments=1, unlabelled=0, plates=2, perturbations=16, sites=2, size=16)


@pytest.fixture(scope="module")
def plate() -> Plate:
    return simulate_screen(DESIGN).screen.imaged[0]


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.close()


@pytest.fixture
def read(monkeypatch) -> list[tuple[WellId, ...]]:
    """Which wells were read from disk, in order."""
    found: list[tuple[WellId, ...]] = []

    def reading(plate, wells, *others):
        found.append(tuple(wells))
        return read_picture(plate, wells, *others)

    monkeypatch.setattr(albums, "read_picture", reading)
    return found


def fail(error: Exception) -> None:
    raise error


def test_the_next_well_of_the_row_is_read_ahead_and_then_not_again(plate, background, read, qtbot):
    album, shown = Album(background), []
    first, second = plate.wells[:2]
    album.open(Page(plate, (first,)), shown.append, fail)
    qtbot.waitUntil(lambda: len(shown) == 1 and len(read) == 2 and background.is_idle)
    assert read == [(first,), (second,)]
    album.open(Page(plate, (second,)), shown.append, fail)
    qtbot.waitUntil(lambda: len(shown) == 2 and background.is_idle)
    assert read.count((second,)) == 1
    wanted = read_picture(plate, (second,))
    assert np.array_equal(shown[1].pixels, wanted.pixels)
    assert shown[1].places == wanted.places


def test_one_goes_on_in_the_direction_in_which_one_walks(plate):
    well = next(w for w in plate.wells if beside(plate, w, 1, 0) is not None)
    below = beside(plate, well, 1, 0)
    down = following(Page(plate, (well,)), Page(plate, (below,)))
    up = following(Page(plate, (below,)), Page(plate, (well,)))
    after = [plate.wells[plate.well_index[w] + 1] for w in (well, below)]
    assert down.wells[0] == (beside(plate, below, 1, 0) or after[1])
    assert up.wells[0] == (beside(plate, well, -1, 0) or after[0])
    assert following(None, Page(plate, (plate.wells[-1],))) is None
    assert following(None, Page(plate, plate.wells[:2])) is None


def test_no_more_pages_are_kept_than_said(plate, background, read, qtbot):
    album, shown = Album(background), []
    for number, well in enumerate(plate.wells[:10]):
        album.open(Page(plate, (well,)), shown.append, fail)
        qtbot.waitUntil(lambda n=number: len(shown) == n + 1 and background.is_idle)
    assert len(album._kept) <= MOST_PAGES


def test_what_could_not_be_read_is_read_again(plate, background, qtbot):
    class Broken:
        present = plate.present

        def read(self, *_, **__):
            raise OSError("the drive is gone")

    album, shown, faults = Album(background), [], []
    page = Page(replace(plate, pixels=Broken()), plate.wells[:1])
    for count in (1, 2):
        album.open(page, shown.append, faults.append)
        qtbot.waitUntil(lambda n=count: len(shown) + len(faults) == n and background.is_idle)
    assert page.name not in album._kept


def test_a_large_picture_is_not_followed_by_another(plate, background, read, qtbot, monkeypatch):
    monkeypatch.setattr(albums, "MOST_AHEAD_BYTES", 10)
    shown = []
    Album(background).open(Page(plate, plate.wells[:1]), shown.append, fail)
    qtbot.waitUntil(lambda: len(shown) == 1 and background.is_idle)
    assert read == [plate.wells[:1]]
