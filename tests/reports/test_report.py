"""Reports hold everything in one file, and no text from files can act in it."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.errors import RunError, ScreenError
from deepnoise_app.reports.html import page, paragraph, table
from deepnoise_app.reports.measured import measured_sections
from deepnoise_app.reports.report import Trivial, write_report
from deepnoise_app.runs.events import EpochEnded, Finished
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import COLUMNS
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

EVIL = "<script>alert('x')</script>\" onload=\"x"
CHANNEL = EVIL.replace(" ", "")


def whole(path) -> str:
    """Text of a page; makes sure that it needs no other file and runs nothing."""
    found = path.read_text(encoding="utf-8")
    assert "<script" not in found
    assert not re.search(r"<[^>]*\son\w+=", found)
    sources = re.findall(r'(?:src|href)="([^"]*)"', found)
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    return found


def wells(names: list[str]) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    count = 96
    parts = [
        pd.DataFrame(
            {
                "Metadata_Experiment": EVIL,
                "Metadata_Plate": plate,
                "Metadata_Well": [f"{chr(65 + i // 12)}{i % 12 + 1:02d}" for i in range(count)],
                "Metadata_Role": ["negative_control"] * 4 + ["positive_control"] * 4
                + ["treatment"] * (count - 8),
                "Metadata_Perturbation": [EVIL] * 4 + ["kill"] * 4
                + [f"s{i}" for i in range(count - 8)],
                "Sites": 2,
                f"Intensity_Mean_{CHANNEL}": rng.normal(size=count) + np.arange(count) % 12,
                f"Quality_Saturated_{CHANNEL}": [0.5] + [0.0] * (count - 1),
            }
        )
        for plate in names
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_texts_are_escaped_wherever_they_stand() -> None:
    made = page(EVIL, [paragraph(EVIL, EVIL), table([EVIL], [[EVIL]])])
    assert "<script" not in made
    assert made.count("&lt;script&gt;") == 6


def test_a_page_lets_the_browser_run_and_fetch_nothing() -> None:
    made = page("Title", [])
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', made)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("default-src") == "'none'"
    assert rules == {"img-src": "data:", "style-src": "'unsafe-inline'"}
    assert made.index("Content-Security-Policy") < made.index("<style>")


def test_numbers_have_three_digits_and_what_is_not_known_a_dash() -> None:
    assert "<td>0.123</td><td>–</td><td>7</td>" in table(["a"], [[0.12345, float("nan"), 7]])


def test_a_measured_run_tells_effects_controls_flags_and_methods(tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe(task="measure", screen=["x"]))
    (run.path / "measures").mkdir()
    for name in ("P1", "P2"):
        wells([name]).to_parquet(run.path / "measures" / f"{name}.parquet")
    write_report(run.path, tmp_path / "page.html")
    found = whole(tmp_path / "page.html")
    for words in ("192 wells on 2 plates", "column", "Where the variance comes from", "SSMD",
                  "saturated", "Brideau 2003", "&lt;script&gt;", "deepnoise-app "):  # fmt: skip
        assert words in found, words
    assert str(tmp_path) not in found


def test_measures_that_tell_nothing_are_reported_all_the_same() -> None:
    table = wells(["P1"])
    table[f"Intensity_Mean_{CHANNEL}"] = np.nan
    table["Metadata_Role"] = "treatment"
    found = "".join(measured_sections(Measures(table)))
    assert "Too few sample wells have a value to tell." in found
    assert "no well is a control" in found


def test_a_scored_run_tells_accuracies_and_flagged_wells(tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe(task="score", screen=["x"]))
    table = wells(["P1"]).assign(
        Prediction_Free=EVIL, Prediction_OnePerWell="", Prediction_PlatePrior="", Confidence=0.5,
        Margin=0.1, Top2="", Top3="", Top4="", Top5="", Flags=["unreadable"] + [""] * 95,
        Model=EVIL, Correction="plate",
    )  # fmt: skip
    table[list(COLUMNS)].to_parquet(run.predictions_path)
    summary = {
        "wells": 96, "sites": 192, "model": EVIL, "candidates": "library", "model_warning": EVIL,
        "accuracy": {"free": {"value": 0.75, "low": 0.7, "high": 0.8}},
        "treated_wells_of_known_perturbation": 88,
        "problems": [{"kind": "unreadable", "message": EVIL}],
    }  # fmt: skip
    (run.path / "summary.json").write_text(json.dumps(summary))
    write_report(run.path, tmp_path / "page.html")
    found = whole(tmp_path / "page.html")
    for words in ("<td>0.75</td><td>0.700 to 0.800</td>", "Flagged wells", "unreadable: 1"):
        assert words in found, words


def test_embeddings_are_compared_with_trivial_profiles_in_one_table(tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe(task="score", screen=["x"]))
    table = pd.concat([wells(["P1"]), wells(["P2"])], ignore_index=True).assign(
        Prediction_Free="", Prediction_OnePerWell="", Prediction_PlatePrior="", Confidence=0.5,
        Margin=0.1, Top2="", Top3="", Top4="", Top5="", Flags="", Model=EVIL, Correction="none",
        Embedding_0=np.arange(192) % 12, Embedding_1=np.arange(192) % 7,
        Cells_Count_DNA=np.arange(192) % 96,
    )  # fmt: skip
    table[list(COLUMNS)].to_parquet(run.predictions_path)
    names = [c for c in table.columns if c.startswith(("Metadata", "Embedding"))]
    table[names].to_parquet(run.path / "embeddings.parquet")
    write_report(run.path, tmp_path / "page.html", Trivial(Measures(table), EVIL))
    found = whole(tmp_path / "page.html")
    rows = re.findall(r"<tr><td>([a-z ]+)</td><td>([a-z-]+)</td><td>192</td>", found)
    kinds = ("embeddings", "mean intensities", "all measures", "cell count")
    assert set(rows) >= {(kind, fix) for kind in kinds for fix in ("none", "plate-mean")}
    assert "What each kind of profile knows" in found
    write_report(run.path, tmp_path / "alone.html")
    assert "The wells were not measured" in whole(tmp_path / "alone.html")


def test_a_training_without_a_model_yet_shows_its_curves(tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe(task="train", screen=["x"]))
    for epoch in (1, 2):
        run.tell(EpochEnded(epoch=epoch, epochs=4, step=9, loss=2.0 / epoch, free=0.2 * epoch))
    write_report(run.path, tmp_path / "page.html")
    assert "2 of 4 epochs, loss 1.000 in the last." in whole(tmp_path / "page.html")


def test_a_screen_is_reported_with_its_plates(tmp_path) -> None:
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=3, sites=1, size=16)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, tmp_path / "screen")
    write_report(tmp_path / "screen", tmp_path / "page.html")
    found = whole(tmp_path / "page.html")
    assert "HUVEC-01 Plate1" in found
    assert "data:image/png" in found


def test_what_holds_nothing_to_report_is_said(tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe(task="score", screen=["x"]))
    run.tell(Finished(message="done"))
    with pytest.raises(RunError, match="has nothing to report yet: its task score"):
        write_report(run.path, tmp_path / "page.html")
    with pytest.raises(RunError, match="there is no folder"):
        write_report(tmp_path / "none", tmp_path / "page.html")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ScreenError):
        write_report(tmp_path / "empty", tmp_path / "page.html")
