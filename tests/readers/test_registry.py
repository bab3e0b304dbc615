"""Which reader opens what, and what is said when none does."""

from __future__ import annotations

import logging
import os
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from reader_layouts import BARE, FLAT, random_planes, write_image

from deepnoise_app.errors import Interrupted, ScreenError
from deepnoise_app.readers import open_screen, registry
from deepnoise_app.readers.walk import looking, walk
from deepnoise_app.screen import ProblemKind, Screen, StackChoice


class Zeroes:
    """A reader of another package: takes folders that hold `zeroes.txt`."""

    name = "zeroes"

    def refusal(self, path: Path) -> str | None:
        return None if (path / "zeroes.txt").exists() else "there is no zeroes.txt"

    def open(self, path: Path) -> Screen:
        return Screen(str(path), self.name, (), ())


class Unreadable(Zeroes):
    """Takes a folder and cannot open it."""

    def open(self, path: Path) -> Screen:
        raise ScreenError("it is sealed")


class Broken(Zeroes):
    """Fails wherever it is asked."""

    def refusal(self, path: Path) -> str | None:
        raise RuntimeError(f"no luck with {path.name}")


def install(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    points = [EntryPoint(name, value, registry.GROUP) for name, value in values.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: {registry.GROUP: points}[group])


def images(root: Path, name: str, count: int) -> None:
    for i in range(count):
        write_image(root / name.format(i + 1), np.zeros((4, 4), np.uint8))


def test_a_path_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScreenError, match=r"there is no folder .*nowhere"):
        open_screen(tmp_path / "nowhere")


def test_a_file_in_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(ScreenError, match=r"a\.png is a file: expected the folder"):
        open_screen(str(tmp_path / "a.png"))


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScreenError, match="is empty"):
        open_screen(tmp_path)


def test_every_refusal_is_listed(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(ScreenError) as caught:
        open_screen(tmp_path)
    lines = str(caught.value).splitlines()
    assert "not a screen" in lines[0]
    assert [line.split(":")[0] for line in lines[1:]] == [f"- {name}" for name in registry.BUILT_IN]


def test_tables_without_images_are_told(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("experiment,plate,well,sirna\nA,1,B02,x\n")
    with pytest.raises(ScreenError, match="there are tables, but no image"):
        open_screen(tmp_path)


def test_a_reader_can_be_chosen(tmp_path: Path) -> None:
    BARE.write(tmp_path, random_planes(size=4))
    assert open_screen(tmp_path, "pattern").reader == "pattern"
    assert open_screen(tmp_path, "rxrx").reader == "rxrx"


def test_an_unknown_reader_is_told_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(ScreenError, match=r"no reader 'rxrx9', only load-data, .*, pattern"):
        open_screen(tmp_path, "rxrx9")


def test_a_chosen_reader_says_why_it_refuses(tmp_path: Path) -> None:
    FLAT.write(tmp_path, random_planes(size=4))
    with pytest.raises(ScreenError, match="cannot be read as 'rxrx': no image is named like"):
        open_screen(tmp_path, "rxrx")


def test_only_the_pattern_reader_takes_a_pattern(tmp_path: Path) -> None:
    BARE.write(tmp_path, random_planes(size=4))
    with pytest.raises(ScreenError, match="takes no pattern"):
        open_screen(tmp_path, "rxrx:{well}")


def test_built_in_readers_work_without_installed_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch)
    BARE.write(tmp_path, random_planes(size=4))
    assert open_screen(tmp_path).reader == "rxrx"


def test_readers_of_other_packages_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, zeroes=f"{__name__}:Zeroes")
    (tmp_path / "zeroes.txt").touch()
    assert open_screen(tmp_path).reader == "zeroes"
    assert open_screen(tmp_path, "zeroes").reader == "zeroes"


def test_a_reader_that_took_a_folder_and_failed_is_named_where_another_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "BUILT_IN", {})
    readers = {"sealed": f"{__name__}:Unreadable", "rxrx": "deepnoise_app.readers.rxrx:RxRxReader"}
    install(monkeypatch, **readers)
    BARE.write(tmp_path, random_planes(size=4))
    (tmp_path / "zeroes.txt").touch()
    (problem,) = open_screen(tmp_path).problems
    assert "looks like zeroes, but could not be read so: it is sealed" in problem.message


def test_a_reader_without_stacks_says_so_when_one_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, zeroes=f"{__name__}:Zeroes")
    (tmp_path / "zeroes.txt").touch()
    assert open_screen(tmp_path, "zeroes", StackChoice()).reader == "zeroes"
    with pytest.raises(ScreenError, match="'zeroes' has no Z-planes or time points to choose"):
        open_screen(tmp_path, "zeroes", StackChoice(plane=2))


@pytest.mark.parametrize("value", [f"{__name__}:Broken", f"{__name__}:Absent", "no_such_module:X"])
def test_a_broken_reader_of_another_package_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, value: str
) -> None:
    install(monkeypatch, other=value)
    BARE.write(tmp_path / "good", random_planes(size=4))
    with caplog.at_level(logging.WARNING):
        assert open_screen(tmp_path / "good").reader == "rxrx"
    assert "reader" in caplog.text
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "letter.txt").touch()
    with pytest.raises(ScreenError, match="- other: "):
        open_screen(tmp_path / "bad")


@pytest.mark.parametrize(("rxrx", "flat", "winner"), [(6, 3, "rxrx"), (3, 6, "pattern")])
def test_the_layout_of_most_files_wins_and_the_rest_are_strays(
    tmp_path: Path, rxrx: int, flat: int, winner: str
) -> None:
    images(tmp_path, "A-01/Plate1/B{:02d}_s1_w1.png", rxrx)
    images(tmp_path, "other/P7_C{:02d}_DAPI.png", flat)
    screen = open_screen(tmp_path)
    assert screen.reader == winner
    assert sum(len(plate.wells) for plate in screen.plates) == max(rxrx, flat)
    strays = [p for p in screen.problems if p.kind is ProblemKind.STRAY]
    assert len(strays) == min(rxrx, flat)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_to_a_folder_above_does_not_loop(tmp_path: Path) -> None:
    images(tmp_path, "A-01/Plate1/B{:02d}_s1_w1.png", 2)
    (tmp_path / "A-01" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert open_screen(tmp_path).problems == ()


def test_every_built_in_reader_is_an_entry_point() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    points = tomllib.loads(project.read_text())["project"]["entry-points"][registry.GROUP]
    assert points == {
        name: f"deepnoise_app.readers.{place}" for name, place in registry.BUILT_IN.items()
    }


def test_a_screen_says_with_which_pattern_it_is_opened_again(tmp_path: Path) -> None:
    write_image(tmp_path / "P1" / "A01=DAPI.png", np.ones((8, 8), dtype=np.uint8))
    reader = "pattern:{plate}/{well}={channel}"
    screen = open_screen(tmp_path, reader)
    assert screen.reader == reader
    assert open_screen(tmp_path, screen.reader).channels == screen.channels


def test_one_large_folder_says_how_far_it_is_while_it_is_listed(tmp_path: Path) -> None:
    for n in range(2500):
        (tmp_path / f"P1_A01_s{n}_w1.png").touch()
    told: list[int] = []
    with looking(lambda files, _: told.append(files)):
        (folder,) = walk(tmp_path)
    assert told == [1000, 2000, 2500]
    assert len(folder.names) == 2500


def test_listing_a_large_folder_can_be_stopped(tmp_path: Path) -> None:
    for n in range(1500):
        (tmp_path / f"P1_A01_s{n}_w1.png").touch()

    def stop(files: int, _: int) -> None:
        raise Interrupted(f"stopped at {files}")

    with pytest.raises(Interrupted, match="stopped at 1000"):
        open_screen(tmp_path, tell=stop)
