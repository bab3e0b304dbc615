"""Ensembles: a folder that holds several models, which name perturbations together.

Each model may take its own channels, size and normalisation; all must tell the same perturbations
apart. A folder of run folders serves as well: the model of each run takes part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import exp, log
from pathlib import Path

from deepnoise_app.errors import ModelError
from deepnoise_app.runs.card import CARD, ModelCard, load_card, resolve_model
from deepnoise_app.runs.card_parts import Calibration, LibraryLimit


def resolve_models(name_or_path: str | Path) -> tuple[Path, ...]:
    """Return the folder of one model, or those of all models in a folder, sorted by name.

    Raises
    ------
    ModelError
        If there is no such model or folder.
    """
    folder = resolve_model(name_or_path)
    if (folder / CARD).is_file():
        return (folder,)
    places = [place for one in sorted(folder.iterdir()) for place in (one, one / "model")]
    return tuple(place for place in places if (place / CARD).is_file()) or (folder,)


def load_joint_card(name_or_path: str | Path) -> ModelCard:
    """Read the card of a model, or the joint card of an ensemble.

    Raises
    ------
    ModelError
        If a model does not load, or the models do not fit together.
    """
    return joint_card([load_card(folder) for folder in resolve_models(name_or_path)])


def joint_card(cards: Sequence[ModelCard]) -> ModelCard:
    """Return one card that speaks for all: what naming and summary need.

    Logits are averaged at the mean scale. The temperature is the geometric mean of the models'
    temperatures, the library limit the mean of their limits, each only where all have one.
    Channels, size and network are those of the first model.

    Raises
    ------
    ModelError
        If the models tell different perturbations apart, or know different libraries.
    """
    first, *others = cards
    if not others:
        return first
    for other in others:
        _check_classes(first, other)
    warnings = dict.fromkeys(card.warning for card in cards if card.warning)
    hashes = "".join(card.sha256 for card in cards)
    return first.model_copy(
        update={
            "name": " + ".join(card.name for card in cards),
            "warning": " ".join(warnings),
            "scale": sum(card.scale for card in cards) / len(cards),
            "library": _library(cards),
            "copies": {
                name: max(card.copies.get(name, 0) for card in cards)
                for name in dict.fromkeys(name for card in cards for name in card.copies)
            },
            "accuracy": {},
            "training_embedding": None,
            "calibration": _calibration([card.calibration for card in cards]),
            "discriminants": all(card.discriminants for card in cards),
            "discriminant_calibration": _calibration(
                [card.discriminant_calibration for card in cards]
            ),
            "library_limit": _limit(cards),
            "sha256": hashlib.sha256(hashes.encode()).hexdigest(),
        }
    )


def _check_classes(first: ModelCard, other: ModelCard) -> None:
    for what, mine, theirs in (
        ("perturbation", first.classes, other.classes),
        ("control class", first.control_classes, other.control_classes),
    ):
        differing = sorted(set(mine) ^ set(theirs))
        if differing:
            knows, lacks = (first, other) if differing[0] in mine else (other, first)
            raise ModelError(
                f"the models {first.name} and {other.name} make no ensemble:"
                f" {knows.name} knows the {what} {differing[0]}, {lacks.name} does not"
                f" ({len(differing)} differ); take models of the same classes"
            )


def _library(cards: Sequence[ModelCard]) -> dict[str, dict[str, int]] | None:
    known = [card for card in cards if card.library is not None]
    for card in known[1:]:
        if card.library != known[0].library:
            raise ModelError(
                f"the models {known[0].name} and {card.name} make no ensemble: they know different"
                " library plates; take models of the same library"
            )
    return known[0].library if known else None


def _calibration(each: Sequence[Calibration | None]) -> Calibration | None:
    found = [one for one in each if one is not None]
    if len(found) < len(each):
        return None
    mean = exp(sum(log(one.temperature) for one in found) / len(found))
    return found[0].model_copy(update={"temperature": mean})


def _limit(cards: Sequence[ModelCard]) -> LibraryLimit | None:
    found = [card.library_limit for card in cards if card.library_limit is not None]
    if len(found) < len(cards):
        return None
    return found[0].model_copy(update={"cosine": sum(one.cosine for one in found) / len(found)})
