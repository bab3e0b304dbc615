"""The verbs for runs: settings, plan, queue, results, refusals; workers are spoken for."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from deepnoise_app.assets import shipped_models
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.events import Failed, Finished, Progress, Saved, Started, Stopped
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Scoring
from deepnoise_app.screen import Screen
from deepnoise_app.session import Origin, Paint, RunView, Session, Tone
from deepnoise_app.writers.table import write_table


class Workers:
    """Takes the place of processes: notes which folders were to be worked on."""

    def __init__(self) -> None:
        self.runs: list[RunFolder] = []

    def __call__(self, path: Path) -> int:
        self.runs.append(RunFolder(path))
        return 0


@pytest.fixture
def session() -> Session:
    return Session(screens=(Screen("/screens/mine", "pattern", (), ()),))


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def jobs(qtbot, tmp_path: Path, workers: Workers):
    made = Jobs(tmp_path / "runs", start=workers)
    yield made
    made.close()


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.close()


@pytest.fixture
def desk(session: Session, jobs: Jobs, background: Background) -> RunDesk:
    return RunDesk(session, background, jobs)


def finish(run: RunFolder, predictions, **summary: object) -> None:
    """Leave what a scoring leaves, and say that it is done."""
    predictions.table.to_parquet(run.predictions_path, index=False)
    write_whole(run.path / "summary.json", json.dumps(summary))
    run.tell(Started())
    run.tell(Finished(message="done"))


def test_shipped_models_and_those_trained_here_are_offered(desk, jobs) -> None:
    write_whole(jobs.folder / "2026-training" / "model" / "model.json", "{}")
    models = desk.models()
    assert models["demo (shipped)"] == "demo"
    assert models["2026-training"] == str(jobs.folder / "2026-training" / "model")


def test_snapshots_are_offered_below_the_model_of_their_run_and_the_newest_run_first(
    desk, jobs
) -> None:
    for run, places in (("a", ("model", "snapshots/epoch-020", "snapshots/epoch-1000")),
                        ("b", ("model",)), ("c", ())):  # fmt: skip
        for place in places:
            write_whole(jobs.folder / run / place / "model.json", "{}")
    write_whole(jobs.folder / "stray.txt", "")
    trained = [name for name in desk.models() if "shipped" not in name]
    assert trained == ["b", "a", "a, epoch 1000", "a, epoch 20"]
    assert desk.models()["a, epoch 20"] == str(jobs.folder / "a" / "snapshots" / "epoch-020")


def test_a_model_is_used_once_its_card_is_read(desk, session, qtbot) -> None:
    desk.use(Scoring(model="demo", views=2))
    qtbot.waitUntil(lambda: session.card is not None)
    assert session.card.name == load_card("demo").name
    assert session.scoring.views == 2


def test_a_model_that_does_not_load_is_refused_and_the_old_one_stays(
    desk, session, tmp_path, qtbot
) -> None:
    before = session.scoring
    desk.use(Scoring(model=str(tmp_path)))
    qtbot.waitUntil(lambda: session.notice is not None)
    assert session.notice.tone is Tone.PROBLEM
    assert "is not a model" in session.notice.text
    assert session.scoring is before


def test_what_is_asked_while_a_model_is_read_is_done_with_that_model(
    desk, session, workers, qtbot
) -> None:
    desk.use(Scoring(model="demo", views=2))
    desk.check()
    desk.score()
    assert not workers.runs
    qtbot.waitUntil(lambda: len(workers.runs) == 2)
    assert [run.recipe.task for run in workers.runs] == ["plan", "score"]
    assert {run.recipe.scoring.views for run in workers.runs} == {2}


def test_nothing_is_scored_with_a_model_that_was_refused(
    desk, session, workers, tmp_path, qtbot
) -> None:
    desk.use(Scoring(model=str(tmp_path)))
    desk.score()
    qtbot.waitUntil(lambda: session.notice is not None)
    assert not workers.runs
    desk.score()
    assert len(workers.runs) == 1


def test_back_to_the_model_in_use_the_other_is_not_taken(
    desk, session, background, tmp_path, qtbot
) -> None:
    desk.use(Scoring(model="demo"))
    qtbot.waitUntil(lambda: session.card is not None)
    other = tmp_path / "other"
    shutil.copytree(shipped_models()["demo"], other)
    desk.use(Scoring(model=str(other)))
    desk.use(Scoring(model="demo", views=4))
    qtbot.waitUntil(lambda: background.is_idle)
    qtbot.wait(50)
    assert (session.scoring.model, session.scoring.views) == ("demo", 4)


def test_other_screens_need_another_plan(desk, session) -> None:
    session.plan = {"refusal": "plate 1 lacks the channel ER"}
    session.screens = (*session.screens, Screen("/screens/other", "pattern", (), ()))
    assert session.plan == {}


def test_the_open_screens_are_scored_with_the_settings_of_the_session(desk, session, workers):
    session.scoring = Scoring(model="demo", views=4)
    desk.score()
    recipe = workers.runs[0].recipe
    assert (recipe.task, recipe.screen) == ("score", ["/screens/mine"])
    assert recipe.scoring.views == 4


def test_a_run_is_shown_before_its_worker_has_spoken(desk, session) -> None:
    desk.score()
    assert [view.title for view in session.runs] == ["mine"]
    assert not session.runs[0].status.is_over


def test_scoring_again_waits_for_the_scoring_that_has_just_begun(desk, session, workers) -> None:
    desk.score([Path("/a")])
    desk.score([Path("/b")])
    assert len(workers.runs) == 1
    assert session.waiting == (Path("/b"),)


def test_dropped_folders_wait_for_one_another(desk, session, workers, predicted, qtbot) -> None:
    desk.score([Path("/a"), Path("/b"), Path("/c")])
    assert [run.recipe.screen for run in workers.runs] == [["/a"]]
    assert session.waiting == (Path("/b"), Path("/c"))
    desk.forget(Path("/b"))
    finish(workers.runs[0], predicted(1, wells=4))
    qtbot.waitUntil(lambda: len(workers.runs) == 2)
    assert workers.runs[1].recipe.screen == ["/c"]
    assert session.waiting == ()


@pytest.mark.parametrize("end", [Stopped(message="asked"), Failed(message="the disk is full")])
def test_the_queue_goes_on_after_one_that_ended_early(desk, workers, qtbot, end) -> None:
    desk.score([Path("/a"), Path("/b")])
    workers.runs[0].tell(Started())
    workers.runs[0].tell(end)
    qtbot.waitUntil(lambda: len(workers.runs) == 2)


def test_a_worker_that_dies_without_a_word_is_told_and_the_next_folder_is_scored(
    desk, session, workers, jobs, qtbot
) -> None:
    desk.score([Path("/a"), Path("/b")])
    view = session.runs[0]
    dead = replace(view, status=view.status.after(Failed(message="the worker ended")))
    jobs._say(dead, ())  # seen from its lock: it has left no event
    assert "a: the worker ended" in session.notice.text
    assert len(workers.runs) == 2
    session.notice = None
    jobs._say(dead, ())
    assert session.notice is None


def test_results_become_facts_and_are_painted(desk, session, workers, predicted, qtbot) -> None:
    desk.score()
    finish(workers.runs[0], predicted(2, wells=4), wells=8)
    qtbot.waitUntil(lambda: session.predictions is not None)
    assert len(session.predictions) == 8
    assert session.summary == {"wells": 8}
    assert session.painting.paint is Paint.PREDICTION


def test_wells_are_shown_as_they_come_and_after_a_stop(
    desk, session, workers, predicted, qtbot
) -> None:
    desk.score()
    run = workers.runs[0]
    run.tell(Started())
    for wells in (2, 5):
        path = run.path / "so-far.parquet"
        predicted(1, wells=wells).table.to_parquet(path)
        run.tell(Saved(what="so far", path=str(path)))
        qtbot.waitUntil(
            lambda wells=wells: (
                session.predictions is not None and len(session.predictions) == wells
            )
        )
        assert session.painting.paint is Paint.PREDICTION
        assert session.scorings == ()
        assert session.classes.keys() == {"demo"}  # wells of other contents are not judged
    run.tell(Stopped(message="asked"))
    qtbot.waitUntil(lambda: session.runs[0].status.is_over)
    assert len(session.predictions) == 5


def test_what_came_so_far_never_replaces_the_end(
    desk, session, workers, jobs, predicted, background, qtbot
) -> None:
    desk.score()
    run = workers.runs[0]
    path = run.path / "so-far.parquet"
    predicted(1, wells=2).table.to_parquet(path)
    finish(run, predicted(1, wells=6))
    qtbot.waitUntil(lambda: session.predictions is not None)
    jobs.told.emit(session.runs[0], (Saved(what="so far", path=str(path)),))
    qtbot.waitUntil(lambda: background.is_idle)
    qtbot.wait(50)
    assert len(session.predictions) == 6


def test_it_is_known_what_the_model_of_the_results_can_name(
    desk, session, workers, predicted, qtbot
) -> None:
    desk.score()
    finish(workers.runs[0], predicted(1, wells=4))
    qtbot.waitUntil(lambda: session.predictions is not None)
    card = load_card("demo")
    known = session.classes[card.name]
    assert known == set(card.classes) - set(card.control_classes)


def test_newer_results_of_a_plate_take_the_place_of_older(
    desk, session, workers, predicted, qtbot
) -> None:
    for wells in (4, 6):
        desk.score()
        finish(workers.runs[-1], predicted(2, wells=wells))
        qtbot.waitUntil(
            lambda wells=wells: (
                session.predictions is not None and len(session.predictions) == 2 * wells
            )
        )


def test_a_failure_is_told_with_its_folder_as_details(desk, session, workers, qtbot) -> None:
    desk.score()
    workers.runs[0].tell(Started())
    workers.runs[0].tell(Failed(message="the disk is full"))
    qtbot.waitUntil(lambda: session.notice is not None)
    assert session.notice.text == "mine: the disk is full"
    assert str(workers.runs[0].path) in session.notice.details


def test_results_that_cannot_be_read_are_a_sentence(desk, session, workers, qtbot) -> None:
    desk.score()
    run = workers.runs[0]
    write_whole(run.predictions_path, "torn")
    run.tell(Started())
    run.tell(Finished())
    qtbot.waitUntil(lambda: session.notice is not None)
    assert session.notice.tone is Tone.PROBLEM
    assert session.predictions is None


def test_a_check_is_a_plan_and_its_answer_a_fact(desk, session, workers, qtbot) -> None:
    desk.check()
    run = workers.runs[0]
    assert run.recipe.task == "plan"
    assert run.recipe.scoring.model == "demo"
    write_whole(run.plan_path, '{"wells": 3}')
    run.tell(Started())
    run.tell(Finished())
    qtbot.waitUntil(lambda: session.plan == {"wells": 3})
    assert session.runs == ()


def test_the_same_refusal_is_told_as_often_as_it_is_asked_for(
    desk, session, workers, tmp_path, qtbot
) -> None:
    told: list[object] = []
    session.events.plan.connect(told.append)
    session.events.notice.connect(told.append)
    for _ in range(2):
        desk.check()
        assert desk.is_checking
        workers.runs[-1].tell(Started())
        workers.runs[-1].tell(Failed(message="plate 1 lacks the channel ER"))
        qtbot.waitUntil(lambda: not desk.is_checking)
        assert session.plan == {"refusal": "plate 1 lacks the channel ER"}
    assert told.count(session.plan) == 2
    for times in (1, 2):
        desk.use(Scoring(model=str(tmp_path)))
        qtbot.waitUntil(
            lambda times=times: sum("is not a model" in str(one) for one in told) == times
        )


def test_a_second_check_stops_the_first_and_alone_is_answered(
    desk, session, workers, jobs, qtbot
) -> None:
    desk.check()
    desk.check()
    first, second = workers.runs
    assert first.stop_requested
    for run, wells in ((second, 2), (first, 1)):
        write_whole(run.plan_path, json.dumps({"wells": wells}))
        run.tell(Started())
        run.tell(Finished())
    qtbot.waitUntil(lambda: all(view.status.is_over for view in jobs.views))
    assert session.plan == {"wells": 2}


def test_other_settings_make_the_plan_stale(desk, session, workers, jobs, qtbot) -> None:
    session.plan = {"wells": 1}
    desk.check()
    desk.use(Scoring(model="demo", views=2))
    assert session.plan == {}
    run = workers.runs[0]
    write_whole(run.plan_path, '{"wells": 3}')
    run.tell(Started())
    run.tell(Finished())
    qtbot.waitUntil(lambda: all(view.status.is_over for view in jobs.views))
    assert session.plan == {}


def test_stop_and_go_on_reach_the_run(desk, session, workers, qtbot) -> None:
    desk.score()
    run = workers.runs[0]
    run.tell(Started())
    run.tell(Progress(phase="Scoring", done=1, total=3))
    qtbot.waitUntil(lambda: session.runs[0].status.done == 1)
    desk.stop(run.path)
    assert session.runs[0].stopping
    run.tell(Stopped(message="stopped"))
    qtbot.waitUntil(lambda: session.runs[0].status.is_over)
    desk.resume(run.path)
    assert not session.runs[0].status.is_over
    assert not run.stop_requested


def test_what_is_no_run_cannot_be_watched_or_gone_on_with(desk, session, tmp_path) -> None:
    for verb in (desk.follow, desk.resume):
        session.notice = None
        verb(tmp_path)
        assert "is not a run folder" in session.notice.text


def test_a_folder_of_runs_that_cannot_be_made_is_a_sentence(
    session, tmp_path, workers, qtbot
) -> None:
    write_whole(tmp_path / "file", "")
    jobs = Jobs(tmp_path / "file" / "runs", start=workers)
    background = Background()
    RunDesk(session, background, jobs).score()
    assert "cannot be made" in session.notice.text
    assert workers.runs == []
    background.close()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_predictions_are_exported_whole_in_the_background(
    desk, session, predicted, tmp_path, suffix, qtbot, monkeypatch
) -> None:
    writers = []

    def write(table: pd.DataFrame, path: Path) -> None:
        writers.append(threading.current_thread())
        write_table(table, path)

    monkeypatch.setattr("deepnoise_app.gui.run_desk.write_table", write)
    session.predictions = predicted(1, wells=4)
    path = tmp_path / f"mine{suffix}"
    desk.export(path)
    assert session.notice is None  # nothing is said before it is so
    qtbot.waitUntil(lambda: session.notice is not None)
    assert writers != [threading.main_thread()]
    read = pd.read_csv if suffix == ".csv" else pd.read_parquet
    assert read(path)["Metadata_Well"].tolist() == ["A01", "A02", "A03", "A04"]
    assert session.notice.text == f"4 wells written: {path}"


def test_without_predictions_nothing_is_exported(desk, session, tmp_path) -> None:
    desk.export(tmp_path / "mine.csv")
    assert list(tmp_path.glob("*.csv")) == []


def test_after_a_training_a_plate_with_names_comes_to_the_front(qapp, predicted, tmp_path):
    from types import SimpleNamespace

    session = Session()
    background = Background()
    gone: list[object] = []
    desk = RunDesk(session, background, Jobs(tmp_path, lambda _: 0), gone.append)
    keys = [("E01", "Plate1"), ("E09", "Plate1")]
    plates = [SimpleNamespace(key=key, wells=(1,)) for key in keys]
    session.screens = (SimpleNamespace(imaged=plates, plates=plates, path="/s", reader="rxrx"),)
    view = RunView(Path("scored"), "train", "s", origin=Origin(frozenset({"/s"})))
    new = predicted(1)
    session.plate = plates[1]
    desk._intake._take((view, new, {}, {}))
    qapp.processEvents()
    assert gone == [("E01", "Plate1")]
    session.plate = plates[0]
    desk._intake._take((view, new, {}, {}))
    qapp.processEvents()
    assert len(gone) == 1
    background.close()
