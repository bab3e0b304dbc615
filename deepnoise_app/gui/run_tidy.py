"""Removes run folders that nobody wants to see again: questions that the window has asked.

What they told is in the window, and measures are kept in a cache. A finished one goes once its
worker has let go of it; one that was stopped or failed stays until a later start, to be gone on
with or looked into. Runs that the panel lists are never touched: the user deletes them.
"""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from qtpy.QtCore import QTimer

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.run_records import is_passing
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import is_alive
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import RunView

PASSING = ("plan", "measure", "pack")
# As `Jobs` names the folders that it makes: no other folder is ever removed.
OURS = re.compile(rf"\d{{4}}-\d\d-\d\d-\d{{6}}-({'|'.join(PASSING)})-")
LOOK_MS = 3000
KEPT_S = 7 * 24 * 3600


class Tidying:
    """Watches the runs of the window, and looks through the folder of runs once at the start."""

    def __init__(self, background: Background, jobs: Jobs) -> None:
        self._background = background
        self._jobs = jobs
        self._over: set[Path] = set()
        self._look = QTimer(background, interval=LOOK_MS)
        self._look.timeout.connect(self._remove)
        jobs.told.connect(self._hear)
        background.ask("tidy", lambda: sweep(jobs.folder), _removed, _kept)

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        del events
        if view.status.state is RunState.FINISHED and is_ours(view.path, self._jobs.folder):
            self._over.add(view.path)
            self._look.start()

    def _remove(self) -> None:
        """Remove the folders whose workers are gone: what they said was read long ago."""
        gone = [path for path in self._over if not is_alive(path)]
        self._over -= set(gone)
        for path in gone:
            self._jobs.forget(path)
        if gone:
            self._background.ask(f"tidy {gone[0]}", lambda: remove(gone), _removed, _kept)
        if not self._over:
            self._look.stop()


def is_ours(path: Path, folder: Path) -> bool:
    """Whether the window made a run folder for something that passes."""
    if path.parent != folder or OURS.match(path.name) is None:
        return False
    try:
        return is_passing(RunFolder(path).recipe)
    except DeepNoiseError:
        return False


def sweep(folder: Path, now: float | None = None) -> int:
    """Remove what earlier windows left: all that is over, failed ones after a week."""
    moment = time.time() if now is None else now
    found = sorted(recipe.parent for recipe in folder.glob("*/recipe.json"))
    return remove([p for p in found if is_ours(p, folder) and _is_stale(p, moment)])


def _is_stale(path: Path, now: float) -> bool:
    if is_alive(path):
        return False
    try:
        state = RunFolder(path).status().state
        age = now - path.stat().st_mtime
    except OSError:
        return False
    return state in (RunState.FINISHED, RunState.STOPPED) or age > KEPT_S


def remove(paths: list[Path]) -> int:
    """Remove folders as far as they can be; a file that somebody has open stays for next time."""
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
    return len(paths)


def _removed(count: int) -> None:
    """Nobody is told: nothing of value is gone."""


def _kept(error: Exception) -> None:
    """What could not be removed is tried again at the next start."""
