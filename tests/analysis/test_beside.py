"""Trivial baselines on the wells that a model was judged on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.beside import (
    NOT_MEASURED,
    ONE_EXPERIMENT,
    POSITION,
    Baselines,
    baselines_of,
)
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.trivial import COUNT, INTENSITIES, MEASURES
from deepnoise_app.screen import (
    COLUMNS,
    Content,
    Library,
    Plate,
    PlateMap,
    PlateShape,
    Role,
    Screen,
    WellId,
)

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


def measured(one: Plate, telling: bool, noise: float = 0.01) -> Measures:
    """Give brightness that tells what a well holds, or none that does; counts are noise."""
    rng = np.random.default_rng(hash(one.key) % 1000)
    names = [NAMES.index(one.map[well].perturbation) for well in one.wells]
    table = {
        "Metadata_Experiment": one.experiment,
        "Metadata_Plate": one.name,
        "Metadata_Well": [well.name for well in one.wells],
        "Intensity_Mean_a": [at // 4 * telling + rng.normal(0, noise) for at in names],
        "Intensity_Mean_b": [at % 4 * telling + rng.normal(0, noise) for at in names],
        "Cells_Count_a": rng.normal(size=8),
    }
    return Measures(pd.DataFrame(table))


def telling(plates: list[Plate]) -> list[Measures]:
    return [measured(one, True) for one in plates]


def beside(table: pd.DataFrame, plates: list[Plate], measures, library=None) -> Baselines:
    screen = Screen("/screen", "rxrx", (), tuple(plates), library=library)
    return baselines_of(table, {}, [screen], measures)


def test_what_brightness_tells_is_found_and_noise_names_by_chance(plates) -> None:
    found = beside(predicted(plates), plates, telling(plates))
    rows = {row.name: row.verdict for row in found.rows}
    assert rows[INTENSITIES].accuracies["free"].value > 0.95
    assert rows[INTENSITIES].wells == 48
    assert rows[COUNT].accuracies["free"].value < 0.4
    assert rows[MEASURES].accuracies
    assert found.measured
    assert found.warning == ""


def test_wells_are_learned_from_plates_that_were_not_scored_too(plates) -> None:
    scored = predicted(plates[:2])  # one experiment: its own wells teach nothing
    rows = {row.name: row.verdict for row in beside(scored, plates, telling(plates)).rows}
    assert rows[INTENSITIES].wells == 16
    assert rows[INTENSITIES].accuracies["free"].value > 0.95


@pytest.mark.parametrize("library", [None, Library({"lib": dict.fromkeys(NAMES[:4], 2)})])
def test_all_accuracies_of_the_model_are_told_and_no_other(plates, library) -> None:
    halves = [plate(one.experiment, one.name, [*range(4), *range(4)]) for one in plates]
    scored = predicted(halves)
    alone = beside(scored, halves, telling(halves), library).rows
    assert all(set(row.verdict.accuracies) == {"free"} for row in alone)
    scored = scored.assign(Prediction_OnePerWell="si0", Prediction_PlatePrior="si0")
    rows = {row.name: row.verdict.accuracies for row in
            beside(scored, halves, telling(halves), library).rows}  # fmt: skip
    assert all(set(row) == {"free", "one_per_well", "plate_prior"} for row in rows.values())
    assert rows[INTENSITIES]["plate_prior"].value > 0.95
    assert rows[POSITION]["one_per_well"].value == 1  # they lie in the same places everywhere


def test_names_compete_over_all_treated_wells_of_a_plate(plates) -> None:
    """Counts that tell little still tell the last well, once the others are given away."""
    scored = predicted(plates).assign(Prediction_OnePerWell="si0")
    doubtful = [measured(one, True, noise=0.25) for one in plates]
    rows = {row.name: row.verdict.accuracies for row in beside(scored, plates, doubtful).rows}
    assert rows[INTENSITIES]["one_per_well"].value >= rows[INTENSITIES]["free"].value


def test_what_is_lacking_is_said(plates) -> None:
    without = beside(predicted(plates), plates, [])
    assert [row.lacking for row in without.rows] == ["", *[NOT_MEASURED] * 3]
    assert not without.measured
    alone = beside(predicted(plates[:2]), plates[:2], [])
    assert {row.lacking for row in alone.rows} == {ONE_EXPERIMENT}


def test_a_design_that_gives_perturbations_away_is_said_aloud() -> None:
    same = [plate(e, "P1", list(range(8))) for e in ("E1", "E2", "E3")]
    found = beside(predicted(same), same, [])
    assert found.warning.startswith("The position of a well alone names its perturbation in 100%")
    assert found.rows[0].name == POSITION
