"""Files that matter are written beside and renamed, so that readers only ever see whole ones."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from deepnoise_app.errors import DiskFullError, RunError, is_disk_full

_TRIES, _PAUSE_S = 40, 0.05


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file beside its place and rename it; text as UTF-8.

    Raises
    ------
    RunError
        If the disk is full or the folder cannot be written; an earlier file stays as it was.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content

    def write(beside: Path) -> None:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    write_beside(path, write)


def write_beside(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file in the same folder (same suffix), then rename it.

    The folder is made if need be.
    """
    beside = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)  # a link of that name would be written through
        write(beside)
        _rename(beside, path)
    except OSError as error:
        raise unwritten(error, path) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _rename(beside: Path, path: Path) -> None:
    """Rename, again and again while somebody has the old file open (Windows refuses then)."""
    for last in [False] * (_TRIES - 1) + [True]:
        try:
            beside.replace(path)
        except PermissionError:
            if last:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def unwritten(error: OSError, path: Path) -> RunError:
    """Return the error that says why a file could not be written, and what is kept."""
    kept = f"; the earlier {path.name} is kept" if path.is_file() else ""
    if is_disk_full(error):
        return DiskFullError(f"the disk is full: {path} could not be written{kept}")
    return RunError(f"{path} could not be written: {error.strerror or error}{kept}")


def remove(path: Path) -> None:
    """Remove a file if it is there, waiting for readers to close it (Windows)."""
    for last in [False] * (_TRIES - 1) + [True]:
        try:
            path.unlink(missing_ok=True)
        except PermissionError as error:
            if last:
                raise RunError(f"{path} could not be removed: {error.strerror}") from error
            time.sleep(_PAUSE_S)
        else:
            return
