"""A watch over which files the process opens."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

Within = Callable[[Path], list[str]]
_WATCHED: list[list[str]] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHED and event in ("open", "os.listdir", "os.scandir"):
        _WATCHED[-1].append(str(arguments[0]))


sys.addaudithook(_hear)


@contextmanager
def _watching() -> Iterator[Within]:
    seen: list[str] = []

    def within(folder: Path) -> list[str]:
        real = os.path.realpath(folder)
        return [path for path in seen if os.path.realpath(path).startswith(real)]

    _WATCHED.append(seen)
    try:
        yield within
    finally:
        _WATCHED.remove(seen)


@pytest.fixture
def watching() -> Callable[[], AbstractContextManager[Within]]:
    """While it lasts, files opened and folders listed are noted; it tells those of a folder."""
    return _watching
