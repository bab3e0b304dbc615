"""Trivial baselines on the wells that a model was judged on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.beside import (
    NOT_MEASURED,
    ONE_EXPERIMENT,
    POSITION,
    baselines_of,
)
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.trivial import COUNT, INTENSITIES, MEASURES
from deepnoise_app.screen import COLUMNS, Content, Plate, PlateMap, PlateShape, Role, WellId

NAMES = [f"si{at}" for at in range(8)]
WELLS = tuple(WellId(row, column) for row in range(2) for column in range(4))


class NoPixels:
    """Planes that are never read."""

    present = np.ones((8, 1, 1), dtype=bool)


def plate(experiment: str, name: str, order: list[int]) -> Plate:
    held = {w: Content(NAMES[at], Role.TREATMENT) for w, at in zip(WELLS, order, strict=True)}
    return Plate(experiment, name, PlateShape(2, 4), (), (1,), WELLS, NoPixels(), PlateMap(held))


@pytest.fixture
def plates() -> list[Plate]:
    rng = np.random.default_rng(2)
    return [plate(e, p, rng.permutation(8).tolist()) for e in ("E1", "E2", "E3")
            for p in ("P1", "P2")]  # fmt: skip


def predicted(plates: list[Plate]) -> pd.DataFrame:
    rows = [
        dict.fromkeys(COLUMNS, "")
        | {
            "Metadata_Experiment": one.experiment,
            "Metadata_Plate": one.name,
            "Metadata_Well": well.name,
            "Metadata_Role": "treatment",
            "Metadata_Perturbation": one.map[well].perturbation,
            "Prediction_Free": "si0",
            "Confidence": 0.5,
        }
        for one in plates
        for well in one.wells
    ]
    return pd.DataFrame(rows)


def measured(one: Plate, telling: bool) -> Measures:
    """Give brightness that tells what a well holds, or none that does; counts are noise."""
    rng = np.random.default_rng(hash(one.key) % 1000)
    names = [NAMES.index(one.map[well].perturbation) for well in one.wells]
    table = {
        "Metadata_Experiment": one.experiment,
        "Metadata_Plate": one.name,
        "Metadata_Well": [well.name for well in one.wells],
        "Intensity_Mean_a": [at // 4 * telling + rng.normal(0, 0.01) for at in names],
        "Intensity_Mean_b": [at % 4 * telling + rng.normal(0, 0.01) for at in names],
        "Cells_Count_a": rng.normal(size=8),
    }
    return Measures(pd.DataFrame(table))


def test_what_brightness_tells_is_found_and_noise_names_by_chance(plates) -> None:
    found = baselines_of(
        predicted(plates), {}, plates, [measured(one, True) for one in plates], None
    )
    rows = {row.name: row for row in found.rows}
    assert rows[INTENSITIES].accuracy.value > 0.95
    assert rows[INTENSITIES].wells == 48
    assert rows[COUNT].accuracy.value < 0.4
    assert rows[MEASURES].accuracy is not None
    assert found.measured
    assert found.warning == ""


def test_wells_are_learned_from_plates_that_were_not_scored_too(plates) -> None:
    scored = predicted(plates[:2])  # one experiment: its own wells teach nothing
    found = baselines_of(scored, {}, plates, [measured(one, True) for one in plates], None)
    rows = {row.name: row for row in found.rows}
    assert rows[INTENSITIES].wells == 16
    assert rows[INTENSITIES].accuracy.value > 0.95


def test_what_is_lacking_is_said(plates) -> None:
    without = baselines_of(predicted(plates), {}, plates, [], None)
    assert {row.lacking for row in without.rows} == {ONE_EXPERIMENT, NOT_MEASURED}
    assert not without.measured
    alone = baselines_of(predicted(plates[:2]), {}, plates[:2], [], None)
    assert {row.lacking for row in alone.rows} == {ONE_EXPERIMENT}


def test_a_design_that_gives_perturbations_away_is_said_aloud() -> None:
    same = [plate(e, "P1", list(range(8))) for e in ("E1", "E2", "E3")]
    found = baselines_of(predicted(same), {}, same, [], None)
    assert found.warning.startswith("The position of a well alone names its perturbation in 100%")
    assert found.rows[0].name == POSITION
