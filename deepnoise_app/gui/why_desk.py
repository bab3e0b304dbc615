"""The verbs of *Why?*: a worker explains the name of a well, and its answer becomes a fact."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs, saved
from deepnoise_app.gui.origins import take_in
from deepnoise_app.gui.painted import named_on
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.explanation import Explanation
from deepnoise_app.runs.recipe import Explaining, Recipe
from deepnoise_app.screen import WellId
from deepnoise_app.session import Origin, RunView, Session, Why


class WhyDesk:
    """Begins one explanation at a time; a newer question stops the older one."""

    def __init__(self, session: Session, background: Background, jobs: Jobs, desk: RunDesk) -> None:
        self._session = session
        self._background = background
        self._jobs = jobs
        self._desk = desk
        self._run: Path | None = None
        jobs.told.connect(self._hear)

    def ask(self) -> None:
        """Ask why the chosen well is named as it is, or else what is likeliest."""
        plate, well = self._session.plate, self._session.well
        screen = self._session.screen_of(plate) if plate is not None else None
        if plate is None or well is None or screen is None:
            return
        self.stop()
        named = named_on(self._session, plate).texts.get(well)
        try:
            recipe = Recipe(
                task="explain",
                screen=[screen.path],
                plates=["/".join(plate.key)],
                reader=self._session.reader_for([screen.path]),
                scoring=self._session.scoring,
                explaining=Explaining(well=well.name, target=named),
            )
        except DeepNoiseError as error:
            self._desk.complain(error)
            return
        view = self._desk.begin(recipe, f"{' '.join(plate.key)} {well}")
        self._run = view.path if view is not None else None

    def stop(self) -> None:
        """Ask what goes on to stop."""
        for view in self._jobs.views:
            if view.task == "explain" and not view.status.is_over:
                self._jobs.stop(view.path)

    def expect(self, run: Path) -> None:
        """Show the explanation of an earlier run when it is read again."""
        self._run = run

    def forget(self) -> None:
        """Take the explanation away."""
        self._session.why = None

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        if view.task != "explain" or view.path != self._run:
            return
        for path in saved(view.path, events, "explanation")[-1:]:
            take = partial(self._take, view.origin)
            self._background.ask("why", partial(read_why, path), take, self._failed)

    def _take(self, origin: Origin, why: Why) -> None:
        if why.plate in take_in(self._session, [why.plate], origin)[0]:
            self._session.why = why

    def _failed(self, error: Exception) -> None:
        self._desk.complain(error)


def read_why(path: Path) -> Why:
    """Return the explanation that a worker left."""
    found = Explanation.read(path)
    key = found.experiment, found.plate
    maps = found.maps(path.parent)
    return Why(key, WellId.parse(found.well), found.target, found.sentence, maps)
