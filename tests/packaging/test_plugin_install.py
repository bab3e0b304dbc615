"""Into a napari that is there: nothing of its Qt or of napari changes, and it runs the plugin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = [sys.executable, "-m", "uv"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def _run(command: list[str | Path], **more: object) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def plain_napari(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an environment of napari with PyQt6, as its own pages tell to make one."""
    place = tmp_path_factory.mktemp("napari")
    _run([*UV, "venv", "--quiet", "--python", sys.executable, place / "venv"])
    pins = ["-c", ROOT / "constraints.txt"]
    packages = ["napari", "PyQt6"]
    _run([*UV, "pip", "install", "--quiet", "-p", place / "venv", *pins, *packages])
    yield place / "venv"
    shutil.rmtree(place)


def _changes(environment: Path, *options: str) -> list[str]:
    """Return what an installation of the plugin would add and take away."""
    pins = ["-c", ROOT / "constraints.txt"]
    install = [*UV, "pip", "install", *options, "-p", environment, *pins, ROOT]
    return re.findall(r"^ ([+-] \S+)", _run(install), re.MULTILINE)


def _screen() -> list[str]:
    """Return what brings a screen where there is none: nothing is skipped for want of it."""
    if sys.platform != "linux" or os.environ.get("DISPLAY"):
        return []
    return ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24 +extension GLX"]


def test_installing_the_plugin_takes_nothing_away_and_brings_no_qt(plain_napari: Path) -> None:
    changes = _changes(plain_napari, "--dry-run")
    assert any(change.startswith("+ torch==") for change in changes)
    assert [change for change in changes if change.startswith("-")] == []
    windows = re.compile(r"[+-] (napari|pyqt\d|pyside\d|vispy|qtpy|superqt)\b", re.IGNORECASE)
    assert [change for change in changes if windows.match(change)] == []


def test_plugin_opens_in_a_real_napari_with_another_qt(plain_napari: Path, tmp_path: Path) -> None:
    _changes(plain_napari, "--quiet")
    script = tmp_path / "look.py"
    script.write_text(LOOK)
    napari = plain_napari / "bin" / "python"
    inherited = {k: v for k, v in os.environ.items() if "QT_API" not in k}
    home = {"NAPARI_CONFIG": str(tmp_path / "napari.yaml"), "DEEPNOISE_HOME": str(tmp_path)}
    said = _run([*_screen(), napari, script], env={**inherited, **home}, cwd=tmp_path)
    assert "binding: PyQt6" in said
    assert "tabs: Plates View" in said
    assert "torch: False" in said


def test_plugin_works_beside_another_that_reads_folders_too(
    plain_napari: Path, tmp_path: Path
) -> None:
    """The other one takes TIFF files and folders, and has a widget and a page of settings."""
    other = tmp_path / "lab-tools"
    for name, text in OTHER.items():
        path = other / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _changes(plain_napari, "--quiet")
    _run([*UV, "pip", "install", "--quiet", "-p", plain_napari, other])
    size = ["--experiments", "1", "--plates", "1", "--perturbations", "4", "--size", "32"]
    deepnoise = Path(sys.executable).with_name("deepnoise")
    _run([deepnoise, "simulate", tmp_path / "plates", *size])
    script = tmp_path / "beside.py"
    script.write_text(BESIDE)
    inherited = {k: v for k, v in os.environ.items() if "QT_API" not in k}
    home = {"NAPARI_CONFIG": str(tmp_path / "napari.yaml"), "DEEPNOISE_HOME": str(tmp_path)}
    napari = plain_napari / "bin" / "python"
    said = _run([*_screen(), napari, script], env={**inherited, **home}, cwd=tmp_path)
    assert said.splitlines()[-1] == "both work"


# A plugin that takes any TIFF file, and folders of its own.
OTHER = {
    "pyproject.toml": """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "lab-tools"
version = "1"
[project.entry-points."napari.manifest"]
lab-tools = "lab_tools:napari.yaml"
[tool.setuptools.package-data]
lab_tools = ["napari.yaml"]
""",
    "lab_tools/napari.yaml": """
name: lab-tools
display_name: Lab tools
contributions:
  commands:
    - {id: lab-tools.read, title: Read, python_name: "lab_tools:read"}
    - {id: lab-tools.widget, title: Tools, python_name: "lab_tools:Tools"}
  readers:
    - {command: lab-tools.read, filename_patterns: ["*.tif", "*.tiff"], accepts_directories: true}
  widgets:
    - {command: lab-tools.widget, display_name: Tools}
  configurations:
    tools:
      title: Tools
      properties:
        python: {title: Python, type: string, default: theirs, description: Not ours}
""",
    "lab_tools/__init__.py": """
from pathlib import Path
import numpy as np
from qtpy.QtWidgets import QLabel

def read(path):
    one = Path(path)
    if one.is_dir() and not (one / "lab.txt").exists():
        return None
    return lambda _: [(np.zeros((4, 4)), {"name": "lab"}, "image")]

class Tools(QLabel):
    pass
""",
}

BESIDE = """
from pathlib import Path
import napari
import numpy as np
from napari.settings import get_plugin_settings
from npe2 import PluginManager
from tifffile import imwrite

here = Path.cwd()
(here / "theirs").mkdir()
(here / "theirs" / "lab.txt").touch()
imwrite(here / "theirs" / "B02_s1_w1.tif", np.zeros((4, 4), np.uint8))
viewer = napari.Viewer()


def asked(path):
    return {r.plugin_name for r in PluginManager.instance().iter_compatible_readers([str(path)])}


def names(path, plugin=None):
    viewer.layers.clear()
    viewer.open(str(path), plugin=plugin)
    return [layer.name for layer in viewer.layers]


# A single image is theirs: we are not even asked.
assert "deepnoise-app" not in asked(here / "theirs" / "B02_s1_w1.tif")
assert names(here / "theirs" / "B02_s1_w1.tif", "lab-tools") == ["lab"]
# Of a folder both may be asked: each takes its own and gives way for the other's.
assert {"deepnoise-app", "lab-tools"} <= asked(here / "plates")
assert names(here / "plates", "deepnoise-app")[0] == "Nuclei"
assert names(here / "theirs", "lab-tools") == ["lab"]
from deepnoise_app.gui.plugin import read_folder
from lab_tools import read
(here / "letters").mkdir()
(here / "letters" / "lab.txt").touch()
assert read_folder(str(here / "letters")) is None
assert read(str(here / "plates")) is None
# Widgets and settings of both stand side by side.
_, ours = viewer.window.add_plugin_dock_widget("deepnoise-app", "DeepNoise")
viewer.window.add_plugin_dock_widget("lab-tools", "Tools")
assert sum(name in str(list(viewer.window.dock_widgets)) for name in ("DeepNoise", "Tools")) == 2
assert get_plugin_settings("lab-tools").tools.python == "theirs"
assert get_plugin_settings("deepnoise-app").worker.python == ""
viewer.close()
print("both work", flush=True)
"""

# `napari -w deepnoise-app`, with a look at its window after a while, which then closes it.
LOOK = """
import sys
import napari
from napari.__main__ import main
from napari.qt import get_qapp
from qtpy import API_NAME
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QTabWidget


def look():
    viewer = napari.current_viewer()
    docks = viewer.window.dock_widgets if viewer is not None else {}
    widget = next((one for name, one in docks.items() if "DeepNoise" in name), None)
    if widget is None:
        return
    timer.stop()
    tabs = widget.findChild(QTabWidget)
    print("binding:", API_NAME)
    print("tabs:", *[tabs.tabText(n) for n in range(tabs.count())])
    print("torch:", "torch" in sys.modules)
    sys.stdout.flush()
    viewer.close()


app = get_qapp()
timer = QTimer(interval=500)
timer.timeout.connect(look)
timer.start()
sys.argv = ["napari", "-w", "deepnoise-app"]
main()
"""
