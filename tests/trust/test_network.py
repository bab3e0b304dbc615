"""No command and no window speaks to the network: every attempt would be noted, and fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RECIPE = """
task = "train"
[network]
input_size = 16
embedding = 8
options = { channels = [8, 8, 16, 16], stem_width = 8 }
[training]
epochs = 1
batch_size = 8
[scoring]
views = 1
"""
# Runs at the start of every process of the test, workers included.
GUARD = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
                 "socket.bind", "urllib.Request"):
        target = arguments[1] if len(arguments) > 1 else arguments[0]
        if isinstance(target, (str, bytes)) and event in ("socket.connect", "socket.bind"):
            return  # a socket of this computer's own, named by a file
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {arguments[1:]}\\n")
        raise OSError(f"the network was asked: {event}")

sys.addaudithook(refuse)
"""
COMMANDS = (
    "simulate screen --experiments 2 --unlabelled 1 --plates 1 --perturbations 4 --size 16",
    "inspect screen",
    "measure screen --out measures",
    "train screen --recipe recipe.toml --out run",
    "score run/model screen/test --out scores --anndata --adapt",
    "report scores --out report.html",
    "check-map screen --model run/model",
    "doctor",
)
WINDOW = """
import sys
from pathlib import Path
from deepnoise_app.gui.host import application, keep_napari_apart, standalone
keep_napari_apart(Path("settings"))
app = application()
from qtpy.QtCore import QTimer
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.window import MainWindow
window = MainWindow(standalone(), Preferences(Path("window.ini")), Path("runs"))
window.show()
window.open([Path("screen")])
QTimer.singleShot(4000, window.close)
QTimer.singleShot(5000, app.quit)
app.exec()
assert window.parts.session.screens
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which every Python process notes and refuses what asks the network."""
    folder = tmp_path_factory.mktemp("network")
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD)
    (folder / "recipe.toml").write_text(RECIPE)
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python under the guard, and make sure that nothing asked the network."""
    log = folder / "network.log"
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "guard"),
        "NETWORK_LOG": str(log),
        "DEEPNOISE_HOME": str(folder / "home"),
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_guard_notes_and_refuses_what_asks_the_network(guarded: Path) -> None:
    done = run(guarded, "-c", "import urllib.request as u; u.urlopen('http://localhost:1')")
    log = guarded / "network.log"
    assert "the network was asked" in done.stderr
    assert "urllib.Request" in log.read_text()
    log.unlink()


@pytest.mark.timeout(600)
def test_no_command_asks_the_network(guarded: Path) -> None:
    for command in COMMANDS:
        done = run(guarded, "-m", "deepnoise_app", *command.split())
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert not (guarded / "network.log").exists(), command
    assert (guarded / "report.html").is_file()


@pytest.mark.timeout(300)
def test_the_window_asks_the_network_for_nothing(guarded: Path) -> None:
    done = run(guarded, "-c", WINDOW)
    assert done.returncode == 0, done.stderr
    assert not (guarded / "network.log").exists()
