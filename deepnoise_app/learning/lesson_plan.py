"""What a training is going to work on; what can be refused is refused here, before any work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from deepnoise_app.errors import RecipeError
from deepnoise_app.learning.device import arithmetic, check_devices, pick_device
from deepnoise_app.learning.examples import Classes, find_classes, find_examples, is_labelled, split
from deepnoise_app.learning.network import make_backbone
from deepnoise_app.learning.package import network_of
from deepnoise_app.runs.card import ModelCard, load_card
from deepnoise_app.runs.recipe import Network, Recipe
from deepnoise_app.screen import Channel, Library, Plate, PlateMap, ProblemKind, Role, Screen
from deepnoise_app.screen.match import match_channels


@dataclass(frozen=True, slots=True, eq=False)
class TrainingPlan:
    """What is learned from and with what, for one or two stages.

    `training` and `held_out` are labelled plates. `second` are those training plates that stage
    two goes on with, `judged` the held-out plates that it is judged by, `unlabelled` the plates
    whose treated wells it learns from without labels. `network` is what the run trains: the
    recipe's, or that of the model `start` that the run begins with. `notes` are sentences that the
    user should know.
    """

    screens: tuple[Screen, ...]
    training: tuple[Plate, ...]
    held_out: tuple[Plate, ...]
    channels: tuple[Channel, ...]
    classes: Classes
    library: Library | None
    network: Network
    start: ModelCard | None = None
    second: tuple[Plate, ...] = ()
    judged: tuple[Plate, ...] = ()
    unlabelled: tuple[Plate, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def experiments(self) -> list[str]:
        """Names of the experiments that are learned from."""
        return _experiments(self.training)

    @property
    def held_out_experiments(self) -> list[str]:
        """Names of the experiments that are held out."""
        return _experiments(self.held_out)

    @property
    def unlabelled_experiments(self) -> list[str]:
        """Names of the experiments that are learned from without labels."""
        return _experiments(self.unlabelled)

    @property
    def plates(self) -> tuple[Plate, ...]:
        """All plates that are read: those learned from, held out, and unlabelled, in this order."""
        apart = tuple(plate for plate in self.unlabelled if plate not in self.held_out)
        return (*self.training, *self.held_out, *apart)

    @property
    def two_stages(self) -> bool:
        """Whether there is a second stage."""
        return bool(self.unlabelled)


def plan_training(recipe: Recipe, screens: Sequence[Screen]) -> TrainingPlan:
    """Divide the plates, and check that recipe, screen and computer fit together.

    Raises
    ------
    RecipeError, ScreenError, ModelError
        If they do not.
    """
    check_devices(recipe.device, recipe.devices)
    start = None if recipe.start_from is None else load_card(recipe.start_from)
    if not recipe.training.epochs and start is None:
        raise RecipeError(
            "training.epochs is 0: without a first stage the run has to start from a model"
        )
    plates = _with_unseen([p for screen in screens for p in screen.imaged], recipe)
    labelled = [plate for plate in plates if is_labelled(plate)]
    if not labelled:
        raise RecipeError(
            f"no well of {', '.join(recipe.screen)} is known to hold a treatment: training needs"
            " tables that say what the wells got"
        )
    try:
        training, held_out = split(_experiments(labelled), recipe.training.hold_out)
    except RecipeError as error:
        raise RecipeError("; ".join((str(error), *_lost(screens)))) from error
    learned = tuple(plate for plate in labelled if plate.experiment in training)
    channels = labelled[0].channels
    for plate in labelled:
        match_channels([c.name for c in channels], plate.channels, " ".join(plate.key))
    classes = find_classes(learned, recipe.training.include_controls)
    _check_classes(learned, classes)
    library = next((s.library for s in screens if s.library is not None), None)
    _check_library(library, classes)
    network = recipe.network
    if start is not None:
        changes = {"input_size": network.input_size, "drop_rate": network.drop_rate}
        network = network_of(start).model_copy(update=changes)
    if not network.pretrained:  # otherwise it would be fetched twice
        make_backbone(network, len(channels))
    plan = TrainingPlan(
        tuple(screens),
        learned,
        tuple(plate for plate in labelled if plate.experiment in held_out),
        channels,
        classes,
        library,
        network,
        start,
        notes=_notes(recipe),
    )
    return _with_second_stage(plan, recipe, plates) if recipe.stage_two.epochs else plan


def _lost(screens: Sequence[Screen]) -> list[str]:
    """Plates that cannot be read, as they may be what is wanting."""
    problems = [problem for screen in screens for problem in screen.problems]
    return [str(p) for p in problems if p.kind is ProblemKind.UNREADABLE and p.well is None][:1]


def _notes(recipe: Recipe) -> tuple[str, ...]:
    wanted = recipe.training.precision
    if arithmetic(wanted, pick_device(recipe.device)) == wanted:
        return ()
    return (f"{wanted} is for graphics cards: on this computer's CPU the network uses 32 bits",)


def _check_classes(learned: Sequence[Plate], classes: Classes) -> None:
    treatments = len(classes.names) - len(classes.controls)
    if treatments < 2:
        only = f": only {classes.names[0]}" if treatments else ""
        raise RecipeError(
            f"the training experiments hold fewer than 2 perturbations to tell apart{only}"
        )
    if len(find_examples(learned, classes)) < 2:
        raise RecipeError("fewer than 2 wells are labelled: there is nothing to learn from")


def _check_library(library: Library | None, classes: Classes) -> None:
    if library is not None and not set(library.perturbations) & set(classes.names):
        raise RecipeError(
            "no perturbation of the library is on a training plate: it lists"
            f" {', '.join(library.perturbations[:3])}…, the plates hold"
            f" {', '.join(classes.names[:3])}…"
        )


def _with_second_stage(plan: TrainingPlan, recipe: Recipe, plates: Sequence[Plate]) -> TrainingPlan:
    settings = recipe.stage_two
    chosen = _Chosen(settings.experiments)
    second = tuple(plate for plate in plan.training if chosen(plate))
    judged = tuple(plate for plate in plan.held_out if chosen(plate))
    hidden = set(plan.held_out_experiments)
    unlabelled = [
        plate
        for plate in plates
        if chosen(plate) and not is_labelled(plate) and plate.experiment not in hidden
    ]
    wish = f" of {', '.join(settings.experiments)}" if settings.experiments else ""
    if not second:
        raise RecipeError(
            f"stage two has no labelled experiment{wish} to learn from, only"
            f" {', '.join(plan.experiments)} are labelled and not held out"
        )
    if not judged:
        raise RecipeError(
            f"no experiment{wish} is held out to judge stage two by, only"
            f" {', '.join(plan.held_out_experiments)}"
        )
    wanted = settings.learn_held_out
    if wanted == "yes" or (wanted == "with new plates" and unlabelled):
        unlabelled += judged
        plan = replace(
            plan,
            notes=(
                *plan.notes,
                "the second stage learns from the images of the held-out experiments, though not"
                " from their labels: accuracies hold for plates that were at hand while learning",
            ),
        )
    for plate in unlabelled:
        match_channels([c.name for c in plan.channels], plate.channels, " ".join(plate.key))
    if not unlabelled:
        lacking = (
            f"the second stage learns from unlabelled experiments, but the screen has none{wish}"
        )
        if not recipe.training.epochs:
            raise RecipeError(
                f'{lacking}: add their folder, or set stage_two.learn_held_out = "yes"'
            )
        return replace(plan, notes=(*plan.notes, f"{lacking}: the first stage alone is trained"))
    return replace(plan, second=second, judged=judged, unlabelled=tuple(unlabelled))


class _Chosen:
    """Whether a plate's experiment is one of those that patterns name; `otherwise` without any."""

    def __init__(self, patterns: Sequence[str], otherwise: bool = True) -> None:
        self._patterns, self._otherwise = patterns, otherwise

    def __call__(self, plate: Plate) -> bool:
        names = self._patterns
        if not names:
            return self._otherwise
        return any(fnmatchcase(plate.experiment, name) for name in names)


def _with_unseen(plates: Sequence[Plate], recipe: Recipe) -> list[Plate]:
    """Take the labels off the experiments that are to be new to the training."""
    wanted = recipe.training.unseen
    known = _experiments([plate for plate in plates if is_labelled(plate)])
    for name in wanted:
        if not any(fnmatchcase(one, name) for one in known):
            raise RecipeError(
                f"no labelled experiment {name!r} to take for a new one, only {', '.join(known)}"
            )
    unseen = _Chosen(wanted, otherwise=False)
    return [without_labels(plate) if unseen(plate) else plate for plate in plates]


def without_labels(plate: Plate) -> Plate:
    """Return a plate of which it is only known which wells are controls, empty or treated."""
    contents = {
        well: replace(content, perturbation="", factors=())
        if content.role is Role.TREATMENT
        else content
        for well, content in plate.map.contents.items()
    }
    return replace(plate, map=PlateMap(contents))


def _experiments(plates: Sequence[Plate]) -> list[str]:
    return sorted({plate.experiment for plate in plates})
