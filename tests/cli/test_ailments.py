"""What `deepnoise doctor` finds wrong, and that each comes with how to mend it."""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from pathlib import Path

from deepnoise_app.assets import shipped_models
from deepnoise_app.cli import ailments, doctor
from deepnoise_app.cli.ailments import Ailment


def test_an_environment_of_ours_is_mended_by_the_installer(monkeypatch) -> None:
    monkeypatch.setattr("sys.prefix", "/home/ana/.local/share/deepnoise-environment/venv")
    assert "deepnoise-setup repair" in ailments.mend("torch")
    monkeypatch.setattr("sys.prefix", "/opt/napari")
    assert "pip install 'torch'" in ailments.mend("torch")


def test_package_of_a_version_that_does_not_fit_is_named(monkeypatch) -> None:
    known = metadata.version
    monkeypatch.setattr(ailments, "version", lambda n: "1.0" if n == "pandas" else known(n))
    (found,) = ailments.packages()
    assert found.what.startswith("pandas 1.0 does not go with this DeepNoise, which wants >=")
    assert "pandas>=" in found.cure


def test_package_that_is_missing_is_named_and_an_extra_is_not(monkeypatch) -> None:
    def without(name: str) -> str:
        if name in ("zarr", "napari", "pyside6"):
            raise metadata.PackageNotFoundError(name)
        return metadata.version(name)

    monkeypatch.setattr(ailments, "version", without)
    assert [found.what for found in ailments.packages()] == ["zarr is not installed"]


def test_little_memory_is_said_with_what_still_works() -> None:
    (found,) = ailments.memory(2 * 2**30)
    assert "2.0 GiB" in found.what
    assert "quick-look" in found.cure
    assert [*ailments.memory(16 * 2**30)] == []


def test_folder_that_is_full_or_a_file_is_named(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    (found,) = ailments.folder("runs", tmp_path / "file" / "runs")
    assert "is a file" in found.what
    assert [*ailments.folder("runs", tmp_path / "new" / "runs")] == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))
    (found,) = ailments.folder("runs", tmp_path / "runs")
    assert "DEEPNOISE_HOME" in found.cure


def test_folder_that_cannot_be_written_is_told_by_writing(tmp_path: Path, monkeypatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(ailments.tempfile, "TemporaryFile", refuse)
    (found,) = ailments.folder("runs", tmp_path / "runs")
    assert "cannot be written: Read-only file system" in found.what
    assert "DEEPNOISE_HOME" in found.cure


def test_looking_at_folders_leaves_nothing_in_them(tmp_path: Path) -> None:
    assert [*ailments.folder("runs", tmp_path / "new" / "runs")] == []
    assert list(tmp_path.iterdir()) == []


def test_lack_of_a_temporary_folder_is_said() -> None:
    def none() -> str:
        raise FileNotFoundError("no usable temporary directory")

    (found,) = ailments.temporary(none)
    assert "TMPDIR" in found.cure
    assert [*ailments.temporary()] == []


def test_worker_python_that_is_gone_is_named(tmp_path: Path) -> None:
    (found,) = ailments.worker(str(tmp_path / "python"))
    assert str(tmp_path) in found.what
    assert [*ailments.worker("")] == [*ailments.worker(sys.executable)] == []


def test_folders_are_those_that_the_app_uses(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "mine"))
    found = doctor._folders().found
    mine = {name for name in found if str(tmp_path / "mine") in found[name]}
    assert mine == {"runs", "settings", "cache"}


def test_reader_of_a_third_party_that_fails_is_named(monkeypatch) -> None:
    broken = metadata.EntryPoint("their-reader", "nowhere:Reader", ailments.READERS)
    monkeypatch.setattr(ailments, "entry_points", lambda group: [broken])
    (found,) = ailments.readers()
    assert "'their-reader'" in found.what
    assert "nowhere" in found.what


def test_damaged_model_is_told_from_a_whole_one(tmp_path: Path) -> None:
    whole = shipped_models()["demo"]
    assert [*ailments.model("demo", whole)] == []
    damaged = Path(shutil.copytree(whole, tmp_path / "demo"))
    (damaged / "model.safetensors").write_bytes(b"")
    (found,) = ailments.model("demo", damaged)
    assert "'demo' is damaged" in found.what


def test_each_ailment_is_printed_with_its_cure(monkeypatch, capsys) -> None:
    section = doctor.Section("Packages", {"torch": "2"}, [Ailment("it is old", "make it new")])
    monkeypatch.setattr(doctor, "_sections", lambda: [section])
    doctor.doctor()
    said = capsys.readouterr().out
    assert "What is wrong, and how to mend it:\n  - it is old.\n    Make it new.\n" in said
