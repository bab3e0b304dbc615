"""Runs on disk: read, listed, watched, gone on with, repeated, deleted with a question."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QApplication, QFileDialog, QMessageBox

from deepnoise_app.assets import shipped_models
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.results_desk import ResultsDesk
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_records import is_passing, read_record, read_records, used_by
from deepnoise_app.gui.run_replay import RunReplay
from deepnoise_app.gui.run_shelf import RunShelf
from deepnoise_app.gui.run_words import summary_line
from deepnoise_app.gui.runs_panel import RunsPanel
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.why_desk import WhyDesk
from deepnoise_app.gui.words import moment
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.events import EpochEnded, Finished, Progress, Saved, Started, Stopped
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.lock import Holder
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import Session


def make_run(path: Path, task: str, *events, began: float = 1e9) -> Path:
    run = RunFolder.create(path, Recipe(task=task, screen=["/screens/mine"]))
    for event in (Started(time=began), *events):
        run.tell(event)
    return path


def epoch(number: int, free: float, prior: float) -> EpochEnded:
    return EpochEnded(
        epoch=number, epochs=4, step=number, loss=1.0, free=free, plate_prior=prior, seconds=1
    )


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A training that stopped, then a scoring that is done; a plan and a stray folder beside."""
    folder = tmp_path / "runs"
    make_run(folder / "one", "train", epoch(1, 0.5, 0.7), epoch(2, 0.4, 0.9), Stopped(message="so"))
    write_whole(folder / "one" / "model" / "model.json", "{}")
    make_run(folder / "two", "score", Finished(message="done"), began=2e9)
    accuracy = {"free": {"value": 0.25, "low": 0.2, "high": 0.3}}
    write_whole(folder / "two" / "summary.json", json.dumps({"accuracy": accuracy}))
    make_run(folder / "plan", "plan", Finished())
    (folder / "stray").mkdir()
    write_whole(folder / "stray" / "recipe.json", "no recipe")
    return folder


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def thrown() -> list[Path]:
    return []


@pytest.fixture
def jobs(qtbot, runs: Path):
    made = Jobs(runs, start=lambda _: 0)
    yield made
    made.close()


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return tmp_path / "window.ini"


@pytest.fixture
def panel(qtbot, session: Session, jobs: Jobs, thrown: list[Path], ini: Path):
    background = Background()
    desk = RunDesk(session, background, jobs)
    training = TrainingDesk(session, background, jobs, desk)

    def throw_away(path: Path) -> bool:
        thrown.append(path)
        path.rename(path.parent.parent / f"bin-{path.name}")
        return True

    workbench = Workbench(session, background)
    results = ResultsDesk(session, background, workbench)
    why = WhyDesk(session, background, jobs, desk)
    shelf = RunShelf(session, background, jobs, desk, Preferences(ini), throw_away)
    replay = RunReplay(session, background, jobs, workbench, desk, training, results, why)
    made = RunsPanel(session, desk, training, shelf, replay)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: len(session.history) == 2)
    yield made
    background.close()


def choose(panel: RunsPanel, name: str) -> None:
    names = [record.view.path.name for record in panel._session.history]
    panel.list.setCurrentRow(names.index(name))


def answer(button: str, said: list[str] | None = None) -> Callable[[], None]:
    """Press a button of the question that comes up; what it asks goes to `said`."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        if said is not None:
            said.extend([box.text(), box.informativeText()])
        next(b for b in box.buttons() if button in b.text().replace("&", "")).click()

    QTimer.singleShot(50, press)
    return press


def test_runs_are_read_newest_first_and_plans_are_none(runs: Path) -> None:
    records = read_records(runs)
    assert [record.view.path.name for record in records] == ["two", "one"]
    assert [record.view.title for record in records] == ["mine", "mine"]
    assert read_record(runs / "plan") is None
    assert read_record(runs / "stray") is None


def test_accuracy_is_that_of_the_summary_or_of_the_best_epoch(runs: Path) -> None:
    scored, trained = read_records(runs)
    assert scored.accuracy == {"free": 0.25}
    assert trained.accuracy == {"plate_prior": 0.7, "free": 0.5}
    assert (scored.has_model, trained.has_model) == (False, True)


def test_every_kind_of_run_is_listed_with_what_it_found(runs: Path, panel, session, qtbot) -> None:
    make_run(runs / "m", "measure", Finished(message="308 wells measured, see here"), began=3e9)
    make_run(runs / "c", "check-map", Finished(message="2 plate maps compared, 1 does not fit"))
    make_run(runs / "e", "explain", Finished(message="red speaks"))
    panel.refresh.click()
    qtbot.waitUntil(lambda: len(session.history) == 5)
    lines = {r.view.path.name: summary_line(r) for r in session.history}
    assert lines["m"].startswith("Measuring\nfinished · ")
    assert lines["m"].endswith("308 wells measured")
    assert lines["c"].startswith("Map check\nfinished")
    assert lines["c"].endswith("1 does not fit")
    assert panel.kinds.isVisible()
    assert panel.kinds.itemText(0) == "All kinds of runs (5)"
    panel.kinds.setCurrentIndex(panel.kinds.findData("explain"))
    panel.kinds.activated.emit(panel.kinds.currentIndex())
    assert panel.list.count() == 1
    assert panel.chosen.view.task == "explain"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"task": "train", "start_from": "/runs/old/model"}, "from old"),
        ({"task": "train", "start_from": "/runs/old/snapshots/epoch-020"}, "from old, epoch 20"),
        ({"task": "score", "scoring": {"model": "demo"}}, "with demo"),
        ({"task": "pack", "pack_to": "/packs/mine-pack"}, "to mine-pack"),
        ({"task": "train"}, ""),
    ],
)
def test_it_is_said_with_what_a_run_works(asked: dict, said: str) -> None:
    assert used_by(Recipe.model_validate(asked)) == said


def test_questions_of_the_window_are_no_runs(runs: Path) -> None:
    assert is_passing(Recipe(task="pack"))
    assert is_passing(Recipe(task="measure", plates=["E/P"]))
    assert not is_passing(Recipe(task="measure"))


def make_ladder(path: Path, done: int, finished: bool) -> Path:
    for step in ("plain", "arcface"):
        run = make_run(path / "seed-0" / step / "scoring", "score")
        if done:
            write_whole(run / "predictions.parquet", "")
        done -= 1
    if finished:
        columns = ["step", "group", "seed", "metric", "value", "low", "high", "beside"]
        rows = [("plain", "at hand", seed, "free", 0.5, 0.4, 0.6, False) for seed in (0, -1)]
        rows += [("arcface", "at hand", seed, "free", 0.75, 0.7, 0.8, False) for seed in (0, -1)]
        rows += [("position", "at hand", -1, "free", 0.1, 0.1, 0.2, True)]
        pd.DataFrame(rows, columns=columns).to_parquet(path / "ladder.parquet")
    return path


def test_a_ladder_is_one_run_and_its_table_can_be_shown(panel, session, tmp_path, qtbot) -> None:
    path = make_ladder(tmp_path / "steps", 2, finished=True)
    panel._shelf.watch(path)
    qtbot.waitUntil(lambda: len(session.history) == 3)
    choose(panel, "steps")
    line = panel.list.currentItem().text()
    assert "Ladder\nfinished" in line
    assert "free 75 % · 2 runs" in line
    assert not panel.go_on.isEnabled()
    panel.show_results.click()
    qtbot.waitUntil(lambda: session.ladder is not None)
    assert session.front == "Results"
    assert session.ladder.seeds == 1


def test_a_ladder_that_was_left_says_how_it_goes_on(tmp_path) -> None:
    record = read_record(make_ladder(tmp_path / "steps", 1, finished=False))
    assert "Ladder\nstopped" in summary_line(record)
    assert "1 run" in record.outcome
    assert "Give the command again" in record.view.status.message


def test_what_lies_elsewhere_is_found_again_and_can_be_forgotten(
    panel, session, tmp_path, ini, qtbot
) -> None:
    other = make_run(tmp_path / "elsewhere", "score", Finished(message="done"), began=4e9)
    panel._shelf.watch(other)
    qtbot.waitUntil(lambda: len(session.history) == 3)
    panel._shelf._preferences.save()
    assert Preferences(ini).watched == (other,)
    choose(panel, "elsewhere")
    assert panel.forget.isEnabled()
    qtbot.mouseClick(panel.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(session.history) == 2)
    assert other.is_dir()
    assert Preferences(ini).watched == ()


def test_a_torn_summary_is_passed_over(runs: Path) -> None:
    write_whole(runs / "two" / "summary.json", '{"accuracy":')
    assert read_record(runs / "two").accuracy == {}


def test_each_run_has_a_line_with_task_state_time_and_accuracy(panel) -> None:
    assert [panel.list.item(i).text().split("\n")[0] for i in range(2)] == ["mine", "mine"]
    assert panel.list.item(1).text().partition("\n")[2] == (
        f"Training\nstopped · {moment(1e9)} · plate prior 70 %"
    )
    assert "Scoring\nfinished" in panel.list.item(0).text()


def test_name_kind_and_state_of_a_run_are_painted_below_each_other(panel) -> None:
    image = panel.list.viewport().grab(panel.list.visualItemRect(panel.list.item(0))).toImage()
    ground = image.pixelColor(image.width() - 3, 2)
    inked = [
        any(image.pixelColor(x, y) != ground for x in range(40, image.width() - 8))
        for y in range(image.height())
    ]
    lines = sum(now and not before for before, now in zip([False, *inked], inked, strict=False))
    assert lines >= 3


def test_without_runs_a_sentence_says_where_they_come_from(panel, session: Session) -> None:
    session.history = ()
    assert "Train, score, measure" in panel.nothing.text()
    assert panel.nothing.isVisible()
    assert not panel.verbs.isVisible()


def test_only_what_makes_sense_can_be_pressed(panel) -> None:
    choose(panel, "one")
    assert [b.isEnabled() for b in (panel.go_on, panel.stop, panel.use, panel.repeat)] == [
        True, False, True, True,
    ]  # fmt: skip
    assert not panel.show_results.isEnabled()
    assert not panel.forget.isEnabled()
    choose(panel, "two")
    assert [b.isEnabled() for b in (panel.go_on, panel.stop, panel.use, panel.repeat)] == [
        False, False, False, True,
    ]  # fmt: skip
    assert panel.show_results.isEnabled()


def test_a_stopped_run_goes_on_and_its_line_keeps_up(panel, session, runs, qtbot) -> None:
    choose(panel, "one")
    qtbot.mouseClick(panel.go_on, Qt.MouseButton.LeftButton)
    RunFolder(runs / "one").tell(Started(time=3e9))
    RunFolder(runs / "one").tell(Progress(phase="Reading", done=3, total=8))
    qtbot.waitUntil(lambda: "Reading: 3 of 8" in panel.list.item(0).text())
    choose(panel, "one")
    assert not panel.delete.isEnabled()
    qtbot.mouseClick(panel.stop, Qt.MouseButton.LeftButton)
    assert RunFolder(runs / "one").stop_requested
    assert not panel.stop.isEnabled()


def test_the_model_of_a_run_is_handed_to_score(panel, session, runs, qtbot) -> None:
    choose(panel, "one")
    qtbot.mouseClick(panel.use, Qt.MouseButton.LeftButton)
    # What lies there is no model: that is said, and the one in use stays.
    qtbot.waitUntil(lambda: session.notice is not None)
    assert "has no weights" in session.notice.text
    assert session.scoring.model == "demo"
    assert session.front == "Score"


@pytest.fixture
def snapshots(panel, session, runs: Path, qtbot) -> RunFolder:
    """Return the training with snapshots of two epochs, chosen in the list."""
    run = RunFolder(runs / "one")
    for epoch in (20, 40):
        shutil.copytree(shipped_models()["demo"], run.snapshot(epoch))
    panel.refresh.click()
    qtbot.waitUntil(lambda: any(record.snapshots for record in session.history))
    choose(panel, "one")
    return run


def open_menu(panel: RunsPanel, qtbot, *keys: Qt.Key) -> None:
    """Open the menu of *Use the model* from the keyboard, and choose with keys."""
    panel.activateWindow()
    panel.use.setFocus()
    qtbot.waitUntil(panel.use.hasFocus)
    qtbot.keyClick(panel.use, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is panel.use.menu())
    for key in keys:
        qtbot.keyClick(QApplication.activePopupWidget(), key)


def test_a_snapshot_is_chosen_from_the_keyboard_to_score_with(snapshots, panel, session, qtbot):
    best_then = [Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return]
    open_menu(panel, qtbot, *best_then)
    qtbot.waitUntil(lambda: session.scoring.model == str(snapshots.snapshot(40)))
    assert session.front == "Score"


def test_a_snapshot_is_chosen_from_the_keyboard_to_train_on_from(snapshots, panel, session, qtbot):
    down = [Qt.Key.Key_Down] * 2
    open_menu(panel, qtbot, *down, Qt.Key.Key_Right, *down, Qt.Key.Key_Return)
    assert session.recipe.start_from == str(snapshots.snapshot(20))
    assert session.front == "Train"
    assert session.notice.text == "The next training starts from one, epoch 20"


def test_the_menu_of_models_is_that_of_the_chosen_run(snapshots, panel, session, runs) -> None:
    menu = panel.use.menu()
    parts = [action.menu() for action in menu.actions()]
    assert [part.title() for part in parts] == ["Score with", "Start a training from"]
    for part in parts:
        assert [one.text() for one in part.actions()] == ["Best model", "Epoch 40", "Epoch 20"]
    assert "snapshot" in panel.use.toolTip()
    session.history = tuple(session.history)
    panel._show_chosen()
    assert panel.use.menu() is menu  # which may be open
    choose(panel, "two")
    assert panel.use.menu() is None
    assert not panel.use.isEnabled()
    assert "snapshot" not in panel.use.toolTip()


def test_what_a_training_saves_is_offered_while_it_goes_on(panel, session, runs, qtbot) -> None:
    choose(panel, "one")
    panel.go_on.click()
    run = RunFolder(runs / "one")
    run.tell(Started(time=3e9))
    qtbot.waitUntil(lambda: session.history[0].view.status.state is RunState.RUNNING)
    write_whole(run.snapshot(3) / "model.json", "{}")
    run.tell(Saved(what="snapshot", path=str(run.snapshot(3))))
    qtbot.waitUntil(lambda: panel.chosen.snapshots == (3,))
    assert panel.use.menu() is not None


def test_deleting_a_run_names_its_snapshots_and_is_refused_while_train_starts_from_one(
    snapshots, panel, session, thrown, qtbot
) -> None:
    said: list[str] = []
    answer("Cancel", said)
    panel.delete.click()
    assert "with its model, 2 snapshots and log" in said[1]
    recipe = session.recipe.model_copy(update={"start_from": str(snapshots.snapshot(20))})
    session.recipe = recipe
    panel._shelf.delete(snapshots.path)
    assert "Train starts from the model of one: choose another start" in session.notice.text
    assert thrown == []


def test_the_settings_of_a_scoring_go_to_the_score_panel(panel, session, runs, qtbot) -> None:
    recipe = Recipe(task="score", screen=["/screens/mine"], scoring=Scoring(model="demo", views=3))
    write_whole(runs / "two" / "recipe.json", recipe.to_json())
    choose(panel, "two")
    qtbot.mouseClick(panel.repeat, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.scoring.views == 3)
    assert session.front == "Score"
    assert "It worked on /screens/mine, which is not open" in session.notice.text


def edit(session: Session, panel: RunsPanel) -> Recipe:
    """Change two settings in the Train form."""
    recipe = session.recipe.model_copy(update={"seed": 7, "start_from": "/models/old"})
    panel._training.edit(recipe)
    return recipe


def test_changes_in_the_train_form_are_not_lost_without_a_question(panel, session, qtbot) -> None:
    mine = edit(session, panel)
    choose(panel, "one")
    said: list[str] = []
    answer("Cancel", said)
    qtbot.mouseClick(panel.repeat, Qt.MouseButton.LeftButton)
    assert session.recipe is mine
    assert "Lose 2 changes" in said[0]
    assert "Seed: 7 (was 0)" in said[1]
    assert "Start from: old (was none)" in said[1]
    answer("Lose them")
    qtbot.mouseClick(panel.repeat, Qt.MouseButton.LeftButton)
    assert session.recipe_name == "one"
    assert session.recipe.seed == 0


def test_changes_can_be_saved_first_and_taken_again(
    panel, session, tmp_path, qtbot, monkeypatch
) -> None:
    mine = edit(session, panel)
    to = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(to), ""))
    choose(panel, "one")
    answer("Save them first")
    qtbot.mouseClick(panel.repeat, Qt.MouseButton.LeftButton)
    assert session.recipe_name == "one"
    panel._training.choose(str(to.with_suffix(".json")))
    assert session.recipe == mine
    assert panel._training.unsaved("laptop") == []


def test_a_choice_of_held_out_experiments_is_no_loss_where_it_stays(panel, session) -> None:
    session.recipe = session.recipe.model_copy(
        update={"training": session.recipe.training.model_copy(update={"hold_out": ["E1"]})}
    )
    assert panel._training.unsaved("quick-look") == []


def test_the_recipe_of_a_run_goes_to_the_train_panel(panel, session, qtbot) -> None:
    choose(panel, "one")
    qtbot.mouseClick(panel.repeat, Qt.MouseButton.LeftButton)
    assert session.recipe_name == "one"
    assert session.front == "Train"


def test_any_folder_of_a_run_can_be_watched(panel, session, tmp_path, qtbot, monkeypatch) -> None:
    other = make_run(tmp_path / "elsewhere", "train", epoch(1, 0.5, 0.5), began=4e9)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other))
    qtbot.mouseClick(panel.watch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(session.history) == 3)
    assert session.history[0].view.path == other
    RunFolder(other).tell(Progress(phase="Training", done=5, total=8))
    qtbot.waitUntil(lambda: "Epoch 2 of 4" in panel.list.item(0).text())


def test_a_folder_that_is_no_run_is_a_sentence(
    panel, session, tmp_path, monkeypatch, qtbot
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    panel.watch.click()
    qtbot.waitUntil(lambda: session.notice is not None)
    assert "is not a run folder" in session.notice.text


def test_delete_asks_and_moves_the_run_to_the_bin(panel, session, runs, thrown, qtbot) -> None:
    choose(panel, "one")
    said: list[str] = []
    answer("Move to the bin", said)
    qtbot.mouseClick(panel.delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(session.history) == 1)
    assert thrown == [runs / "one"]
    assert f"{runs / 'one'} goes as a whole, with its model and log" in said[1]
    assert "in the bin" in session.notice.text


def test_delete_does_nothing_when_the_answer_is_no(panel, thrown, qtbot) -> None:
    panel.activateWindow()
    panel.list.setFocus()
    qtbot.waitUntil(panel.list.hasFocus)
    answer("Cancel")
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert thrown == []


def test_a_model_in_use_is_not_deleted(panel, session, runs, thrown) -> None:
    model = str(runs / "one" / "model")
    session.scoring = session.scoring.model_copy(update={"model": model})
    panel._shelf.delete(runs / "one")
    assert "Score uses the model of one" in session.notice.text
    assert thrown == []


def test_a_run_at_work_is_not_deleted(panel, session, runs, thrown) -> None:
    import os

    holder = Holder.of(os.getpid())
    write_whole(RunFolder(runs / "one").worker_path, holder.model_dump_json())
    panel._shelf.delete(runs / "one")
    assert "one is at work" in session.notice.text
    assert thrown == []


def test_what_cannot_go_to_the_bin_stays_and_says_so(panel, session, runs, qtbot) -> None:
    panel._shelf._throw_away = lambda _: False
    panel._shelf.delete(runs / "two")
    qtbot.waitUntil(lambda: session.notice is not None)
    assert "delete the folder yourself" in session.notice.text
    assert (runs / "two").is_dir()


def test_refresh_finds_what_others_have_begun(panel, session, runs, qtbot) -> None:
    make_run(runs / "three", "score", began=5e9)
    panel.refresh.click()
    qtbot.waitUntil(lambda: len(session.history) == 3)
    choose(panel, "three")
    panel.refresh.click()
    (runs / "four").mkdir()
    make_run(runs / "four", "score", began=6e9)
    panel.refresh.click()
    qtbot.waitUntil(lambda: len(session.history) == 4)
    assert panel.chosen.view.path.name == "three"


def test_a_line_of_a_run_at_work_says_what_it_does(runs: Path) -> None:
    record = read_record(runs / "one")
    status = record.view.status.after(Started()).after(Progress(phase="Reading", done=1, total=2))
    going = replace(record, view=replace(record.view, status=status))
    assert summary_line(going) == "Training\nReading: 1 of 2 · plate prior 70 %"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (datetime(2026, 11, 24, 9, 5, tzinfo=UTC), "today 09:05"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 3, 3, 1, 2, tzinfo=UTC), "3 Mar 01:02"),
        (datetime(2025, 3, 3, 1, 2, tzinfo=UTC), "3 Mar 2025"),
    ],
)
def test_moments_are_said_as_people_say_them(when: datetime, said: str) -> None:
    assert moment(when.timestamp(), datetime(2026, 11, 24, 12, tzinfo=UTC)) == said


def test_every_control_has_a_tooltip_and_a_name(panel) -> None:
    controls = [
        panel.watch, panel.refresh, panel.list, panel.go_on, panel.stop, panel.use, panel.repeat,
        panel.folder, panel.delete, panel.show_results, panel.forget, panel.kinds,
    ]  # fmt: skip
    assert [one for one in controls if not (one.toolTip() and one.accessibleName())] == []
