"""Files that we write are named after what strangers named, and lie where they should."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "readers"))
from reader_layouts import memory_screen, random_planes

from deepnoise_app.cli import run
from deepnoise_app.measuring.run import measures_path
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.untrusted import file_stem
from deepnoise_app.writers.omezarr import write_omezarr

ESCAPE = "../../escaped/x"
HOSTILE = [ESCAPE, "/tmp/escaped", "..", ".", "", "C:\\x", "a/b", "\0", "x" * 500, "CON:", "a\nb"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_for_a_file_leads_nowhere_and_is_short(name: str, tmp_path: Path) -> None:
    for stem in (file_stem(name), file_stem(name, "Plate1"), file_stem("E", name)):
        assert stem not in ("", ".", "..")
        (tmp_path / f"{stem}.png").touch()
    assert all(path.parent == tmp_path for path in tmp_path.rglob("*"))


@given(st.tuples(st.text("a-/. ", max_size=4), st.text("a-/. ", max_size=4)),
       st.tuples(st.text("a-/. ", max_size=4), st.text("a-/. ", max_size=4)))  # fmt: skip
def test_two_plates_never_share_a_file(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (file_stem(*one) == file_stem(*other)) == (one == other)


def test_usual_names_stay_as_they_are() -> None:
    assert file_stem("HUVEC-01", "Plate1") == "HUVEC-01-Plate1"
    assert file_stem("Intensity_Mean_Größe 2") == "Intensity_Mean_Größe 2"
    assert measures_path(RunFolder(Path("r")), ("A-1", "B")).name == "A-1-B.parquet"


def test_a_channel_of_an_evil_name_is_drawn_in_the_folder_of_the_measures(tmp_path: Path) -> None:
    planes = random_planes(("E",), ("P1",), ("B02", "B03"), (1,), 2, size=8)
    write_omezarr(memory_screen(planes), tmp_path / "screen")
    for file in (tmp_path / "screen").rglob("zarr.json"):
        file.write_text(file.read_text().replace("Alexa 488", "/../../../escaped/x"))
    names = [channel.name for channel in open_screen(tmp_path / "screen").channels]
    assert any("escaped" in name for name in names)
    out = tmp_path / "deep" / "er" / "measures"
    assert run(["measure", str(tmp_path / "screen"), "--out", str(out)]) == 0
    drawn = [path for path in tmp_path.rglob("*.png") if "escaped" in str(path)]
    assert drawn
    assert all(path.parent == out / "heatmaps" for path in drawn)
    assert not [at for at, _, _ in os.walk(tmp_path) if Path(at).name == "escaped"]


def test_a_plate_of_an_evil_name_is_packed_in_the_folder_of_the_pack(tmp_path: Path) -> None:
    screen = memory_screen(random_planes(("E",), (ESCAPE,), ("B02",), (1,), size=8))
    write_omezarr(screen, tmp_path / "out" / "pack")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    (plate,) = open_screen(tmp_path / "out" / "pack").plates
    assert np.asarray(plate.read(plate.wells[0], 1)).shape[1:] == (8, 8)
