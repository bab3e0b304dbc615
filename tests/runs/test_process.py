"""Detached workers outlive whoever started them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deepnoise_app.errors import RunError
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import is_alive, start_detached, worker_command
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in worker is a shell script")

STARTER = """
import sys
from pathlib import Path
from deepnoise_app.runs.process import start_detached
print(start_detached(Path(sys.argv[1]), sys.argv[2]))
"""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", Recipe())


def stand_in(folder: Path, script: str) -> str:
    """Make an interpreter that runs this script, whatever it is asked; `$4` is the run folder."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def wait_for(done: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert done()


def test_detached_worker_survives_its_starter(run: RunFolder, tmp_path: Path) -> None:
    go, done = tmp_path / "go", tmp_path / "done"
    script = f'echo "at $4"; while [ ! -e {go} ]; do sleep 0.05; done; touch {done}'
    command = [sys.executable, "-c", STARTER, str(run.path), stand_in(tmp_path, script)]
    pid = int(subprocess.run(command, check=True, capture_output=True, timeout=30).stdout)
    assert is_alive(run.path)
    assert os.getsid(pid) == pid
    assert psutil.Process(pid).nice() > psutil.Process().nice() or psutil.Process().nice() >= 15
    go.touch()
    wait_for(done.exists)
    assert run.log_tail() == f"at {run.path}"
    wait_for(lambda: not is_alive(run.path))


def test_second_start_is_refused_while_the_first_still_comes_up(
    run: RunFolder, tmp_path: Path
) -> None:
    pid = start_detached(run.path, stand_in(tmp_path, "sleep 30"))
    with pytest.raises(RunError, match=f"process {pid}"):
        start_detached(run.path, stand_in(tmp_path, "sleep 30"))
    psutil.Process(pid).kill()
    wait_for(lambda: not is_alive(run.path))


def test_worker_that_dies_before_its_first_word_has_failed(run: RunFolder, tmp_path: Path) -> None:
    start_detached(run.path, stand_in(tmp_path, "echo No module named torch >&2; exit 1"))
    wait_for(lambda: not is_alive(run.path))
    status = run.status()
    assert status.state is RunState.FAILED
    assert "No module named torch" in status.message


def test_interpreter_that_is_not_there_is_said(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no worker could be started"):
        start_detached(run.path, str(tmp_path / "nowhere"))
    assert not is_alive(run.path)


def test_worker_is_this_interpreter_unless_another_is_named() -> None:
    assert worker_command(Path("/r"))[0] == sys.executable
    assert worker_command(Path("/r"), "py")[:4] == ["py", "-m", "deepnoise_app", "work"]


def test_program_that_is_no_python_finds_the_python_beside_it(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").touch()
    (tmp_path / "python.exe").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "napari"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    found = Path(worker_command(Path("/r"))[0])
    assert found.parent in (tmp_path, tmp_path / "bin")
    assert found.name in ("python3", "python.exe")
