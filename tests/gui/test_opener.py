"""What is dropped or chosen is looked at in the background: a dead drive holds up no window."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from qtpy.QtWidgets import QFileDialog

from deepnoise_app.gui.file_opens import FileOpens
from deepnoise_app.session import Tone

ASKED_OF_A_DISK = ("stat", "lstat", "scandir", "listdir", "open")


class DeadDrive:
    """A folder below which nothing is ever answered, and who has asked in the window's thread."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.answers = threading.Event()
        self.held: list[str] = []
        self.waiting = 0
        for name in ASKED_OF_A_DISK:
            monkeypatch.setattr(os, name, self._slow(getattr(os, name)))

    def _slow(self, real):
        def asked(path=".", *more, **named):
            if isinstance(path, (str, os.PathLike)) and str(path).startswith(str(self.root)):
                if threading.current_thread() is threading.main_thread():
                    self.held.append(f"{real.__name__} {path}")
                else:
                    self.waiting += 1
                    self.answers.wait(60)
            return real(path, *more, **named)

        return asked


@pytest.fixture
def dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeadDrive]:
    made = DeadDrive(tmp_path / "server", monkeypatch)
    yield made
    made.answers.set()


def test_a_drop_from_a_dead_drive_holds_up_nothing_and_can_be_stopped(
    hosted, drop, wait, dead, plates
) -> None:
    session = hosted.parts.session
    drop(hosted, dead.root / "screen")
    wait(lambda: dead.waiting == 1)
    assert "screen" in session.busy
    assert session.can_stop
    drop(hosted, plates)
    wait(lambda: session.picture is not None)
    hosted.parts.workbench.stop_opening()
    assert not session.busy
    assert session.notice.text.startswith("Stopped opening screen")
    assert dead.held == []


@pytest.mark.parametrize("name", ["model", "map.csv", "run"])
def test_whatever_is_dropped_from_it_is_asked_for_elsewhere(
    hosted, drop, wait, dead, name: str
) -> None:
    drop(hosted, dead.root / name)
    wait(lambda: dead.waiting == 1)
    assert dead.held == []


def test_a_folder_for_scoring_is_looked_at_elsewhere(hosted, drop, wait, dead) -> None:
    drop(hosted.parts.score, dead.root / "screen")
    wait(lambda: dead.waiting == 1)
    assert dead.held == []
    assert hosted.parts.session.waiting == ()


def test_recent_plates_and_what_the_desktop_opens_are_read_elsewhere(
    window, wait, dead, qapp, monkeypatch
) -> None:
    chosen = []
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *given: chosen.append(given[-1]) or ""
    )
    window.preferences.remember([dead.root / "old"])
    window.parts.opener.find_recent(window.welcome.show_recent)
    wait(lambda: dead.waiting == 1)
    window.menus.plates.recent.aboutToShow.emit()
    window.menus.plates.recent.actions()[0].trigger()
    wait(lambda: dead.waiting == 2)
    window.menus.plates.open_folder()
    assert chosen == [str(Path.home())]  # not on the drive, of which nobody knows
    FileOpens(qapp, window.open, window)._take([dead.root / "new"])
    wait(lambda: dead.waiting == 3)
    assert dead.held == []


def test_results_of_a_run_whose_plates_are_on_it_are_looked_for_elsewhere(
    window, wait, dead, tmp_path
) -> None:
    from deepnoise_app.runs.folder import RunFolder
    from deepnoise_app.runs.recipe import Recipe

    recipe = Recipe(task="score", screen=[str(dead.root / "screen")])
    run = RunFolder.create(tmp_path / "runs" / "one", recipe)
    window.parts.runs_panel._replay.show(run.path)
    wait(lambda: dead.waiting == 1)
    assert dead.held == []


def test_what_is_nothing_that_can_be_opened_is_told_in_a_sentence(
    hosted, drop, wait, tmp_path
) -> None:
    (tmp_path / "letter.doc").write_bytes(b"")
    drop(hosted, tmp_path / "letter.doc")
    session = hosted.parts.session
    wait(lambda: session.notice is not None)
    assert session.notice.tone is Tone.PROBLEM
    assert "letter.doc is no folder: expected that of a screen" in session.notice.text
    assert not session.busy
