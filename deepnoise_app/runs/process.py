"""Starts workers: processes of their own that outlive whoever started them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import psutil

from deepnoise_app.errors import RunError
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.lock import mark_start, refuse_second

# How much lower than its starter's a worker's priority is, and the lowest that there is.
_NICE, _NICEST = 5, 19


def own_python() -> str:
    """Return the interpreter of this process, also where that was started by a program of its own.

    A bundled napari may be such a program: `sys.executable` is then no Python.
    """
    started = Path(sys.executable)
    if "python" in started.name.lower() and not getattr(sys, "frozen", False):
        return sys.executable
    names = ("python.exe",) if sys.platform == "win32" else ("bin/python3", "bin/python")
    there = (Path(root, name) for root in (sys.prefix, started.parent) for name in names)
    return str(next((path for path in there if path.is_file()), started))


def worker_command(run: Path, python: str | None = None) -> list[str]:
    """Command that does what the recipe in a run folder asks."""
    return [python or own_python(), "-m", "deepnoise_app", "work", str(run.absolute())]


def start_detached(run: Path, python: str | None = None) -> int:
    """Start the worker of a run folder and leave it alone; returns its process number.

    The folder is marked at once, so that a second start is refused and a worker that dies before
    its first word is noticed.

    Raises
    ------
    RunError
        If another worker holds the folder, or the interpreter cannot be started.
    """
    folder = RunFolder(run.absolute())
    refuse_second(folder.worker_path)
    folder.refuse_links()
    command = worker_command(run, python)
    try:
        with folder.log_path.open("ab") as log:
            process = _launch(command, log)
    except OSError as error:
        raise RunError(f"no worker could be started with {command[0]}: {error.strerror}") from error
    mark_start(folder.worker_path, process.pid)
    process.returncode = 0  # it is meant to outlive this object, which would warn otherwise
    return process.pid


def is_alive(run: Path) -> bool:
    """Whether a worker holds the run folder and its process goes on."""
    holder = RunFolder(run).holder
    return holder is not None and holder.is_alive


if sys.platform == "win32":

    def _launch(command: list[str], log: BinaryIO) -> subprocess.Popen[bytes]:
        """Start outside the window's job, at lower priority, without a console."""
        quiet = subprocess.DETACHED_PROCESS | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        try:
            return _popen(command, log, quiet | subprocess.CREATE_BREAKAWAY_FROM_JOB)
        except PermissionError:  # a job that lets nobody out
            return _popen(command, log, quiet)

    def _popen(command: list[str], log: BinaryIO, flags: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, creationflags=flags
        )

else:

    def _launch(command: list[str], log: BinaryIO) -> subprocess.Popen[bytes]:
        """Start in a session of its own, so that no Ctrl-C and no closed terminal ends it."""
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            worker = psutil.Process(process.pid)
            worker.nice(min(worker.nice() + _NICE, _NICEST))
        except psutil.Error:
            return process  # it has ended already; its log says why
        return process
