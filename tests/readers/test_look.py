"""What is seen in pixels before anybody trusts them, and how a look is stopped."""

from __future__ import annotations

import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from reader_layouts import BARE, CHALLENGE, JOINT, random_planes, write_image

from deepnoise_app.errors import Interrupted, PixelError
from deepnoise_app.readers import check_files, headers, look_at_pixels, open_screen
from deepnoise_app.screen import Problem, ProblemKind, Screen, WellId

KEY = ("E-01", "Plate1", "B03", 2, 4)
WELLS = ("B02", "B03", "C11")


def written(root: Path, wells: tuple[str, ...] = WELLS) -> Path:
    BARE.write(root, random_planes(("E-01",), ("Plate1",), wells, dtype=np.uint16))
    return root


def put(root: Path, plane: np.ndarray, key: tuple = KEY) -> None:
    write_image(BARE.path(root, key), plane)


def odd(screen: Screen) -> list[tuple[ProblemKind, str, int | None, int | None]]:
    return [(p.kind, str(p.well), p.site, p.channel) for p in screen.problems]


def test_a_sound_plate_has_no_problems(tmp_path: Path) -> None:
    assert look_at_pixels(open_screen(written(tmp_path)), sites=None).problems == ()


@pytest.mark.parametrize(
    ("value", "kind"),
    [(0, ProblemKind.BLANK), (77, ProblemKind.BLANK), (None, ProblemKind.SATURATED)],
)
def test_blank_and_saturated_planes_are_told(
    tmp_path: Path, value: int | None, kind: ProblemKind
) -> None:
    plane = np.random.default_rng(0).integers(0, 3000, (24, 24), dtype=np.uint16)
    plane[:5] = 4095
    put(written(tmp_path), plane if value is None else np.full((24, 24), value, np.uint16))
    assert odd(look_at_pixels(open_screen(tmp_path), sites=None)) == [(kind, "B03", 2, 4)]


def test_a_channel_that_is_blank_on_the_plate_is_one_problem(tmp_path: Path) -> None:
    written(tmp_path)
    for well in WELLS:
        for site in (1, 2):
            put(tmp_path, np.zeros((24, 24), np.uint16), ("E-01", "Plate1", well, site, 2))
    (problem,) = look_at_pixels(open_screen(tmp_path), sites=None).problems
    assert (problem.kind, problem.well, problem.channel) == (ProblemKind.BLANK, None, 2)
    assert "6 of 6 planes" in problem.message


def test_a_plane_that_was_copied_to_another_place_is_told(tmp_path: Path) -> None:
    written(tmp_path)
    source = BARE.path(tmp_path, ("E-01", "Plate1", "B02", 1, 4))
    BARE.path(tmp_path, KEY).write_bytes(source.read_bytes())
    (problem,) = look_at_pixels(open_screen(tmp_path), sites=None).problems
    assert (problem.kind, str(problem.well)) == (ProblemKind.DUPLICATE, "B03")
    assert "the same pixels as E-01 Plate1 B02 site 1" in problem.message


def test_damage_within_a_file_is_told_once(tmp_path: Path) -> None:
    path = CHALLENGE.path(tmp_path, ("HUVEC-01", "Plate1", "B03", 2, 4))
    CHALLENGE.write(tmp_path, random_planes(("HUVEC-01",), ("Plate1",)))
    content = bytearray(path.read_bytes())
    content[60:90] = bytes(30)
    path.write_bytes(content)
    screen = check_files(open_screen(tmp_path))
    assert screen.problems == ()
    looked = look_at_pixels(screen, sites=None)
    # Random planes of 8 bits may by chance be as bright as can be in some places.
    assert (ProblemKind.UNREADABLE, "B03", 2, 4) in odd(looked)
    path.write_bytes(b"")
    both = look_at_pixels(check_files(open_screen(tmp_path)), sites=None)
    assert [p.kind for p in both.problems].count(ProblemKind.UNREADABLE) == 1


def test_a_sample_is_spread_over_the_plate(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    wells = tuple(f"B{i:02d}" for i in range(2, 12))
    written(tmp_path, wells)
    look_at_pixels(open_screen(tmp_path), lambda done, total: seen.append((done, total)), sites=3)
    assert seen[-1] == (18, 18)
    put(tmp_path, np.zeros((24, 24), np.uint16), ("E-01", "Plate1", "B11", 2, 4))
    assert odd(look_at_pixels(open_screen(tmp_path), sites=2)) == [(ProblemKind.BLANK, "B11", 2, 4)]


def test_few_files_may_be_checked_in_place_of_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    screen = open_screen(written(tmp_path))
    check_files(screen, lambda done, total: seen.append((done, total)), most=10)
    assert 0 < seen[-1][1] <= 10


@pytest.mark.parametrize("work", [check_files, look_at_pixels])
def test_a_look_stops_at_once_where_somebody_asks(tmp_path: Path, work, monkeypatch) -> None:
    wells = tuple(f"{row}{column:02d}" for row in "BCDEFGH" for column in range(2, 12))
    monkeypatch.setattr("deepnoise_app.readers.check.CHUNK", 4)
    monkeypatch.setattr("deepnoise_app.readers.look.SAMPLE", None)
    screen = open_screen(written(tmp_path, wells))
    count = []

    def stop(done: int, total: int) -> None:
        count.append(done)
        raise Interrupted("far enough")

    began = time.monotonic()
    with pytest.raises(Interrupted):
        work(screen, stop, workers=1)
    assert len(count) == 1
    assert time.monotonic() - began < 5


def test_opening_tells_how_many_files_it_saw_and_can_be_stopped(tmp_path: Path) -> None:
    written(tmp_path)
    seen: list[tuple[int, int]] = []
    open_screen(tmp_path, tell=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (36, 0)

    def stop(done: int, total: int) -> None:
        raise Interrupted("far enough")

    with pytest.raises(Interrupted):
        open_screen(tmp_path, tell=stop)


def enormous_png(path: Path) -> None:
    """A file of a few hundred bytes that claims 100,000 x 100,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b""))


def test_an_image_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    CHALLENGE.write(tmp_path, random_planes(("HUVEC-01",), ("Plate1",)))
    enormous_png(CHALLENGE.path(tmp_path, ("HUVEC-01", "Plate1", "B03", 2, 4)))
    screen = open_screen(tmp_path)
    (problem,) = check_files(screen).problems
    assert "claims 100000 × 100000 pixels" in problem.message
    with pytest.raises(PixelError, match="claims 100000 × 100000 pixels"):
        screen.plates[0].read(WellId.parse("B03"), 2)


def test_an_enormous_tiff_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "MOST_PIXELS", 500)
    screen = open_screen(written(tmp_path))
    assert "claims 24 × 24 pixels" in check_files(screen).problems[0].message
    with pytest.raises(PixelError, match="claims 24 × 24 pixels"):
        screen.plates[0].read(WellId.parse("B03"), 2)


def test_names_may_be_long_and_in_any_script(tmp_path: Path) -> None:
    folder = tmp_path / "実験 №1 – été" / ("пластина " + "x" * 100)
    for channel in ("核", "DAPI µ"):
        write_image(folder / f"B02_{channel}.tif", np.arange(16, dtype=np.uint16).reshape(4, 4))
    (plate,) = open_screen(tmp_path).plates
    assert plate.experiment == "実験 №1 – été"
    assert [c.name for c in plate.channels] == ["DAPI µ", "核"]
    assert plate.read(WellId.parse("B02"), 1).shape == (2, 4, 4)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a file that is open")
def test_no_file_stays_open_after_reading(tmp_path: Path) -> None:
    for layout in (BARE, CHALLENGE, *JOINT):
        root = tmp_path / layout.name
        planes = random_planes(
            ("E-01",), ("Plate1",), ("B02",), channels=3, dtype=layout.dtype, size=8
        )
        layout.write(root, planes)
        (plate,) = open_screen(root).plates
        plate.read(WellId.parse("B02"), 1)
        links = Path("/proc/self/fd")
        if links.is_dir():
            there = [str(link.readlink()) for link in links.iterdir() if link.is_symlink()]
            assert not [name for name in there if name.startswith(str(root))]


def test_a_missing_chunk_of_a_store_shows_as_blank(tmp_path: Path) -> None:
    layout = next(found for found in JOINT if found.name == "ome-zarr-0.5")
    layout.write(tmp_path, random_planes(("E",), ("P",), ("B02", "B03"), (1,), 1, np.uint16))
    chunk = tmp_path / "E" / "P.ome.zarr" / "B" / "3" / "0" / "0" / "c"
    for path in sorted(chunk.rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    problems: tuple[Problem, ...] = look_at_pixels(open_screen(tmp_path)).problems
    assert [(p.kind, str(p.well)) for p in problems] == [(ProblemKind.BLANK, "B03")]


def test_a_file_with_a_wrong_ending_is_unreadable(tmp_path: Path) -> None:
    written(tmp_path)
    path = BARE.path(tmp_path, KEY)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (problem,) = check_files(open_screen(tmp_path)).problems
    assert "no TIFF image" in problem.message
    assert tifffile.imread(BARE.path(tmp_path, (*KEY[:4], 1))).shape == (24, 24)
