"""One worker per folder; a mark outlives its process but does not bind anyone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from deepnoise_app.errors import RunError
from deepnoise_app.runs.events import Started, Stopped
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.lock import Holder, mark_start
from deepnoise_app.runs.process import is_alive
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState

WORKER = """
import sys, time
from pathlib import Path
from deepnoise_app.runs.folder import RunFolder
with RunFolder(Path(sys.argv[1])).owned():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", Recipe())


@contextmanager
def worker(run: RunFolder) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", WORKER, str(run.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().strip() == b"held"
            yield process
        finally:
            process.kill()


def test_second_worker_is_refused_while_the_first_lives(run: RunFolder) -> None:
    with worker(run) as first:
        assert is_alive(run.path)
        with pytest.raises(RunError, match=f"process {first.pid}"), run.owned():
            pass
        assert is_alive(run.path)


def test_lock_of_a_killed_worker_is_taken_over(run: RunFolder) -> None:
    with worker(run) as first:
        first.kill()
        first.wait()
        assert not is_alive(run.path)
        with run.owned():
            assert run.holder is not None
            assert run.holder.pid == os.getpid()
    assert run.holder is None


def test_worker_that_was_killed_but_not_yet_buried_is_gone(run: RunFolder) -> None:
    with worker(run) as first:
        os.kill(first.pid, signal.SIGTERM)
        deadline = time.monotonic() + 5
        while is_alive(run.path) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not is_alive(run.path)


def test_silent_death_is_a_failure_with_the_tail_of_the_log(run: RunFolder) -> None:
    run.tell(Started())
    run.log_path.write_text("first\n" * 500 + "Illegal instruction\n")
    with worker(run) as first:
        assert run.status().state is RunState.RUNNING
        first.kill()
    status = run.status()
    assert status.state is RunState.FAILED
    assert status.message.endswith("Illegal instruction")


def test_worker_killed_after_its_last_word_keeps_it(run: RunFolder) -> None:
    with worker(run):
        run.tell(Started())
        run.tell(Stopped())
    assert run.holder is not None
    assert run.status().state is RunState.STOPPED


def test_number_that_another_process_got_since_does_not_bind(run: RunFolder) -> None:
    long_ago = Holder.of(os.getppid()).model_copy(update={"started": 1000.0})
    run.worker_path.write_text(long_ago.model_dump_json())
    with run.owned():
        assert is_alive(run.path)


def test_worker_on_another_computer_is_believed_to_live(run: RunFolder) -> None:
    elsewhere = Holder(pid=1, host="node-17", started=0.0)
    run.worker_path.write_text(elsewhere.model_dump_json())
    with (
        pytest.raises(RunError, match=r"node-17.*if it is gone, delete .*worker\.json"),
        run.owned(),
    ):
        pass


def test_torn_mark_binds_nobody(run: RunFolder) -> None:
    run.worker_path.write_text('{"pid": 1')
    with run.owned():
        pass
    assert run.holder is None


def test_launched_worker_takes_the_mark_of_its_launch(run: RunFolder) -> None:
    mark_start(run.worker_path, os.getpid())
    with run.owned():
        assert run.holder is not None
        assert run.holder.state == "working"
    assert run.holder is None


def test_late_mark_of_the_launch_does_not_outlive_the_worker(run: RunFolder) -> None:
    with run.owned():
        run.worker_path.write_text(Holder.of(os.getpid(), "starting").model_dump_json())
    assert run.holder is None


def test_folder_is_free_after_an_error(run: RunFolder) -> None:
    with pytest.raises(ZeroDivisionError), run.owned():
        raise ZeroDivisionError
    assert run.holder is None


def test_process_that_may_not_be_looked_at_is_believed_to_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    holder = Holder.of(os.getpid())

    def denied(_: int) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "Process", denied)
    assert holder.is_alive
