"""One setup at a time: a file that the process holds, and that the system frees at its end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deepnoise_setup import faults


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder and hold it while the block runs.

    Raises
    ------
    Fault
        If another setup holds it.
    OSError
        If it cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / "setup.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _take(handle):
            raise faults.busy(folder)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
