"""Packing is offered with what it takes and saves, never forced, and can be stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from qtpy.QtWidgets import QWidget

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.closing import going_on
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.pack_desk import PackDesk
from deepnoise_app.gui.pack_strip import PackStrip
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.packing import pack_in, run
from deepnoise_app.packing.estimate import Estimate, estimate
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.beside_pack import is_packed
from deepnoise_app.runs.events import Failed, Progress, Started, Stopped
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.session import Session, Tone
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx


class Workers:
    """Takes the place of processes: notes which folders were to be worked on."""

    def __init__(self) -> None:
        self.runs: list[RunFolder] = []

    def __call__(self, path: Path) -> int:
        self.runs.append(RunFolder(path))
        return 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=4, sites=1, size=16)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, tmp_path / "screen")
    return tmp_path / "screen"


@pytest.fixture
def session(folder: Path) -> Session:
    screen = open_screen(folder)
    return Session(screens=(screen,), plate=screen.plates[0])


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def strip(qtbot, tmp_path: Path, session: Session, workers: Workers):
    jobs, background = Jobs(tmp_path / "runs", start=workers), Background()
    desk = PackDesk(session, jobs, Workbench(session, background))
    window = QWidget()
    made = PackStrip(session, desk, window)
    made.desk = desk
    qtbot.addWidget(window)
    window.show()
    yield made
    jobs.close()
    background.close()


@pytest.fixture
def speed_up(monkeypatch) -> Callable[[float], None]:
    """Have estimates find that a pack is read so many times as fast."""

    def set_to(factor: float) -> None:
        def found(*args: object) -> Estimate:
            return replace(estimate(*args), speed_up=factor)

        monkeypatch.setattr(run, "estimate", found)

    return set_to


@pytest.fixture
def offered(strip: PackStrip, session: Session, workers: Workers, qtbot, speed_up) -> PackStrip:
    speed_up(5.7)
    strip.desk.ask()
    pack_in(workers.runs[0])
    qtbot.waitUntil(lambda: session.pack_offer is not None)
    return strip


def test_nothing_is_offered_before_somebody_asks_or_trains(strip: PackStrip, workers) -> None:
    assert strip.isHidden()
    assert workers.runs == []


def test_the_offer_says_what_packing_takes_and_saves(offered: PackStrip, session, folder) -> None:
    assert "Pack screen for speed?" in offered.text.text()
    assert "beside the 1 MB of the originals" in offered.text.text()
    assert "read 6 times as fast" in offered.text.text()
    assert session.pack_offer.to == folder.with_name("screen.zarr")
    assert not folder.with_name("screen.zarr").exists()


def test_packing_is_offered_to_somebody_who_is_about_to_train(
    strip: PackStrip, session, workers, qtbot, speed_up
) -> None:
    speed_up(5.7)
    session.training_plan = {"seconds": 60}
    pack_in(workers.runs[0])
    qtbot.waitUntil(lambda: session.pack_offer is not None)
    assert "read 6 times as fast" in strip.text.text()
    strip.leave.click()
    assert strip.isHidden()
    session.training_plan = {"seconds": 61}
    assert len(workers.runs) == 1  # it is not offered again


def test_a_pack_that_is_read_no_faster_is_not_offered_unasked(
    strip: PackStrip, session, workers, qtbot, speed_up
) -> None:
    speed_up(0.6)
    session.training_plan = {"seconds": 60}
    pack_in(workers.runs[0])
    qtbot.waitUntil(lambda: not strip.desk.is_asking)
    assert session.pack_offer is None
    strip.desk.ask()
    pack_in(workers.runs[1])
    qtbot.waitUntil(lambda: session.pack_offer is not None)
    assert "read no faster than now" in strip.text.text()


def test_who_asks_while_it_is_looked_into_unasked_gets_an_answer(
    strip: PackStrip, session, workers, qtbot, speed_up
) -> None:
    speed_up(0.6)
    session.training_plan = {"seconds": 60}
    strip.desk.ask()
    assert len(workers.runs) == 1
    pack_in(workers.runs[0])
    qtbot.waitUntil(lambda: session.pack_offer is not None)


def test_a_packed_screen_is_read_from_its_pack(offered, session, workers, qtbot, folder) -> None:
    offered.go.click()
    recipe = workers.runs[1].recipe
    assert (recipe.task, recipe.pack_to) == ("pack", str(folder.with_name("screen.zarr")))
    pack_in(workers.runs[1])
    qtbot.waitUntil(lambda: is_packed(session.screens[0].imaged[0]))
    assert offered.isHidden()
    offered.desk.ask()
    assert "is read from a pack already" in session.notice.text


def test_packing_shows_how_far_it_is_and_is_stopped(offered, session, workers, qtbot) -> None:
    offered.go.click()
    run = workers.runs[1]
    run.tell(Started(message="pack"))
    run.tell(Progress(phase="Packing", done=3, total=12))
    qtbot.waitUntil(lambda: offered.bar.value() == 3)
    assert offered.text.text().startswith("Packing screen: 3 of 12 sites")
    assert offered.leave.text() == "Stop"
    offered.leave.click()
    assert run.stop_requested
    assert "Stopping" in offered.text.text()
    run.tell(Stopped(message="stopped"))
    qtbot.waitUntil(lambda: offered.go.text() == "Go on" and offered.go.isVisible())
    assert "what is packed is kept" in offered.text.text()


def test_a_packing_that_fails_says_why(offered, session, workers, qtbot) -> None:
    offered.go.click()
    workers.runs[1].tell(Started(message="pack"))
    workers.runs[1].tell(Failed(message="the disk is full"))
    qtbot.waitUntil(lambda: "the disk is full" in offered.text.text())


def test_an_estimate_that_fails_says_why(strip, session, workers, qtbot) -> None:
    strip.desk.ask()
    workers.runs[0].tell(Started(message="pack"))
    workers.runs[0].tell(Failed(message="no site can be read"))
    qtbot.waitUntil(lambda: session.notice is not None)
    assert (session.notice.text, session.notice.tone) == ("no site can be read", Tone.PROBLEM)
    assert strip.isHidden()


def test_the_estimate_is_a_plan_of_the_run(strip, session, workers) -> None:
    strip.desk.ask()
    pack_in(workers.runs[0])
    found = json.loads(workers.runs[0].plan_path.read_text())
    assert found["sites"] == len(session.plate.wells)
    assert min(found["packed_bytes"], found["original_bytes"], found["seconds"]) > 0


def test_a_packing_that_goes_on_is_asked_about_at_closing(offered, session, workers) -> None:
    assert going_on(session) == []
    offered.go.click()
    (view,) = going_on(session)
    assert (view.task, view.title) == ("pack", "screen")
    assert view.path.name.endswith("-pack-screen")


def test_another_window_finds_the_packing_again_and_goes_on_with_it(
    offered, session, workers, qtbot, tmp_path, folder
) -> None:
    offered.go.click()
    run = workers.runs[1]
    run.tell(Started(message="pack"))
    run.tell(Progress(phase="Packing", done=3, total=12))
    another, jobs, background = Session(), Jobs(tmp_path / "runs", start=workers), Background()
    desk = PackDesk(another, jobs, Workbench(another, background))
    strip = PackStrip(another, desk)
    qtbot.addWidget(strip)
    jobs.follow(run.path)
    assert strip.text.text() == "Packing screen: 3 of 12 sites"
    another.screens = session.screens
    another.screens = ()  # closing the screen does not take the strip of what goes on
    assert not strip.isHidden()
    strip.leave.click()
    run.tell(Stopped(message="stopped"))
    qtbot.waitUntil(lambda: not strip.go.isHidden())
    strip.go.click()
    assert workers.runs[-1].path == run.path
    assert not run.stop_requested
    pack_in(run)
    qtbot.waitUntil(lambda: another.pack_offer is None)
    assert another.screens == ()  # nobody has opened it here
    jobs.close()
    background.close()
