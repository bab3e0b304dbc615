"""`deepnoise ladder` on the command line: what it leaves, and what it refuses before any work."""

from __future__ import annotations

import pandas as pd
import pytest

LADDER = """
base = "quick-look"
seeds = 1
[screen]
experiments = 3
plates = 1
perturbations = 4
size = 16
[division]
validation = 1
at_hand = 1
[common]
network = { input_size = 16 }
training = { epochs = 1 }
stage_two = { epochs = 0 }
[[step]]
name = "plate"
title = "Normalised by plate"
[[step]]
name = "beside"
title = "Something else"
beside = true
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(LADDER, encoding="utf-8")
    return path


def test_it_makes_its_standard_screen_and_leaves_table_figure_and_page(deepnoise, file, tmp_path):
    out = tmp_path / "out"
    words = ["--out", out, "--ladder", file, "--simulate", "--no-beside"]

    said = deepnoise("ladder", tmp_path / "screen", *words)

    assert said.code == 0, said.err
    assert "Normalised by plate" in said.out
    table = pd.read_parquet(out / "ladder.parquet")
    assert "plate" in set(table["step"])
    assert "beside" not in set(table["step"])  # baselines stand beside, but cost next to nothing
    assert {"report.html", "ladder.png", "ladder.csv"} <= {path.name for path in out.iterdir()}


def test_what_cannot_be_served_is_refused_before_any_work(deepnoise, file, tmp_path):
    screen = tmp_path / "screen"
    deepnoise("simulate", screen, *["--experiments", "2", "--unlabelled", "1", "--plates", "1"],
              *["--perturbations", "3", "--size", "16", "--sites", "1"])  # fmt: skip
    out = tmp_path / "out"
    wishes = {
        "no ladder 'desktop'": ["--ladder", "desktop"],
        "has 2 labelled experiments, the ladder needs 3": ["--ladder", file],
        "no labelled experiment 'HUVEC-03' to name": ["--ladder", file, "--test", "HUVEC-03"],
    }
    for reason, words in wishes.items():
        said = deepnoise("ladder", screen, "--out", out, *words)
        assert said.code == 2
        assert reason in said.err
    assert not out.exists()
    said = deepnoise("ladder", tmp_path / "nowhere", "--out", out, "--ladder", file)
    assert said.code == 2
