"""Files are whole or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from deepnoise_app.errors import RunError
from deepnoise_app.runs import files
from deepnoise_app.runs.files import remove, write_beside, write_whole


def test_text_is_written_as_utf8_and_nothing_is_left_beside(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.json", "µm")
    assert (tmp_path / "a.json").read_bytes() == "µm".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_full_disk_keeps_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.json"
    write_whole(path, "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match=r"the disk is full: .*the earlier model\.json is kept"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["model.json"]


def test_folder_that_is_not_there_is_made_and_one_that_cannot_be_is_said(tmp_path: Path) -> None:
    write_whole(tmp_path / "new" / "a.json", "whole")
    assert (tmp_path / "new" / "a.json").read_text() == "whole"
    with pytest.raises(RunError, match="could not be written"):
        write_whole(tmp_path / "new" / "a.json" / "b.json", "")


def test_rename_waits_until_a_reader_has_closed_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [PermissionError(errno.EACCES, "in use")] * 3
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(files, "_PAUSE_S", 0)
    write_whole(tmp_path / "a.json", "new")
    assert (tmp_path / "a.json").read_text() == "new"


def test_reader_that_never_closes_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(files, "_PAUSE_S", 0)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(RunError, match="in use"):
        write_whole(tmp_path / "a.json", "new")
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(RunError, match="could not be removed"):
        remove(tmp_path / "a.json")


def test_file_beside_has_the_same_suffix(tmp_path: Path) -> None:
    seen: list[Path] = []

    def write(beside: Path) -> None:
        seen.append(beside)
        beside.write_bytes(b"PAR1")

    write_beside(tmp_path / "predictions.parquet", write)
    assert seen[0].suffix == ".parquet"
    assert (tmp_path / "predictions.parquet").read_bytes() == b"PAR1"
