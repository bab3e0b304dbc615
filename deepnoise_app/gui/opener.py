"""What the user gives a window: told apart in the background, then opened, used, watched, taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.given import Given
from deepnoise_app.gui.map_desk import MapDesk
from deepnoise_app.gui.preferences import Preferences, still_there
from deepnoise_app.gui.results_desk import ResultsDesk
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_shelf import RunShelf
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.readers.remote import address_of
from deepnoise_app.session import Session


class Opener:
    """Takes folders, addresses, models, runs and plate maps; remembers plates that were opened."""

    def __init__(
        self,
        session: Session,
        background: Background,
        workbench: Workbench,
        desk: RunDesk,
        shelf: RunShelf,
        results: ResultsDesk,
        maps: MapDesk,
        preferences: Preferences,
    ) -> None:
        self._session, self._background = session, background
        self._workbench, self._desk = workbench, desk
        self._shelf, self._results, self._maps = shelf, results, maps
        self._preferences = preferences
        # Where the next plates are looked for; it was there a while ago.
        self.beside = Path.home()
        # Folders that somebody wants to see, and that are not open yet.
        self._asked: set[Path] = set()
        session.events.screens.connect(self._on_screens)

    def open(self, paths: Sequence[Path]) -> None:
        """Open plates, score with a model, watch a run, take plate maps.

        What is none of these is told in a sentence, and nothing is done then.
        """
        if paths:
            self._workbench.look(paths, partial(Given.told_apart, paths), self._take)

    def score(self, paths: Sequence[Path]) -> None:
        """Score folders one after the other, with a model that may be among them."""
        if paths:
            self._workbench.look(paths, partial(Given.told_apart, paths), self._score)

    def reopen(self, path: Path, reader: str | None = None) -> None:
        """Open plates that were open before: no disk is asked what they are before."""
        self._asked.add(path)
        self._workbench.open([path], reader)

    def find_recent(self, then: Callable[[Sequence[Path]], None]) -> None:
        """Give plates that were opened lately, at once; and again without those that are gone."""
        recent = self._preferences.recent
        then(recent)

        def found(there: Sequence[Path]) -> None:
            self._lies_beside(there)
            then(there)

        if recent:
            self._background.ask("recent", lambda: still_there(recent), found, lambda _: None)

    def _lies_beside(self, paths: Sequence[Path]) -> None:
        folders = (path.parent for path in paths if address_of(path) is None)
        self.beside = next(folders, self.beside)

    def _take(self, given: Given) -> None:
        for run in given.runs:
            self._shelf.watch(run)
            self._session.bring_forward("Runs")
        for ladder in given.ladders:
            self._results.open_ladder(ladder)
        for folder in given.folders:
            self.reopen(folder)
        if given.tables:
            self._maps.take(given.tables)
        if given.models:
            self._use(given.models[-1])
            self._session.bring_forward("Score")

    def _score(self, given: Given) -> None:
        if given.models:
            self._use(given.models[-1])
        if given.folders:
            self._desk.score(list(given.folders))
        self._take(replace(given, models=(), folders=()))

    def _use(self, model: Path) -> None:
        self._desk.use(self._session.scoring.model_copy(update={"model": str(model)}))

    def _on_screens(self) -> None:
        """Remember what was asked for once it is open."""
        there = [Path(screen.path) for screen in self._session.screens]
        if opened := self._asked.intersection(there):
            self._asked -= opened
            last = sorted(opened, key=there.index, reverse=True)
            self._preferences.remember(last)
            self._lies_beside(last)
