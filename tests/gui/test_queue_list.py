"""The queue of folders: names with their paths, a button each, no more than a handful of rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QToolButton

from deepnoise_app.gui.queue_list import MOST, QueueList
from deepnoise_app.session import Session


class Desk:
    """Takes folders out of the queue, as the real one does."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def forget(self, path: Path) -> None:
        self.session.waiting = tuple(p for p in self.session.waiting if p != path)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def queue(qtbot, session: Session) -> QueueList:
    made = QueueList(session, Desk(session))
    qtbot.addWidget(made)
    return made


def texts(queue: QueueList) -> list[str]:
    found = [label for label in queue.findChildren(QLabel) if not label.isHidden()]
    return [label.text() for label in found]


def test_without_a_queue_nothing_is_there(queue: QueueList, session: Session, qtbot) -> None:
    assert queue.isHidden()
    session.waiting = (Path("/s/a"),)
    assert not queue.isHidden()
    session.waiting = ()
    assert queue.isHidden()


def test_folders_are_listed_by_name_with_their_paths(queue, session: Session, qtbot) -> None:
    session.waiting = (Path("/s/a"), Path("/t/b"))
    qtbot.waitUntil(lambda: texts(queue) == ["<b>Waiting</b>", "a", "b"])
    label = next(one for one in queue.findChildren(QLabel) if one.text() == "b")
    assert label.toolTip() == "/t/b"


def test_a_folder_is_taken_out_with_its_button(queue: QueueList, session: Session, qtbot) -> None:
    session.waiting = (Path("/s/a"), Path("/s/b"))
    queue.show()
    button = next(
        b for b in queue.findChildren(QToolButton) if b.accessibleName() == "Do not score a"
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.waiting == (Path("/s/b"),)
    qtbot.waitUntil(lambda: len(queue.findChildren(QToolButton)) == 1)


def test_a_long_queue_says_how_many_more_wait(queue, session: Session, qtbot) -> None:
    session.waiting = tuple(Path(f"/s/{n}") for n in range(MOST + 3))
    qtbot.waitUntil(lambda: texts(queue)[-1:] == ["and 3 more"])
    assert len(texts(queue)) == MOST + 2
