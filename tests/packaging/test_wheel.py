"""The built wheel: complete, without Qt in its core, and at work outside the checkout."""

from __future__ import annotations

import configparser
import csv
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import deepnoise_app
from deepnoise_app.assets import shipped_models

ROOT = Path(__file__).resolve().parents[2]
UV = [sys.executable, "-m", "uv"]


def _run(command: list[str | Path], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _shipped(source: Path, inside: str) -> dict[str, Path]:
    """Name in the wheel and path in the checkout of every file below a folder."""
    left_out = {"__pycache__", "screenshots"}  # pictures are for the pages of the project
    files = [p for p in source.rglob("*") if p.is_file() and not left_out & {*p.parts}]
    return {f"{inside}/{path.relative_to(source).as_posix()}": path for path in files}


def _expected() -> dict[str, Path]:
    return {
        **_shipped(ROOT / "deepnoise_app", "deepnoise_app"),
        **_shipped(ROOT / "models", "deepnoise_app/_data/models"),
        **_shipped(ROOT / "resources", "deepnoise_app/_data/resources"),
        **_shipped(ROOT / "docs" / "help", "deepnoise_app/_data/help"),
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built the way an index would get it: a source archive first, the wheel from that."""
    out = tmp_path_factory.mktemp("dist")
    _run([*UV, "build", "--quiet", "--out-dir", out, ROOT], cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _dist_info(wheel: Path, file: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"deepnoise_app-{deepnoise_app.__version__}.dist-info/{file}").decode()


def _metadata(wheel: Path) -> Message:
    return Parser().parsestr(_dist_info(wheel, "METADATA"))


def test_wheel_holds_every_file_of_package_models_and_resources(names: set[str]) -> None:
    expected = _expected()
    assert "deepnoise_app/runs/recipes/quick-look.toml" in expected
    assert "deepnoise_app/_data/models/README.md" in expected
    assert sorted(expected.keys() - names) == []
    assert not [name for name in names if "screenshots/" in name]


def test_wheel_holds_nothing_but_the_package(names: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in names} == {"deepnoise_app"}
    assert [name for name in names if "__pycache__" in name or ".gitkeep" in name] == []


def test_core_brings_no_qt_binding_and_no_napari(wheel: Path) -> None:
    required = _metadata(wheel).get_all("Requires-Dist", [])
    core = [line.lower() for line in required if "extra ==" not in line]
    assert [line for line in core if line.startswith(("napari", "pyside", "pyqt6", "pyqt5"))] == []
    assert any(line.startswith("napari") for line in required)


def test_license_is_inside(wheel: Path) -> None:
    assert _dist_info(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_every_entry_point_leads_to_a_module_of_the_wheel(wheel: Path, names: set[str]) -> None:
    entries = configparser.ConfigParser()
    entries.read_string(_dist_info(wheel, "entry_points.txt"))
    assert entries["console_scripts"]["deepnoise"] == "deepnoise_app.__main__:main"
    places = [place.split(":")[0] for group in entries.values() for place in group.values()]
    modules = [place for place in places if not place.endswith(".yaml")]
    paths = [module.replace(".", "/") for module in modules]
    missing = [p for p in paths if not {f"{p}.py", f"{p}/__init__.py"} & names]
    assert missing == []


def test_installed_package_finds_its_own_models_and_resources(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    _run([*UV, "pip", "install", "--quiet", "--no-deps", "--target", site, wheel], cwd=tmp_path)
    ask = (
        f"import json, sys; sys.path.insert(0, {str(site)!r})\n"
        "from deepnoise_app.assets import *\n"
        "print(json.dumps([str(models_folder()), str(resources_folder()), [*shipped_models()]]))"
    )
    models, resources, shipped = json.loads(_run([sys.executable, "-I", "-c", ask], cwd=tmp_path))
    assert Path(models) == site.resolve() / "deepnoise_app" / "_data" / "models"
    assert Path(resources) == site.resolve() / "deepnoise_app" / "_data" / "resources"
    assert shipped == [*shipped_models()]
    changed = [n for n, p in _expected().items() if (site / n).read_bytes() != p.read_bytes()]
    assert changed == []


@pytest.fixture(scope="module")
def empty_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder of the programs of an environment that holds the wheel and what it requires."""
    place = tmp_path_factory.mktemp("elsewhere")
    venv = place / "environment"
    _run([*UV, "venv", "--quiet", "--python", sys.executable, venv], cwd=place)
    pins = ROOT / "constraints.txt"
    _run([*UV, "pip", "install", "--quiet", "-p", venv, "-c", pins, wheel], cwd=place)
    yield venv / ("Scripts" if sys.platform == "win32" else "bin")
    shutil.rmtree(venv)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_wheel_works_in_an_empty_environment(empty_environment: Path, tmp_path: Path) -> None:
    python, deepnoise = empty_environment / "python", empty_environment / "deepnoise"
    ask = "import deepnoise_app; print(deepnoise_app.__file__)"
    home = _run([python, "-I", "-c", ask], cwd=tmp_path).strip()
    assert Path(home).is_relative_to(empty_environment.parent)
    assert deepnoise_app.__version__ in _run([deepnoise, "--version"], cwd=tmp_path)
    assert "score" in _run([deepnoise, "--help"], cwd=tmp_path)
    assert "torch" in _run([deepnoise, "doctor"], cwd=tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("model", [*shipped_models()])
def test_shipped_model_scores_in_an_empty_environment(
    model: str, empty_environment: Path, tmp_path: Path
) -> None:
    deepnoise = empty_environment / "deepnoise"
    size = ["--experiments", "2", "--plates", "1", "--perturbations", "4", "--size", "64"]
    _run([deepnoise, "simulate", "screen", *size], cwd=tmp_path)
    _run([deepnoise, "score", model, "screen", "--out", "out"], cwd=tmp_path)
    with (tmp_path / "out" / "predictions.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert rows
    assert all(row["Prediction_Free"] for row in rows)
