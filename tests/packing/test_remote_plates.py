"""Plates on a server: read as they are here; a server that stalls or lies is told in a sentence."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from reader_layouts import FLAT, memory_screen, random_planes

from deepnoise_app.cli.app import run
from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen, zarr_arrays
from deepnoise_app.readers.remote import address_of
from deepnoise_app.screen import Plate, WellId
from deepnoise_app.writers.omezarr import write_omezarr

B03 = WellId.parse("B03")
CHUNK = "/HUVEC-01/Plate1.ome.zarr/B/3/0/0/c/0/0/0"


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; `mood` says what it does to paths that end in `touchy`."""

    mood = ""
    touchy = ("c/0/0/0",)
    asked: list[str] = []  # noqa: RUF012 (one list for all requests of a test)

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        if self.mood and self.path.endswith(self.touchy):
            getattr(self, f"_{self.mood}")()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        self.send_header("ETag", '"1"')
        super().end_headers()

    def _stall(self) -> None:
        time.sleep(3)

    def _truncate(self) -> None:
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])

    def _shorten(self) -> None:
        """Claim that half of the file is all of it."""
        content = Path(self.translate_path(self.path)).read_bytes()
        self._send(content[: len(content) // 2])

    def _lie(self) -> None:
        self._send(b"<html>Please sign in</html>")

    def _fail(self) -> None:
        self.send_error(503)

    def _forbid(self) -> None:
        self.send_error(403)

    def _elsewhere(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/secret/zarr.json")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Handler]]]:
    monkeypatch.setattr(zarr_arrays, "PATIENCE_S", 1.0)
    zarr_arrays.open_array.cache_clear()

    class Own(Handler):
        asked: list[str] = []  # noqa: RUF012

    (tmp_path / "www").mkdir()
    made = ThreadingHTTPServer(("127.0.0.1", 0), partial(Own, directory=str(tmp_path / "www")))
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}", Own
    made.shutdown()
    made.server_close()
    thread.join()


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


def test_commands_take_addresses(plate: Plate, server, capsys) -> None:
    assert run(["inspect", f"{server[0]}/pack", "--json"]) == 0
    assert '"wells": 3' in capsys.readouterr().out


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
        ("shorten", "cut off or damaged"),
        ("lie", "cut off or damaged"),
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
    with pytest.raises(PixelError, match=said):
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
    with pytest.raises(ScreenError, match=r"127\.0\.0\.1:9.* (cannot be reached|did not answer)"):
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


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("http:/x.org/a", "http://x.org/a"),
        ("HTTPS://x.org/a/", "https://x.org/a"),
        ("s3://bucket/p.zarr", "s3://bucket/p.zarr"),
        ("/data/http/x", None),
        ("C:/plates", None),
        ("file.zarr", None),
    ],
)
def test_addresses_are_told_from_folders(path: str, address: str | None) -> None:
    found = address_of(path)
    assert (found and found.address) == address
