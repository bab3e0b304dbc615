"""Going on with a trained model on another screen: its classes, channels, sizes may be others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from deepnoise_app.errors import ModelError
from deepnoise_app.learning.lesson_plan import TrainingPlan
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.package import load_package

HEAD = "head.weight"


def take_over(network: DeepNoiseNet, plan: TrainingPlan, model: str | Path) -> list[str]:
    """Fill a network with what a model has learned; returns what had to be made anew, in words.

    Channels are matched by name; one that the model does not know begins as the mean of those
    that it does. A perturbation of a name that the model knows keeps its direction in the head.

    Raises
    ------
    ModelError
        If the model cannot be read, or no channel agrees.
    """
    card, old = load_package(model)
    channels = [channel.name for channel in plan.channels]
    weights = {name: value.clone() for name, value in old.state_dict().items()}
    places, notes = _channel_places(card.name, card.channels, channels)
    stem = stem_name(old)
    weights[stem] = _stem(weights[stem], places)
    kept = _directions(network, weights[HEAD], card.classes, plan.classes.names)
    weights[HEAD] = network.head.weight.detach().clone()
    own = network.state_dict()
    misfits = [n for n, value in weights.items() if n not in own or own[n].shape != value.shape]
    if misfits:
        raise ModelError(
            f"the model {card.name} cannot go on at input_size {plan.network.input_size}: its"
            f" {misfits[0]} is made for {card.input_size} pixels"
        )
    network.load_state_dict(weights)
    if kept < len(plan.classes.names):
        fresh = len(plan.classes.names) - kept
        notes.append(
            f"{fresh} of {len(plan.classes.names)} classes are new to the model {card.name} and"
            " learned from the beginning"
        )
    if card.input_size != plan.network.input_size:
        notes.append(
            f"the model {card.name} was trained at {card.input_size} pixels, this run works at"
            f" {plan.network.input_size}"
        )
    return notes


def stem_name(network: DeepNoiseNet) -> str:
    """Name of the weights that take the channels: those of the first convolution."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            return f"{name}.weight"
    raise ModelError("a network without a convolution cannot be fitted to other channels")


def _channel_places(
    model: str, known: Sequence[str], wanted: Sequence[str]
) -> tuple[list[int | None], list[str]]:
    """For each channel of the screen that of the model, or None; and what is to be said."""
    names = [name.casefold() for name in known]
    asked = [name.casefold() for name in wanted]
    if not set(names) & set(asked):
        if len(names) != len(asked):
            raise ModelError(
                f"no channel of the model {model} ({', '.join(known)}) is among those of the"
                f" screen ({', '.join(wanted)}), and their numbers differ: nothing tells which is"
                " which"
            )
        note = (
            f"no channel name of the model {model} is in the screen: they are taken in order,"
            f" {', '.join(f'{w} as {k}' for w, k in zip(wanted, known, strict=True))}"
        )
        return list(range(len(asked))), [note]
    places = [names.index(name) if name in names else None for name in asked]
    notes = []
    new = [name for name, place in zip(wanted, places, strict=True) if place is None]
    unused = [name for name, key in zip(known, names, strict=True) if key not in asked]
    if new:
        notes.append(
            f"{', '.join(new)} {'are' if len(new) > 1 else 'is'} new to the model {model}: learned"
            " from the mean of its channels"
        )
    if unused:
        notes.append(
            f"the screen lacks {', '.join(unused)}, which the model {model} was trained with: it"
            " goes on without"
        )
    return places, notes


def _stem(weights: Tensor, places: Sequence[int | None]) -> Tensor:
    """Weights of the first convolution, (out, C, k, k), for other channels.

    They are scaled so that as much reaches the network as before, whatever the number of channels.
    """
    mean = weights.mean(dim=1)
    made = torch.stack([mean if p is None else weights[:, p] for p in places], dim=1)
    return made * (weights.shape[1] / len(places))


def _directions(
    network: DeepNoiseNet, old: Tensor, known: Sequence[str], wanted: Sequence[str]
) -> int:
    """Give classes that the model knows their directions; returns how many there are."""
    if old.shape[1] != network.head.weight.shape[1]:
        return 0
    place = {name: number for number, name in enumerate(known)}
    found = [(row, place[name]) for row, name in enumerate(wanted) if name in place]
    with torch.no_grad():
        for row, at in found:
            network.head.weight[row] = old[at]
    return len(found)
