"""The run folder: made once, resumed on request, told to and asked to stop."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from deepnoise_app.errors import RunError
from deepnoise_app.runs.events import Started, Unknown, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState

RECIPE = Recipe(seed=3)


def test_new_folder_holds_its_recipe(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "deep" / "run", RECIPE)
    assert RunFolder(run.path).recipe == RECIPE
    assert run.status().state is RunState.WAITING


def test_filled_folder_is_refused_without_resume(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(RunError, match="is not empty"):
        RunFolder.create(tmp_path, RECIPE)
    with pytest.raises(RunError, match=r"no recipe\.json"):
        RunFolder.create(tmp_path, RECIPE, resume=True)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_resumed_folder_keeps_the_recipe_that_it_has(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", RECIPE)
    again = RunFolder.create(tmp_path / "run", Recipe(seed=4), resume=True)
    assert again.recipe == RECIPE


def test_resuming_what_was_never_begun_begins(tmp_path: Path) -> None:
    assert RunFolder.create(tmp_path / "run", RECIPE, resume=True).recipe == RECIPE
    with pytest.raises(RunError, match="needs a recipe"):
        RunFolder.create(tmp_path / "other", resume=True)


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be made"):
        RunFolder.create(tmp_path / "file" / "run", RECIPE)


def test_folder_without_recipe_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a run folder"):
        _ = RunFolder(tmp_path).recipe


def test_events_are_appended_and_folded(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    run.tell(Started())
    run.tell(Warned(message="dim"))
    assert run.status().state is RunState.RUNNING
    assert run.status().warnings == ("dim",)


def test_line_torn_by_a_kill_does_not_swallow_the_next(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    run.events_path.write_bytes(b'{"event": "Warn')
    run.tell(Started())
    torn, started = run.events()
    assert isinstance(torn, Unknown)
    assert isinstance(started, Started)


def test_full_disk_while_telling_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(RunError, match=r"the disk is full: .*events\.jsonl"):
        run.tell(Started())


def test_stop_is_a_request_that_can_be_taken_back(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RECIPE)
    assert not run.stop_requested
    run.request_stop()
    assert run.stop_requested
    run.clear_stop()
    run.clear_stop()
    assert not run.stop_requested
