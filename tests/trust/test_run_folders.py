"""What the run folder of a stranger cannot do to whoever watches it or goes on with it."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

from deepnoise_app.errors import RunError
from deepnoise_app.gui.job import saved
from deepnoise_app.runs.events import MOST_AT_ONCE, Saved, Warned, encode, read_events
from deepnoise_app.runs.explanation import Explanation
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import start_detached
from deepnoise_app.runs.recipe import Recipe


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", Recipe())


@pytest.mark.parametrize(
    "name", ["events.jsonl", "log.txt", "model", "checkpoint/state.json", "snapshots/epoch-001"]
)
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


@pytest.mark.parametrize("name", ["events.jsonl", "log.txt"])
def test_a_run_that_speaks_by_a_pipe_or_a_device_is_told_at_once(run: RunFolder, name: str) -> None:
    run.worker_path.write_text(json.dumps({"pid": 1, "host": "elsewhere", "started": 0.0}))
    (run.path / name).unlink(missing_ok=True)
    os.mkfifo(run.path / name)
    assert run.log_tail() == ""
    assert run.status().message is not None
    (run.path / name).unlink()
    (run.path / name).symlink_to("/dev/zero")
    assert run.log_tail() == ""
    assert run.status().message is not None


def test_events_without_end_are_read_in_parts(run: RunFolder) -> None:
    line = encode(Warned(message="a" * 1000)).encode() + b"\n"
    count = MOST_AT_ONCE // len(line) + 10
    run.events_path.write_bytes(line * count)
    first, offset = read_events(run.events_path)
    assert 0 < len(first) < count
    assert offset <= MOST_AT_ONCE
    assert len(run.events()) == count


def test_a_line_without_end_is_passed_over(run: RunFolder) -> None:
    with run.events_path.open("wb") as file:
        os.truncate(file.fileno(), MOST_AT_ONCE)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + encode(Warned(message="after")).encode() + b"\n")
    assert [event.message for event in run.events() if isinstance(event, Warned)] == ["after"]


def test_what_a_run_says_it_has_saved_lies_in_its_folder(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "secret.parquet").write_text("")
    (run.path / "link.parquet").symlink_to(tmp_path / "secret.parquet")
    told = [
        str(tmp_path / "secret.parquet"), str(run.path / ".." / "secret.parquet"), "secret.parquet",
        str(run.path / "link.parquet"), "\0", str(run.path / "measures" / "a.parquet"),
    ]  # fmt: skip
    events = [Saved(what="measures", path=path) for path in told]
    assert saved(run.path, events, "measures") == [run.path / "measures" / "a.parquet"]


def explained(run: RunFolder, content: bytes) -> Explanation:
    """Leave an explanation with a map of some bytes."""
    site = {"site": 1, "start": 0.0, "end": 1.0, "attributed": 1.0, "steps": 1}
    told = {"experiment": "E", "plate": "P", "well": "B02", "target": "a", "model": "m",
            "sites": [site], "channels": {"1": 1.0}}  # fmt: skip
    (run.path / "explanation.json").write_text(json.dumps(told))
    (run.path / "attribution-s1.npy").write_bytes(content)
    return Explanation.read(run.path / "explanation.json")


def numbers(shape: tuple[int, ...], kind: str = "<f4") -> bytes:
    """The start of a file of numbers, with none behind it."""
    file = io.BytesIO()
    about = {"descr": kind, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, about)
    return file.getvalue() + b"1234"


@pytest.mark.parametrize(
    "content", [numbers((10**6, 10**6)), numbers((2, 2), "|O"), b"PK\3\4", b"", b"\x80\x05."]
)
def test_a_map_that_claims_what_it_does_not_hold_is_a_sentence(
    run: RunFolder, content: bytes
) -> None:
    with pytest.raises(RunError, match=r"attribution-s1\.npy cannot be read"):
        explained(run, content).maps(run.path)


def test_an_explanation_nested_without_end_is_a_sentence(run: RunFolder) -> None:
    (run.path / "explanation.json").write_text("[" * 100_000)
    with pytest.raises(RunError, match="is no explanation"):
        Explanation.read(run.path / "explanation.json")
