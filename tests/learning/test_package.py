"""Model packages load elsewhere as they were saved, and nothing else loads."""

import json
import pickle

import pytest
import torch

from deepnoise_app.errors import ModelError
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.package import load_package, network_of, save_package
from deepnoise_app.runs.card import ModelCard


@pytest.fixture
def card(recipe) -> ModelCard:
    return ModelCard(
        name="tiny",
        classes=["a", "b", "c"],
        channels=["Nuclei", "Actin"],
        input_size=recipe.network.input_size,
        backbone=recipe.network.backbone,
        backbone_options=recipe.network.options,
        embedding=recipe.network.embedding,
    )


@pytest.fixture
def saved(card, tmp_path):
    torch.manual_seed(0)
    network = DeepNoiseNet(network_of(card), 2, 3, 30, 0.1).eval()
    save_package(card, network.state_dict(), tmp_path / "model")
    return network


def test_a_saved_network_says_the_same_after_loading(saved, tmp_path) -> None:
    card, loaded = load_package(tmp_path / "model")
    images = torch.randn(2, 2, 16, 16)
    with torch.inference_mode():
        assert torch.equal(loaded(images), saved(images))
    assert card.classes == ["a", "b", "c"]
    assert len(card.sha256) == 64
    assert not loaded.training


def test_changed_weights_are_refused(saved, tmp_path) -> None:
    path = tmp_path / "model" / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="not the file that its card speaks of: expected SHA-256"):
        load_package(tmp_path / "model")


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(pickle.dumps({"weights": [1.0]})),
        lambda path: torch.save({"weights": torch.zeros(2)}, path),
    ],
)
def test_a_pickle_in_place_of_weights_is_refused_unopened(saved, tmp_path, write) -> None:
    write(tmp_path / "model" / "model.safetensors")
    with pytest.raises(ModelError, match="is a pickle, not a safetensors file"):
        load_package(tmp_path / "model")


def test_weights_of_another_network_are_refused(saved, card, tmp_path) -> None:
    other = card.model_copy(update={"embedding": 4})
    save_package(other, saved.state_dict(), tmp_path / "model")
    with pytest.raises(ModelError, match="do not fit their card"):
        load_package(tmp_path / "model")


def test_a_card_of_a_newer_app_is_refused(saved, tmp_path) -> None:
    path = tmp_path / "model" / "model.json"
    known = json.loads(path.read_text()) | {"format_version": 99}
    path.write_text(json.dumps(known))
    with pytest.raises(ModelError, match=r"format 99.*update the app"):
        load_package(tmp_path / "model")
