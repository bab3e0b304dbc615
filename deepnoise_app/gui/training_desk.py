"""The verbs for trainings: choose and change the recipe, plan, train, watch wells come right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deepnoise_app.analysis.hold_out import is_labelled, split
from deepnoise_app.errors import DeepNoiseError, RecipeError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.intake import read_ready
from deepnoise_app.gui.job import Jobs, saved
from deepnoise_app.gui.planning import Planning
from deepnoise_app.gui.recipe_changes import changes
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_strip import shown_run
from deepnoise_app.runs.events import Event, Saved
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe, shipped_recipes
from deepnoise_app.runs.recipe_text import recipe_text
from deepnoise_app.runs.snapshots import model_title
from deepnoise_app.session import Notice, RunView, Session


@dataclass(frozen=True, slots=True)
class Division:
    """Labelled experiments with their numbers of plates, and which of them are held out.

    `refusal` says why the open screens cannot be divided so; empty where they can.
    """

    plates: dict[str, int] = field(default_factory=dict)
    held_out: tuple[str, ...] = ()
    refusal: str = ""


class TrainingDesk:
    """Changes the recipe of the next training, begins it, and shows how its wells come right."""

    def __init__(self, session: Session, background: Background, jobs: Jobs, desk: RunDesk) -> None:
        self._session = session
        self._background = background
        self._jobs = jobs
        self._desk = desk
        self._planning = Planning(jobs, self._planned)
        self._taken = session.recipe
        jobs.told.connect(self._hear)
        session.events.screens.connect(self._forget_plan)

    # The recipe -----------------------------------------------------------------------------

    def recipes(self) -> dict[str, str]:
        """Names of the shipped recipes, and what they say about themselves."""
        return {name: recipe_text(name) for name in shipped_recipes()}

    def choose(self, name_or_path: str) -> None:
        """Take a shipped recipe, or one in a file; what is held out stays if it can."""
        try:
            recipe = Recipe.load(name_or_path)
        except DeepNoiseError as error:
            self._desk.complain(error)
            return
        if not recipe.training.hold_out:
            recipe = _holding_out(recipe, self._session.recipe.training.hold_out)
        self.edit(recipe, name_or_path)

    def edit(self, recipe: Recipe, name: str | None = None) -> None:
        """Train by another recipe next; `name` tells where it comes from."""
        self._forget_plan()
        if name is not None:
            self._session.recipe_name = name
            self._taken = recipe
        self._session.recipe = recipe

    def unsaved(self, name: str) -> list[str]:
        """Return the changes of the recipe that are lost when the recipe `name` takes its place.

        What is held out stays where the other recipe says nothing of it.
        """
        taken = self._taken
        try:
            stays = not Recipe.load(name).training.hold_out
        except DeepNoiseError:
            stays = False
        if stays:
            taken = _holding_out(taken, self._session.recipe.training.hold_out)
        return changes(taken, self._session.recipe)

    def save(self, path: Path) -> bool:
        """Write the recipe to a file that can be chosen again; whether that went well."""
        try:
            write_whole(path, self._session.recipe.to_json())
        except DeepNoiseError as error:
            self._desk.complain(error)
            return False
        self._taken = self._session.recipe
        self._session.notice = Notice(f"Recipe written: {path}")
        return True

    def start_from(self, model: str | None) -> None:
        """Start from a model, or with None from a fresh network."""
        self.edit(self._session.recipe.model_copy(update={"start_from": model}))

    def hold_out(self, experiments: Sequence[str]) -> None:
        """Hold out other experiments: at least one, and one at least is left to learn from."""
        recipe = _holding_out(self._session.recipe, experiments)
        try:
            if not experiments:
                raise RecipeError(
                    "at least one experiment must be held out: without it nobody knows how good"
                    " the model is"
                )
            split(list(self.division().plates), experiments)
        except RecipeError as error:
            self._desk.complain(error)
        else:
            self.edit(recipe)

    def division(self) -> Division:
        """Return the labelled experiments of the open screens and which would be held out."""
        plates = Counter(p.experiment for p in self._session.plates if is_labelled(p))
        names = dict(sorted(plates.items()))
        if not self._session.screens:
            return Division()
        try:
            _, held_out = split(list(names), self._session.recipe.training.hold_out)
        except RecipeError as error:
            return Division(names, refusal=str(error))
        return Division(names, tuple(held_out))

    # Planning and training ------------------------------------------------------------------

    @property
    def is_checking(self) -> bool:
        """Whether it is still being found out what a training would take."""
        return self._planning.is_asking

    def check(self) -> None:
        """Ask what a training on the open screens would take."""
        self._forget_plan()  # the same answer again is news
        try:
            self._planning.ask(self._asked("plan"))
        except DeepNoiseError as error:
            self._desk.complain(error)

    def train(self) -> None:
        """Train on the open screens."""
        screens = self._session.screens
        if not screens:
            return
        try:
            recipe = self._asked("train")
        except DeepNoiseError as error:
            self._desk.complain(error)
        else:
            self._desk.begin(recipe, Path(screens[0].path).name)

    def _asked(self, task: str) -> Recipe:
        screens = [screen.path for screen in self._session.screens]
        recipe = self._session.recipe
        # Without a model to score with, a plan is that of a training.
        scoring = recipe.scoring.model_copy(update={"model": None})
        reader = self._session.reader_for(screens)
        asked = {"task": task, "screen": screens, "reader": reader, "scoring": scoring}
        return recipe.model_copy(update=asked)

    def _planned(self, plan: Mapping[str, Any]) -> None:
        self._session.training_plan = plan

    def _forget_plan(self) -> None:
        self._planning.forget()
        self._session.training_plan = {}

    # While it trains, and after -------------------------------------------------------------

    def use_model(self, run: Path, epoch: int | None = None) -> None:
        """Score with the model of a run from now on, or with its snapshot of an epoch."""
        model = str(_model(run, epoch))
        self._desk.use(self._session.scoring.model_copy(update={"model": model}))
        self._session.bring_forward("Score")

    def train_on_from(self, run: Path, epoch: int | None = None) -> None:
        """Start the next training from the model of a run, or from its snapshot of an epoch."""
        model = _model(run, epoch)
        self.start_from(str(model))
        self._session.bring_forward("Train")
        self._session.notice = Notice(f"The next training starts from {model_title(model)}")

    def repeat(self, recipe: Recipe, name: str) -> None:
        """Take the recipe of a run for the next training, so that it can be changed."""
        self.edit(recipe, name)
        self._session.bring_forward("Train")

    def show_held_out(self, wanted: bool) -> None:
        """Paint the held-out wells on the plate while the training goes on, or no more."""
        self._session.held_out_shown = wanted
        view = shown_run(self._session, "train")
        if wanted and view is not None:
            self._session.paint_names()
            self._read_validation(view, saved(view.path, view.status.saved, "validation"))

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        fresh = any(isinstance(e, Saved) and e.what == "validation" for e in events)
        if view.task == "train" and fresh and self._session.held_out_shown:
            self._read_validation(view, saved(view.path, events, "validation"))

    def _read_validation(self, view: RunView, paths: list[Path]) -> None:
        if paths:
            self._background.ask(
                "validation",
                lambda: read_ready(paths[-1]),
                lambda found: self._desk.merge(found, view),
                lambda _: None,  # the next epoch brings another
            )


def _model(run: Path, epoch: int | None) -> Path:
    """Folder of the best model of a run, or of its snapshot of an epoch."""
    folder = RunFolder(run)
    return folder.model if epoch is None else folder.snapshot(epoch)


def _holding_out(recipe: Recipe, experiments: Sequence[str]) -> Recipe:
    training = recipe.training.model_copy(update={"hold_out": list(experiments)})
    return recipe.model_copy(update={"training": training})
