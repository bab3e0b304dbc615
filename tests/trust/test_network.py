"""No window speaks to the network: every attempt would be noted, and fail.

That no command does is shown where the commands of the README are run.
"""

from __future__ import annotations

import sys

import pytest

from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

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


def test_the_guard_notes_and_refuses_what_asks_the_network(offline) -> None:
    asking = "import urllib.request as u; u.urlopen('http://localhost:1')"
    assert "the network was asked" in offline.run(sys.executable, "-c", asking).stderr
    assert "urllib.Request" in offline.log.read_text()


@pytest.mark.timeout(300)
def test_the_window_asks_the_network_for_nothing(offline) -> None:
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=4, size=16)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, offline.folder / "screen")
    done = offline.run(sys.executable, "-c", WINDOW)
    assert done.returncode == 0, done.stderr
    assert not offline.log.exists()
