"""Model packages: what a trained network is saved as and loaded from, never by pickle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from deepnoise_app.analysis.discriminants import Discriminants
from deepnoise_app.errors import ModelError
from deepnoise_app.learning.discriminants import PREFIX, tensors_of
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.runs.card import WEIGHTS, ModelCard, load_card, resolve_model, save_card
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.recipe import Network

HEAD = "head.weight"


def save_package(
    card: ModelCard,
    weights: Mapping[str, Tensor],
    folder: Path,
    discriminants: Discriminants | None = None,
) -> ModelCard:
    """Write weights and card into a folder; returns the card as it was written."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    tensors |= tensors_of(discriminants)
    card = card.model_copy(update={"discriminants": discriminants is not None})
    write_whole(folder / WEIGHTS, save(tensors))
    return save_card(card, folder)


def load_package(name_or_path: str | Path) -> tuple[ModelCard, DeepNoiseNet]:
    """Return the card and the network of a model, in evaluation mode on the CPU.

    Raises
    ------
    ModelError
        If the package is not whole, has a wrong hash, or its weights do not fit its card.
    """
    card = load_card(name_or_path)
    path = resolve_model(name_or_path) / WEIGHTS
    _check_head(path, card)
    network = DeepNoiseNet(
        network_of(card), len(card.channels), len(card.classes), card.scale, margin=0.0
    )
    try:
        tensors = load_file(path)
        network.load_state_dict({k: v for k, v in tensors.items() if not k.startswith(PREFIX)})
    except (SafetensorError, RuntimeError, OSError) as error:
        first = str(error).strip().splitlines()[-1].strip()
        raise ModelError(f"the weights {path} do not fit their card: {first}") from error
    return card, network.eval()


def _check_head(path: Path, card: ModelCard) -> None:
    """Compare what card and weights say of the classes before so large a network is made.

    Raises
    ------
    ModelError
        If they differ.
    """
    try:
        with safe_open(path, "pt") as file:
            shape = list(file.get_slice(HEAD).get_shape()) if HEAD in file.keys() else []  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ModelError(f"the weights {path} cannot be read: {error}") from error
    if shape != [len(card.classes), card.embedding]:
        raise ModelError(
            f"the weights {path} do not fit their card: they tell {' × '.join(map(str, shape))}"
            f" classes and features, the card {len(card.classes)} × {card.embedding}"
        )


def network_of(card: ModelCard) -> Network:
    """Return the network settings that a card describes."""
    return Network(
        backbone=card.backbone,
        options=card.backbone_options,
        input_size=card.input_size,
        embedding=card.embedding,
        neck=card.neck,
    )
