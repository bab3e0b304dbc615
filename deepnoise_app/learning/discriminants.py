"""The discriminants of a model: fitted when a training ends, kept beside its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from deepnoise_app.analysis.baselines import within
from deepnoise_app.analysis.discriminants import Discriminants, fit_discriminants
from deepnoise_app.errors import ModelError
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.card import WEIGHTS, ModelCard, resolve_model
from deepnoise_app.screen import Plate, PlateMap, Role

PREFIX = "discriminants."
WEIGHT, BIAS = PREFIX + "weight", PREFIX + "bias"
# Mean and deviation of fewer wells would be mostly theirs, not the plate's.
FEWEST_WELLS = 8
APPLIED = "discriminants"
TOO_FEW = (
    "wells are named by the network alone: discriminants need two labelled wells of a perturbation"
    " on training plates of eight readable wells or more"
)


def fit_to(
    card: ModelCard, scored: Sequence[PlateScores], maps: Sequence[PlateMap]
) -> Discriminants | None:
    """Fit the treatments of a model to scored training plates; None where they tell too little.

    Parameters
    ----------
    scored, maps
        Training plates, and what their wells hold.
    """
    number = {name: at for at, name in enumerate(card.treatments)}
    features, labels = [], []
    for plate, truth in zip(scored, maps, strict=True):
        if not may_name(plate):
            continue
        for well, row in zip(plate.wells, within(plate.embeddings), strict=True):
            content = truth[well]
            known = content.role is Role.TREATMENT and content.perturbation in number
            if known and np.isfinite(row).all():
                features.append(row)
                labels.append(number[content.perturbation])
    if not features:
        return None
    return fit_discriminants(np.array(features), np.array(labels), len(number))


def can_be_fitted(plates: Sequence[Plate]) -> bool:
    """Whether labelled plates tell enough for discriminants, as far as their plate maps say."""
    held = [
        plate.map[well].perturbation
        for plate in plates
        if len(plate.wells) >= FEWEST_WELLS
        for well in plate.wells
        if plate.map[well].role is Role.TREATMENT and plate.map[well].perturbation
    ]
    return len(held) > len(set(held))


def may_name(plate: PlateScores) -> bool:
    """Whether a plate has enough readable wells for a mean and a deviation of its own."""
    return int(np.isfinite(plate.embeddings).all(axis=1).sum()) >= FEWEST_WELLS


def named_by(discriminants: Discriminants, plate: PlateScores) -> PlateScores:
    """Return the plate with what the discriminants say of its wells."""
    return replace(plate, discriminants=discriminants.shares(within(plate.embeddings)))


def tensors_of(discriminants: Discriminants | None) -> dict[str, Tensor]:
    """Return what of the discriminants lies beside the weights."""
    if discriminants is None:
        return {}
    values = {WEIGHT: discriminants.weight, BIAS: discriminants.bias}
    return {
        name: torch.from_numpy(np.ascontiguousarray(value, dtype=np.float32))
        for name, value in values.items()
    }


def load_discriminants(name_or_path: str | Path, card: ModelCard) -> Discriminants | None:
    """Read the discriminants of a model; None where it has none.

    Raises
    ------
    ModelError
        If they do not fit the card.
    """
    if not card.discriminants:
        return None
    path = resolve_model(name_or_path) / WEIGHTS
    try:
        with safe_open(path, framework="numpy") as file:
            weight, bias = file.get_tensor(WEIGHT), file.get_tensor(BIAS)
    except (SafetensorError, OSError) as error:
        raise ModelError(
            f"the weights {path} hold no discriminants, of which their card speaks: {error}"
        ) from error
    expected = (len(card.treatments), card.embedding)
    if weight.shape != expected or bias.shape != expected[:1]:
        raise ModelError(
            f"the discriminants in {path} do not fit their card: {weight.shape} perturbations and"
            f" features, expected {expected}"
        )
    return Discriminants(weight.astype(np.float64), bias.astype(np.float64))
