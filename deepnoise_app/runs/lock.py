"""Who works on a run folder: `worker.json`.

A second worker is refused while the first one lives; the mark of a process that is gone is taken
over. A process is known by its number and the moment it began, because numbers are used again.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psutil
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deepnoise_app.errors import RunError
from deepnoise_app.runs.files import remove, write_whole
from deepnoise_app.untrusted import read_plain

_CLOCK_SLACK_S = 5.0
_SETTLE_S = 0.05


class Holder(BaseModel):
    """The process that works, or is about to work, on a run folder."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int = Field(ge=0, lt=2**31)
    host: str
    started: float
    state: Literal["starting", "working"] = "working"

    @classmethod
    def of(cls, pid: int, state: Literal["starting", "working"] = "working") -> Holder:
        """Describe a process of this computer."""
        try:
            began = psutil.Process(pid).create_time()
        except psutil.Error:
            began = time.time()
        return cls(pid=pid, host=socket.gethostname(), started=began, state=state)

    @property
    def is_here(self) -> bool:
        """Whether the process belongs to this computer, so that it can be looked for."""
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether the process goes on; that of another computer is believed to."""
        if not self.is_here:
            return True
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK_SLACK_S
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True

    @property
    def is_me(self) -> bool:
        """Whether this process was launched under that mark.

        The parent counts too: a virtual environment's Python on Windows is a launcher.
        """
        launched = self.pid in (os.getpid(), os.getppid())
        return self.state == "starting" and self.is_here and launched


def read_holder(path: Path) -> Holder | None:
    """Who holds a folder, by its `worker.json`; None where nobody does."""
    try:
        return Holder.model_validate_json(read_plain(path))
    except (FileNotFoundError, ValidationError):
        return None


def refuse_second(path: Path) -> None:
    """Raise a `RunError` if somebody else lives under the mark that is there."""
    holder = read_holder(path)
    if holder is None or holder.is_me or not holder.is_alive:
        return
    who = f"process {holder.pid} on {holder.host}"
    cure = "wait for it or stop it"
    if not holder.is_here:
        cure += f"; if it is gone, delete {path}"
    raise RunError(f"{path.parent} is being worked on by {who}: {cure}")


def mark_start(path: Path, pid: int) -> None:
    """Mark a folder for a worker that was launched, unless that one has done so itself."""
    holder = read_holder(path)
    if holder is None or not holder.is_alive:
        write_whole(path, Holder.of(pid, "starting").model_dump_json())


def claim(path: Path) -> Holder:
    """Mark a folder as that of this process; returns the mark.

    Raises
    ------
    RunError
        If another worker holds the folder.
    """
    refuse_second(path)
    me = Holder.of(os.getpid())
    write_whole(path, me.model_dump_json())
    time.sleep(_SETTLE_S)  # of two that claim at the same moment, the later mark wins
    if read_holder(path) != me:
        refuse_second(path)
        write_whole(path, me.model_dump_json())
    return me


@contextmanager
def owned(path: Path) -> Iterator[None]:
    """Hold a folder while the block runs."""
    me = claim(path)
    try:
        yield
    finally:
        found = read_holder(path)
        if found is not None and (found == me or found.is_me):
            remove(path)
