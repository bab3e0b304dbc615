"""The verbs for the demo screen: make and open it, leave it for the own plates."""

from __future__ import annotations

from pathlib import Path

from deepnoise_app.demo import write_demo
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.places import data_folder
from deepnoise_app.session import Session


def demo_screen() -> Path:
    """Folder of the simulated plates for newcomers."""
    return data_folder() / "Demo screen"


class DemoDesk:
    """Knows where the demo screen lies."""

    def __init__(self, session: Session, background: Background, workbench: Workbench) -> None:
        self._session, self._background, self._workbench = session, background, workbench

    def open(self) -> None:
        """Make the simulated screen, if it is not there yet, and open it."""
        screen = demo_screen()
        if screen.is_dir():
            self._workbench.open([screen])
            return
        self._session.busy = "Simulating two plates"

        def made(_: None) -> None:
            self._workbench.open([screen])

        def failed(error: Exception) -> None:
            self._session.busy = ""
            self._workbench.complain(error, "The demo screen could not be made")

        self._background.ask("demo", lambda: write_demo(screen), made, failed)

    def leave(self) -> None:
        """Close the demo screen; Runs can show again what was named on it."""
        demo = str(demo_screen())
        for screen in self._session.screens:
            if screen.path == demo:
                self._workbench.close(screen)
