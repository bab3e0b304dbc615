"""What every reader promises, on the same small screens written in each layout."""

from __future__ import annotations

import pickle
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from reader_layouts import JOINT, LAYOUTS, LISTED, SOME, Layout, Planes, random_planes, write_image

from deepnoise_app.errors import PixelError
from deepnoise_app.readers import check_files, open_screen
from deepnoise_app.readers.index import PlateFiles
from deepnoise_app.screen import Plate, Problem, ProblemKind, Screen, WellId

B03 = WellId.parse("B03")
ODD = ("HUVEC-01", "Plate2", "B03", 2, 4)


@pytest.fixture(scope="module", params=(*LAYOUTS, *JOINT, *LISTED), ids=lambda layout: layout.name)
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


one_plane_a_file = pytest.mark.parametrize(
    "layout", LAYOUTS, indirect=True, ids=lambda layout: layout.name
)

# What a file holds is looked at in the same way, whatever it is called.
some_files = pytest.mark.parametrize("layout", SOME, indirect=True, ids=lambda layout: layout.name)


@pytest.fixture(scope="module")
def planes(layout: Layout) -> Planes:
    return random_planes(("HUVEC-01",), channels=layout.channels, dtype=layout.dtype)


@pytest.fixture(scope="module")
def whole(layout: Layout, planes: Planes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A screen that no test may change."""
    place = tmp_path_factory.mktemp("whole") / "screen"
    layout.write(place, planes)
    return place


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, free to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "screen"))


def opened(root: Path, layout: Layout) -> Screen:
    return open_screen(root, layout.asked)


def same_plate(screen: Screen, experiment: str, plate: str) -> Plate:
    return next(p for p in screen.plates if p.experiment == experiment and p.name.endswith(plate))


def of_kind(screen: Screen, kind: ProblemKind) -> list[Problem]:
    return [problem for problem in screen.problems if problem.kind is kind]


def odd_place(problem: Problem) -> tuple[object, ...]:
    return (problem.experiment, (problem.plate or "")[-6:], problem.well, problem.site,
            problem.channel)  # fmt: skip


def test_every_plane_comes_back_as_written(whole: Path, layout: Layout, planes: Planes) -> None:
    screen = opened(whole, layout)
    assert screen.reader == (layout.asked or layout.reader)
    assert screen.path == str(whole)
    assert len(screen.channels) == layout.channels
    assert [p.key[0] for p in screen.plates] == ["HUVEC-01"] * 2
    for (experiment, plate, well, site, channel), plane in planes.items():
        found = same_plate(screen, experiment, plate)
        read = found.read(WellId.parse(well), site, [channel - 1])
        assert read.dtype == layout.dtype
        np.testing.assert_array_equal(read, plane[None])


def test_a_whole_screen_has_no_problems(whole: Path, layout: Layout) -> None:
    assert opened(whole, layout).problems == ()


def test_plates_tell_their_wells_sites_and_shape(whole: Path, layout: Layout) -> None:
    for plate in opened(whole, layout).plates:
        assert [well.name for well in plate.wells] == ["B02", "B03", "C11"]
        assert plate.sites == (1, 2)
        assert plate.shape.wells == 96
        assert plate.present.shape == (3, 2, layout.channels)
        assert plate.present.all()


def test_each_level_halves_by_the_mean(whole: Path, layout: Layout, planes: Planes) -> None:
    plate = same_plate(opened(whole, layout), "HUVEC-01", "Plate1")
    full = plate.read(B03, 1)
    half = plate.read(B03, 1, level=1)
    assert half.dtype == full.dtype
    mean = full.reshape(len(full), 12, 2, 12, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(half, mean, atol=0.5)
    assert plate.read(B03, 1, level=2).shape == (len(full), 6, 6)


def test_opening_reads_no_pixels(root: Path, layout: Layout) -> None:
    for path in root.rglob("*"):
        if path.is_file() and path.suffix.lower() in (".png", ".tif", ".tiff"):
            # What a file starts with may tell that it is in colour, or has several pages.
            path.write_bytes(path.read_bytes()[:-100])
        elif re.fullmatch(r"\d+", path.name) and path.is_file():
            path.write_bytes(b"no chunk at all")
    assert len(opened(root, layout).imaged) == 2


def test_a_plate_travels_to_another_process(whole: Path, layout: Layout) -> None:
    plate = opened(whole, layout).plates[0]
    there = pickle.loads(pickle.dumps(plate))
    np.testing.assert_array_equal(there.read(B03, 1), plate.read(B03, 1))


def test_many_threads_read_the_same_plate(whole: Path, layout: Layout) -> None:
    plate = opened(whole, layout).plates[0]
    expected = plate.read(B03, 2)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: plate.read(B03, 2), range(32)):
            np.testing.assert_array_equal(found, expected)


def test_opening_twice_gives_the_same_screen(whole: Path, layout: Layout) -> None:
    one, two = opened(whole, layout), opened(whole, layout)
    assert [p.key for p in one.plates] == [p.key for p in two.plates]
    assert [p.map for p in one.plates] == [p.map for p in two.plates]


@one_plane_a_file
def test_a_missing_plane_is_listed_with_its_place(root: Path, layout: Layout) -> None:
    layout.path(root, ODD).unlink()
    screen = opened(root, layout)
    (problem,) = screen.problems
    assert problem.kind is ProblemKind.MISSING
    assert odd_place(problem) == ("HUVEC-01", "Plate2", B03, 2, 4)
    plate = same_plate(screen, "HUVEC-01", "Plate2")
    assert plate.missing(B03, 2) == (3,)
    with pytest.raises(PixelError, match="lacks"):
        plate.read(B03, 2)
    assert (plate.read(B03, 2, fill=9)[3] == 9).all()


@one_plane_a_file
def test_a_missing_site_is_one_problem(root: Path, layout: Layout) -> None:
    for channel in range(1, 7):
        layout.path(root, (*ODD[:4], channel)).unlink()
    (problem,) = opened(root, layout).problems
    assert odd_place(problem) == ("HUVEC-01", "Plate2", B03, 2, None)


@one_plane_a_file
def test_a_channel_missing_on_a_whole_plate_is_one_problem(root: Path, layout: Layout) -> None:
    for well in ("B02", "B03", "C11"):
        for site in (1, 2):
            layout.path(root, ("HUVEC-01", "Plate2", well, site, 4)).unlink()
    (problem,) = opened(root, layout).problems
    assert odd_place(problem) == ("HUVEC-01", "Plate2", None, None, 4)


@one_plane_a_file
def test_two_files_of_one_plane_are_a_duplicate(root: Path, layout: Layout) -> None:
    path = layout.path(root, ODD)
    other = path.with_suffix(".tif" if path.suffix.lower() == ".tiff" else ".tiff")
    write_image(other, np.zeros((24, 24), dtype=layout.dtype))
    screen = opened(root, layout)
    (problem,) = screen.problems
    assert problem.kind is ProblemKind.DUPLICATE
    assert odd_place(problem) == ("HUVEC-01", "Plate2", B03, 2, 4)
    assert path.name in problem.message
    assert other.name in problem.message
    used = same_plate(screen, "HUVEC-01", "Plate2").read(B03, 2, [3])
    first = min(path, other)
    assert (used == 0).all() == (first == other)


@one_plane_a_file
def test_strange_images_are_strays(root: Path, layout: Layout) -> None:
    where = layout.path(root, ODD).parent
    write_image(where / "overview.png", np.zeros((4, 4), np.uint8))
    (where / "overview.jpg").write_bytes(b"x")
    found = of_kind(opened(root, layout), ProblemKind.STRAY)
    assert len(found) == 2
    assert "overview" in found[0].message


@one_plane_a_file
def test_many_strays_are_summarised(root: Path, layout: Layout) -> None:
    for i in range(30):
        (layout.path(root, ODD).parent / f"thumb-{i}.jpg").write_bytes(b"x")
    (problem,) = opened(root, layout).problems
    assert "30 files" in problem.message


@one_plane_a_file
def test_hidden_files_are_passed_over(root: Path, layout: Layout) -> None:
    path = layout.path(root, ODD)
    for name in (".DS_Store", "._" + path.name, "Thumbs.db"):
        (path.parent / name).write_bytes(b"x")
    write_image(root / ".cache" / path.name, np.zeros((4, 4), np.uint8))
    assert opened(root, layout).problems == ()


@pytest.mark.parametrize("kept", [0, 5, 60, 0.5, -3, -40])
@some_files
def test_a_cut_off_file_is_unreadable(root: Path, layout: Layout, kept: float) -> None:
    path = layout.path(root, ODD)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept) if isinstance(kept, float) else kept])
    screen = opened(root, layout)
    assert screen.problems == ()
    (problem,) = check_files(screen).problems
    assert problem.kind is ProblemKind.UNREADABLE
    assert odd_place(problem) == ("HUVEC-01", "Plate2", B03, 2, 4)
    if kept != -3 or path.suffix != ".png":
        with pytest.raises(PixelError, match=re.escape(path.name)):
            same_plate(screen, "HUVEC-01", "Plate2").read(B03, 2)


@some_files
def test_a_file_that_vanished_is_told(root: Path, layout: Layout) -> None:
    screen = opened(root, layout)
    layout.path(root, ODD).unlink()
    with pytest.raises(PixelError, match="is gone"):
        same_plate(screen, "HUVEC-01", "Plate2").read(B03, 2)
    (problem,) = check_files(screen).problems
    assert "is gone" in problem.message


@some_files
def test_a_plane_of_another_size_is_told(root: Path, layout: Layout) -> None:
    write_image(layout.path(root, ODD), np.zeros((16, 30), dtype=layout.dtype))
    screen = check_files(opened(root, layout))
    (problem,) = screen.problems
    assert problem.kind is ProblemKind.SIZE
    assert odd_place(problem) == ("HUVEC-01", "Plate2", B03, 2, 4)
    assert "16 × 30" in problem.message


@some_files
def test_a_plate_of_another_size_is_one_problem(root: Path, layout: Layout, planes: Planes) -> None:
    for key in planes:
        if key[:2] == ODD[:2]:
            write_image(layout.path(root, key), np.zeros((16, 16), dtype=layout.dtype))
    (problem,) = check_files(opened(root, layout)).problems
    assert problem.kind is ProblemKind.SIZE
    assert odd_place(problem) == ("HUVEC-01", "Plate2", None, None, None)


@some_files
def test_a_colour_image_is_told(root: Path, layout: Layout) -> None:
    write_image(layout.path(root, ODD), np.zeros((24, 24, 3), dtype=layout.dtype))
    screen = opened(root, layout)
    (problem,) = check_files(screen).problems
    assert "grey" in problem.message
    with pytest.raises(PixelError, match="grey"):
        same_plate(screen, "HUVEC-01", "Plate2").read(B03, 2)


@some_files
def test_checking_tells_how_far_it_is(whole: Path, layout: Layout) -> None:
    seen: list[tuple[int, int]] = []
    check_files(opened(whole, layout), lambda done, total: seen.append((done, total)), workers=2)
    assert seen[-1] == (72, 72)
    assert seen == sorted(seen)


def test_large_plates_have_two_row_letters(layout: Layout, tmp_path: Path) -> None:
    wells = ("Z01", "AA02", "AF48")
    count = 3 if layout in JOINT else 1
    planes = random_planes(("HUVEC-01",), ("Plate1",), wells, channels=count, dtype=layout.dtype)
    layout.write(tmp_path, planes)
    (plate,) = opened(tmp_path, layout).plates
    assert tuple(well.name for well in plate.wells) == wells
    assert plate.shape.wells == 1536


def test_the_index_of_a_plate_is_small() -> None:
    files = PlateFiles("HUVEC-01", "Plate1")
    for number in range(384):
        for site in (1, 2):
            for channel in range(1, 7):
                form = "train/HUVEC-01/Plate1/{W2}_s{site}_w{channel}.png"
                files.add(WellId(number // 24, number % 24), site, str(channel), form)
    pixels = files.pixels(Path("/screen"), tuple("123456"))
    assert pixels.present.shape == (384, 2, 6)
    assert len(pickle.dumps(pixels)) < 12_000
    assert pixels.name(25, 1, 5) == "train/HUVEC-01/Plate1/B02_s2_w6.png"
