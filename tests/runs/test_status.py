"""The status is a fold over events."""

from __future__ import annotations

from deepnoise_app.runs.events import (
    EpochEnded,
    Event,
    Failed,
    Finished,
    Progress,
    Saved,
    Scored,
    Started,
    Stopped,
    Unknown,
    Warned,
)
from deepnoise_app.runs.status import RunState, RunStatus


def epoch(number: int, epochs: int = 4, seconds: float = 10.0) -> EpochEnded:
    return EpochEnded(epoch=number, epochs=epochs, step=number * 5, loss=1.0, seconds=seconds)


def test_run_without_events_waits() -> None:
    assert RunStatus().state is RunState.WAITING
    assert not RunStatus().is_over


def test_whole_run_ends_finished_with_all_it_said() -> None:
    events: list[Event] = [
        Started(time=1),
        Progress(phase="train", done=3, total=20, time=2),
        epoch(1, 1),
        Warned(message="dim"),
        Saved(what="model", path="model"),
        Scored(experiment="E1", plate="P1", wells=4),
        Finished(message="done"),
    ]
    status = RunStatus().after_all(events)
    assert status.state is RunState.FINISHED
    assert status.is_over
    assert (status.phase, status.done, status.total) == ("train", 3, 20)
    assert len(status.epochs) == 1
    assert status.warnings == ("dim",)
    assert status.plates == (("E1", "P1"),)
    assert (status.message, status.started, status.seconds_left) == ("done", 1, None)


def test_status_never_changes_in_place() -> None:
    before = RunStatus()
    before.after(Started())
    assert before == RunStatus()


def test_stopped_run_that_is_resumed_runs_and_keeps_its_curve() -> None:
    status = RunStatus().after_all([Started(), epoch(1), epoch(2), Stopped(message="asked to")])
    assert status.state is RunState.STOPPED
    resumed = status.after_all([Started(), epoch(2, seconds=7), epoch(3)])
    assert resumed.state is RunState.RUNNING
    assert [e.epoch for e in resumed.epochs] == [1, 2, 3]
    assert resumed.epochs[1].seconds == 7


def test_failure_is_told_in_its_words() -> None:
    status = RunStatus().after_all([Started(), Failed(message="the disk is full")])
    assert (status.state, status.message) == (RunState.FAILED, "the disk is full")


def test_unknown_event_changes_nothing() -> None:
    status = RunStatus().after(Started())
    assert status.after(Unknown(kind="Danced", line="{}")) == status


def test_time_left_comes_from_the_pace_of_the_phase() -> None:
    steps = [Progress(phase="score", done=n, total=10, time=100 + 2 * n) for n in (0, 1, 4)]
    status = RunStatus().after_all([Started(time=0), *steps])
    assert status.seconds_left == 12


def test_time_left_while_training_comes_from_the_epochs() -> None:
    within = Progress(phase="train", done=1, total=5, time=50)
    assert RunStatus().after_all([Started(), epoch(1), epoch(2), within]).seconds_left == 20


def test_total_that_is_not_known_gives_no_time_left() -> None:
    steps = [Progress(phase="open", done=n, total=0, time=n) for n in (0, 5)]
    assert RunStatus().after_all(steps).seconds_left is None
