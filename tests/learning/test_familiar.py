"""A plate unlike those of the training is said to be so, and in what."""

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.learning.familiar import (
    channel_ranges,
    plate_distance,
    training_distribution,
    unlike_reasons,
)
from deepnoise_app.learning.survey import PlateSurvey
from deepnoise_app.runs.card import ModelCard

RNG = np.random.default_rng(0)
SITES = 20


def survey(mean=0.2, std=0.1, size=(64, 64)) -> PlateSurvey:
    shape = (SITES, 2)
    return PlateSurvey(
        tuple(range(SITES)),  # type: ignore[arg-type]
        np.full(shape, mean) * RNG.uniform(0.95, 1.05, shape),
        np.full(shape, std) * RNG.uniform(0.95, 1.05, shape),
        np.tile(size, (SITES, 1)),
        np.zeros(SITES, dtype=np.bool_),
        ((),) * SITES,
    )


PLATES = [RNG.normal(0, 1, (SITES, 8)).astype(np.float32) for _ in range(6)]


@pytest.fixture
def card() -> ModelCard:
    return ModelCard(
        name="m",
        classes=["a"],
        channels=["Nuclei", "Actin"],
        input_size=64,
        backbone="resnet10t",
        embedding=8,
        image_size=(64, 64),
        smallest_plate=SITES,
        training_embedding=training_distribution(np.concatenate(PLATES[:4]), PLATES),
        channel_ranges=channel_ranges([survey(), survey(0.25)]),
    )


def test_a_plate_like_the_training_plates_has_no_reason(card) -> None:
    assert unlike_reasons(card, survey(), PLATES[5]) == []


def test_features_far_from_the_training_are_told_with_their_distance(card) -> None:
    (reason,) = unlike_reasons(card, survey(), PLATES[0] + 5)
    assert reason.startswith("its features lie at 5.")
    assert "training plates within" in reason


def test_a_brighter_and_a_flatter_channel_are_named(card) -> None:
    other = survey()
    bright = replace(other, means=other.means * np.array([10, 1]))
    assert unlike_reasons(card, bright, PLATES[0]) == [
        "Nuclei is brighter than on any training plate"
    ]
    flat = replace(other, stds=other.stds * np.array([1, 0.1]))
    assert unlike_reasons(card, flat, PLATES[0]) == [
        "Actin is poorer in contrast than on any training plate"
    ]


def test_a_channel_missing_on_the_whole_plate_is_named(card) -> None:
    dark = survey()
    dark.means[:, 1] = dark.stds[:, 1] = np.nan
    assert unlike_reasons(card, dark, PLATES[0]) == ["Actin is missing on the whole plate"]


def test_another_image_size_and_too_few_wells_are_told(card) -> None:
    reasons = unlike_reasons(card, survey(size=(512, 512)), PLATES[0][:1])
    assert reasons[0].startswith("1 imaged well cannot tell a plate's own mean and deviation")
    assert "its images are 512 × 512 pixels, those learned from 64 × 64" in reasons


def test_distance_is_the_median_over_wells_of_the_scaled_root_mean_square() -> None:
    known = training_distribution(np.concatenate(PLATES), PLATES)
    centre, spread = np.array(known.centre), np.array(known.spread)
    wells = centre + spread * np.array([[1.0], [2.0], [7.0]])
    assert plate_distance(wells.astype(np.float32), known) == pytest.approx(2, rel=1e-5)
    assert known.limit == pytest.approx(1.25 * max(plate_distance(p, known) for p in PLATES))


def test_unreadable_wells_do_not_hide_the_distance(card) -> None:
    some = PLATES[0].copy()
    some[:3] = np.nan
    assert unlike_reasons(card, survey(), some) == []
    assert len(unlike_reasons(card, survey(), some + 5)) == 1
