"""How fast a screen opens, beside the least that any program must do with the same files.

`python -m pytest tests/benchmarks/bench_open.py -m benchmark -s` prints the ratios.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.readers import FilePixels, open_screen

REAL = Path(__file__).parents[3] / "shared" / "data" / "rxrx1"
TABLES = ("train.csv", "test.csv", "train_controls.csv", "test_controls.csv")
MANY = 100_000

pytestmark = pytest.mark.benchmark


def count_files(folder: str) -> int:
    """The plain walk: names and kinds of all entries."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            count += count_files(entry.path) if entry.is_dir() else 1
    return count


@pytest.fixture(scope="module")
def many_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100,000 empty files named like images: 28 plates of 308 wells, 2 sites, 6 channels."""
    root = tmp_path_factory.mktemp("many")
    made = 0
    for number in range(-(-MANY // (308 * 12))):
        place = root / "train" / f"HUVEC-{number // 4 + 1:02d}" / f"Plate{number % 4 + 1}"
        place.mkdir(parents=True)
        for well in range(308):
            name = f"{chr(66 + well // 22)}{well % 22 + 2:02d}"
            for site in (1, 2):
                for channel in range(1, 7):
                    if made < MANY:
                        (place / f"{name}_s{site}_w{channel}.png").touch()
                        made += 1
    return root


@pytest.mark.skipif(not REAL.is_dir(), reason="the real RxRx1 tables are not in ../shared/data")
def test_the_real_tables_open_in_a_few_times_what_reading_them_takes(fastest, say) -> None:
    ours = fastest(lambda: open_screen(REAL))
    plain = fastest(lambda: [pd.read_csv(REAL / name) for name in TABLES])
    say(
        f"opening the real tables: {ours:.3f} s, pandas.read_csv of the same: {plain:.3f} s,"
        f" ratio {ours / plain:.1f}"
    )


def test_many_files_open_in_a_few_times_what_listing_them_takes(many_files, fastest, say):
    assert count_files(str(many_files)) == MANY
    plain = fastest(lambda: count_files(str(many_files)), 3)
    for reader in ("rxrx", "pattern", None):
        ours = fastest(lambda reader=reader: open_screen(many_files, reader), 3)  # type: ignore[misc]
        say(
            f"opening {MANY} files with {reader or 'whoever fits'}: {ours:.3f} s, os.scandir of the"
            f" same: {plain:.3f} s, ratio {ours / plain:.1f}"
        )


@pytest.fixture(scope="module")
def many_measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100,000 empty files of an Opera Phenix, with an index: 6 plates of 384 wells, 9 fields."""
    root = tmp_path_factory.mktemp("phenix")
    image = (
        "<Image><State>Ok</State><URL>{}</URL><ChannelID>{}</ChannelID><ChannelName>C{}"
        "</ChannelName><ImageResolutionX>1e-6</ImageResolutionX>" + "<Filler>x</Filler>" * 40
        + "</Image>"
    )  # fmt: skip
    made = 0
    for plate in range(1, 7):
        place = root / "run" / f"P{plate}" / "Images"
        place.mkdir(parents=True)
        lines = []
        for well in range(384):
            for field in range(1, 10):
                for channel in range(1, 6):
                    row, column = divmod(well, 24)
                    name = (
                        f"r{row + 1:02d}c{column + 1:02d}f{field:02d}p01-ch{channel}sk1fk1fl1.tiff"
                    )
                    if made < MANY:
                        (place / f"{name}.tiff").touch()
                        lines.append(image.format(f"{name}.tiff", channel, channel))
                        made += 1
        index = f"<E><Plates><Plate><Name>P{plate}</Name></Plate></Plates><Images>"
        (place / "Index.idx.xml").write_text(index + "\n".join(lines) + "</Images></E>")
    return root


def test_many_files_of_a_microscope_open_in_seconds(many_measured, fastest, say) -> None:
    plain = fastest(lambda: count_files(str(many_measured)), 3)
    ours = fastest(lambda: open_screen(many_measured), 2)
    (plate, *_) = open_screen(many_measured).plates
    assert (len(plate.wells), plate.pixel_size_um) == (384, pytest.approx(1))
    say(
        f"opening {MANY} files of a microscope with their indices: {ours:.3f} s, os.scandir of the"
        f" same: {plain:.3f} s; a plate pickles to {len(pickle.dumps(plate))} bytes"
    )
    assert ours < 5 or os.getloadavg()[0] > 2


def test_a_plate_is_small_and_quick_to_send(many_files, fastest, say) -> None:
    pixels = open_screen(many_files).plates[0].pixels
    assert isinstance(pixels, FilePixels)
    packed = pickle.dumps(pixels)
    seconds = fastest(lambda: pickle.loads(pickle.dumps(pixels)), 20)
    planes = int(np.count_nonzero(pixels.present))
    say(f"index of {planes} planes: {len(packed)} bytes, there and back {1e3 * seconds:.2f} ms")
    assert len(packed) < 4 * planes
