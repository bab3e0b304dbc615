"""What `deepnoise doctor` finds wrong, and that each comes with how to mend it."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

import pytest

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


def test_window_without_qt_is_explained(monkeypatch) -> None:
    monkeypatch.setattr(ailments, "find_spec", lambda name: name == "napari" or None)
    monkeypatch.setattr(ailments, "find_library", lambda name: "there")
    (found,) = ailments.window()
    assert "no Qt is installed" in found.what
    assert "deepnoise-app[app]" in found.cure


def test_libraries_of_the_system_are_named_with_their_packages() -> None:
    (found,) = ailments.libraries(lambda name: None if "xcb" in name else "there", "linux")
    assert "libxcb-cursor" in found.what
    assert "apt install libxcb-cursor0" in found.cure
    assert [*ailments.libraries(lambda name: None, "darwin")] == []


def test_torch_beside_a_torchvision_of_another_build_is_recognised() -> None:
    error = RuntimeError("operator torchvision::nms does not exist")
    assert "different builds" in ailments.torch_import(error).what
    assert "libcudart" in ailments.torch_import(OSError("libcudart.so: cannot open")).what


@pytest.mark.parametrize(
    ("cuda", "devices", "nvidia", "what"),
    [
        ("", ["torch"], True, "a build without CUDA"),
        ("13.0", ["torch"], True, "its driver may be too old"),
        ("13.0", ["torch", "cuda:0"], True, None),
        ("", ["torch"], False, None),
    ],
)
def test_card_that_torch_does_not_use_is_explained(cuda, devices, nvidia, what) -> None:
    found = [*ailments.graphics(cuda, devices, nvidia)]
    assert len(found) == (what is not None)
    assert what is None or what in found[0].what


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
