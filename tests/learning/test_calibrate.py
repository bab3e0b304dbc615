"""The held-out plates give the card its temperature and its library limit."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.analysis.calibration import fit_temperature
from deepnoise_app.learning.calibrate import calibrated
from deepnoise_app.learning.predictions import Naming, name_experiment
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.screen import Content, PlateMap, Role, WellId

CLASSES = ["a", "ctrl", "b", "c"]
TREATED = [0, 2, 3]
CARD = ModelCard(
    name="m",
    classes=CLASSES,
    control_classes=["ctrl"],
    channels=["Nuclei"],
    input_size=64,
    backbone="resnet10t",
    embedding=8,
)


def plate(experiment: str, strangers: int, seed: int) -> tuple[PlateScores, PlateMap]:
    """Thirty treated wells, some of a perturbation that is no class, one control, one dark well."""
    rng = np.random.default_rng(seed)
    wells = tuple(WellId(row, column) for row in range(4) for column in range(8))
    logits = rng.normal(0, 4, (32, 4)).astype(np.float32)
    contents = {}
    for at, well in enumerate(wells[:30]):
        name = "abc"[int(rng.integers(3))]
        if at < strangers:
            name = "new"
            logits[at] -= 12
        else:
            logits[at, CLASSES.index(name)] += 4
        contents[well] = Content(name, Role.TREATMENT)
    contents[wells[30]] = Content("a", Role.POSITIVE)
    contents[wells[31]] = Content("a", Role.TREATMENT)
    logits[31] = np.nan
    scores = PlateScores(
        experiment, "P", wells, logits, logits, np.ones(32, int), ((),) * 32
    )  # fmt: skip
    return scores, PlateMap(contents)


def known_wells(plates) -> tuple[np.ndarray, np.ndarray]:
    logits, labels = [], []
    for scores, truth in plates:
        for well, row in zip(scores.wells[:30], scores.logits[:30], strict=True):
            if truth[well].perturbation != "new":
                logits.append(row[TREATED])
                labels.append("abc".index(truth[well].perturbation))
    return np.array(logits), np.array(labels)


def test_the_temperature_is_fitted_on_treated_wells_of_known_classes() -> None:
    plates = [plate("X-1", 3, 0), plate("X-2", 3, 1)]
    card = calibrated(CARD, [p[0] for p in plates], [p[1] for p in plates])
    assert card.calibration is not None
    assert (card.calibration.wells, card.calibration.experiments) == (54, 2)
    assert card.calibration.crossed
    assert card.calibration.temperature == pytest.approx(fit_temperature(*known_wells(plates)))


def test_held_out_classes_draw_the_library_limit() -> None:
    plates = [plate("X-1", 6, 0), plate("X-2", 6, 1)]
    card = calibrated(CARD, [p[0] for p in plates], [p[1] for p in plates])
    limit = card.library_limit
    assert limit is not None
    assert limit.source == "held-out classes"
    assert limit.strangers_flagged is not None
    assert limit.strangers_flagged > 0.9 > 0.1 > limit.members_flagged
    highest = known_wells(plates)[0].max(axis=1) / CARD.scale
    assert (highest < limit.cosine).mean() == pytest.approx(limit.members_flagged)
    scores, truth = plates[0]
    naming = Naming.by_card(card, None, "all", 0)
    table = name_experiment([scores], [truth], [truth], naming)[0][0].table
    strange = table["Flags"].str.contains("not-in-library")
    assert strange[:6].all()
    assert not strange[30:].any()  # neither a control nor a dark well


def test_too_few_wells_leave_the_card_without_both() -> None:
    scores, truth = plate("X-1", 0, 0)
    some = PlateMap({well: truth[well] for well in scores.wells[:7]})
    card = calibrated(CARD, [scores], [some])
    assert card.calibration is None
    assert card.library_limit is None
