"""Curves of a training: the loss, and the three accuracies on the held-out experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from qtpy.QtCore import QEvent, Qt, QTimer
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import say
from deepnoise_app.gui.plot_colours import RESTYLED, colour_plots, label_below
from deepnoise_app.gui.words import ACCURACIES, percent
from deepnoise_app.runs.events import EpochEnded

LOSS_HEIGHT, ACCURACY_HEIGHT = 110, 170


class Pen(NamedTuple):
    """Colour and symbol of an accuracy: told apart by either."""

    colour: str
    symbol: str
    sign: str


# Colours of Okabe and Ito's palette (2008) that are seen on dark and on light ground alike.
PENS = {
    "plate_prior": Pen("#e69f00", "o", "●"),
    "one_per_well": Pen("#3f9fdf", "s", "■"),
    "free": Pen("#1ca97c", "t1", "▲"),
}
LOSS = "#8d96a3"
# Who is validated: prefix of the names in an event, and how it is drawn.
STUDENT, TEACHER = "", "teacher_"
MOST_SYMBOLS = 60

Points = tuple[list[int], list[float]]


def points(epochs: Sequence[EpochEnded], name: str) -> Points:
    """Return epochs and values of a field of the events; epochs that do not tell are left out."""
    told = [(e.epoch, getattr(e, name)) for e in epochs]
    known = [(epoch, float(value)) for epoch, value in told if value is not None]
    return [epoch for epoch, _ in known], [value for _, value in known]


class Curves(QWidget):
    """Draws finished epochs; absent before the first one. The plots are made when needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._epochs: tuple[EpochEnded, ...] = ()
        self._plots: list[Any] = []
        self._steps = self._build()
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self.prepare)
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._show_rest)
        self._restyled = QTimer(self, singleShot=True, interval=0)
        self._restyled.timeout.connect(self._colour)
        self.lines: dict[str, Any] = {}
        self.legend = QLabel()
        self.legend.setWordWrap(True)
        self.legend.setAccessibleName("Accuracies of the last validation")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self.hide()

    def show_epochs(self, epochs: tuple[EpochEnded, ...]) -> None:
        """Draw epochs; none hides the curves."""
        self.setVisible(bool(epochs))
        if not epochs or epochs == self._epochs:
            return
        self._epochs = epochs
        while self._made_more():
            pass
        self._rest.start()
        for name, curve in self.lines.items():
            x, y = points(epochs, name)
            curve.setData(x, y)
            curve.setSymbolSize(5 if len(x) <= MOST_SYMBOLS else 0)
        for plot in self._plots:
            plot.setXRange(1, max(epochs[-1].epochs, 2), padding=0.02)
        say(self.legend, legend(epochs))

    def prepare(self) -> None:
        """Make the plots before the first epoch, part by part, so that the window answers."""
        if self._made_more():
            self._next.start()

    def _made_more(self) -> bool:
        """Make one more part of the plots; False when all are there."""
        return next(self._steps, False)

    def _build(self) -> Iterator[bool]:
        import pyqtgraph

        loss = self._plot(pyqtgraph.PlotWidget, LOSS_HEIGHT, "Loss", "Mean loss of each epoch")
        yield True
        said = "Share of held-out wells that are named right after each epoch"
        accuracy = self._plot(pyqtgraph.PlotWidget, ACCURACY_HEIGHT, "Right", said)
        accuracy.setYRange(0, 1, padding=0.08)
        accuracy.getAxis("left").setTicks([[(i / 4, f"{i * 25} %") for i in range(5)], []])
        label_below(accuracy, "Epoch")
        accuracy.hide()  # until the loss is painted: the first time either takes a while
        yield True
        self.lines["loss"] = loss.plot(
            pen=pyqtgraph.mkPen(LOSS, width=2), symbol="o", symbolPen=None, symbolBrush=LOSS
        )
        for who, style in ((STUDENT, Qt.PenStyle.SolidLine), (TEACHER, Qt.PenStyle.DashLine)):
            for name, pen in PENS.items():
                self.lines[who + name] = accuracy.plot(
                    pen=pyqtgraph.mkPen(pen.colour, width=2, style=style),
                    symbol=pen.symbol,
                    symbolPen=None,
                    symbolBrush=pen.colour if who == STUDENT else None,
                )
            yield True
        self._layout.insertWidget(1, self.legend)
        self._colour()

    def _plot(self, make: Callable[..., Any], height: int, title: str, tip: str) -> Any:
        plot = make(background=None, enableMenu=False)
        plot.setFixedHeight(height)
        plot.setAccessibleName(title)
        plot.setToolTip(tip)
        plot.setLabel("left", title)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.showGrid(x=False, y=True, alpha=0.15)
        plot.getAxis("left").setWidth(58)
        plot.getAxis("bottom").setStyle(maxTickLevel=0)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The wheel belongs to the panel, which scrolls.
        plot.wheelEvent = lambda event: event.ignore()
        self._plots.append(plot)
        self._layout.addWidget(plot)
        return plot

    def _show_rest(self) -> None:
        for plot in self._plots:
            plot.show()

    def _colour(self) -> None:
        colour_plots(self._plots, self)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the colours of another theme."""
        if event.type() in RESTYLED and self._plots:
            self._restyled.start()  # soon, when all parts have the new style
        super().changeEvent(event)


def legend(epochs: Sequence[EpochEnded]) -> str:
    """Return the accuracies of the last validation, under names in their colours and symbols."""
    heads = [
        f"<td style='padding-right: 10px'><span style='color: {pen.colour}'>{pen.sign}</span>"
        f"&nbsp;{ACCURACIES[name].replace(' ', '&nbsp;')}</td>"
        for name, pen in PENS.items()
    ]
    rows = [row for who in (STUDENT, TEACHER) if (row := _last(epochs, who))]
    if not rows:
        return ""
    who = ["—&nbsp;student&nbsp; ", "┄&nbsp;teacher&nbsp; "] if len(rows) > 1 else [""]
    body = "".join(f"<tr><td>{w}</td>{row}</tr>" for w, row in zip(who, rows, strict=True))
    return f"<table><tr><td></td>{''.join(heads)}</tr>{body}</table>"


def _last(epochs: Sequence[EpochEnded], who: str) -> str:
    """Return the cells of the last accuracies of student or teacher; empty where there are none."""
    found = [points(epochs, who + name)[1] for name in PENS]
    cells = [f"<td><b>{percent(v[-1])}</b></td>" if v else "<td>–</td>" for v in found]
    return "".join(cells) if any(found) else ""
