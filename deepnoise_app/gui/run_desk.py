"""The verbs for runs: score, check, stop, go on; what runs leave becomes facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.assets import shipped_models
from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.intake import Intake
from deepnoise_app.gui.job import Jobs, saved
from deepnoise_app.gui.planning import Planning
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.ensemble import load_joint_card
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.runs.snapshots import kept_models, model_title
from deepnoise_app.runs.status import RunState
from deepnoise_app.screen import Predictions
from deepnoise_app.session import Notice, PlateKey, RunView, Session, Tone
from deepnoise_app.writers.table import write_table

# Tasks whose runs panels show while they go on.
WATCHED = ("score", "train", "measure", "check-map", "explain")


class RunDesk:
    """Begins runs and takes in their results; scorings wait for one another."""

    def __init__(
        self,
        session: Session,
        background: Background,
        jobs: Jobs,
        go_to: Callable[[PlateKey], None] = lambda _: None,
    ) -> None:
        self._session = session
        self._background = background
        self._jobs = jobs
        self._planning = Planning(jobs, self._planned)
        # What was asked for while the card of another model was still being read.
        self._reading = False
        self._later: list[Callable[[], None]] = []
        self._intake = Intake(session, background, go_to, self.complain)
        jobs.told.connect(self._hear)
        session.events.screens.connect(self._forget_plan)

    def models(self) -> dict[str, str]:
        """Names for people, and what a recipe calls the model: shipped ones, then trained here."""
        found = {f"{name} (shipped)": name for name in shipped_models()}
        for path in sorted(self._jobs.folder.glob("*"), reverse=True):
            models = kept_models(RunFolder(path))
            found |= {model_title(model): str(model) for model in models}
        return found

    def use(self, scoring: Scoring) -> None:
        """Score with other settings; a model that does not load is refused."""
        model = scoring.model or ""
        self._forget_plan()
        if model == self._session.scoring.model and self._session.card is not None:
            self._background.forget("card")
            self._use(self._session.card, scoring)
            return

        def loaded(card: ModelCard) -> None:
            self._use(card, scoring)

        def refused(error: Exception) -> None:
            self._reading, self._later = False, []
            self.complain(error)

        self._reading = True
        self._background.ask("card", lambda: load_joint_card(model), loaded, refused)

    def _use(self, card: ModelCard, scoring: Scoring) -> None:
        """Take settings with the card of their model, and do what waited for it."""
        if card is not self._session.card:
            self._session.card = card
        self._session.scoring = scoring
        self._reading, wanted, self._later = False, self._later, []
        for verb in wanted:
            verb()

    @property
    def is_checking(self) -> bool:
        """Whether it is still being found out what a scoring would take."""
        return self._planning.is_asking or bool(self._later)

    def check(self) -> None:
        """Ask what a scoring of the open plates would take."""
        if self._reading:
            self._later.append(self.check)
        elif self._session.screens:
            self._forget_plan()  # the same answer again is news
            try:
                self._planning.ask(self._scoring_recipe("plan", self._paths()))
            except DeepNoiseError as error:
                self.complain(error)

    def score(self, paths: Sequence[Path] | None = None) -> None:
        """Score the open screens, or folders, one after the other."""
        if self._reading:
            self._later.append(partial(self.score, paths))
            return
        wanted = self._paths() if paths is None else list(paths)
        self._session.waiting = (*self._session.waiting, *wanted)
        self._next()

    def forget(self, path: Path) -> None:
        """Take a folder out of the queue."""
        self._session.waiting = tuple(p for p in self._session.waiting if p != path)

    def stop(self, path: Path) -> None:
        """Ask a run to stop."""
        self._jobs.stop(path)

    def resume(self, path: Path) -> None:
        """Go on with a run that was stopped, or that failed."""
        try:
            self._jobs.resume(path)
        except DeepNoiseError as error:
            self.complain(error)

    def follow(self, path: Path) -> RunView | None:
        """Watch a run that was begun elsewhere; None, and a word about it, where there is none."""
        try:
            return self._jobs.follow(path)
        except DeepNoiseError as error:
            self.complain(error)
            return None

    def export(self, path: Path, rows: NDArray[np.intp] | None = None) -> None:
        """Write the predictions, or some of their rows, as `.csv` or `.parquet`."""
        predictions = self._session.predictions
        if predictions is None:
            return

        def write() -> int:
            table = predictions.table if rows is None else predictions.table.iloc[rows]
            write_table(table, path)
            return len(table)

        def written(wells: int) -> None:
            part = "" if wells == len(predictions) else f" of {len(predictions):,}"
            self._session.notice = Notice(f"{wells:,}{part} wells written: {path}")

        def failed(error: Exception) -> None:
            text = f"{path} could not be written: {getattr(error, 'strerror', None) or error}"
            self._session.notice = Notice(text, Tone.PROBLEM, text)

        self._background.write(f"export {path}", write, written, failed)

    def _paths(self) -> list[Path]:
        return [Path(screen.path) for screen in self._session.screens]

    def _scoring_recipe(self, task: str, paths: Sequence[Path]) -> Recipe:
        screens = [str(path) for path in paths]
        return Recipe.model_validate(
            {
                "task": task,
                "screen": screens,
                "reader": self._session.reader_for(screens),
                "scoring": self._session.scoring.model_dump(),
            }
        )

    def _next(self) -> None:
        busy = any(v.task == "score" and not v.status.is_over for v in self._session.runs)
        if busy or not self._session.waiting:
            return
        first, *others = self._session.waiting
        self._session.waiting = tuple(others)
        if self.begin(self._scoring_recipe("score", [first]), first.name) is None:
            self._next()

    def begin(self, recipe: Recipe, title: str) -> RunView | None:
        """Begin a run; what hinders it is told."""
        try:
            return self._jobs.begin(recipe, title)
        except DeepNoiseError as error:
            self.complain(error)
            return None

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        if view.task not in WATCHED:
            return
        before = next((v for v in self._session.runs if v.path == view.path), view)
        known = [v for v in self._jobs.views if v.task in WATCHED]
        self._session.runs = tuple(known)
        if view.task == "score":
            self._intake.read_so_far(view, saved(view.path, events, "so far"))
        # A worker that dies without a word leaves no event.
        ended = bool(events) or not before.status.is_over
        if not ended or not view.status.is_over:
            return
        if view.status.state is RunState.FAILED:
            message = f"{view.title}: {view.status.message}"
            self._session.notice = Notice(message, Tone.PROBLEM, f"{message}\n{view.path}")
        elif view.status.state is RunState.FINISHED:
            self._intake.read(view)
        if view.task == "score":
            self._next()

    def _forget_plan(self) -> None:
        """What was told, or is still being asked, holds no longer."""
        self._planning.forget()
        self._session.plan = {}

    def _planned(self, plan: Mapping[str, Any]) -> None:
        self._session.plan = plan

    def merge(self, new: Predictions, view: RunView) -> None:
        """Add predictions of a run to those that are there; newer ones of a plate count."""
        self._intake.merge(new, view)

    def complain(self, error: Exception) -> None:
        """Tell the user of a fault."""
        text = str(error)
        known = isinstance(error, DeepNoiseError)
        self._session.notice = Notice(
            text if known else f"{type(error).__name__}: {text}", Tone.PROBLEM, text
        )
