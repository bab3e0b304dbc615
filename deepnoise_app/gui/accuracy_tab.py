"""Accuracy of each plate or experiment with its interval, the worst first, beside trivial ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox

from deepnoise_app.analysis.insight import Part
from deepnoise_app.gui.curves import PENS
from deepnoise_app.gui.plot_tab import PlotTab
from deepnoise_app.gui.words import ACCURACIES, percent, verdict_line
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Session

NOTHING = "No accuracies yet: score a plate of which it is known what the wells hold."
MOST = 30
PLATES, EXPERIMENTS = "By plate", "By experiment"
APART = 0.22


class AccuracyTab(PlotTab):
    """Draws parts as rows, the three accuracies as points with intervals."""

    def __init__(self, session: Session, workbench: Workbench) -> None:
        super().__init__("How often names are right", NOTHING)
        self._session = session
        self._workbench = workbench
        self.by = QComboBox()
        self.by.addItems([PLATES, EXPERIMENTS])
        self.by.setAccessibleName("Rows")
        self.by.setToolTip("One row for each plate, or for each experiment")
        self.by.currentIndexChanged.connect(lambda _: self.refresh())
        self.head.addWidget(self.by, 0, Qt.AlignmentFlag.AlignTop)
        session.events.insight.connect(self.refresh)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The rows that are drawn, the worst first."""
        insight = self._session.insight
        if insight is None:
            return ()
        by_plate = self.by.currentText() == PLATES
        return (insight.plates if by_plate else insight.experiments)[:MOST]

    def has_something(self) -> bool:
        """Whether an accuracy is known."""
        insight = self._session.insight
        return insight is not None and bool(insight.whole.accuracies)

    def build(self) -> None:
        """Make the plot."""
        tip = "Share of treated wells that are named right, 95 % interval; click a plate to show it"
        self.plot = self.add_plot("Accuracies", tip, "", "Named right")
        self.plot.setMouseEnabled(x=False, y=True)
        self.plot.setXRange(0, 1, padding=0.03)
        ticks = [(share / 4, f"{share * 25} %") for share in range(5)]
        self.plot.getAxis("bottom").setTicks([ticks, []])
        self.plot.scene().sigMouseClicked.connect(self._on_click)

    def draw(self) -> None:
        """Draw the rows and the trivial baselines."""
        import pyqtgraph

        insight, parts = self._session.insight, self.parts
        if insight is None:
            return
        self.plot.clear()
        for at, (name, pen) in enumerate(PENS.items()):
            rows = [i for i, part in enumerate(parts) if name in part.verdict.accuracies]
            if rows:
                self._points(parts, rows, name, (at - 1) * APART, pen)
        lines = [(insight.chance, "chance", Qt.PenStyle.DotLine)]
        if insight.position is not None:
            lines.append((insight.position.value, "position alone", Qt.PenStyle.DashLine))
        for value, _, style in lines:
            if value is not None:
                pen_ = pyqtgraph.mkPen(self.ink, width=1, style=style)
                self.plot.addItem(pyqtgraph.InfiniteLine(value, pen=pen_))
        names = [f"{part.experiment} {part.plate}".strip() for part in parts]
        axis = self.plot.getAxis("left")
        axis.setTicks([list(enumerate(names)), []])
        widest = max((self.fontMetrics().horizontalAdvance(name) for name in names), default=40)
        axis.setWidth(min(widest + 24, 260))
        self.plot.invertY(True)
        self.plot.setYRange(-0.6, min(len(parts), 8) - 0.4, padding=0)
        self.say(self._text())

    def _points(
        self, parts: tuple[Part, ...], rows: list[int], name: str, away: float, pen: Any
    ) -> None:
        import pyqtgraph

        found = [parts[row].verdict.accuracies[name] for row in rows]
        x = np.array([one.value for one in found])
        y = np.array(rows) + away
        bars = pyqtgraph.ErrorBarItem(
            x=x,
            y=y,
            left=x - np.array([one.low for one in found]),
            right=np.array([one.high for one in found]) - x,
            beam=0.12,
            pen=pyqtgraph.mkPen(pen.colour, width=1.5),
        )
        self.plot.addItem(bars)
        self.plot.plot(
            x, y, pen=None, symbol=pen.symbol, symbolSize=8, symbolBrush=pen.colour, symbolPen=None
        )

    def _text(self) -> str:
        insight = self._session.insight
        if insight is None:
            return ""
        by_plate = self.by.currentText() == PLATES
        all_parts = insight.plates if by_plate else insight.experiments
        keys = " &nbsp; ".join(
            f"<span style='color: {pen.colour}'>{pen.sign}</span>&nbsp;{ACCURACIES[name]}"
            for name, pen in PENS.items()
            if name in insight.whole.accuracies
        )
        trivial = [f"┈&nbsp;chance {percent(insight.chance)}"] if insight.chance else []
        if insight.position is not None:
            trivial.append(f"┄&nbsp;position alone {percent(insight.position.value)}")
        more = f"; the {MOST} worst of {len(all_parts):,}" if len(all_parts) > MOST else ""
        lines = [verdict_line(insight.whole), f"{keys} &nbsp; {' &nbsp; '.join(trivial)}{more}"]
        return "<br>".join(lines)

    def _on_click(self, event: Any) -> None:
        place = self.plot.getPlotItem().vb.mapSceneToView(event.scenePos())
        self.show_row(round(place.y()))

    def show_row(self, row: int) -> None:
        """Bring the plate of a row to the front."""
        parts = self.parts
        if 0 <= row < len(parts) and parts[row].plate:
            self._workbench.show_plate((parts[row].experiment, parts[row].plate))
