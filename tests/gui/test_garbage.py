"""Garbage is collected in the window's thread, whoever makes it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from qtpy.QtCore import QObject

from deepnoise_app.gui import garbage as module
from deepnoise_app.gui.garbage import Garbage


class Ring:
    """Refers to itself, so that only a collection frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def garbage(qtbot) -> Iterator[Garbage]:
    parent = QObject()
    found = Garbage(parent)
    yield found
    found.stop()
    assert gc.isenabled()


@pytest.fixture
def collecting() -> Iterator[list[int]]:
    """Threads in which a collection began."""
    threads: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            threads.append(threading.get_ident())

    gc.callbacks.append(note)
    yield threads
    gc.callbacks.remove(note)


def test_what_another_thread_drops_is_collected_in_this_one(garbage, collecting, qtbot) -> None:
    dropped: list[weakref.ref[Ring]] = []

    def drop() -> None:
        for _ in range(5000):
            ring = Ring()
            dropped.append(weakref.ref(ring))

    thread = threading.Thread(target=drop)
    thread.start()
    thread.join()
    assert not collecting
    assert all(ref() is not None for ref in dropped)
    qtbot.waitUntil(lambda: all(ref() is None for ref in dropped[:-1]), timeout=20_000)
    assert set(collecting) == {threading.get_ident()}


def test_nothing_is_collected_where_little_has_gathered(garbage, collecting, qtbot) -> None:
    gc.collect()
    collecting.clear()
    qtbot.wait(2 * 200)
    assert len(collecting) <= 1


@pytest.mark.parametrize(("seconds", "whole"), [(60.0, False), (0.0, True)])
def test_everything_is_looked_through_more_seldom(
    garbage, qtbot, monkeypatch, seconds: float, whole: bool
) -> None:
    generations: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        generations.append(info["generation"])

    monkeypatch.setattr(module, "WHOLE_S", seconds)
    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    gc.callbacks.append(note)
    try:
        qtbot.waitUntil(lambda: len(generations) > 8, timeout=20_000)
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(note)
    assert (2 in generations) is whole


def test_python_collects_again_only_when_the_last_of_several_has_ended(qtbot) -> None:
    first, second = Garbage(), Garbage(parent := QObject())
    first.stop()
    assert not gc.isenabled()
    del second
    parent.deleteLater()
    qtbot.waitUntil(gc.isenabled, timeout=5000)


def test_in_both_hosts_nothing_is_collected_in_threads_until_the_panels_are_closed(hosted) -> None:
    assert not gc.isenabled()
    hosted.close()
    assert gc.isenabled()
