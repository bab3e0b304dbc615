"""The ladder: the three accuracies of each step of the method, with intervals over seeds."""

from __future__ import annotations

from html import escape

import numpy as np
from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import QListWidget

from deepnoise_app.gui.curves import PENS
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.plot_marks import Marks, as_percent
from deepnoise_app.gui.plot_tab import PlotTab
from deepnoise_app.gui.words import ACCURACIES, count, percent
from deepnoise_app.runs.ladder_table import LadderTable
from deepnoise_app.session import Session

NOTHING = "No ladder is open: `deepnoise ladder` makes one, and File > Open ladder… shows it."
LIST_WIDTH = 330
# The three accuracies of a step stand side by side.
APART = 0.14


class LadderTab(PlotTab):
    """Draws steps from left to right, by the numbers that they have in the list beside."""

    def __init__(self, session: Session) -> None:
        super().__init__("What each step brings", NOTHING)
        self._session = session
        session.events.ladder.connect(self.refresh)

    def has_something(self) -> bool:
        """Whether a ladder with a step is open."""
        return self._session.ladder is not None and bool(self._session.ladder.steps)

    def build(self) -> None:
        """Make the list and the plot."""
        self.steps = QListWidget()
        self.steps.setAccessibleName("Steps of the ladder")
        self.steps.setToolTip("What each number stands for; choose one to read its accuracies")
        self.steps.setFixedWidth(LIST_WIDTH)
        self.steps.currentRowChanged.connect(self._on_step)
        self.body.addWidget(self.steps)
        tip = "Share of wells of experiments never seen that are named right, after each step"
        self.plot = self.add_plot("Ladder", tip, "Named right", "Step")
        as_percent(self.plot.getAxis("left"))
        self.plot.setMouseEnabled(x=False, y=False)
        # Steps that build on each other, and what stands beside them.
        self._marks = {
            name: [Marks(self.plot, pen.colour, pen.symbol, "y", 0.05, joined)
                   for joined in (True, False)]
            for name, pen in PENS.items()
        }  # fmt: skip

    def draw(self) -> None:
        """Draw values and intervals; a line joins the steps that build on each other."""
        ladder = self._session.ladder
        if ladder is None:
            return
        chosen = self.steps.currentRow()
        with QSignalBlocker(self.steps):
            self.steps.clear()
            for number, title in enumerate(ladder.titles.values(), 1):
                self.steps.addItem(f"{number:\u2007>2}  {title}")
                self.steps.item(number - 1).setToolTip(plain(title))
            self.steps.setCurrentRow(chosen)
        for at, name in enumerate(PENS):
            self._draw_accuracy(ladder, name, (at - 1) * APART)
        ticks = [(i, str(i + 1)) for i in range(len(ladder.steps))]
        self.plot.getAxis("bottom").setTicks([ticks, []])
        self.plot.setXRange(-0.4, len(ladder.steps) - 0.6, padding=0.02)
        self.plot.setYRange(0, 1, padding=0.05)
        self._on_step(self.steps.currentRow())

    def _draw_accuracy(self, ladder: LadderTable, name: str, aside: float) -> None:
        found, steps = ladder.of(name), ladder.steps
        x = np.array([steps.index(str(step)) for step in found.index], dtype=float) + aside
        y, low, high = (found[column].to_numpy(float) for column in ("value", "low", "high"))
        on = np.array([str(step) not in ladder.beside for step in found.index], dtype=np.bool_)
        for marks, mine in zip(self._marks[name], (on, ~on), strict=True):
            marks.show(x[mine], y[mine], low[mine], high[mine])

    def _on_step(self, row: int) -> None:
        """Say what a step reached; without one, what is drawn."""
        ladder = self._session.ladder
        if ladder is None:
            return
        step = ladder.steps[row] if row >= 0 else None
        keys = []
        for name, pen in PENS.items():
            found = ladder.of(name)
            if found.empty:
                continue
            key = f"<span style='color: {pen.colour}'>{pen.sign}</span>&nbsp;{ACCURACIES[name]}"
            if step is not None and step in found.index:
                value, low, high = map(percent, found.loc[[step]].to_numpy(float)[0].tolist())
                key += f" <b>{value}</b> ({low} to {high})"
            keys.append(key)
        about = f"{count(ladder.seeds, 'seed')}, with intervals"
        if ladder.groups and ladder.groups[0]:
            about = f"experiments {ladder.groups[0].replace('_', ' ')}, {about}"
        name = escape(ladder.titles[step] if step is not None else ladder.path.name)
        self.say(f"<b>{name}</b>: {escape(about)} &nbsp; {' &nbsp; '.join(keys)}")
