"""The verbs for runs that lie on disk: look through them, watch, open, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qtpy.QtCore import QFile, QUrl
from qtpy.QtGui import QDesktopServices

from deepnoise_app.errors import DeepNoiseError, RunError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_records import SHOWN_TASKS, read_records
from deepnoise_app.runs.card import resolve_model
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.process import is_alive
from deepnoise_app.session import Notice, RunView, Session


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
        throw_away: Callable[[Path], bool] = move_to_bin,
    ) -> None:
        self._session = session
        self._background = background
        self._jobs = jobs
        self._desk = desk
        self._throw_away = throw_away
        jobs.told.connect(self._hear)

    def refresh(self) -> None:
        """Look through the folder of runs again."""
        folder = self._jobs.folder
        others = [view.path for view in self._jobs.views if view.path.parent != folder]
        self._background.ask(
            "history",
            lambda: read_records(folder, others),
            lambda found: setattr(self._session, "history", found),
            self._desk.complain,
        )

    def watch(self, path: Path) -> None:
        """Watch the run in a folder, wherever it lies and whoever began it."""
        self._desk.follow(path)
        self.refresh()

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
                self._jobs.forget(path)
                kept = tuple(view for view in self._session.runs if view.path != path)
                self._session.runs = kept
                self._session.notice = Notice(f"{path.name} lies in the bin of this computer")
            else:
                self._desk.complain(
                    RunError(f"{path} could not be moved to the bin: delete the folder yourself")
                )
            self.refresh()

        self._background.ask(
            f"delete {path}", lambda: self._throw_away(path), thrown, self._desk.complain
        )

    def _refuse_needed(self, path: Path) -> None:
        if is_alive(path):
            raise RunError(f"{path.name} is at work: stop it before it is deleted")
        model = self._session.scoring.model
        if model is None:
            return
        try:
            used = resolve_model(model)
        except DeepNoiseError:
            return  # it is gone already
        if used.is_relative_to(path):
            raise RunError(
                f"Score uses the model of {path.name}: choose another model before it is deleted"
            )

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        """Keep the record of a watched run in step; read the disk when one begins or ends."""
        del events
        if view.task not in SHOWN_TASKS:
            return
        known = next((r for r in self._session.history if r.view.path == view.path), None)
        if known is None or known.view.status.state is not view.status.state:
            self.refresh()
        if known is not None:
            title = known.view.title
            self._session.history = tuple(
                replace(r, view=replace(view, title=title)) if r is known else r
                for r in self._session.history
            )
