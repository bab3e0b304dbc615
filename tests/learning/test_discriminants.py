"""The discriminants of a model: fitted to training plates, kept beside its weights, applied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from deepnoise_app.analysis.discriminants import Discriminants
from deepnoise_app.assets import shipped_models
from deepnoise_app.errors import ModelError
from deepnoise_app.learning.discriminants import (
    FEWEST_WELLS,
    PREFIX,
    fit_to,
    load_discriminants,
    may_name,
    named_by,
)
from deepnoise_app.learning.package import load_package, save_package
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.card import WEIGHTS, ModelCard, sha256
from deepnoise_app.screen import Content, PlateMap, Role, WellId

NAMES = ("a", "b", "c")
WELLS = tuple(WellId(row, column) for row in range(4) for column in range(6))


@pytest.fixture
def card() -> ModelCard:
    return ModelCard(
        name="m", classes=[*NAMES, "control"], control_classes=["control"], channels=["x"],
        input_size=16, backbone="test_resnet", embedding=5,
    )  # fmt: skip


def content(at: int) -> Content:
    if at % 4 == 3:
        return Content("control", Role.NEGATIVE)
    return Content(NAMES[at % 4], Role.TREATMENT)


def plate(seed: int, wells=WELLS, offset: float = 0.0) -> PlateScores:
    """A plate whose wells hold a, b, c, control in turn, with features that tell them apart."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(1).normal(size=(4, 5)) * 3
    kinds = np.arange(len(wells)) % 4
    features = centres[kinds] + random.normal(size=(len(wells), 5)) + offset
    logits = np.zeros((len(wells), 4), dtype=np.float32)
    sites = np.ones(len(wells), dtype=np.intp)
    empty: tuple[tuple[str, ...], ...] = ((),) * len(wells)
    return PlateScores("E", f"P{seed}", wells, logits, features.astype(np.float32), sites, empty)


def plate_map(wells=WELLS) -> PlateMap:
    return PlateMap({well: content(at) for at, well in enumerate(wells)})


def test_treated_wells_of_plates_moved_by_noise_are_named(card) -> None:
    found = fit_to(card, [plate(s, offset=s) for s in range(4)], [plate_map()] * 4)
    assert found is not None
    named = named_by(found, plate(9, offset=-20)).discriminants
    assert named is not None
    assert named.shape == (len(WELLS), 3)
    kinds = np.arange(len(WELLS)) % 4
    treated = kinds < 3
    assert (named.argmax(axis=1)[treated] == kinds[treated]).mean() > 0.9


def test_controls_and_unknown_perturbations_are_not_learned(card) -> None:
    strange = PlateMap({well: Content("z", Role.TREATMENT) for well in WELLS})
    assert fit_to(card, [plate(0)], [strange]) is None
    control = PlateMap({well: Content("a", Role.POSITIVE) for well in WELLS})
    assert fit_to(card, [plate(0)], [control]) is None


def test_a_plate_of_few_readable_wells_has_no_say(card) -> None:
    few = WELLS[: FEWEST_WELLS - 1]
    assert not may_name(plate(0, few))
    assert fit_to(card, [plate(0, few)] * 3, [plate_map(few)] * 3) is None
    blind = plate(0, WELLS[:FEWEST_WELLS])
    blind.embeddings[0] = np.nan
    assert not may_name(blind)


def made(card: ModelCard) -> Discriminants:
    shape = len(card.treatments), card.embedding
    return Discriminants(np.arange(float(np.prod(shape))).reshape(shape) / 100, np.arange(shape[0]))


def test_what_is_saved_is_what_is_loaded_and_the_network_is_as_before(tmp_path) -> None:
    card, network = load_package("demo")
    saved = save_package(card, network.state_dict(), tmp_path, made(card))
    assert saved.discriminants
    found = load_discriminants(tmp_path, saved)
    assert found is not None
    np.testing.assert_allclose(found.weight, made(card).weight)
    np.testing.assert_allclose(found.bias, made(card).bias)
    again, other = load_package(tmp_path)
    assert again == saved
    for name, value in network.state_dict().items():
        assert np.array_equal(other.state_dict()[name].numpy(), value.numpy())


def test_a_model_saved_without_them_has_none(tmp_path) -> None:
    card, network = load_package("demo")
    saved = save_package(card, network.state_dict(), tmp_path)
    assert not saved.discriminants
    assert load_discriminants(tmp_path, saved) is None


@pytest.mark.parametrize("change", ["gone", "other"])
def test_discriminants_that_do_not_fit_their_card_are_refused(tmp_path, change: str) -> None:
    card, network = load_package("demo")
    saved = save_package(card, network.state_dict(), tmp_path, made(card))
    tensors = load_file(tmp_path / WEIGHTS)
    if change == "gone":
        tensors = {name: t for name, t in tensors.items() if not name.startswith(PREFIX)}
    else:
        tensors[PREFIX + "weight"] = tensors[PREFIX + "weight"][:, :7].contiguous()
    save_file(tensors, tmp_path / WEIGHTS)
    saved = saved.model_copy(update={"sha256": sha256(tmp_path / WEIGHTS)})
    with pytest.raises(ModelError, match="discriminants"):
        load_discriminants(tmp_path, saved)


def test_the_shipped_model_has_discriminants() -> None:
    card, _ = load_package("demo")
    found = load_discriminants(shipped_models()["demo"], card)
    assert found is not None
    assert card.discriminant_calibration is not None


def test_scores_that_were_kept_bring_their_discriminants_back(tmp_path) -> None:
    from deepnoise_app.learning.member import ScoredPlate
    from deepnoise_app.learning.scored import load_scores, save_scores

    shares = np.random.default_rng(0).normal(size=(len(WELLS), 3)).astype(np.float32)
    for one in (plate(0), replace(plate(0), discriminants=shares)):
        save_scores(tmp_path / "p.safetensors", ScoredPlate(one))
        kept = load_scores(tmp_path / "p.safetensors")
        assert kept is not None
        if one.discriminants is None:
            assert kept.scores.discriminants is None
        else:
            np.testing.assert_array_equal(kept.scores.discriminants, shares)
