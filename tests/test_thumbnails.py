"""The picture of a whole plate is read once, kept, and made anew where it is stale or damaged."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from deepnoise_app.measuring import thumbnails
from deepnoise_app.measuring.thumbnails import Filling, keep, kept
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.pixels import halve
from deepnoise_app.screen import Mosaic, Plate
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx


@pytest.fixture
def plate(tmp_path, monkeypatch) -> Plate:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=8, sites=2, size=32)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, tmp_path / "screen")
    return open_screen(tmp_path / "screen").imaged[0]


def read(plate: Plate) -> Mosaic:
    filling = Filling(plate)
    filling.work()
    filling.keep()
    return filling.mosaic


def files(tmp_path):
    return list((tmp_path / "home").rglob("*.mosaic"))


def test_each_site_lies_in_its_place(plate, monkeypatch):
    monkeypatch.setattr("deepnoise_app.screen.mosaic.LONGEST_SIDE", 150)
    mosaic = read(plate)
    layout = mosaic.layout
    assert layout.level == 1
    for well in plate.wells[::5]:
        for site in plate.sites_of(well):
            top, left = layout.site_corner(well, site)
            there = mosaic.pixels[:, top : top + layout.height, left : left + layout.width]
            wanted = np.stack([halve(plane) for plane in plate.read(well, site)])
            assert np.array_equal(there, wanted)
    assert mosaic.is_complete
    assert not mosaic.faults


def test_several_threads_read_each_well_once(plate):
    filling = Filling(plate)
    threads = [threading.Thread(target=filling.work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert filling.mosaic.done == len(plate.wells)
    assert np.array_equal(filling.mosaic.pixels, read(plate).pixels)


def test_a_stop_is_heeded_and_nothing_is_kept(plate, tmp_path):
    filling = Filling(plate)
    filling.stop()
    filling.work()
    filling.keep()
    assert filling.mosaic.done == 0
    assert not files(tmp_path)


def test_what_was_read_is_kept_and_found_again(plate, tmp_path):
    assert kept(plate) is None
    mosaic = read(plate)
    again = kept(plate)
    assert again is not None
    assert again.is_complete
    assert again.layout == mosaic.layout
    assert np.array_equal(again.pixels, mosaic.pixels)
    assert len(files(tmp_path)) == 1


def test_a_changed_file_makes_it_stale(plate):
    read(plate)
    path = plate.pixels.path(0, 0, 0)
    path.write_bytes(path.read_bytes() + b" ")
    assert kept(plate) is None


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b[:-9] + b"x" * 9,
                                    lambda b: b"", lambda b: b"{}\n" + b])  # fmt: skip
def test_a_damaged_file_is_not_believed(plate, tmp_path, damage):
    read(plate)
    (path,) = files(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert kept(plate) is None


def test_a_damaged_plane_is_named_and_nothing_is_kept(plate, tmp_path):
    plate.pixels.path(3, 1, 2).write_bytes(b"no image")
    mosaic = read(plate)
    assert len(mosaic.faults) == 1
    assert plate.wells[3].name in mosaic.faults[0]
    assert not files(tmp_path)
    top, left = mosaic.layout.site_corner(plate.wells[3], plate.sites[1])
    assert mosaic.pixels[1, top + 5, left : left + 20].any()
    assert not mosaic.pixels[2, top + 5, left : left + 20].any()


def test_what_was_not_used_for_longest_makes_room(plate, tmp_path, monkeypatch):
    mosaic = read(plate)
    (old,) = files(tmp_path)
    other = old.with_name("other.mosaic")
    other.write_bytes(old.read_bytes())
    os.utime(other, (1, 1))
    monkeypatch.setattr(thumbnails, "MOST_KEPT_BYTES", int(1.5 * old.stat().st_size))
    keep(plate, mosaic)
    assert files(tmp_path) == [old]
