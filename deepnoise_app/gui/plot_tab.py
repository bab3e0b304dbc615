"""A tab that draws: a line of text above plots in the theme's colours, made when first seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QEvent, QObject, Qt, QTimer
from qtpy.QtGui import QColor, QKeyEvent, QPalette, QShowEvent
from qtpy.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.gui.plot_colours import RESTYLED, colour_plots, label_below
from deepnoise_app.gui.walk import ARROWS


class PlotTab(QWidget):
    """Subclasses build plots in `build` and fill them in `draw`; neither happens unseen."""

    def __init__(self, about: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots: list[Any] = []
        self._steps: dict[QObject, Callable[[int, int], None]] = {}
        self._built = False
        self._stale = True
        self._restyled = QTimer(self, singleShot=True, interval=0)
        self._restyled.timeout.connect(self._recolour)
        self.told = quiet_label(about)
        self.nothing = QLabel(nothing)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.head = QHBoxLayout()
        self.head.addWidget(self.told, 1)
        self.body = QHBoxLayout()
        self.body.setSpacing(10)
        self._loaded = QWidget()
        column = QVBoxLayout(self._loaded)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(self.head)
        column.addLayout(self.body, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.nothing)
        self._pages.addWidget(self._loaded)

    # For subclasses -------------------------------------------------------------------------

    def has_something(self) -> bool:
        """Whether there is something to draw."""
        raise NotImplementedError

    def build(self) -> None:
        """Make the plots."""
        raise NotImplementedError

    def draw(self) -> None:
        """Fill the plots."""
        raise NotImplementedError

    def add_plot(self, name: str, tip: str, left: str, bottom: str) -> Any:
        """Return a new plot in the row of plots."""
        import pyqtgraph

        plot = pyqtgraph.PlotWidget(background=None, enableMenu=False)
        plot.setAccessibleName(name)
        plot.setToolTip(tip)
        plot.setLabel("left", left)
        label_below(plot, bottom)
        plot.hideButtons()
        plot.showGrid(x=True, y=True, alpha=0.12)
        plot.setMinimumSize(120, 90)
        self._plots.append(plot)
        self.body.addWidget(plot, 1)
        return plot

    def walk(self, plot: Any, step: Callable[[int, int], None]) -> None:
        """Let arrows on a plot call `step` with rows downwards and columns to the right."""
        self._steps[plot] = step
        plot.installEventFilter(self)

    @property
    def ink(self) -> QColor:
        """The colour of texts."""
        return self.palette().color(QPalette.ColorRole.WindowText)

    # What is shown --------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw anew, now or when next seen."""
        there = self.has_something()
        self._pages.setCurrentWidget(self._loaded if there else self.nothing)
        self._stale = True
        if there and self.isVisible():
            self._draw()

    def _draw(self) -> None:
        if not self._built:
            self._built = True
            self.build()
            colour_plots(self._plots, self)
        self._stale = False
        self.draw()

    def say(self, text: str) -> None:
        """Show a line of text above the plots."""
        say(self.told, text)

    def _recolour(self) -> None:
        colour_plots(self._plots, self)
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Take the arrows of plots that one walks over."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            way, step = ARROWS.get(Qt.Key(event.key())), self._steps.get(watched)
            if way is not None and step is not None:
                step(*way)
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw what has changed since it was last seen."""
        super().showEvent(event)
        if self._stale and self.has_something():
            self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the colours of another theme."""
        if event.type() in RESTYLED and self._built:
            self._restyled.start()  # soon, when all parts have the new style
        super().changeEvent(event)
