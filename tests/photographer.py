"""Drives one window through its states and takes its picture, in both themes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from qtpy.QtWidgets import QWidget

from deepnoise_app.gui.host import application, standalone
from deepnoise_app.runs.ladder_table import ALL_SEEDS, LADDER
from deepnoise_app.session import Painting
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "screenshots"


class Photographer:
    """One window, and patience."""

    def __init__(self, home: Path) -> None:
        from deepnoise_app.gui.window import MainWindow

        self.app = application()
        self.window = MainWindow(standalone(), runs=home / "runs")
        self.window.show()
        self.parts, self.session = self.window.parts, self.window.parts.session
        self.wait(lambda: "pyqtgraph" in sys.modules)

    def let_be(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()
            time.sleep(0.01)

    def wait(self, so: Callable[[], bool], seconds: float = 600) -> None:
        until = time.monotonic() + seconds
        while not so():
            if time.monotonic() > until:
                raise TimeoutError("the window did not get there")
            self.let_be(0.05)
        self.let_be(0.6)

    def take(self, name: str, of: QWidget | None = None) -> None:
        self.let_be(0.4)
        (of or self.window).grab().save(str(OUT / f"{name}.png"))
        sys.stdout.write(f"{name}\n")

    def take_both(self, name: str) -> None:
        """Take a picture in the dark theme and one in the light one."""
        self.take(name)
        self.window.set_theme("light")
        self.take(f"{name}-light")
        self.window.set_theme("dark")

    def open(self, folder: Path) -> None:
        self.window.open([folder])
        self.wait(lambda: self.session.plate is not None and not self.session.busy)
        self.wait(lambda: self.session.picture is not None and bool(self.session.contrast))

    def close_screens(self) -> None:
        self.session.ladder = None
        for screen in self.session.screens:
            self.parts.workbench.close(screen)
        self.session.painting = Painting()
        self.window.results_dock.hide()
        self.parts.workbench.dismiss()

    def show(self, panel: QWidget) -> None:
        self.window.work.setCurrentWidget(panel)


def simulated(design: ScreenDesign, folder: Path) -> Path:
    """Write a simulated screen, as RxRx1 lays it out."""
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, folder)
    return folder


def documented_ladder(folder: Path) -> Path:
    """Write the ladder of the standard screen with the figures that `docs/ladder.md` tells."""
    lines = (ROOT / "docs" / "ladder.md").read_text("utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("| Step | free |"))
    rows = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        step, *figures, _ = (cell.strip() for cell in line.strip("|").split("|"))
        for metric, told in zip(("free", "one_per_well", "plate_prior"), figures, strict=True):
            value, low, _, high = told.replace("(", "").replace(")", "").split()
            same = ("at hand", step.startswith("Baseline"))
            rows.append((step, ALL_SEEDS, metric, float(value), float(low), float(high), *same))
    nan = float("nan")  # three seeds, of which the page does not tell one by one
    rows += [(*rows[0][:1], seed, "free", nan, nan, nan, *rows[0][6:]) for seed in range(3)]
    folder.mkdir()
    columns = ["step", "seed", "metric", "value", "low", "high", "group", "beside"]
    pd.DataFrame(rows, columns=columns).to_parquet(folder / LADDER)
    return folder
