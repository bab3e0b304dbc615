"""Does a confidence mean what it says: the share named right at each confidence."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import Qt

from deepnoise_app.analysis.insight import NAMING
from deepnoise_app.gui.curves import PENS
from deepnoise_app.gui.plot_marks import as_percent
from deepnoise_app.gui.plot_tab import PlotTab
from deepnoise_app.gui.words import percent
from deepnoise_app.session import Session

NOTHING = "No calibration yet: score a plate of which it is known what the wells hold."


class CalibrationTab(PlotTab):
    """Draws confidence against the share of right names, with intervals over plates."""

    def __init__(self, session: Session) -> None:
        super().__init__("How far confidence can be trusted", NOTHING)
        self._session = session
        session.events.insight.connect(self.refresh)

    def has_something(self) -> bool:
        """Whether there is a point to draw."""
        insight = self._session.insight
        return insight is not None and bool(insight.calibration)

    def build(self) -> None:
        """Make the plot."""
        tip = "On the line, a confidence of 0.8 is right in 8 of 10 wells; below it, it boasts"
        self.plot = self.add_plot("Calibration", tip, "Named right", "Confidence")
        self.plot.setMouseEnabled(x=False, y=False)
        as_percent(self.plot.getAxis("left"))
        self.plot.setXRange(0, 1, padding=0.03)
        self.plot.setYRange(0, 1, padding=0.05)

    def draw(self) -> None:
        """Draw the points and the line on which they should lie."""
        import pyqtgraph

        insight = self._session.insight
        if insight is None:
            return
        pen = PENS[NAMING]
        x = np.array([one.confidence for one in insight.calibration])
        y = np.array([one.right.value for one in insight.calibration])
        low = y - np.array([one.right.low for one in insight.calibration])
        high = np.array([one.right.high for one in insight.calibration]) - y
        self.plot.clear()
        line = pyqtgraph.mkPen(self.ink, width=1, style=Qt.PenStyle.DashLine)
        self.plot.plot([0, 1], [0, 1], pen=line)
        bars = pyqtgraph.mkPen(pen.colour, width=1.5)
        self.plot.addItem(
            pyqtgraph.ErrorBarItem(x=x, y=y, bottom=low, top=high, beam=0.012, pen=bars)
        )
        self.plot.plot(
            x, y, pen=bars, symbol=pen.symbol, symbolSize=8, symbolBrush=pen.colour, symbolPen=None
        )
        error = insight.calibration_error
        said = f" is off by {percent(error)} on average" if error is not None else ""
        self.say(f"Confidence{said}. It speaks of the free names.")
