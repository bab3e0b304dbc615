"""The strip of a run: phases, epochs, time left, warnings, ends; and which run it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepnoise_app.gui.run_strip import RunStrip, doing, shown_run
from deepnoise_app.runs.events import EpochEnded, Failed, Finished, Progress, Started, Warned
from deepnoise_app.runs.status import RunStatus
from deepnoise_app.session import RunView, Session


class Desk:
    """Notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Path]] = []

    def stop(self, path: Path) -> None:
        self.asked.append(("stop", path))

    def resume(self, path: Path) -> None:
        self.asked.append(("resume", path))


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def strip(qtbot, session: Session) -> RunStrip:
    made = RunStrip(session, Desk(), "train")
    qtbot.addWidget(made)
    return made


def view(*events: object, name: str = "one", task: str = "train", stopping: bool = False):
    status = RunStatus().after_all(events)
    return RunView(Path("/runs") / name, task, name, status, stopping)


def epoch(number: int, epochs: int = 40) -> EpochEnded:
    return EpochEnded(epoch=number, epochs=epochs, step=number, loss=1.0, seconds=30)


TRAINING = Progress(phase="Training", done=5, total=80)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (view(), "Starting…"),
        (view(Started()), "Starting…"),
        (view(Started(), Progress(phase="Reading images", done=0, total=0)), "Reading images…"),
        (view(Started(), Progress(phase="Score", done=1000, total=2000)), "Score: 1,000 of 2,000"),
        (view(Started(), TRAINING), "Epoch 1"),
        (view(Started(), epoch(12), TRAINING), "Epoch 13 of 40"),
        (view(Started(), epoch(40), TRAINING), "Epoch 40 of 40"),
        (view(Started(), TRAINING, stopping=True), "Stopping… what is done so far is kept."),
        (view(Started(), Finished()), "Done"),
        (view(Started(), Failed(message="gone")), "Failed"),
    ],
)  # fmt: skip
def test_a_run_says_what_it_does(run: RunView, said: str) -> None:
    assert doing(run) == said


def test_without_a_run_the_strip_is_not_there(strip: RunStrip, session: Session) -> None:
    assert strip.isHidden()
    session.runs = (view(Started(), task="score"),)
    assert strip.isHidden()
    session.runs = (view(Started()),)
    assert not strip.isHidden()


def test_time_left_comes_from_the_epochs(strip: RunStrip, session: Session) -> None:
    session.runs = (view(Started(), epoch(38), TRAINING),)
    assert strip.left.text() == "about 1 min left"
    session.runs = (view(Started(), epoch(38), TRAINING, stopping=True),)
    assert strip.left.text() == ""


def test_the_last_warning_is_shown_with_their_number(strip: RunStrip, session: Session) -> None:
    session.runs = (view(Started(), Warned(message="a"), Warned(message="b")),)
    assert strip.warning.label.text() == "B (and 1 more)"


def test_sentences_begin_like_sentences_and_an_ended_run_has_no_empty_line(strip, session) -> None:
    session.runs = (view(Warned(message="the screen has none"), Finished(message="all is in ~")),)
    assert strip.warning.label.text() == "The screen has none"
    assert strip.message.text() == "All is in ~"
    assert strip.left.isHidden()


def test_names_are_not_taken_as_markup(strip: RunStrip, session: Session) -> None:
    session.runs = (view(Started(), name="<i>x"),)
    assert "&lt;i&gt;x" in strip.title.text()


def test_a_run_that_goes_on_is_shown_before_a_later_one_that_is_over(session: Session) -> None:
    session.runs = (view(Started(), name="a"), view(Started(), Finished(), name="b"))
    assert shown_run(session, "train").title == "a"
    session.runs = (view(Started(), Finished(), name="a"), view(Finished(), name="b"))
    assert shown_run(session, "train").title == "b"
    assert shown_run(session, "score") is None


def test_buttons_reach_the_run_that_is_shown(strip: RunStrip, session: Session) -> None:
    session.runs = (view(Started(), name="a"), view(Started(), Finished(), name="b"))
    strip.stop.click()
    session.runs = (view(Started(), Failed(message="gone"), name="a"),)
    strip.resume.click()
    assert strip._desk.asked == [("stop", Path("/runs/a")), ("resume", Path("/runs/a"))]
