"""Follows a download through the lines of `uv` and the room that it takes on the disk."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from deepnoise_setup.lock import UNPACKED, Lock
from deepnoise_setup.progress import Pace, Phase, Progress

_BEGUN = re.compile(r"^\s*Downloading (\S+) \(")
_DONE = re.compile(r"^\s*Downloaded (\S+)")
_PREPARED = re.compile(r"^\s*Prepared \d+ package")
_INSTALLED = re.compile(r"^\s*(Installed \d+ package|Bytecode compiled)")


class Download:
    """Folds lines and free room into a `Progress`.

    `uv` says when a large part begins and when it is there; how much of those under way has come
    is read off the disk, between these two bounds.

    Parameters
    ----------
    kept
        File in which the names of whole parts are kept for the next try.
    free
        Tells how many bytes are free on the disk.
    """

    def __init__(
        self,
        lock: Lock,
        kept: Path,
        free: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
        note: str = "",
    ) -> None:
        self._lock, self._file, self._free, self._clock = lock, kept, free, clock
        self._there = set(kept.read_text("utf-8").split()) if kept.is_file() else set()
        self._under_way: set[str] = set()
        self._base = free()
        self._whole_at_base = lock.of(self._there)
        self._most = self._whole_at_base
        self._pace = Pace()
        self._placing = False
        self._note = note

    def hear(self, line: str) -> None:
        """Take in a line of `uv`; an empty one only says that time has passed."""
        if begun := _BEGUN.match(line):
            self._under_way.add(self._lock.label(begun[1]))
        elif done := _DONE.match(line):
            self._finish(self._lock.label(done[1]))
        elif _PREPARED.match(line) or _INSTALLED.match(line):
            self._placing = True
        self._pace.after(self._clock(), self.done)

    def _finish(self, label: str) -> None:
        self._under_way.discard(label)
        self._there.add(label)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(label + "\n")

    @property
    def done(self) -> int:
        """Bytes that have come, as well as it is known; never falls."""
        whole = self._lock.of(self._there)
        most = whole + self._lock.of(self._under_way)
        grown = self._whole_at_base + int(max(0, self._base - self._free()) / UNPACKED)
        self._most = max(self._most, min(max(whole, grown), most))
        return min(self._most, self._lock.total)

    @property
    def progress(self) -> Progress:
        """Where the download stands."""
        if self._placing:
            return Progress(Phase.PLACING, note=self._note)
        total = self._lock.total
        left = self._pace.seconds_left(total)
        return Progress(Phase.DOWNLOADING, self.done, total, left, self._note)
