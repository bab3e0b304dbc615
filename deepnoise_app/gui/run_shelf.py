"""The verbs for runs that lie on disk: look through them, watch, show, open, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from qtpy.QtCore import QFile, QTimer, QUrl
from qtpy.QtGui import QDesktopServices

from deepnoise_app.errors import DeepNoiseError, RunError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.ladder_record import TASK as LADDER
from deepnoise_app.gui.ladder_record import is_ladder
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_records import is_passing, read_records
from deepnoise_app.runs.card import resolve_model
from deepnoise_app.runs.events import Event, Saved
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import is_alive
from deepnoise_app.session import Notice, RunRecord, RunView, Session

# A ladder says nothing of itself: its folder is looked at while it goes on.
LADDER_MS = 5000


def move_to_bin(path: Path) -> bool:
    """Move a folder to the bin of the system; whether that went well."""
    return bool(QFile(str(path)).moveToTrash())


class RunShelf:
    """Keeps `session.history` in step with the disk and with the runs that are watched."""

    def __init__(
        self,
        session: Session,
        background: Background,
        jobs: Jobs,
        desk: RunDesk,
        preferences: Preferences,
        throw_away: Callable[[Path], bool] = move_to_bin,
    ) -> None:
        self._session = session
        self._background = background
        self._jobs = jobs
        self._desk = desk
        self._preferences = preferences
        self._throw_away = throw_away
        self._passing: dict[Path, bool] = {}
        self._look = QTimer(background, interval=LADDER_MS)
        self._look.timeout.connect(self.refresh)
        jobs.told.connect(self._hear)

    def refresh(self) -> None:
        """Look through the folder of runs again, and at those that are watched elsewhere."""
        folder = self._jobs.folder
        views = [view.path for view in self._jobs.views if view.path.parent != folder]
        others = [*views, *self._preferences.watched]
        self._background.ask(
            "history", lambda: read_records(folder, others), self._found, self._desk.complain
        )

    def _found(self, records: tuple[RunRecord, ...]) -> None:
        self._session.history = records
        watched = {view.path for view in self._jobs.views}
        for record in records:
            ladder = record.view.task == LADDER
            if not (ladder or record.view.status.is_over or record.view.path in watched):
                self._desk.follow(record.view.path)
        climbing = any(r.view.task == LADDER and not r.view.status.is_over for r in records)
        if climbing != self._look.isActive():
            (self._look.start if climbing else self._look.stop)()

    def watch(self, path: Path) -> None:
        """Watch the run or ladder in a folder, wherever it lies and whoever began it."""
        path = path.absolute()
        self._background.ask(
            f"watch {path}",
            lambda: is_ladder(path) or RunFolder(path).recipe,
            lambda found: self._watch(path, found is True),
            self._desk.complain,
        )

    def _watch(self, path: Path, ladder: bool) -> None:
        if not ladder and self._desk.follow(path) is None:
            return
        if path.parent != self._jobs.folder:
            self._remember((*self._preferences.watched, path))
        self.refresh()

    def forget(self, path: Path) -> None:
        """List a run that lies elsewhere no more; nothing on disk changes."""
        self._jobs.forget(path)
        self._remember(one for one in self._preferences.watched if one != path)
        self._session.runs = tuple(view for view in self._session.runs if view.path != path)
        self.refresh()

    def is_elsewhere(self, path: Path) -> bool:
        """Whether a run does not lie in the folder of runs, so that it can be forgotten."""
        return path.parent != self._jobs.folder

    def open_folder(self, path: Path) -> None:
        """Show the folder of a run in the file browser of the system."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def delete(self, path: Path) -> None:
        """Move a run to the bin, unless it is at work or its model is in use."""
        try:
            self._refuse_needed(path)
        except DeepNoiseError as error:
            self._desk.complain(error)
            return

        def thrown(gone: bool) -> None:
            if gone:
                self._session.notice = Notice(f"{path.name} lies in the bin of this computer")
                self.forget(path)
            else:
                self._desk.complain(
                    RunError(f"{path} could not be moved to the bin: delete the folder yourself")
                )
                self.refresh()

        self._background.ask(
            f"delete {path}", lambda: self._throw_away(path), thrown, self._desk.complain
        )

    def _remember(self, paths: Iterable[Path]) -> None:
        self._preferences.watched = tuple(paths)

    def _refuse_needed(self, path: Path) -> None:
        if is_alive(path):
            raise RunError(f"{path.name} is at work: stop it before it is deleted")
        session = self._session
        for model, use, cure in (
            (session.scoring.model, "Score uses", "choose another model"),
            (session.recipe.start_from, "Train starts from", "choose another start"),
        ):
            if model is not None and _lies_in(model, path):
                raise RunError(f"{use} the model of {path.name}: {cure} before it is deleted")

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        """Keep the record of a watched run in step.

        The disk is read when a run begins or ends, and when it has a new model.
        """
        if self._passes(view.path):
            return
        known = next((r for r in self._session.history if r.view.path == view.path), None)
        kept = any(isinstance(e, Saved) and e.what in ("model", "snapshot") for e in events)
        if kept or known is None or known.view.status.state is not view.status.state:
            self.refresh()
        if known is not None:
            title = known.view.title
            self._session.history = tuple(
                replace(r, view=replace(view, title=title)) if r is known else r
                for r in self._session.history
            )

    def _passes(self, path: Path) -> bool:
        if path not in self._passing:
            try:
                self._passing[path] = is_passing(RunFolder(path).recipe)
            except DeepNoiseError:
                return True
        return self._passing[path]


def _lies_in(model: str, run: Path) -> bool:
    """Whether a model is one that a run has kept."""
    try:
        return resolve_model(model).is_relative_to(run)
    except DeepNoiseError:
        return False  # it is gone already
