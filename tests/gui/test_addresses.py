"""Plates on a server in the window: typed, opened, remembered, and told when they do not come."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from far_server import serving

from deepnoise_app.gui.address_dialog import AddressDialog
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen, zarr_arrays
from deepnoise_app.session import Tone


@pytest.fixture(scope="module")
def www(plates, tmp_path_factory):
    folder = tmp_path_factory.mktemp("www")
    part = open_screen(plates / "train" / "HUVEC-01", use_pack=False)
    pack_screen(plan_packing(part, folder / "pack"))
    return folder


@pytest.fixture
def server(www):
    zarr_arrays.open_array.cache_clear()
    with serving(www) as made:
        yield made


def typed(window, text: str) -> AddressDialog:
    window.menus.plates.open_far.trigger()
    (dialog,) = window.findChildren(AddressDialog)
    dialog.field.setText(text)
    return dialog


def test_an_address_is_typed_opened_and_remembered(window, wait, server) -> None:
    address = f"{server[0]}/pack"
    typed(window, f" {address} ").ok.click()
    session = window.parts.session
    wait(lambda: session.picture is not None)
    assert [screen.path for screen in session.screens] == [address]
    plate = session.screens[0].plates[0]
    shown = session.picture.pixels[0]
    np.testing.assert_array_equal(
        np.asarray(shown)[:64, :64], plate.read(session.picture.places[0][0], 1)[0]
    )
    assert window.windowTitle() == "DeepNoise · pack"
    assert window.preferences.recent == (Path(address),)
    window.menus.plates.recent.aboutToShow.emit()
    assert address in window.menus.plates.recent.actions()[0].toolTip()


@pytest.mark.parametrize("text", ["plates/one.zarr", "ftp://x.org/one.zarr", "https://"])
def test_what_is_no_address_is_told_while_it_is_typed(window, text: str) -> None:
    dialog = typed(window, text)
    assert not dialog.ok.isEnabled()
    assert "begins with https://" in dialog.verdict.text()
    dialog.reject()


def test_a_server_that_stalls_is_told_in_the_window(window, wait, server, monkeypatch) -> None:
    address = f"{server[0]}/pack"
    session = window.parts.session
    window.open([Path(address)])
    wait(lambda: session.picture is not None)
    monkeypatch.setattr(zarr_arrays, "PATIENCE_S", 1.0)
    server[1].mood = "stall"
    plate = session.plate
    window.parts.workbench.choose([plate.wells[-1]])
    wait(lambda: session.notice is not None and session.notice.tone is Tone.PROBLEM)
    assert "did not answer within 1 s: is the server reachable?" in session.notice.text


def test_packing_what_lies_on_a_server_is_left_to_the_command(window, wait, server) -> None:
    address = f"{server[0]}/pack"
    session = window.parts.session
    window.open([Path(address)])
    wait(lambda: session.plate is not None)
    window.parts.packing.ask()
    assert f"deepnoise pack {address} FOLDER" in session.notice.text
