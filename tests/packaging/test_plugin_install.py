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
