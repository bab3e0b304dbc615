"""Drives one window through its states and takes its picture, in both themes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qtpy.QtCore import QTimer
from qtpy.QtGui import QImage, QPainter
from qtpy.QtWidgets import QApplication, QScrollArea, QWidget

from deepnoise_app.gui.host import application, standalone
from deepnoise_app.gui.preferences import THEMES
from deepnoise_app.session import Painting, RunView
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "screenshots"


class Photographer:
    """One window, and patience."""

    def __init__(self, home: Path) -> None:
        from deepnoise_app.gui.window import MainWindow

        self.app = application()
        self.home = home
        self.window = MainWindow(standalone(), runs=home / "runs")
        self.window.show()
        self.parts, self.session = self.window.parts, self.window.parts.session
        self.wait(lambda: "pyqtgraph" in sys.modules)

    def let_be(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()
            time.sleep(0.01)

    def catch(self, so: Callable[[], bool], seconds: float = 150) -> None:
        """Wait until something is so, and not a moment longer."""
        until = time.monotonic() + seconds
        while not so():
            if time.monotonic() > until:
                raise TimeoutError("the window did not get there")
            self.let_be(0.02)

    def wait(self, so: Callable[[], bool], seconds: float = 150) -> None:
        """Wait until something is so and has settled."""
        self.catch(so, seconds)
        self.let_be(0.6)

    def _wear(self, theme: str) -> None:
        if theme != self.window.preferences.theme:  # all widgets get their style anew: seconds
            self.window.set_theme(theme)

    # Pictures -------------------------------------------------------------------------------

    def take_both(self, name: str, few: bool = False) -> None:
        """Take the window in the dark theme, with few colours or with all, and in the light one."""
        for theme, ending in zip(THEMES, ("", "-light"), strict=True):
            self._wear(theme)
            self.let_be(0.4)
            save(self.window.grab().toImage(), f"{name}{ending}", few or bool(ending))
        self._wear(THEMES[0])

    def take_pair(self, name: str, of: QWidget) -> None:
        """Take a part of the window or a dialog in both themes, side by side in one picture."""
        shots = []
        for theme in THEMES:
            self._wear(theme)
            self.let_be(0.3)
            shots.append(of.grab().toImage())
        self._wear(THEMES[0])
        save(beside(shots), name)

    def take_panel(self, name: str, panel: QWidget, down: bool = False) -> None:
        """Take a panel of work at its head, or where it ends; it keeps the front."""
        self.show(panel)
        self.let_be(0.2)
        for area in panel.findChildren(QScrollArea):
            bar = area.verticalScrollBar()
            bar.setValue(bar.maximum() if down else 0)
        self.take_pair(name, self.window.work)

    @contextmanager
    def held(self, run: RunView) -> Iterator[None]:
        """Look away from runs, so that one at work stands still in the window."""
        self.parts.jobs.close()
        yield
        self.parts.jobs.follow(run.path)

    def take_question(self, name: str, ask: Callable[[], object]) -> None:
        """Take the question that a verb asks, and say no to it."""

        def answer() -> None:
            box = QApplication.activeModalWidget()
            if box is not None:
                self.take_pair(name, box)
                box.close()

        QTimer.singleShot(300, answer)
        ask()

    # Where the window is --------------------------------------------------------------------

    def open(self, folder: Path) -> None:
        self.window.open([folder])
        self.wait(lambda: self.session.plate is not None and not self.session.busy)
        self.wait(lambda: self.session.picture is not None and bool(self.session.contrast))

    def plates_of(self, design: ScreenDesign, name: str) -> Path:
        """Return the folder of a simulated screen, made when it is first wanted."""
        folder = self.home / name
        return folder if folder.exists() else simulated(design, folder)

    def close_screens(self) -> None:
        self.session.ladder = None
        for screen in self.session.screens:
            self.parts.workbench.close(screen)
        self.session.painting = Painting()
        self.window.results_dock.hide()
        self.parts.workbench.dismiss()

    def show(self, panel: QWidget) -> None:
        self.window.work.setCurrentWidget(panel)

    def run(self, task: str) -> RunView | None:
        """The last run of a task."""
        return next((v for v in reversed(self.session.runs) if v.task == task), None)

    def is_at(self, task: str, done: int) -> bool:
        """Whether a run is at work on its main phase and so far."""
        view = self.run(task)
        at_work = view is not None and bool(view.status.phase) and not view.status.is_over
        return at_work and view.status.done >= done

    def is_over(self, task: str) -> bool:
        """Whether the last run of a task is over."""
        view = self.run(task)
        return view is not None and view.status.is_over


def save(image: QImage, name: str, few: bool = False) -> None:
    """Write a picture; with few colours it takes a third, and of a mosaic not a megabyte."""
    path = OUT / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(str(path))
    if few:
        from PIL import Image

        with Image.open(path) as full:
            reduced = full.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE)
        reduced.save(path, optimize=True)
    sys.stdout.write(f"{time.strftime('%X')} {name}\n")
    sys.stdout.flush()


def beside(images: list[QImage]) -> QImage:
    """Lay pictures beside each other."""
    size = sum(one.width() for one in images), max(one.height() for one in images)
    whole = QImage(*size, QImage.Format.Format_RGB32)
    painter, x = QPainter(whole), 0
    for one in images:
        painter.drawImage(x, 0, one)
        x += one.width()
    painter.end()
    return whole


def simulated(design: ScreenDesign, folder: Path) -> Path:
    """Write a simulated screen, as RxRx1 lays it out."""
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, folder)
    return folder
