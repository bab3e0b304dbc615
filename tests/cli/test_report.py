"""`deepnoise report` of a scoring measures the wells that the model was shown."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.readers import open_screen
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import COLUMNS


@pytest.fixture
def scored(screen, tmp_path, monkeypatch) -> RunFolder:
    """A scoring as it lies in its folder; the embeddings tell nothing."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    run = RunFolder.create(tmp_path / "run", Recipe(task="score", screen=[str(screen)]))
    plates = open_screen(screen).imaged
    table = pd.DataFrame(
        [(*plate.key, w.name, str(plate.map[w].role), plate.map[w].perturbation)
         for plate in plates for w in plate.wells],
        columns=["Metadata_Experiment", "Metadata_Plate", "Metadata_Well", "Metadata_Role",
                 "Metadata_Perturbation"],
    )  # fmt: skip
    empty = {name: "" for name in COLUMNS if name not in table}
    numbers = {"Confidence": 0.5, "Margin": 0.1, "Sites": 2}
    table.assign(**{**empty, **numbers})[list(COLUMNS)].to_parquet(run.predictions_path)
    noise = np.random.default_rng(0).normal(size=(2, len(table)))
    table.assign(Embedding_0=noise[0], Embedding_1=noise[1]).to_parquet(
        run.path / "embeddings.parquet"
    )
    return run


def kinds(page) -> list[str]:
    rows = re.findall(r"<tr><td>([a-z ]+)</td><td>none</td>", page.read_text(encoding="utf-8"))
    return list(dict.fromkeys(rows))


def test_trivial_profiles_are_measured_and_the_count_is_there_once_cells_were_counted(
    deepnoise, scored, screen, tmp_path
) -> None:
    page = tmp_path / "page.html"
    assert deepnoise("report", scored.path, "--out", page).code == 0
    assert kinds(page) == ["embeddings", "mean intensities", "all measures"]
    assert "measure the screen once" in page.read_text(encoding="utf-8")
    assert deepnoise("measure", screen, "--out", tmp_path / "m").code == 0
    assert deepnoise("report", scored.path, "--out", page).code == 0
    assert kinds(page)[-1] == "cell count"
    assert "measure the screen once" not in page.read_text(encoding="utf-8")


def test_a_scoring_whose_screen_is_gone_is_reported_and_says_so(
    deepnoise, scored, tmp_path
) -> None:
    recipe = scored.recipe.model_copy(update={"screen": [str(tmp_path / "gone")]})
    scored.recipe_path.write_text(recipe.model_dump_json(), encoding="utf-8")
    page = tmp_path / "page.html"
    assert deepnoise("report", scored.path, "--out", page).code == 0
    assert kinds(page) == ["embeddings"]
    found = page.read_text(encoding="utf-8")
    assert "no trivial profiles to compare with" in found
    assert str(tmp_path) not in found
