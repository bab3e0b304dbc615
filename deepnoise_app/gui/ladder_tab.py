"""The ladder: the three accuracies of each step of the method, with intervals over seeds."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import Qt

from deepnoise_app.gui.curves import PENS
from deepnoise_app.gui.plot_tab import PlotTab
from deepnoise_app.gui.words import ACCURACIES, count
from deepnoise_app.session import Session

NOTHING = "No ladder is open: `deepnoise ladder` makes one, and File > Open ladder… shows it."


class LadderTab(PlotTab):
    """Draws steps from left to right."""

    def __init__(self, session: Session) -> None:
        super().__init__("What each step brings", NOTHING)
        self._session = session
        session.events.ladder.connect(self.refresh)

    def has_something(self) -> bool:
        """Whether a ladder with a step is open."""
        return self._session.ladder is not None and bool(self._session.ladder.steps)

    def build(self) -> None:
        """Make the plot."""
        tip = "Share of wells of experiments never seen that are named right, after each step"
        self.plot = self.add_plot("Ladder", tip, "Named right", "")
        self.plot.setMouseEnabled(x=False, y=False)

    def draw(self) -> None:
        """Draw the mean over seeds and the outer ends of the intervals."""
        import pyqtgraph

        ladder = self._session.ladder
        if ladder is None:
            return
        self.plot.clear()
        steps = ladder.steps
        keys = []
        for at, (name, pen) in enumerate(PENS.items()):
            found = ladder.of(name)
            if found.empty:
                continue
            x = np.array([steps.index(str(step)) for step in found.index]) + (at - 1) * 0.08
            y = found["value"].to_numpy(float)
            low, high = found["low"].to_numpy(float), found["high"].to_numpy(float)
            colour = pyqtgraph.mkPen(pen.colour, width=1.5)
            ends = np.nan_to_num(y - low).clip(0), np.nan_to_num(high - y).clip(0)
            self.plot.addItem(
                pyqtgraph.ErrorBarItem(x=x, y=y, bottom=ends[0], top=ends[1], beam=0.05, pen=colour)
            )
            self.plot.plot(
                x, y, pen=pyqtgraph.mkPen(pen.colour, width=2, style=Qt.PenStyle.SolidLine),
                symbol=pen.symbol, symbolSize=8, symbolBrush=pen.colour, symbolPen=None,
            )  # fmt: skip
            keys.append(
                f"<span style='color: {pen.colour}'>{pen.sign}</span>&nbsp;{ACCURACIES[name]}"
            )
        self.plot.getAxis("bottom").setTicks([list(enumerate(steps)), []])
        self.plot.setXRange(-0.4, len(steps) - 0.6, padding=0.02)
        self.plot.setYRange(0, 1, padding=0.05)
        seeds = f"mean over {count(ladder.seeds, 'seed')} and the outer ends of the intervals"
        self.say(f"<b>{ladder.path.name}</b>: {seeds} &nbsp; {' &nbsp; '.join(keys)}")
