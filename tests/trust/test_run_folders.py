"""What the run folder of a stranger cannot do to whoever watches it or goes on with it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deepnoise_app.errors import RunError
from deepnoise_app.runs.events import Warned
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import start_detached
from deepnoise_app.runs.recipe import Recipe


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", Recipe())


@pytest.mark.parametrize("name", ["events.jsonl", "log.txt", "model", "checkpoint/state.json"])
def test_no_worker_writes_through_a_link(run: RunFolder, tmp_path: Path, name: str) -> None:
    kept = tmp_path / "kept"
    kept.write_text("mine")
    link = run.path / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(kept)
    with pytest.raises(RunError, match="is a link"):
        RunFolder.create(run.path, resume=True)
    with pytest.raises(RunError, match="is a link"), run.owned():
        run.tell(Warned(message="never told"))
    with pytest.raises(RunError, match="is a link"):
        start_detached(run.path)
    assert kept.read_text() == "mine"


def test_what_is_written_beside_goes_through_no_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("mine")
    (tmp_path / f".a-{os.getpid()}.txt").symlink_to(kept)
    write_beside(tmp_path / "a.txt", lambda path: path.write_text("new"))
    assert (kept.read_text(), (tmp_path / "a.txt").read_text()) == ("mine", "new")


@pytest.mark.parametrize("pid", [-1, 0, 10**30, "1", None, 2**31 - 1])
def test_a_mark_of_an_absurd_process_is_no_crash(run: RunFolder, pid: object) -> None:
    mark = {"pid": pid, "host": os.uname().nodename, "started": 0.0}
    run.worker_path.write_text(json.dumps(mark))
    assert run.status().message is not None
    holder = run.holder
    assert holder is None or not holder.is_alive


def test_a_mark_is_believed_only_with_the_moment_the_process_began(run: RunFolder) -> None:
    """So that the folder of a stranger cannot make the app stop a process of the user's."""
    for started in (0.0, float("nan"), float("inf"), -1e300):
        mark = {"pid": os.getpid(), "host": os.uname().nodename, "started": started}
        run.worker_path.write_text(json.dumps(mark))
        holder = run.holder
        assert holder is None or not holder.is_alive


@pytest.mark.parametrize(
    "line",
    ["", "null", "[]", "{}", '{"event": []}', '{"event": "Progress", "done": "x"}',
     '{"event": "Started", "time": 1e999}', '{"event": "EpochEnded", "epoch": 1' + "0" * 400 + "}",
     "[" * 100_000, "\x00\xff"],
)  # fmt: skip
def test_events_that_nobody_would_write_are_passed_over(run: RunFolder, line: str) -> None:
    run.events_path.write_bytes(line.encode("latin-1") + b"\n")
    assert run.status().message is not None
