"""What a scoring is going to work on; all that can be refused is refused here, before any work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import ModelError, RecipeError, ScreenError
from deepnoise_app.learning.anchor import count_controls
from deepnoise_app.learning.device import pick_device
from deepnoise_app.learning.package import load_package
from deepnoise_app.readers import PlateMaps, open_screen, read_library, read_plate_map
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.ensemble import joint_card, resolve_models
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Library, Plate, PlateMap, Problem, Screen, StackChoice
from deepnoise_app.screen.match import match_channels

PlateKey = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class PlannedModel:
    """A model that scores; `channels` per plate as indices of the file's channels."""

    folder: Path
    card: ModelCard
    channels: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class ScoringPlan:
    """Plates to score with one model or several; `card` speaks for all of them.

    `expected` holds per plate what its wells are expected to hold: what the screen's tables say,
    and over it what a plate map says, where one was given. `problems` are those of the plate map.
    """

    screens: tuple[Screen, ...]
    card: ModelCard
    models: tuple[PlannedModel, ...]
    plates: tuple[Plate, ...]
    library: Library | None
    expected: Mapping[PlateKey, PlateMap]
    problems: tuple[Problem, ...] = ()
    candidates: str = "library"

    def roles(self, plate: Plate) -> PlateMap:
        """What is known of the wells of a plate before scoring.

        That is what the screen's own tables say: a plate map that only tells what is expected must
        change no prediction.
        """
        return self.expected[plate.key] if self.candidates == "plate-map" else plate.map


def open_screens(recipe: Recipe) -> tuple[Screen, ...]:
    """Open the folders that a recipe names.

    Raises
    ------
    RecipeError
        If it names none.
    ScreenError
        If one cannot be opened, or two hold a plate of the same name.
    """
    if not recipe.screen:
        raise RecipeError("the recipe names no screen: give the folder of one")
    stack = StackChoice(recipe.plane, recipe.time)
    screens = tuple(open_screen(Path(path), recipe.reader, stack) for path in recipe.screen)
    seen: dict[PlateKey, str] = {}
    for screen in screens:
        for plate in screen.imaged:
            other = seen.setdefault(plate.key, screen.path)
            if other != screen.path:
                raise ScreenError(
                    f"{plate.experiment} {plate.name} lies both in {other} and in {screen.path}:"
                    " give each plate once"
                )
    return screens


def plan_scoring(recipe: Recipe, screens: Sequence[Screen]) -> ScoringPlan:
    """Check that the model loads and fits every plate, and read the tables that the recipe names.

    Raises
    ------
    ModelError, RecipeError, ScreenError
        If something does not fit or cannot be read.
    """
    scoring = recipe.scoring
    pick_device(recipe.device)
    if scoring.model is None:
        raise RecipeError("the recipe names no model to score with")
    folders = resolve_models(scoring.model)
    # The weights too: they have to fit their card.
    cards = [load_package(folder)[0] for folder in folders]
    card = joint_card(cards)
    if scoring.discriminate:
        _need_discriminants(cards)
    wanted = set(recipe.plates)
    plates = tuple(
        plate
        for screen in screens
        for plate in screen.imaged
        if not wanted or "/".join(plate.key) in wanted
    )
    if not plates:
        which = f"none of the plates {', '.join(sorted(wanted))}" if wanted else "no plate"
        raise ScreenError(f"{which} of {', '.join(recipe.screen)} has an image to score")
    models = tuple(
        PlannedModel(folder, one, _channels(one, plates))
        for folder, one in zip(folders, cards, strict=True)
    )
    expected = {plate.key: plate.map for plate in plates}
    problems: tuple[Problem, ...] = ()
    if scoring.plate_map is not None:
        given = read_plate_map(Path(scoring.plate_map))
        _check_plate_map(given, plates)
        expected = {key: old | given.get(key, PlateMap()) for key, old in expected.items()}
        problems = given.problems
    if scoring.candidates == "plate-map":
        _need_candidates(expected)
    plan = ScoringPlan(
        tuple(screens),
        card,
        models,
        plates,
        _library(recipe, card),
        expected,
        problems,
        scoring.candidates,
    )
    if scoring.anchor:
        _need_negative_controls(plan)
    return plan


def _channels(card: ModelCard, plates: Sequence[Plate]) -> tuple[tuple[int, ...], ...]:
    """Index of the file's channels for each of the model's channels, per plate."""
    return tuple(
        tuple(match_channels(card.channels, plate.channels, " ".join(plate.key)))
        for plate in plates
    )


def _need_discriminants(cards: Sequence[ModelCard]) -> None:
    for card in cards:
        if not card.discriminants:
            raise ModelError(
                f"the model {card.name} holds no discriminants to name wells by: take the model"
                " of a training finished with this version, or score without --discriminate"
            )


def _need_negative_controls(plan: ScoringPlan) -> None:
    if any(count_controls(plate, plan.roles(plate)) for plate in plan.plates):
        return
    told = any(count_controls(plate, plan.expected[plate.key]) for plate in plan.plates)
    cure = (
        "the plate map names some, but it may change predictions only with --candidates plate-map"
        if told
        else "they stand in the tables beside the images, with the role negative_control"
    )
    raise RecipeError(
        f"no imaged well of {', '.join(s.path for s in plan.screens)} is known to be a negative"
        f" control, so there is nothing to anchor the normalisation to: {cure}"
    )


def _library(recipe: Recipe, card: ModelCard) -> Library | None:
    if recipe.scoring.candidates != "library":
        return None
    if recipe.scoring.library is None:
        return Library(card.library) if card.library else None
    given = read_library(Path(recipe.scoring.library))
    known = set(card.classes) - set(card.control_classes)
    if not known & set(given.perturbations):
        raise RecipeError(
            f"no perturbation of the library {recipe.scoring.library} is known to the model"
            f" {card.name}: it knows {', '.join(sorted(known)[:5])}…"
        )
    return given


def _check_plate_map(given: PlateMaps, plates: Sequence[Plate]) -> None:
    if not any(plate.key in given for plate in plates):
        named = ", ".join(" ".join(key) for key in list(given)[:3]) or "no plate"
        there = ", ".join(" ".join(plate.key) for plate in plates[:3])
        raise RecipeError(f"the plate map {given.path} names {named}, but the screen has {there}")


def _need_candidates(expected: Mapping[PlateKey, PlateMap]) -> None:
    for key, plate_map in expected.items():
        if not plate_map.perturbations:
            raise RecipeError(
                f"candidates are to come from the plate map, but none names a treatment on"
                f" {' '.join(key)}: give one with --plate-map"
            )
