import errno

import imagecodecs
import numpy as np
import pandas as pd
import pytest

from deepnoise_app.errors import PixelError, RunError, ScreenError
from deepnoise_app.screen import (
    Channel,
    Content,
    Library,
    Plate,
    PlateMap,
    PlateShape,
    Role,
    Screen,
    WellId,
)
from deepnoise_app.writers import rxrx, write_rxrx

B02, B03, C04 = (WellId.parse(name) for name in ("B02", "B03", "C04"))
CHANNELS = (Channel("Nuclei"), Channel("ER"))


class Numbered:
    """Planes whose grey value says where they belong; one of them is missing."""

    def __init__(self, dtype=np.uint8):
        self.dtype = dtype
        self.present = np.ones((3, 2, 2), dtype=bool)
        self.present[2, 1, 1] = False

    def read(self, well, site, channel, level=0):
        return np.full((5, 7), 100 * well + 10 * site + channel, dtype=self.dtype)


def plate_of(experiment, name, treatment, pixels=None):
    contents = {
        B02: Content("UNTREATED", Role.NEGATIVE),
        B03: Content(treatment, Role.TREATMENT),
        C04: Content("sirna_9", Role.POSITIVE),
    }
    shape, sites = PlateShape(8, 12), (1, 2)
    source = pixels or Numbered()
    return Plate(
        experiment, name, shape, CHANNELS, sites, tuple(contents), source, PlateMap(contents)
    )


def screen_of(*plates):
    library = Library({"p0": {"sirna_1": 1, "sirna_2": 2}})
    return Screen("made", "simulated", CHANNELS, plates, library=library)


@pytest.fixture
def screen():
    return screen_of(plate_of("RPE-01", "Plate1", "sirna_1"), plate_of("RPE-02", "Plate2", ""))


@pytest.fixture
def truth():
    return {("RPE-02", "Plate2"): plate_of("RPE-02", "Plate2", "sirna_1").map}


def test_every_plane_becomes_a_file_of_the_same_pixels(screen, truth, tmp_path):
    write_rxrx(screen, truth, tmp_path / "out")
    folder = tmp_path / "out"
    plane = imagecodecs.imread(folder / "train/RPE-01/Plate1/B03_s2_w2.png")
    np.testing.assert_array_equal(plane, np.full((5, 7), 111, dtype=np.uint8))
    assert len(list(folder.rglob("*.png"))) == 22
    assert not (folder / "train/RPE-01/Plate1/C04_s2_w2.png").exists()
    assert (folder / "test/RPE-02/Plate2/C04_s1_w1.png").exists()


def test_tables_are_those_of_the_challenge(screen, truth, tmp_path):
    write_rxrx(screen, truth, tmp_path / "out")
    read = {path.name: path.read_text().splitlines() for path in (tmp_path / "out").glob("*.csv")}
    assert read == {
        "train.csv": ["id_code,experiment,plate,well,sirna", "RPE-01_1_B03,RPE-01,1,B03,sirna_1"],
        "test.csv": ["id_code,experiment,plate,well", "RPE-02_2_B03,RPE-02,2,B03"],
        "train_controls.csv": [
            "id_code,experiment,plate,well,sirna,well_type",
            "RPE-01_1_B02,RPE-01,1,B02,UNTREATED,negative_control",
            "RPE-01_1_C04,RPE-01,1,C04,sirna_9,positive_control",
        ],
        "test_controls.csv": [
            "id_code,experiment,plate,well,sirna,well_type",
            "RPE-02_2_B02,RPE-02,2,B02,UNTREATED,negative_control",
            "RPE-02_2_C04,RPE-02,2,C04,sirna_9,positive_control",
        ],
        "library.csv": ["library_plate,perturbation,copies", "p0,sirna_1,1", "p0,sirna_2,2"],
    }


def test_the_truth_of_hidden_wells_lies_beside_the_folder(screen, truth, tmp_path):
    write_rxrx(screen, truth, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out.truth.csv")
    assert table.to_dict("records") == [
        {
            "experiment": "RPE-02",
            "plate": "Plate2",
            "well": "B03",
            "perturbation": "sirna_1",
            "role": "treatment",
        }
    ]


def test_progress_counts_sites_to_the_end(screen, truth, tmp_path):
    said = []
    write_rxrx(screen, truth, tmp_path / "out", lambda done, total: said.append((done, total)))
    assert said == [(i, 12) for i in range(1, 13)]


def test_bytes_do_not_depend_on_the_number_of_workers(screen, truth, tmp_path):
    for workers in (1, 4):
        write_rxrx(screen, truth, tmp_path / str(workers), workers=workers)
    for path in (tmp_path / "1").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "4" / path.relative_to(tmp_path / "1")).read_bytes()


def test_a_folder_that_holds_anything_is_refused_and_kept(screen, truth, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ScreenError, match="is not empty"):
        write_rxrx(screen, truth, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(screen, truth, tmp_path):
    (tmp_path / "out").mkdir()
    write_rxrx(screen, truth, tmp_path / "out")
    assert (tmp_path / "out" / "train.csv").exists()


def test_a_stop_on_the_way_leaves_nothing_behind(screen, truth, tmp_path):
    def tell(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rxrx(screen, truth, tmp_path / "out", tell)
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_death_left_behind_does_not_get_in(screen, truth, tmp_path):
    (tmp_path / ".out-unfinished" / "train" / "HUVEC-09").mkdir(parents=True)
    write_rxrx(screen, truth, tmp_path / "out")
    assert not (tmp_path / "out" / "train" / "HUVEC-09").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.truth.csv"]


def test_a_full_disk_is_said_so(screen, truth, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(rxrx.Path, "write_bytes", full)
    with pytest.raises(RunError, match="the disk is full"):
        write_rxrx(screen, truth, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_so(screen, truth, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="choose a folder that you may write to"):
        write_rxrx(screen, truth, tmp_path / "file" / "out")


def test_pixels_that_no_png_holds_are_refused(truth, tmp_path):
    plate = plate_of("RPE-01", "Plate1", "sirna_1", Numbered(np.float32))
    with pytest.raises(PixelError, match="these pixels are float32"):
        write_rxrx(screen_of(plate), truth, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_plates_without_a_number_are_refused_before_anything_is_written(truth, tmp_path):
    plate = plate_of("RPE-01", "left", "sirna_1")
    with pytest.raises(ScreenError, match="expected a name like 'Plate1'"):
        write_rxrx(screen_of(plate), truth, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
