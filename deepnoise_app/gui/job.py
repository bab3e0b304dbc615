"""The only file that starts processes: begins runs, watches their folders, finds them again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.run_records import lasts, title_of
from deepnoise_app.runs.events import Event, Saved, Started, read_events
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import start_detached
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import Origin, RunView
from deepnoise_app.untrusted import within

POLL_MS = 250
# How many polls pass between looks at the process itself: that costs a millisecond.
LOOK_EVERY = 8

Starter = Callable[[Path], int]


class Jobs(QObject):
    """Runs under watch. The workers outlive this object; `adopt` finds them again."""

    told = Signal(object, object)  # RunView, tuple of the new events

    def __init__(
        self, folder: Path, start: Starter = start_detached, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self._start = start
        self._views: dict[Path, RunView] = {}
        self._offsets: dict[Path, int] = {}
        self._polls = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def views(self) -> tuple[RunView, ...]:
        """All runs under watch, in the order in which they came."""
        return tuple(self._views.values())

    def begin(self, recipe: Recipe, title: str) -> RunView:
        """Make a run folder and start its worker.

        Raises
        ------
        RunError
            If the folder cannot be made or the worker cannot be started.
        """
        run = RunFolder.create(self._new_folder(recipe.task, title), recipe)
        self._start(run.path)
        return self._watch(run.path, recipe, title)

    def resume(self, path: Path) -> RunView:
        """Start a worker that goes on with a run.

        Raises
        ------
        RunError, RecipeError
            If there is no run in the folder, or no worker can be started.
        """
        run = RunFolder(path)
        recipe = run.recipe
        run.clear_stop()
        said = self._watch(path, recipe, title_of(recipe, path))
        self._start(path)
        # How the last worker ended is no longer so; the new one has not spoken yet.
        status = replace(said.status, state=RunState.WAITING, message="", seconds_left=None)
        self._say(replace(said, status=status), ())
        self._timer.start()
        return self._views[path]

    def stop(self, path: Path) -> None:
        """Ask the worker of a run to stop; it does so at its next boundary."""
        RunFolder(path).request_stop()
        view = self._views.get(path)
        if view is not None:
            self._say(replace(view, stopping=True), ())

    def follow(self, path: Path) -> RunView:
        """Watch a run that somebody else began.

        Raises
        ------
        RunError, RecipeError
            If there is no run in the folder.
        """
        path = path.absolute()
        recipe = RunFolder(path).recipe
        return self._watch(path, recipe, title_of(recipe, path))

    def forget(self, path: Path) -> None:
        """Watch a run no more; its worker goes on."""
        self._views.pop(path, None)
        self._offsets.pop(path, None)

    def adopt(self) -> list[RunView]:
        """Watch what goes on in the folder of runs without a window."""
        found = []
        for recipe in sorted(self.folder.glob("*/recipe.json")):
            holder = RunFolder(recipe.parent).holder
            if holder is not None and holder.is_alive:
                try:
                    found.append(self.follow(recipe.parent))
                except DeepNoiseError:
                    continue  # a folder that is no run any more
        return found

    def stop_what_does_not_last(self) -> None:
        """Ask runs in the folder of runs to stop that are of no use without a window."""
        for path, view in list(self._views.items()):
            if view.status.is_over or not path.is_relative_to(self.folder):
                continue
            with suppress(DeepNoiseError):  # the folder is no run any more
                if not lasts(RunFolder(path).recipe):
                    self.stop(path)

    def close(self) -> None:
        """Watch no more; the workers go on."""
        self._timer.stop()

    def _new_folder(self, task: str, title: str) -> Path:
        now = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        stem = f"{now}-{task}-{re.sub(r'[^A-Za-z0-9]+', '-', title).strip('-')[:40]}"
        path, number = self.folder / stem, 2
        while path.exists():
            path, number = self.folder / f"{stem}-{number}", number + 1
        return path

    def _watch(self, path: Path, recipe: Recipe, title: str) -> RunView:
        self._offsets.setdefault(path, 0)
        new = RunView(path, recipe.task, title, origin=Origin.of(recipe))
        view = replace(self._views.get(path) or new, stopping=False)
        self._say(view, ())
        self._timer.start()
        self._read(path)
        return self._views[path]

    def _poll(self) -> None:
        self._polls += 1
        for path, view in list(self._views.items()):
            if not view.status.is_over:
                self._read(path)
        if all(view.status.is_over for view in self._views.values()):
            self._timer.stop()

    def _read(self, path: Path) -> None:
        view = self._views[path]
        events, self._offsets[path] = read_events(RunFolder(path).events_path, self._offsets[path])
        status = view.status.after_all(events)
        if not status.is_over and self._polls % LOOK_EVERY == 0:
            status = RunFolder(path).verdict(status)
        begun = any(isinstance(event, Started) for event in events)
        stopping = view.stopping and not status.is_over and not begun
        if status != view.status or events or stopping != view.stopping:
            self._say(replace(view, status=status, stopping=stopping), tuple(events))

    def _say(self, view: RunView, events: tuple[Event, ...]) -> None:
        self._views[view.path] = view
        self.told.emit(view, events)


def saved(run: Path, events: Iterable[Event], what: str) -> list[Path]:
    """Paths of what a run has saved, of one kind, each once; nothing outside of its folder."""
    told = (Path(e.path) for e in events if isinstance(e, Saved) and e.what == what)
    names = [str(path.relative_to(run)) for path in told if path.is_relative_to(run)]
    paths = []
    for name in dict.fromkeys(names):
        with suppress(DeepNoiseError):  # it leads out by a link, or by `..`
            paths.append(within(run, name))
    return paths
