"""The runs of a ladder: one folder for each training and each scoring, done in any order.

The same command may be given again, and on several computers that share the folder: what is
finished is left alone, what another process works on is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import Interrupted, RecipeError, RunError
from deepnoise_app.ladder.division import Divided, divide, without
from deepnoise_app.learning.discriminants import can_be_fitted
from deepnoise_app.learning.examples import is_labelled
from deepnoise_app.learning.work import work
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.remote import whole_path
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.ladder import Ladder, Step
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState
from deepnoise_app.runs.work import Ended, Ending
from deepnoise_app.screen import Screen, natural

WAIT_S = 5.0
TRAINING, SCORING = "training", "scoring"


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One run of a ladder; `needs` is the folder of the run whose model it begins with."""

    step: Step
    seed: int
    run: RunFolder
    recipe: Recipe
    needs: RunFolder | None = None

    @property
    def title(self) -> str:
        """What the task is, in words."""
        doing = "Training" if self.recipe.task == "train" else "Scoring"
        return f"{doing}, seed {self.seed}: {self.step.title}"


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """A ladder on a screen, in a folder."""

    folder: Path
    ladder: Ladder
    path: Path
    screen: Screen
    divided: Divided

    def tasks(self) -> Iterator[Task]:
        """Yield all runs, each behind those that it needs: the ladder, then what is beside."""
        for beside in (False, True):
            steps = [step for step in self.ladder.step if step.beside is beside]
            for seed in range(self.ladder.seeds):
                for step in steps:
                    model = RunFolder(self._at(seed, step.of or step.name) / TRAINING)
                    if step.of is None:
                        yield self._training(step, seed, model)
                    scoring = RunFolder(self._at(seed, step.name) / SCORING)
                    yield Task(step, seed, scoring, self._scoring_recipe(step, seed, model), model)

    def work(
        self,
        listen: Callable[[Event], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Do all runs that are not finished.

        Raises
        ------
        Interrupted
            If `should_stop` says so.
        RunError
            If a run fails, or the folder holds runs of another ladder.
        """
        for task in self.tasks():
            _refuse_other(task)
        waiting = [task for task in self.tasks() if not is_finished(task.run)]
        while waiting:
            left = []
            for task in waiting:
                if should_stop():
                    raise Interrupted("stopped between two runs of the ladder")
                if not self._done(task, listen, should_stop, say):
                    left.append(task)
            if len(left) == len(waiting):
                time.sleep(WAIT_S)
            waiting = left

    def _done(
        self,
        task: Task,
        listen: Callable[[Event], None],
        should_stop: Callable[[], bool],
        say: Callable[[str], None],
    ) -> bool:
        """Do one run; False where another process works on it, or on what it needs."""
        if is_finished(task.run):
            return True
        if is_held(task.run) or (task.needs is not None and not is_finished(task.needs)):
            return False
        say(task.title)
        try:
            RunFolder.create(task.run.path, task.recipe, resume=task.run.recipe_path.is_file())
            ended = work(task.run, None, listen, should_stop)
        except RunError:
            if is_held(task.run):  # another process was faster
                return False
            raise
        _refuse_unfinished(task, ended)
        return True

    def _at(self, seed: int, step: str) -> Path:
        return self.folder / f"seed-{seed}" / step

    def _training(self, step: Step, seed: int, run: RunFolder) -> Task:
        bare, divided = self.ladder.recipe(step), self.divided
        without_labels = divided.learned[step.labelled :] if step.labelled else ()
        needs = None
        changes: dict[str, object] = {
            "task": "train",
            "screen": [whole_path(self.path)],
            "seed": seed,
            "training": bare.training.model_copy(
                update={
                    "hold_out": list(divided.validation),
                    "unseen": [*without_labels, *divided.tested],
                }
            ),
            "stage_two": bare.stage_two.model_copy(
                update={
                    "experiments": [*divided.learned, *divided.validation, *divided.at_hand]
                }
            ),
        }  # fmt: skip
        if step.start_from is not None:
            needs = RunFolder(self._at(seed, step.start_from) / TRAINING)
            changes["start_from"] = str(needs.model)
        return Task(step, seed, run, bare.model_copy(update=changes), needs)

    def _scoring_recipe(self, step: Step, seed: int, model: RunFolder) -> Recipe:
        wanted = set(self.divided.tested)
        plates = ["/".join(p.key) for p in self.screen.imaged if p.experiment in wanted]
        scoring = {"views": 1, "sites": 1, **step.scoring, "model": str(model.model)}
        return Recipe.model_validate(
            {
                "task": "score",
                "screen": [whole_path(self.path)],
                "seed": seed,
                "plates": plates,
                "scoring": scoring,
            }
        )


def plan_climb(
    path: Path,
    out: Path,
    ladder: Ladder,
    at_hand: Sequence[str] = (),
    fresh: Sequence[str] = (),
) -> Climb:
    """Open the screen and divide its experiments; no work is done yet.

    Where the plates that are learned from tell too little for discriminants, no step asks for them.

    Parameters
    ----------
    at_hand, fresh
        Experiments to name; by default those that the ladder's division says.

    Raises
    ------
    DeepNoiseError
        If the screen cannot be opened or divided.
    """
    screen = open_screen(path)
    labelled = {plate.experiment for plate in screen.imaged if is_labelled(plate)}
    if len(labelled) < len({plate.experiment for plate in screen.imaged}) and not labelled:
        raise RecipeError(f"no experiment of {path} is labelled: a ladder needs known truth")
    names = sorted(labelled, key=natural)
    if at_hand or fresh:
        divided = without(Divided(tuple(names), (), ()), at_hand, fresh)
    else:
        divided = divide(names, ladder.division)
    if not can_be_fitted([p for p in screen.imaged if p.experiment in divided.learned]):
        ladder = ladder.without_discriminants()
    return Climb(out.absolute(), ladder, path, screen, divided)


def is_finished(run: RunFolder) -> bool:
    """Whether a run is done with nothing left to do."""
    return run.recipe_path.is_file() and run.status().state is RunState.FINISHED


def is_held(run: RunFolder) -> bool:
    """Whether a living process works on a run."""
    holder = run.holder
    return holder is not None and holder.is_alive


def _refuse_other(task: Task) -> None:
    """Refuse a folder that holds a run of another ladder: its figures would be mixed with ours."""
    if task.run.recipe_path.is_file() and _placeless(task.run.recipe) != _placeless(task.recipe):
        raise RunError(
            f"{task.run.path} holds a run of another ladder: choose a new folder for this one"
        )


def _placeless(recipe: Recipe) -> Recipe:
    """Return a recipe without paths: a folder may have been moved, or lie elsewhere for others."""
    model = _named(recipe.scoring.model)
    changes: dict[str, object] = {"screen": [], "start_from": _named(recipe.start_from),
               "scoring": recipe.scoring.model_copy(update={"model": model})}  # fmt: skip
    return recipe.model_copy(update=changes)


def _named(model: str | None) -> str | None:
    """Return the step whose model it is, out of its path."""
    return None if model is None else Path(model).parts[-3]


def _refuse_unfinished(task: Task, ended: Ended) -> None:
    if ended.ending is Ending.STOPPED:
        raise Interrupted(ended.message)
    if ended.ending:
        raise RunError(f"{task.title}: {ended.message}")
