"""Opens folders in the background: says how far it is, and stops at once when asked to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from qtpy.QtCore import QTimer

from deepnoise_app.errors import Interrupted
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.words import count, layout
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.remote import whole_path
from deepnoise_app.readers.walk import is_store
from deepnoise_app.screen import Screen
from deepnoise_app.session import Notice, Session

T = TypeVar("T")
# How often the window says how many names were read.
SAY_MS = 200
WHAT = "This could not be opened"


@dataclass(slots=True, eq=False)
class Reading:
    """One folder that is being opened; written in a thread, read by the window."""

    path: Path
    names: int = 0
    stopped: bool = False
    # Folder whose names may be read in another way, once it could not be opened.
    folder: str = ""

    def tell(self, names: int, _total: int) -> None:
        """Note how many names were read; ends the reading if it was stopped."""
        if self.stopped:
            raise Interrupted(f"{self.path.name}: stopped before all names were read")
        self.names = names

    def open(self, reader: str | None) -> Screen:
        """Read the names, with a certain reader or the one that fits."""
        try:
            return open_screen(self.path, reader, tell=self.tell)
        except Exception:
            self.folder = str(self.path) if self.path.is_dir() and not is_store(self.path) else ""
            raise


class Opening:
    """Reads the names of folders; a stopped one changes nothing, even if its disk never answers.

    Parameters
    ----------
    opened
        Takes each screen.
    failed
        Takes a fault, and a sentence for one that is not ours.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        opened: Callable[[Screen], None],
        failed: Callable[[Exception, str], None],
    ) -> None:
        self._session = session
        self._background = background
        self._opened = opened
        self._failed = failed
        self._readings: dict[Path, Reading] = {}
        self._watch = QTimer(background, interval=SAY_MS)
        self._watch.timeout.connect(self._say)

    def open(self, paths: Sequence[Path], reader: str | None = None) -> None:
        """Open folders as screens, with a certain reader or the one that fits."""
        for path in paths:
            self._begin(path, lambda reading: reading.open(reader), self._on_opened, self._complain)
        self._say()

    def look(self, paths: Sequence[Path], what: Callable[[], T], then: Callable[[T], None]) -> None:
        """Find out what some paths are, as a reading that can be stopped, before one is opened."""
        self._begin(paths[0], lambda _: what(), then, lambda error, _: self._failed(error, WHAT))
        self._say()

    def _begin(
        self,
        path: Path,
        work: Callable[[Reading], T],
        then: Callable[[T], None],
        failed: Callable[[Exception, Reading], None],
    ) -> None:
        self._give_up(path)
        reading = self._readings[path] = Reading(path)

        def over(told: Callable[[], None]) -> None:
            del self._readings[path]
            told()
            self._say()

        self._background.ask(
            _topic(path),
            lambda: work(reading),
            lambda answer: over(lambda: then(answer)),
            lambda error: over(lambda: failed(error, reading)),
        )

    def stop(self) -> None:
        """Open none of the folders that are being read."""
        stopped = [self._give_up(path) for path in list(self._readings)]
        self._say()
        told = " and ".join(
            f"{one.path.name} ({count(one.names, 'name')} read)" for one in stopped if one
        )
        if told:
            self._session.notice = Notice(f"Stopped opening {told}: nothing has changed")

    def _give_up(self, path: Path) -> Reading | None:
        reading = self._readings.pop(path, None)
        if reading is not None:
            reading.stopped = True
            self._background.forget(_topic(path))
        return reading

    def _on_opened(self, screen: Screen) -> None:
        self._say()
        self._opened(screen)

    def _complain(self, error: Exception, reading: Reading) -> None:
        self._failed(error, f"{whole_path(reading.path)} could not be opened")
        notice = self._session.notice
        if notice is not None and reading.folder:
            self._session.notice = replace(notice, folder=reading.folder)

    def _say(self) -> None:
        """Say what is read and how far it is."""
        readings = list(self._readings.values())
        self._session.can_stop = bool(readings)
        if not readings:
            self._watch.stop()
            self._session.busy = ""
            return
        names = sum(reading.names for reading in readings)
        where = readings[0].path.name
        if len(readings) > 1:
            where += f" and {count(len(readings) - 1, 'more folder')}"
        known = f"{count(names, 'name')} read in {where}"
        self._session.busy = known if names else f"Reading names in {where}"
        self._watch.start()


def _topic(path: Path) -> str:
    return f"open {path}"


def understood(screen: Screen) -> str:
    """Say in a line what was found in a folder."""
    experiments = len({plate.experiment for plate in screen.imaged})
    sites = max((len(plate.sites) for plate in screen.imaged), default=0)
    wells = sum(len(plate.wells) for plate in screen.imaged)
    parts = [
        count(experiments, "experiment"),
        count(len(screen.imaged), "plate"),
        count(wells, "imaged well"),
        count(sites, "site"),
        count(len(screen.channels), "channel"),
    ]
    if screen.stack.told:
        parts.append(screen.stack.told)
    bare = len(screen.plates) - len(screen.imaged)
    if bare:
        parts.append(f"{count(bare, 'listed plate')} without images")
    problems = sum(problem.kind != "not-imaged" for problem in screen.problems)
    if problems:
        parts.append(count(problems, "problem"))
    return f"{layout(screen.reader)}: {', '.join(parts)}"


def named_folder(screen: Screen) -> str:
    """Folder of a screen whose names of files may be read in another way; OME-Zarr has none."""
    return "" if screen.reader == "ome-zarr" else screen.path


def all_problems(screen: Screen) -> str:
    """Every problem of a screen, one a line."""
    return "\n".join(map(str, screen.problems))
