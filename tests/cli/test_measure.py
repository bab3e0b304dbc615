"""`deepnoise measure`: the tables, the heat maps, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))


def test_measure_leaves_tables_that_name_their_correction_and_heat_maps(
    deepnoise, screen, tmp_path
) -> None:
    out = tmp_path / "m"
    said = deepnoise("measure", screen, "--out", out, "--correction", "plate-median")
    assert said.code == 0
    assert "wells on 3 plates measured" in said.out
    wells = pd.read_parquet(out / "measures.parquet")
    assert set(wells["Correction"]) == {"plate-median"}
    assert len(pd.read_csv(out / "measures.csv")) == len(wells)
    assert len(pd.read_parquet(out / "sites.parquet")) == 2 * len(wells)
    assert set(pd.read_parquet(out / "sites.parquet")["Correction"]) == {"none"}
    names = {path.name for path in (out / "heatmaps").iterdir()}
    assert {"Intensity_Mean_Actin.png", "Cells_Count_Nuclei.png", "Quality_Focus_ER.png"} <= names
    page = tmp_path / "page.html"
    assert deepnoise("report", out, "--out", page).out.strip() == str(page)
    assert "Where the variance comes from" in page.read_text(encoding="utf-8")
    assert "is a folder" in deepnoise("report", out, "--out", tmp_path).err
    effects = pd.read_csv(out / "effects.csv")
    assert {"kind", "size", "p", "note"} <= set(effects.columns)
    assert set(effects["correction"]) == {"none"}  # effects are those of the measures as taken
    assert effects["note"].str.contains("sample wells have a value").all()  # four wells a plate
    assert "share" in pd.read_csv(out / "variance.csv").columns
    assert list(pd.read_csv(out / "flags.csv").columns) == [
        "experiment", "plate", "well", "reason", "channel", "value", "usual",
    ]  # fmt: skip


def test_a_correction_without_controls_is_refused_and_the_measures_are_kept(
    deepnoise, screen, tmp_path
) -> None:
    out = tmp_path / "m"
    said = deepnoise("measure", screen, "--out", out, "--correction", "control-anchored")
    assert said.code == 2
    assert "at least 2 are needed to anchor it" in said.err
    assert len(list((out / "measures").iterdir())) == 3


def test_a_plate_map_of_other_plates_is_refused_before_any_work(
    deepnoise, screen, tmp_path
) -> None:
    table = tmp_path / "map.csv"
    table.write_text("experiment,plate,well,perturbation,role\nU2OS-09,1,B02,x,treatment\n")
    said = deepnoise("measure", screen, "--out", tmp_path / "m", "--plate-map", table)
    assert said.code == 2
    assert "lists none of the plates" in said.err
    assert not (tmp_path / "m").exists()
