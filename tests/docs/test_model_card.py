"""The page about the shipped model says what its card says."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepnoise_app.runs.card import ModelCard, load_card

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return load_card("demo")


@pytest.mark.parametrize(
    ("name", "title"),
    [("free", "free"), ("one_per_well", "one per well"), ("plate_prior", "plate prior")],
)
def test_the_accuracies_are_those_of_the_card(card: ModelCard, name: str, title: str) -> None:
    one = card.accuracy[name]
    assert f"| {title} | {one.value:.3f} | {one.low:.3f} to {one.high:.3f} |" in PAGE


def test_network_data_and_warning_are_those_of_the_card(card: ModelCard) -> None:
    treatments = len(card.classes) - len(card.control_classes)
    assert card.calibration is not None
    for words in (
        f"{card.backbone}, {card.embedding} features, images of {card.input_size} ×",
        card.warning,
        f"{treatments} perturbations and {len(card.control_classes)} controls",
        ", ".join(card.control_classes),
        ", ".join(card.provenance.held_out),
        f"{card.calibration.wells} treated wells",
        f"an expected error of {card.calibration.error_after:.3f}",
        f"{card.smallest_plate} wells a plate",
        f"{len(card.provenance.experiments)} experiments to learn from,"
        f" {len(card.provenance.held_out)} held out",
    ):
        assert words in PAGE, words
