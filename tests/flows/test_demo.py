"""The main job, from nothing to named perturbations, as `make demo` does it."""

from __future__ import annotations

import json
import subprocess

import pandas as pd
import pytest

from deepnoise_app.cli import run
from deepnoise_app.runs.card import load_card


@pytest.fixture(scope="module", autouse=True)
def no_display():
    """With a display the demonstration ends in a window, which waits for somebody to close it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def demo(tmp_path_factory, no_display):
    """Return the folder of a demonstration."""
    out = tmp_path_factory.mktemp("flow") / "demo"
    assert run(["demo", "--out", str(out)]) == 0
    return out


def test_the_shipped_model_names_an_experiment_that_it_has_not_seen(demo) -> None:
    summary = json.loads((demo / "summary.json").read_text())
    assert summary["accuracy"]["plate_prior"]["value"] >= 0.95
    assert summary["accuracy"]["free"]["value"] >= 0.7
    assert summary["treated_wells_of_known_perturbation"] == 32
    assert summary["unlike_training"] == []
    assert summary["problems"] == []
    (experiment,) = summary["experiments"]
    provenance = load_card("demo").provenance
    assert experiment not in {*provenance.experiments, *provenance.held_out}


def test_the_demonstration_leaves_tables_report_and_pictures(demo) -> None:
    table = pd.read_parquet(demo / "predictions.parquet")
    assert len(table) == len(pd.read_csv(demo / "predictions.csv")) == 38
    page = (demo / "report.html").read_text()
    assert "for demonstration" in page
    assert "Plate prior" in page
    assert page.count('src="data:image/png;base64,') == 6
    assert len(list((demo / "pictures").glob("*.png"))) == 6


def test_the_demonstration_can_be_repeated_and_gives_the_same(demo) -> None:
    before = pd.read_parquet(demo / "predictions.parquet")
    assert run(["demo", "--out", str(demo)]) == 0
    assert pd.read_parquet(demo / "predictions.parquet").equals(before)


def test_the_shipped_model_is_small_and_says_what_it_is() -> None:
    card = load_card("demo")
    assert "for demonstration" in card.warning
    assert "says nothing about biology" in card.warning
    from deepnoise_app.assets import shipped_models

    weights = shipped_models()["demo"] / "model.safetensors"
    assert weights.stat().st_size <= 5_000_000


def test_with_a_display_it_ends_in_a_window_in_a_process_of_its_own(tmp_path, monkeypatch) -> None:
    from deepnoise_app.gui import display

    said = []
    monkeypatch.setattr(display, "why_no_window", lambda: None)
    monkeypatch.setattr(subprocess, "call", lambda words: said.append(words) or 0)
    out = tmp_path / "demo"
    assert run(["demo", "--out", str(out)]) == 0
    (words,) = said
    assert words[1:] == [
        "-m", "deepnoise_app", "open", str(out / "screen"), "--run", str(out / "run")
    ]  # fmt: skip
