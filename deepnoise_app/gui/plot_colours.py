"""How plots lie in their widgets: the colours of the theme, and room for the label below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import QEvent
from qtpy.QtGui import QColor, QPalette
from qtpy.QtWidgets import QWidget

# What a widget hears when the theme changes.
RESTYLED = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)

# By so many pixels pyqtgraph lets the label below an axis hang out of its plot.
HANGS_PX = 6


def label_below(plot: Any, text: str) -> None:
    """Write a label below a plot, whole."""
    plot.setLabel("bottom", text)
    plot.getAxis("bottom").setHeight(plot.fontMetrics().height() * 2 + 12)
    plot.getPlotItem().layout.setContentsMargins(1, 1, 1, HANGS_PX)


def colour_plots(plots: Sequence[Any], widget: QWidget) -> None:
    """Give plots the colours of the widget that they lie in."""
    ink = widget.palette().color(QPalette.ColorRole.WindowText)
    faint = QColor(ink.red(), ink.green(), ink.blue(), 120)
    for plot in plots:
        plot.setBackground(widget.palette().color(QPalette.ColorRole.Window))
        for side in ("left", "bottom"):
            plot.getAxis(side).setPen(faint)
            plot.getAxis(side).setTextPen(ink)
