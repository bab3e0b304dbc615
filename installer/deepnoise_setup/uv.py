"""Runs the `uv` program: hears its lines, stops it when asked, keeps a log."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deepnoise_setup.faults import Stopped
from deepnoise_setup.places import Places

Hear = Callable[[str], None]
ShouldStop = Callable[[], bool]

POLL_S = 0.2
GRACE_S = 5.0
# Few at a time: a cut connection then costs few half-finished parts.
AT_ONCE = "6"
# On Windows no console opens beside the wizard.
_QUIETLY: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_OURS = ("PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT", "UV_PYTHON")


class UvFailed(Exception):  # noqa: N818 (told as a fault by whoever asked)
    """`uv` ended with an error; `lines` are its last words."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Runner:
    """Runs programs for one first start."""

    def __init__(self, places: Places, should_stop: ShouldStop) -> None:
        self._places = places
        self._should_stop = should_stop

    def uv(self, *arguments: str | Path, hear: Hear | None = None) -> None:
        """Run `uv`; `hear` gets each of its lines, and an empty one now and then.

        Raises
        ------
        UvFailed
            If it ends with an error.
        Stopped
            If the user has stopped; it is ended then.
        """
        self.run([self._places.uv, *arguments], hear)

    def run(self, command: Sequence[str | Path], hear: Hear | None = None) -> None:
        """Run any program in the same way."""
        words = [str(word) for word in command]
        with self._places.log.open("a", encoding="utf-8") as log:
            log.write(f"\n{time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(words)}\n")
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment(self._places, os.environ),
                text=True,
                encoding="utf-8",
                errors="replace",
                creationflags=_QUIETLY,
            )
            lines = self._follow(process, hear, log.write)
        if process.returncode:
            raise UvFailed(lines[-20:])

    def _follow(
        self, process: subprocess.Popen[str], hear: Hear | None, keep: Callable[[str], object]
    ) -> list[str]:
        said: list[str] = []
        waiting: queue.Queue[str | None] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process, waiting), daemon=True)
        reader.start()
        try:
            while (line := _next(waiting)) is not None:
                if self._should_stop():
                    raise Stopped
                if line:
                    said.append(line)
                    keep(line + "\n")
                if hear is not None:
                    hear(line)
        finally:
            _end(process)
            reader.join(GRACE_S)
        return said


def environment(places: Places, inherited: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """Return the variables for `uv`: the user's proxy and index stay, other Pythons do not."""
    kept = {k: v for k, v in inherited.items() if not k.startswith(_OURS)}
    return {
        **kept,
        "UV_CACHE_DIR": str(places.cache),
        "UV_PYTHON_INSTALL_DIR": str(places.folder / "python"),
        "UV_CONCURRENT_DOWNLOADS": inherited.get("UV_CONCURRENT_DOWNLOADS", AT_ONCE),
        "UV_NO_PROGRESS": "1",
        "UV_SYSTEM_CERTS": inherited.get("UV_SYSTEM_CERTS", "1"),
        "NO_COLOR": "1",
    }


def _read(process: subprocess.Popen[str], into: queue.Queue[str | None]) -> None:
    if process.stderr is not None:
        for line in process.stderr:
            into.put(line.rstrip())
    into.put(None)


def _next(waiting: queue.Queue[str | None]) -> str | None:
    try:
        return waiting.get(timeout=POLL_S)
    except queue.Empty:
        return ""


def _end(process: subprocess.Popen[str]) -> None:
    """Let a program end that has closed its output; ask one that goes on, then insist."""
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stderr is not None:
        process.stderr.close()
