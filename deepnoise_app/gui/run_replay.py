"""The verbs that bring an earlier run back on screen: what it found, and what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.ladder_record import is_ladder
from deepnoise_app.gui.results_desk import ResultsDesk
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.why_desk import WhyDesk
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.readers.remote import address_of
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import WellId
from deepnoise_app.session import Notice, Origin, Session

# Where the results of a task are looked at.
PANELS = {"train": "Results", "score": "Results", "measure": "Quality", "check-map": "Quality",
          "explain": "View"}  # fmt: skip
REPEATABLE = ("train", "score")


class RunReplay:
    """Reads a run again as if it had just been watched; opens its plates if they are closed."""

    def __init__(
        self,
        session: Session,
        background: Background,
        jobs: Jobs,
        workbench: Workbench,
        desk: RunDesk,
        training: TrainingDesk,
        results: ResultsDesk,
        why: WhyDesk,
    ) -> None:
        self._session = session
        self._background = background
        self._jobs = jobs
        self._workbench = workbench
        self._desk = desk
        self._training = training
        self._results = results
        self._why = why
        self._waiting: tuple[Path, Recipe] | None = None
        session.events.screens.connect(self._on_screens)

    def show(self, path: Path) -> None:
        """Show what a run has found, on its plates."""
        self._background.ask(
            "show a run",
            lambda: _look_at(path),
            lambda found: self._show(path, *found),
            self._desk.complain,
        )

    def _show(self, path: Path, recipe: Recipe | None, there: Sequence[Path]) -> None:
        if recipe is None:
            self._results.open_ladder(path)
            self._session.bring_forward("Results")
            return
        if recipe.task == "pack":
            self._open_pack(recipe)
            return
        closed = self._closed(recipe)
        wanted = [one for one in there if str(one) in closed]
        if wanted:
            self._waiting = path, recipe
            self._workbench.open(wanted, recipe.reader)
        else:
            self._replay(path, recipe)
            if closed:
                self._session.notice = Notice(f"{closed[0]} is gone: there are no plates to show")

    def _open_pack(self, recipe: Recipe) -> None:
        """Open what was packed; where it was only asked what that would take, what was asked of."""
        if recipe.pack_to:
            self._workbench.open([Path(recipe.pack_to)])
        elif recipe.screen:
            self._workbench.open([Path(one) for one in recipe.screen], recipe.reader)

    def repeat(self, path: Path) -> None:
        """Fill the form of a training or a scoring with what a run was asked."""
        recipe = self._recipe(path)
        if recipe is None:
            return
        if recipe.task == "train":
            self._training.repeat(recipe, path.name)
        elif recipe.task == "score":
            self._desk.use(recipe.scoring)
            self._session.bring_forward("Score")
        closed = self._closed(recipe)
        if closed:
            self._session.notice = Notice(
                f"The settings of {path.name} are taken. It worked on {closed[0]}, which is not"
                " open: open it to repeat the run on the same plates"
            )

    def _recipe(self, path: Path) -> Recipe | None:
        try:
            return RunFolder(path).recipe
        except DeepNoiseError as error:
            self._desk.complain(error)
            return None

    def _closed(self, recipe: Recipe) -> list[str]:
        """Folders of a run that are not open, or not with the names that it read."""
        origin = Origin.of(recipe)
        opened = {screen.path for screen in self._session.screens if origin.tells_of(screen)}
        return [one for one in recipe.screen if one not in opened]

    def _on_screens(self) -> None:
        if self._waiting is not None and not self._closed(self._waiting[1]):
            path, recipe = self._waiting
            self._waiting = None
            self._replay(path, recipe)

    def _replay(self, path: Path, recipe: Recipe) -> None:
        if recipe.task == "explain":
            self._why.expect(path)
            if recipe.plates:
                experiment, _, plate = recipe.plates[0].partition("/")
                self._workbench.show_plate((experiment, plate))
            self._workbench.choose([WellId.parse(recipe.explaining.well)])
        self._jobs.forget(path)
        if self._desk.follow(path) is not None:
            self._session.bring_forward(PANELS[recipe.task])


def _look_at(path: Path) -> tuple[Recipe | None, tuple[Path, ...]]:
    """Return what a run was asked, none for a ladder, and those of its screens that are there."""
    if is_ladder(path):
        return None, ()
    recipe = RunFolder(path).recipe
    screens = map(Path, recipe.screen)
    return recipe, tuple(one for one in screens if address_of(one) is not None or one.exists())
