"""A packed plate in the window: wells, whole plate, and what is damaged in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deepnoise_app.gui.layers import LABELS
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.beside_pack import is_packed
from deepnoise_app.session import Tone


@pytest.fixture
def pack(plates: Path, tmp_path: Path) -> Path:
    pack_screen(plan_packing(open_screen(plates), tmp_path / "pack"))
    return tmp_path / "pack"


def test_a_packed_plate_is_walked_over_and_shown_whole(window, wait, pack, plates) -> None:
    session, workbench = window.parts.session, window.parts.workbench
    window.open([pack])
    wait(lambda: session.picture is not None and not session.busy)
    assert is_packed(session.plate)
    originals = open_screen(plates).plate(*session.plate.key)
    well = session.plate.wells[3]
    workbench.choose([well])
    wait(lambda: session.picture.places[0].well == well)
    shown = session.picture.pixels[:, :, : originals.read(well, 1).shape[2]]
    assert (shown == originals.read(well, 1)).all()
    workbench.show_whole_plate(True)
    wait(lambda: session.mosaic is not None and session.mosaic.is_complete)
    assert session.mosaic.faults == ()


def test_a_damaged_site_says_so_on_the_canvas_and_beside_it(window, wait, pack) -> None:
    session, workbench = window.parts.session, window.parts.workbench
    window.open([pack])
    wait(lambda: session.picture is not None and not session.busy)
    plate, well = session.plate, session.plate.wells[3]
    image = Path(plate.pixels.root, well.name[0], str(well.column + 1))
    for site in (0, 1):
        for chunk in (image / str(site)).glob("*/c/0/0/0"):
            chunk.write_bytes(chunk.read_bytes()[:-9])
        workbench.choose([plate.wells[5 + site]])
        wait(lambda n=site: session.picture.places[0].well == plate.wells[5 + n])
        workbench.choose([well])
        wait(lambda: session.picture.places[0].well == well)
        texts = list(window.host.viewer.layers[LABELS].features["label"])
        assert texts[: site + 1] == [f"{well} s{n} · cannot be read" for n in range(1, site + 2)]
    assert "The pack is damaged: delete its" in window.parts.view.faults.text()
    assert session.notice.text.startswith(
        f"Nothing of this well can be read: {' '.join(plate.key)}"
    )
    assert session.notice.tone is Tone.PROBLEM
    workbench.show_whole_plate(True)
    wait(lambda: session.mosaic is not None and session.mosaic.is_complete)
    assert len(session.mosaic.faults) == 2


def test_the_window_says_that_originals_are_read_where_their_pack_is_damaged(
    window, wait, plates, tmp_path
) -> None:
    session = window.parts.session
    folder = Path(shutil.copytree(plates, tmp_path / "beside"))
    pack_screen(plan_packing(open_screen(folder), tmp_path / "beside.zarr"))
    for chunk in (tmp_path / "beside.zarr").glob("HUVEC-01/Plate1.ome.zarr/*/*/0/0/c/0/0/0"):
        chunk.write_bytes(b"torn")
    window.open([folder])
    wait(lambda: session.picture is not None and not session.busy)
    assert is_packed(session.plate)
    assert session.picture.faults == ()
    wait(lambda: "Until then the originals are read where it is damaged" in session.notice.text)
    assert session.notice.tone is Tone.PROBLEM


def test_a_lost_plate_is_listed_and_the_others_are_shown(window, wait, pack) -> None:
    session = window.parts.session
    shutil.rmtree(pack / "HUVEC-01" / "Plate1.ome.zarr")
    window.open([pack])
    wait(lambda: session.picture is not None and not session.busy)
    assert "3 plates" in session.notice.text
    assert "1 listed plate without images, 1 problem" in session.notice.text
    assert session.notice.details.startswith("unreadable, HUVEC-01 Plate1: the pack ")
