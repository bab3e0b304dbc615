"""A snapshot of an earlier training is chosen in the window, and a training starts from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deepnoise_app.assets import shipped_models
from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.events import Started, Stopped
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState


@pytest.fixture
def cells(window, plates) -> RunFolder:
    """Return a training that was stopped, with its best model and a snapshot of epoch 20."""
    asked = Recipe(task="train", screen=[str(plates)])
    run = RunFolder.create(window.parts.jobs.folder / "cells-01", asked)
    run.tell(Started())
    run.tell(Stopped(message="stopped in epoch 21 of 60"))
    for folder in (run.model, run.snapshot(20)):
        shutil.copytree(shipped_models()["demo"], folder)
    return run


def opened(window, plates: Path, wait) -> None:
    window.parts.open([plates])
    wait(lambda: window.parts.session.plate is not None)
    recipe = Recipe.load("quick-look")
    training = recipe.training.model_copy(update={"epochs": 1})
    stage_two = recipe.stage_two.model_copy(update={"epochs": 0})
    changes = {"training": training, "stage_two": stage_two}
    window.parts.training.edit(recipe.model_copy(update=changes))


def test_in_the_train_tab(window, plates, cells, wait) -> None:
    begun: list[RunFolder] = []
    window.parts.jobs._start = lambda path: begun.append(RunFolder(path)) or 0
    opened(window, plates, wait)
    panel = window.parts.train
    window.work.setCurrentWidget(panel)
    combo = panel.start.combo
    offered = [combo.itemText(at) for at in range(combo.count())]
    assert offered[-3:] == ["cells-01", "cells-01, epoch 20", "Other folder…"]
    combo.setCurrentIndex(combo.findText("cells-01, epoch 20"))
    combo.activated.emit(combo.currentIndex())
    panel.button.click()
    (run,) = begun
    assert run.recipe.start_from == str(cells.snapshot(20))


def test_in_the_runs_tab_and_a_worker_goes_on_from_it(window, plates, cells, wait) -> None:
    opened(window, plates, wait)
    session, panel = window.parts.session, window.parts.runs_panel
    window.work.setCurrentWidget(panel)
    wait(lambda: any(record.snapshots for record in session.history))
    wait(lambda: panel.chosen is not None and panel.chosen.view.path == cells.path)
    _, train = panel.use.menu().actions()
    next(one for one in train.menu().actions() if one.text() == "Epoch 20").trigger()
    assert window.work.currentWidget() is window.parts.train
    assert window.parts.train.start.combo.currentText() == "cells-01, epoch 20"
    window.parts.train.button.click()
    wait(lambda: any(view.status.state is RunState.FINISHED for view in session.runs))
    run = next(view.path for view in session.runs if view.task == "train")
    assert load_card(run / "model").provenance.started_from == load_card("demo").name
    wait(lambda: any(record.used == "from cells-01, epoch 20" for record in session.history))
