"""Plots in the colours of the theme: ground, axes and texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import QEvent
from qtpy.QtGui import QColor, QPalette
from qtpy.QtWidgets import QWidget

# What a widget hears when the theme changes.
RESTYLED = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)


def colour_plots(plots: Sequence[Any], widget: QWidget) -> None:
    """Give plots the colours of the widget that they lie in."""
    ink = widget.palette().color(QPalette.ColorRole.WindowText)
    faint = QColor(ink.red(), ink.green(), ink.blue(), 120)
    for plot in plots:
        plot.setBackground(widget.palette().color(QPalette.ColorRole.Window))
        for side in ("left", "bottom"):
            plot.getAxis(side).setPen(faint)
            plot.getAxis(side).setTextPen(ink)
