"""The first start in a terminal, and as plain lines for other installers."""

from __future__ import annotations

import sys
from typing import TextIO

from deepnoise_setup.progress import Phase, Progress


class Line:
    """Shows progress in one line of a terminal; in a file one line for each phase."""

    def __init__(self, out: TextIO = sys.stderr) -> None:
        self._out = out
        self._last: Phase | None = None
        self._note = ""

    def tell(self, progress: Progress) -> None:
        """Show where it stands."""
        if progress.note and progress.note != self._note:
            self._note = progress.note
            self._out.write(f"{self._start()}{progress.note}\n")
        said = f"{progress.title}: {progress.details}" if progress.details else progress.title
        if self._out.isatty():
            self._out.write(f"{self._start()}{said[:100]}")
        elif progress.phase is not self._last:
            self._out.write(f"{progress.title}\n")
        self._last = progress.phase
        self._out.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._out.isatty():
            self._out.write("\n")

    def _start(self) -> str:
        return "\r\033[K" if self._out.isatty() else ""


class Plain:
    """Says each change as `PROGRESS <per mille or -> <tab> title <tab> details`."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._said = ""

    def tell(self, progress: Progress) -> None:
        """Say where it stands, if that is new."""
        share = "-" if progress.share is None else str(round(1000 * progress.share))
        line = f"PROGRESS {share}\t{progress.title}\t{progress.details or progress.note}"
        if line != self._said:
            self._said = line
            self._out.write(line + "\n")
            self._out.flush()

    def end(self) -> None:
        """Nothing is left open."""
