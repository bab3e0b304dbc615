"""Plates on a server: read as they are here; a server that stalls or lies is told in a sentence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from far_server import GOOGLE, Handler, serving
from reader_layouts import FLAT, memory_screen, random_planes

from deepnoise_app.cli.app import run
from deepnoise_app.errors import PixelError, ScreenError, UnreachableError
from deepnoise_app.measuring.cache import stamp
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen, zarr_arrays
from deepnoise_app.readers.remote import address_of
from deepnoise_app.readers.stamp import stamp_of
from deepnoise_app.screen import Plate, WellId
from deepnoise_app.writers.omezarr import write_omezarr

B03 = WellId.parse("B03")
CHUNK = "/HUVEC-01/Plate1.ome.zarr/B/3/0/0/c/0/0/0"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Handler]]]:
    monkeypatch.setattr(zarr_arrays, "PATIENCE_S", 1.0)
    zarr_arrays.open_array.cache_clear()

    (tmp_path / "www").mkdir()
    with serving(tmp_path / "www") as made:
        yield made


@pytest.fixture
def plate(tmp_path: Path, server: tuple[str, type[Handler]]) -> Plate:
    """A plate of a pack on the server, beside the same plate here."""
    FLAT.write(tmp_path / "screen", random_planes(("HUVEC-01",), dtype=np.uint16))
    pack_screen(plan_packing(open_screen(tmp_path / "screen"), tmp_path / "www" / "pack"))
    return open_screen(tmp_path / "screen").plates[0]


def test_a_pack_on_a_server_equals_the_originals(plate: Plate, server) -> None:
    screen = open_screen(f"{server[0]}/pack")
    assert screen.path == f"{server[0]}/pack"
    there = screen.plates[0]
    assert there.map == plate.map
    for well in plate.wells:
        np.testing.assert_array_equal(there.read(well, 1), plate.read(well, 1))
    np.testing.assert_array_equal(there.read(B03, 2, level=1), plate.read(B03, 2, level=1))


def test_opening_a_pack_on_a_server_asks_for_its_texts_alone(plate: Plate, server) -> None:
    open_screen(f"{server[0]}/pack")
    assert sorted(set(server[1].asked)) == [
        "/pack/HUVEC-01/Plate1.ome.zarr/zarr.json",
        "/pack/HUVEC-01/Plate2.ome.zarr/zarr.json",
        "/pack/zarr.json",
    ]


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_plates_of_other_programs_are_read_from_a_server(tmp_path: Path, server, version) -> None:
    screen = memory_screen(random_planes(("E",), ("P",), channels=2, dtype=np.uint16))
    write_omezarr(screen, tmp_path / "www", version)
    (plate,) = open_screen(Path(f"{server[0]}/E/P.ome.zarr")).plates
    assert plate.key == ("E", "P")
    np.testing.assert_array_equal(plate.read(B03, 2), screen.plates[0].read(B03, 2))


@pytest.mark.parametrize("mood", ["stall", "fail"])
def test_a_server_that_is_gone_is_waited_for_once_and_not_for_each_plane(
    plate: Plate, server, mood: str
) -> None:
    there = open_screen(f"{server[0]}/pack").plates[0]
    server[1].mood = mood
    began = time.monotonic()
    with pytest.raises(UnreachableError):
        there.read_each(B03, 1)
    assert time.monotonic() - began < 5


def test_measures_and_mosaics_of_a_server_are_not_kept(plate: Plate, server) -> None:
    """It does not tell when it has changed something; and two servers may look alike."""
    there = open_screen(f"{server[0]}/pack").plates[0]
    assert stamp(there, "all") is None
    assert stamp_of(there, Path("x")) not in ("", stamp_of(plate, Path(plate.pixels.root)))


def test_a_server_cannot_send_the_app_elsewhere(plate: Plate, server, monkeypatch) -> None:
    monkeypatch.setattr(server[1], "mood", "elsewhere")
    monkeypatch.setattr(server[1], "touchy", ("zarr.json",))
    with pytest.raises(ScreenError):
        open_screen(f"{server[0]}/pack")
    assert server[1].asked
    assert not [path for path in server[1].asked if "secret" in path]


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("stall", "did not answer within 1 s: is the server reachable"),
        ("truncate", "cannot be reached|cut off|did not answer"),
        ("shorten", r"cut off\. The pack is damaged there, or on its way here"),
        ("lie", "is damaged: it cannot be unpacked"),
        ("fail", "cannot be reached|did not answer"),
        ("forbid", "may not be read"),
    ],
)
def test_pixels_of_a_bad_server_are_told(
    plate: Plate, server, monkeypatch: pytest.MonkeyPatch, mood: str, said: str
) -> None:
    there = open_screen(f"{server[0]}/pack").plates[0]
    server[1].mood = mood
    began = time.monotonic()
    with pytest.raises((PixelError, UnreachableError), match=said):
        there.read(B03, 1)
    assert time.monotonic() - began < 10
    server[1].mood = ""
    monkeypatch.setattr(zarr_arrays, "PATIENCE_S", 30.0)
    np.testing.assert_array_equal(there.read(B03, 1), plate.read(B03, 1))


@pytest.mark.parametrize("mood", ["stall", "truncate", "shorten", "lie", "fail", "forbid"])
def test_a_bad_server_is_told_when_it_is_opened(plate: Plate, server, mood: str, capsys) -> None:
    server[1].mood, server[1].touchy = mood, ("zarr.json",)
    began = time.monotonic()
    assert run(["inspect", f"{server[0]}/pack"]) == 2
    assert time.monotonic() - began < 20
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "127.0.0.1" in told


def test_nothing_at_an_address_is_told(server) -> None:
    with pytest.raises(ScreenError, match="holds no OME-Zarr plate that can be read"):
        open_screen(f"{server[0]}/nothing")


def test_no_server_at_all_is_told() -> None:
    with pytest.raises(
        UnreachableError, match=r"127\.0\.0\.1:9.* (cannot be reached|did not answer)"
    ):
        open_screen("http://127.0.0.1:9/pack")


def test_a_bucket_is_read_like_a_folder(
    plate: Plate, server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An S3-like store, without signing in; the endpoint is taken from the environment."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server[0])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    there = open_screen("s3://pack/HUVEC-01/Plate1.ome.zarr").plates
    np.testing.assert_array_equal(there[0].read(B03, 1), plate.read(B03, 1))


def test_a_bucket_of_google_is_read_like_a_folder(
    plate: Plate, server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its form of requests, without signing in; the real store was never asked."""
    monkeypatch.setenv("TENSORSTORE_GCS_HTTP_URL", server[0])
    monkeypatch.setenv("GCE_METADATA_ROOT", "127.0.0.1:9")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    (there,) = open_screen("gs://pack/HUVEC-01/Plate1.ome.zarr").plates
    np.testing.assert_array_equal(there.read(B03, 1), plate.read(B03, 1))
    assert any(path.startswith(f"{GOOGLE}pack/o/HUVEC-01%2F") for path in server[1].asked)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("http:/x.org/a", "http://x.org/a"),
        ("HTTPS://x.org/a/", "https://x.org/a"),
        ("s3://bucket/p.zarr", "s3://bucket/p.zarr"),
        ("/data/http/x", None),
        ("C:/plates", None),
        ("file.zarr", None),
        (Path("https://x.org/a"), "https://x.org/a"),
    ],
)
def test_addresses_are_told_from_folders(path: str | Path, address: str | None) -> None:
    found = address_of(path)
    assert (found and found.address) == address
