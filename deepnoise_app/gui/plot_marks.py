"""Points with intervals on a plot, made once and refilled.

Never cleared away: what Python would throw away later, from whatever thread, Qt may still draw.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor

Values = NDArray[np.float64]
SOLID, DOTS, DASHES = Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashLine


def as_percent(axis: Any, parts: int = 4) -> None:
    """Name shares on an axis as people say them: 0 %, 25 % … 100 %."""
    axis.setTicks([[(at / parts, f"{at * 100 // parts} %") for at in range(parts + 1)], []])


class Marks:
    """Points of one colour; `along` says which values the intervals belong to: `x` or `y`."""

    def __init__(
        self, plot: Any, colour: str, symbol: str, along: str, beam: float, joined: bool = False
    ) -> None:
        import pyqtgraph

        self._along = along
        line = pyqtgraph.mkPen(colour, width=2, style=SOLID) if joined else None
        self._bars = pyqtgraph.ErrorBarItem(beam=beam, pen=pyqtgraph.mkPen(colour, width=1.5))
        plot.addItem(self._bars)
        self._dots = plot.plot(
            [], [], pen=line, symbol=symbol, symbolSize=8, symbolBrush=colour, symbolPen=None
        )

    def show(self, x: Values, y: Values, low: Values, high: Values) -> None:
        """Show other points; `low` and `high` are the ends of their intervals."""
        there = len(x) > 0
        self._bars.setVisible(there)
        self._dots.setVisible(there)
        if not there:
            return
        at = x if self._along == "x" else y
        below, above = np.nan_to_num(at - low).clip(0), np.nan_to_num(high - at).clip(0)
        ends = {"left": below, "right": above} if self._along == "x" else {
            "bottom": below, "top": above}  # fmt: skip
        self._bars.setData(x=x, y=y, **ends)
        self._dots.setData(x, y)


class Line:
    """A straight line across a plot, absent where it has no value."""

    def __init__(self, plot: Any, style: Qt.PenStyle) -> None:
        import pyqtgraph

        self._style = style
        self._item = pyqtgraph.InfiniteLine(0.0)
        plot.addItem(self._item)

    def show(self, value: float | None, ink: QColor) -> None:
        """Draw it at another value."""
        import pyqtgraph

        self._item.setVisible(value is not None)
        if value is not None:
            self._item.setPen(pyqtgraph.mkPen(ink, width=1, style=self._style))
            self._item.setValue(value)


class Band:
    """A row of a plot that stands out, absent where there is none."""

    def __init__(self, plot: Any) -> None:
        import pyqtgraph

        none = pyqtgraph.mkPen(None)
        self._item = pyqtgraph.LinearRegionItem(orientation="horizontal", movable=False, pen=none)
        self._item.setZValue(-10)  # behind the points
        plot.addItem(self._item)

    def show(self, row: int | None, ink: QColor) -> None:
        """Mark another row."""
        self._item.setVisible(row is not None)
        if row is not None:
            self._item.setBrush(QColor(ink.red(), ink.green(), ink.blue(), 38))
            self._item.setRegion((row - 0.5, row + 0.5))
