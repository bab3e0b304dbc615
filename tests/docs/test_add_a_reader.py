"""The page on readers is true: its example is found by its entry point and passes the suite."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to-add-a-reader.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "example-reader"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the example out as an installer does: its module, and what its entry points are."""
    place = tmp_path_factory.mktemp("site-packages")
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    told = place / f"example_reader-{project['version']}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {where}" for name, where in points.items())]
    (told / "entry_points.txt").write_text("\n".join(lines))
    shutil.copy(EXAMPLE / "example_reader.py", place)
    return place


def python(installed: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join((str(installed), str(EXAMPLE)))
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": paths, **more},
    )  # fmt: skip


def test_the_page_shows_the_example_as_it_is() -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert shown == (EXAMPLE / "example_reader.py").read_text(encoding="utf-8")
    (entry,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert entry in (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")


def test_the_example_is_asked_once_it_is_installed(installed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "E" / "P1"
    folder.mkdir(parents=True)
    for dye in (1, 2):
        shutil.copy(ROOT / "resources" / "screenshots" / "empty.png",
                    folder / f"dye{dye} of B02 field1.png")  # fmt: skip
    words = ("-m", "deepnoise_app", "inspect", str(tmp_path), "--names-only")
    done = python(installed, *words)
    assert done.returncode == 0, done.stderr
    assert "layout lab-camera, channels Nuclei, Mitochondria" in done.stdout


@pytest.mark.timeout(600)
def test_the_example_passes_the_suite_of_all_readers(installed: Path) -> None:
    (line,) = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
    setting, _, command = line.split(" ", 2)
    name, _, value = setting.partition("=")
    assert command.startswith("python ")
    words = [*command.split()[1:], "-q", "-p", "no:cacheprovider"]
    done = python(installed, *words, **{name: value})
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 20
