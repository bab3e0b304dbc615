"""The gate for what strangers made: files, JSON, and paths that are written in files.

Files are plain ones of bounded size, JSON is of bounded depth, and paths stay in their folder.
`docs/trust.md` says what comes from strangers and what it may do.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deepnoise_app.errors import ScreenError

# Far above any recipe, card, summary or metadata of a plate that people or programs write.
MOST_TEXT_BYTES = 64_000_000
MOST_STEM = 80
_ODD = re.compile(r"[^\w. -]+")
_DRIVE = re.compile(r"^[A-Za-z]:")


def read_plain(path: Path | str, most: int = MOST_TEXT_BYTES, *, head: bool = False) -> bytes:
    """Return what a file holds.

    Parameters
    ----------
    most
        Bytes that it may have.
    head
        Read the first `most` bytes of a larger file instead of refusing it.

    Raises
    ------
    OSError
        If it cannot be read, is a device or a pipe (which would never end), or is too large;
        `strerror` says so in words.
    """
    with _plain(path) as (file, size):
        if size > most and not head:
            message = f"it has {size:,} bytes, expected at most {most:,}"
            raise OSError(errno.EFBIG, message, str(path))
        return file.read(most) if head else file.readall()


def read_part(path: Path, offset: int, most: int) -> bytes:
    """Return at most so many bytes behind an offset; one below 0 counts from the end.

    Raises
    ------
    OSError
        If it cannot be read, or is a device or a pipe.
    """
    with _plain(path) as (file, size):
        file.seek(offset if offset >= 0 else max(0, size + offset))
        return file.read(most)


@contextmanager
def _plain(path: Path | str) -> Iterator[tuple[io.FileIO, int]]:
    """Open a plain file, and tell its size; nothing else is waited for."""
    with io.FileIO(str(path), opener=_open) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(
                errno.EINVAL, "it is a device or a pipe, expected a plain file", str(path)
            )
        yield file, found.st_size


def read_json(path: Path, most: int = MOST_TEXT_BYTES) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    OSError, ValueError
        If it cannot be read, or is no JSON or JSON without end.
    """
    return parse_json(read_plain(path, most))


def parse_json(text: str | bytes) -> Any:
    """Return what a JSON text says; too deep a nesting is a `ValueError` like any other fault."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is damaged or cut off, at line {error.lineno}") from None
    except UnicodeDecodeError:
        raise ValueError("it is damaged: no text is in it") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def stays_inside(name: str) -> bool:
    """Whether a path, as it is written in a file, leads to nowhere but below its folder."""
    parts = re.split(r"[/\\]", name)
    return bool(name) and ".." not in parts and parts[0] != "" and not (
        _DRIVE.match(name) or "\0" in name or name.startswith("~")
    )  # fmt: skip


def file_stem(*names: str) -> str:
    """Return a name for a file that tells what strangers named: it leads nowhere else.

    Signs that some disk refuses become `_`. Other names give another stem: a digest follows where
    they cannot be told from it.
    """
    told = "-".join(names)
    plain = _ODD.sub("_", told).strip(". ")[:MOST_STEM] or "_"
    if plain == told and not any("-" in name for name in names[1:]):
        return plain
    return f"{plain}-{hashlib.sha256(chr(0).join(names).encode()).hexdigest()[:8]}"


def within(folder: Path, name: str) -> Path:
    """Return the place below a folder that a file names.

    Raises
    ------
    ScreenError
        If it leads out of the folder: as an absolute path, by `..`, by a drive or by a link.
    """
    place = folder / name if stays_inside(name) else None
    if place is None or (_has_link(folder, place) and not _is_below(folder, place)):
        raise ScreenError(
            f"{name!r} leads out of {folder}: expected a path below it, so it is not followed"
        )
    return place


def _has_link(folder: Path, place: Path) -> bool:
    """Whether a part of a path below a folder is a link."""
    at = str(folder)
    for part in place.parts[len(folder.parts) :]:
        at = os.path.join(at, part)  # noqa: PTH118 (asked for every well)
        if os.path.islink(at):  # noqa: PTH114
            return True
    return False


def _is_below(folder: Path, place: Path) -> bool:
    try:
        return place.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return False


def _open(name: str, flags: int) -> int:
    """Open without waiting: a pipe without a writer would never answer."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
