"""Runs are begun, watched, stopped, gone on with, and found again: with real detached workers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deepnoise_app.errors import RunError
from deepnoise_app.gui.job import Jobs, saved
from deepnoise_app.runs.events import Finished, Progress, Saved, Started, Stopped, encode
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.lock import mark_start
from deepnoise_app.runs.recipe import Network, Recipe, Training
from deepnoise_app.runs.status import RunState
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

PATIENCE_MS = 120_000


@pytest.fixture
def make(qtbot, tmp_path: Path):
    """Make a watcher of the same folder of runs, as each window has one."""
    made: list[Jobs] = []

    def jobs(**how) -> Jobs:
        made.append(Jobs(tmp_path / "runs", **how))
        return made[-1]

    yield jobs
    for one in made:
        one.close()


def nobody(_: Path) -> int:
    """Start no worker: the test speaks in its place."""
    return 0


def state(jobs: Jobs, path: Path) -> RunState:
    return next(view.status.state for view in jobs.views if view.path == path)


def test_a_run_gets_a_folder_of_its_own_with_its_recipe(make) -> None:
    jobs = make(start=nobody)
    recipe = Recipe(task="score", screen=["/a"])
    first, second = jobs.begin(recipe, "HUVEC 01/new"), jobs.begin(recipe, "HUVEC 01/new")
    assert first.path != second.path
    assert first.path.name.endswith("-score-HUVEC-01-new")
    assert RunFolder(first.path).recipe == recipe
    assert first.title == "HUVEC 01/new"


def test_what_a_worker_says_is_heard_line_by_line(make, qtbot) -> None:
    jobs = make(start=nobody)
    heard: list[object] = []
    jobs.told.connect(lambda view, events: heard.extend(events))
    run = RunFolder(jobs.begin(Recipe(task="score"), "a").path)
    run.tell(Started(time=1.0))
    qtbot.waitUntil(lambda: heard == [Started(time=1.0)])
    line = encode(Progress(time=2.0, phase="Scoring", done=1, total=4))
    with run.events_path.open("a", encoding="utf-8") as file:
        file.write(line[:20])
        file.flush()
        qtbot.wait(600)
        assert len(heard) == 1
        file.write(line[20:] + "\n")
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert jobs.views[0].status.done == 1


def test_a_finished_run_is_watched_no_more(make, qtbot) -> None:
    jobs = make(start=nobody)
    run = RunFolder(jobs.begin(Recipe(task="score"), "a").path)
    run.tell(Started())
    run.tell(Finished(message="done"))
    qtbot.waitUntil(lambda: state(jobs, run.path) is RunState.FINISHED)
    qtbot.waitUntil(lambda: not jobs._timer.isActive())


def test_stop_is_answered_before_the_worker_knows(make) -> None:
    jobs = make(start=nobody)
    heard: list[bool] = []
    path = jobs.begin(Recipe(task="score"), "a").path
    jobs.told.connect(lambda view, _: heard.append(view.stopping))
    jobs.stop(path)
    assert heard == [True]
    assert RunFolder(path).stop_requested


def test_a_run_that_goes_on_waits_for_its_new_worker(make, qtbot) -> None:
    jobs = make(start=nobody)
    run = RunFolder(jobs.begin(Recipe(task="score"), "a").path)
    run.tell(Started())
    run.tell(Stopped(message="stopped after 3 plates"))
    qtbot.waitUntil(lambda: state(jobs, run.path) is RunState.STOPPED)
    run.request_stop()
    view = jobs.resume(run.path)
    assert view.status.state is RunState.WAITING
    assert view.status.message == ""
    assert not run.stop_requested
    run.tell(Started())
    run.tell(Finished())
    qtbot.waitUntil(lambda: state(jobs, run.path) is RunState.FINISHED)


def test_a_run_of_another_folder_can_be_followed(make, tmp_path: Path, qtbot) -> None:
    recipe = Recipe(task="train", screen=["/screens/mine"])
    run = RunFolder.create(tmp_path / "cluster" / "7", recipe)
    run.tell(Started())
    jobs = make(start=nobody)
    view = jobs.follow(run.path)
    assert (view.task, view.title) == ("train", "mine")
    assert view.status.state is RunState.RUNNING
    with pytest.raises(RunError, match="not a run folder"):
        jobs.follow(tmp_path)


def test_a_forgotten_run_is_heard_no_more(make, qtbot) -> None:
    jobs = make(start=nobody)
    run = RunFolder(jobs.begin(Recipe(task="score"), "a").path)
    jobs.forget(run.path)
    run.tell(Started())
    qtbot.wait(600)
    assert jobs.views == ()


def test_a_worker_that_dies_without_a_word_has_failed_with_the_end_of_its_log(make, qtbot) -> None:
    def die(path: Path) -> int:
        run = RunFolder(path)
        code = "import sys; print('out of memory', file=sys.stderr); sys.exit(9)"
        with run.log_path.open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", code], stderr=log)
        mark_start(run.worker_path, process.pid)
        process.wait()
        return process.pid

    jobs = make(start=die)
    path = jobs.begin(Recipe(task="train"), "a").path
    qtbot.waitUntil(lambda: state(jobs, path) is RunState.FAILED, timeout=PATIENCE_MS)
    message = jobs.views[0].status.message
    assert "ended without a word" in message
    assert "out of memory" in message


def test_what_was_saved_is_listed_once() -> None:
    told = [Saved(what=what, path=f"/run/{name}") for what, name in ("ax", "by", "ax")]
    assert saved(Path("/run"), told, "a") == [Path("/run/x")]


@pytest.fixture
def small_screen(tmp_path: Path) -> Path:
    """Two experiments of one small plate."""
    design = ScreenDesign(experiments=2, unlabelled=0, plates=1, perturbations=4, sites=1, size=16)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, tmp_path / "screen")
    return tmp_path / "screen"


def test_a_training_outlives_its_window_and_is_found_and_stopped(
    make, small_screen: Path, qtbot
) -> None:
    recipe = Recipe(
        task="train",
        screen=[str(small_screen)],
        network=Network(input_size=16, embedding=8),
        training=Training(epochs=2000, batch_size=8, hold_out=["HUVEC-01"]),
    )
    window = make()
    path = window.begin(recipe, "plates").path
    qtbot.waitUntil(lambda: state(window, path) is not RunState.WAITING, timeout=PATIENCE_MS)
    window.close()

    another = make()
    found = another.adopt()
    assert [view.path for view in found] == [path]
    qtbot.waitUntil(lambda: len(another.views[0].status.epochs) > 1, timeout=PATIENCE_MS)
    assert saved(path, another.views[0].status.saved, "validation")
    another.stop(path)
    assert another.views[0].stopping
    qtbot.waitUntil(lambda: state(another, path) is RunState.STOPPED, timeout=PATIENCE_MS)
    assert (RunFolder(path).model / "model.safetensors").is_file()
    qtbot.waitUntil(lambda: RunFolder(path).holder is None)
    assert make().adopt() == []


def test_what_is_of_no_use_without_a_window_is_stopped_and_the_rest_goes_on(make, tmp_path) -> None:
    jobs = make(start=nobody)
    lasting = [
        jobs.begin(recipe, "lasts").path
        for recipe in (
            Recipe(task="train"),
            Recipe(task="score"),
            Recipe(task="pack", pack_to="/p"),
        )
    ]
    passing = [
        jobs.begin(Recipe(task=task), "passes").path
        for task in ("plan", "explain", "measure", "check-map", "pack")
    ]
    other = RunFolder.create(tmp_path / "elsewhere", Recipe(task="measure")).path
    jobs.follow(other)
    jobs.stop_what_does_not_last()
    assert [RunFolder(path).stop_requested for path in passing] == [True] * 5
    assert not any(RunFolder(path).stop_requested for path in (*lasting, other))
