"""What passes goes, what a user may want stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.run_tidy import KEPT_S, Tidying, is_ours, sweep
from deepnoise_app.runs.events import Failed, Finished, Started, Stopped
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.lock import Holder
from deepnoise_app.runs.recipe import Recipe


def left(folder: Path, name: str, *events, pack_to: str | None = None) -> Path:
    task = next(one for one in ("measure", "train", "plan", "pack") if f"-{one}-" in name)
    run = RunFolder.create(folder / name, Recipe(task=task, plates=["E/P"], pack_to=pack_to))
    for event in (Started(), *events):
        run.tell(event)
    return run.path


def test_a_new_start_removes_what_is_over_and_nothing_else(tmp_path):
    folder = tmp_path / "runs"
    done = left(folder, "2026-11-24-101010-measure-mine", Finished())
    stopped = left(folder, "2026-11-24-101011-measure-mine", Stopped())
    failed = left(folder, "2026-11-24-101012-measure-mine", Failed(message="no"))
    trained = left(folder, "2026-11-24-101013-train-mine", Finished())
    own = left(folder, "my-measure-run", Finished())
    assert sweep(folder) == 2
    assert [p.exists() for p in (done, stopped, failed, trained, own)] == [
        False, False, True, True, True,
    ]  # fmt: skip
    age = failed.stat().st_mtime + KEPT_S + 1
    assert sweep(folder, age) == 1
    assert trained.exists()


def test_one_at_work_stays(tmp_path):
    path = left(tmp_path, "2026-11-24-101010-measure-mine", Finished())
    write_whole(RunFolder(path).worker_path, Holder.of(os.getpid()).model_dump_json())
    assert sweep(tmp_path) == 0
    assert path.exists()


def test_a_folder_elsewhere_is_not_ours(tmp_path):
    assert not is_ours(left(tmp_path, "2026-11-24-101010-measure-x"), tmp_path / "runs")
    assert is_ours(left(tmp_path, "2026-11-24-101010-plan-x"), tmp_path)
    assert not is_ours(tmp_path / "2026-11-24-101010-score-x", tmp_path)


def test_what_the_panel_lists_is_never_removed(tmp_path):
    whole = RunFolder.create(tmp_path / "2026-11-24-101010-measure-x", Recipe(task="measure"))
    assert not is_ours(whole.path, tmp_path)
    packed = left(tmp_path, "2026-11-24-101011-pack-x", Finished(), pack_to="/packs/mine")
    asked = left(tmp_path, "2026-11-24-101012-pack-x", Finished())
    assert sweep(tmp_path) == 1
    assert [packed.exists(), asked.exists()] == [True, False]


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.close()


def test_a_finished_measuring_goes_once_its_worker_has_let_go(qtbot, background, tmp_path):
    started: list[Path] = []
    jobs = Jobs(tmp_path, lambda path: started.append(path) or 0)
    tidying = Tidying(background, jobs)
    view = jobs.begin(Recipe(task="measure", plates=["E/P"]), "mine")
    run = RunFolder(view.path)
    write_whole(run.worker_path, Holder.of(os.getpid()).model_dump_json())
    run.tell(Finished())
    jobs._poll()
    tidying._remove()
    qtbot.waitUntil(lambda: background.is_idle)
    assert run.path.exists()
    run.worker_path.unlink()
    tidying._remove()
    qtbot.waitUntil(lambda: not run.path.exists())
    assert jobs.views == ()
