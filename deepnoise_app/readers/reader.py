"""What a reader is, and how it is asked to open a folder."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Protocol

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import Screen, StackChoice


class Reader(Protocol):
    """One layout of screens on disk."""

    @property
    def name(self) -> str:
        """Short name, as in `open_screen(path, reader=name)`."""
        ...

    def refusal(self, path: Path) -> str | None:
        """Why this is not the reader's layout; None if it is."""
        ...

    def open(self, path: Path) -> Screen:
        """Read names and metadata only, no pixels.

        A reader of stacks takes the Z-plane and time point wished for as `stack` besides.
        """
        ...


def open_with(reader: Reader, place: Path, stack: StackChoice | None) -> Screen:
    """Open; a reader that knows no stacks is asked only where nothing is wished for."""
    if stack is None or stack == StackChoice():
        return reader.open(place)
    if "stack" not in signature(reader.open).parameters:
        raise ScreenError(f"the reader {reader.name!r} has no Z-planes or time points to choose")
    return reader.open(place, stack=stack)  # type: ignore[call-arg]
