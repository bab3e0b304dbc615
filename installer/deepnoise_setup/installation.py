"""The first start, from top to bottom: find the parts, get them, put them in place, try them."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deepnoise_setup import faults
from deepnoise_setup.claim import claimed
from deepnoise_setup.download import Download
from deepnoise_setup.faults import Fault, Kind, Stopped
from deepnoise_setup.lock import UNPACKED, Lock
from deepnoise_setup.places import Places
from deepnoise_setup.progress import Phase, Progress
from deepnoise_setup.uv import Runner, ShouldStop, UvFailed

Tell = Callable[[Progress], None]

# Pauses before the next tries after a cut connection; then the user decides.
PAUSES_S = (5.0, 15.0, 30.0, 60.0)
# Room beyond the parts themselves: the app's own files, what Python compiles.
SPARE = 500_000_000
GENERAL = (
    "The place of the smaller builds of torch cannot be reached: the general build is taken. It"
    " computes on NVIDIA cards and on any processor."
)
TRIAL = "import deepnoise_app, torch, torchvision, napari, PySide6.QtWidgets"


class Installation:
    """Makes the private environment, or brings it up to date; goes on where it was cut off.

    looking -> downloading <-> waiting -> placing -> checking -> ready; a `Fault` or `Stopped` ends
    it at any point, and what was downloaded whole is kept.

    Parameters
    ----------
    python
        Interpreter that the environment is made from.
    sleep
        Waits so many seconds; tests wait less.
    """

    def __init__(
        self,
        places: Places,
        tell: Tell,
        should_stop: ShouldStop = lambda: False,
        python: Path | str = sys.executable,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.places = places
        self._tell = tell
        self._should_stop = should_stop
        self._python = str(python)
        self._sleep = sleep
        self._run = Runner(places, should_stop)
        self._need = 0
        self._note = ""

    def run(self) -> None:
        """Do it all.

        Raises
        ------
        Fault
            If it cannot be done; the message says why and what would help.
        Stopped
            If the user has stopped.
        """
        places = self.places
        with self._faults(), claimed(places.folder):
            places.ready.unlink(missing_ok=True)
            self._tell(Progress(Phase.LOOKING))
            lock = self._look()
            self._check_room(lock)
            self._make_environment()
            self._get(lock)
            self._tell(Progress(Phase.CHECKING, note=self._note))
            self._run.run([places.python, "-I", "-c", TRIAL])
            places.ready.write_text(places.wanted, encoding="utf-8")
        self._tell(Progress(Phase.READY))

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Tell errors of `uv` and of the system as faults."""
        folder = self.places.folder
        try:
            yield
        except OSError as error:
            raise faults.from_os(error, folder, self.places.free(), self._need) from error
        except UvFailed as error:
            free = self.places.free()
            raise faults.from_uv(error.lines, folder, free, self._need) from error

    def _look(self) -> Lock:
        """Ask which parts fit; the build of torch is that for the graphics card, if it is there."""
        self.places.requirements.write_text(
            f"deepnoise-app[app] @ {self.places.wheel.resolve().as_uri()}\n", encoding="utf-8"
        )
        try:
            self._compile("--torch-backend", os.environ.get("UV_TORCH_BACKEND", "auto"))
        except UvFailed as error:
            if faults.from_uv(error.lines, "").kind not in (Kind.OFFLINE, Kind.UNFIT):
                raise
            self._patiently(self._compile)
            self._note = GENERAL
        return Lock.read(self.places.lock)

    def _compile(self, *more: str) -> None:
        pins = ("--constraints", self.places.pins, "--format", "pylock.toml")
        asked = ("--python", self._python, "--no-build", "--output-file", self.places.lock)
        self.places.lock.unlink(missing_ok=True)
        self._run.uv("pip", "compile", "--quiet", self.places.requirements, *pins, *asked, *more)

    def _check_room(self, lock: Lock) -> None:
        there = _size_of(self.places.cache) if self.places.is_begun else 0
        self._need = max(0, int(lock.total * UNPACKED) + SPARE - there)
        if self.places.free() < self._need:
            raise faults.full(self.places.folder, self.places.free(), self._need)

    def _make_environment(self) -> None:
        if not self.places.python.exists():
            shutil.rmtree(self.places.environment, ignore_errors=True)
            self._run.uv("venv", "--quiet", "--python", self._python, self.places.environment)

    def _get(self, lock: Lock) -> None:
        """Download and install; a cut connection is waited for."""

        def sync() -> None:
            places = self.places
            follow = Download(lock, places.kept, places.free, note=self._note)

            def hear(line: str) -> None:
                follow.hear(line)
                self._tell(follow.progress)

            hear("")
            to = ("--python", places.python, "--no-build", "--compile-bytecode")
            self._run.uv("pip", "sync", places.lock, *to, hear=hear)

        self._patiently(sync, lock)

    def _patiently(self, work: Callable[[], None], lock: Lock | None = None) -> None:
        """Do something that needs the internet; try again after pauses where that is cut."""
        for pause in PAUSES_S if lock else ():
            try:
                return work()
            except UvFailed as error:
                if faults.from_uv(error.lines, "").kind is not Kind.OFFLINE:
                    raise
                self._wait(pause, lock)
        return work()

    def _wait(self, pause: float, lock: Lock | None) -> None:
        kept, total = self.places.kept, lock.total if lock else 0
        done = lock.of(kept.read_text("utf-8").split()) if lock and kept.is_file() else 0
        for left in range(round(pause), 0, -1):
            if self._should_stop():
                raise Stopped
            self._tell(Progress(Phase.WAITING, done, total, left, self._note))
            self._sleep(1)


def _size_of(folder: Path) -> int:
    files = (os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)  # noqa: PTH118
    return sum(os.lstat(file).st_size for file in files)


def make(places: Places, tell: Tell, should_stop: ShouldStop, python: str = sys.executable) -> None:
    """Make the environment; any unforeseen error becomes a fault with a sentence, too."""
    try:
        Installation(places, tell, should_stop, python).run()
    except (Fault, Stopped):
        raise
    except Exception as error:
        message = f"Setting up has failed: {type(error).__name__}: {error}."
        raise Fault(Kind.BROKEN, message, "Try again; the log holds the details.") from error
