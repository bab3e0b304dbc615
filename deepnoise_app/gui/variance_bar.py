"""The variance of a measure, shared out between its sources, as one bar."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QRectF, QSize
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from deepnoise_app.analysis.variance import Component

# Okabe and Ito's palette (2008); what is wanted, the perturbation, in its green.
COLOURS = {
    "experiment": "#d55e00",
    "plate": "#e69f00",
    "row": "#f0e442",
    "column": "#cc79a7",
    "perturbation": "#009e73",
    "residual": "#8d96a3",
}


class VarianceBar(QWidget):
    """Paints shares of the variance beside each other, each in its own colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._components: tuple[Component, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Sources of variance")

    def show_components(self, components: Sequence[Component]) -> None:
        """Show other shares; without any the bar is not there."""
        self._components = tuple(components)
        told = ", ".join(f"{one.name} {one.share:.0%}" for one in components)
        self.setToolTip(told)
        self.setAccessibleDescription(told)
        self.setVisible(bool(components))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """A flat bar."""
        return QSize(200, 14)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 (Qt's name)
        """Paint the shares from left to right."""
        painter, left = QPainter(self), 0.0
        for one in self._components:
            wide = one.share * self.width()
            painter.fillRect(QRectF(left, 0, wide, self.height()), QColor(COLOURS[one.name]))
            left += wide
        painter.end()
