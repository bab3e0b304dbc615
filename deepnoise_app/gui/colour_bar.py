"""The colour bar of the plate grid: what is painted, and which values the colours stand for."""

from __future__ import annotations

from collections import Counter

from qtpy.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QLinearGradient, QPainter, QPaintEvent
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.colour_map import map_colours, map_inks
from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.number_box import NumberBox
from deepnoise_app.gui.plain import plain
from deepnoise_app.screen import PlateOverlay, Scale

LARGEST = 1e9


class ColourBar(QWidget):
    """Shows the colours of an overlay with the values at their ends, which can be edited."""

    range_changed = Signal(float, float)
    range_reset = Signal()
    lock_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setAccessibleName("What is painted")
        self.strip = _Strip()
        self.low, self.high = _end("Lowest value"), _end("Highest value")
        self.low.setToolTip("The value that gets the first colour; lower ones get it too")
        self.high.setToolTip("The value that gets the last colour; higher ones get it too")
        for end in (self.low, self.high):
            end.valueChanged.connect(self._on_edited)
        self.reset = QToolButton()
        self.reset.setIcon(painted_icon("mdi6.autorenew"))
        self.reset.setAutoRaise(True)
        self.reset.setToolTip("Take the range from the values again (2 to 98 %)")
        self.reset.setAccessibleName("Reset the colour range")
        self.reset.clicked.connect(self.range_reset)
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setAutoRaise(True)
        self.lock.setAccessibleName("Same colour range on all plates")
        self.lock.clicked.connect(self.lock_wanted)
        self.show_lock(False)
        ends = QHBoxLayout()
        ends.setSpacing(6)
        ends.addWidget(self.low)
        ends.addWidget(self.strip, 1)
        ends.addWidget(self.high)
        ends.addWidget(self.reset)
        ends.addWidget(self.lock)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.title)
        column.addLayout(ends)

    def show_overlay(self, overlay: PlateOverlay | None, shown: tuple[float, float]) -> None:
        """Show an overlay's colours and range; nothing is told."""
        self.setVisible(overlay is not None)
        if overlay is None:
            return
        unit = f" ({overlay.unit})" if overlay.unit else ""
        self.title.setText(plain(f"{overlay.title}{unit}"))
        self.strip.show_overlay(overlay)
        for part in (self.low, self.high, self.reset, self.lock):
            part.setVisible(not overlay.words)
        decimals = _decimals(shown)
        for end, value in zip((self.low, self.high), shown, strict=True):
            with QSignalBlocker(end):
                end.setDecimals(decimals)
                end.setValue(value)

    def show_lock(self, locked: bool) -> None:
        """Show whether all plates have one range; nothing is told."""
        icon = "mdi6.lock" if locked else "mdi6.lock-open-variant-outline"
        self.lock.setIcon(painted_icon(icon))
        self.lock.setChecked(locked)
        self.lock.setToolTip(
            "All plates have this colour range: click to give each its own again"
            if locked
            else "Use this colour range on all plates, so that their colours can be compared"
        )

    def _on_edited(self) -> None:
        self.range_changed.emit(self.low.value(), self.high.value())


class _Strip(QWidget):
    """The colours themselves; where only a few values have names, these with their counts."""

    def __init__(self) -> None:
        super().__init__()
        self._scale = Scale.SEQUENTIAL
        self.words: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_overlay(self, overlay: PlateOverlay) -> None:
        found = Counter(overlay.values.values())
        self._scale = overlay.scale
        self.words = tuple(f"{word} {found[value]:,}" for value, word in overlay.words.items())
        self.setAccessibleName("Colours: " + (", ".join(self.words) or "from low to high"))
        self.setToolTip("How many wells are painted so" if self.words else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(120, self.fontMetrics().height() + 8 if self.words else 14)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 (Qt's name)
        painter, box = QPainter(self), QRectF(self.rect()).adjusted(0, 1, 0, -1)
        if self.words:
            self._paint_words(painter, box)
        else:
            self._paint_scale(painter, box)
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRectF) -> None:
        """Paint each word on its colour; long ones get more of the width."""
        colours, inks = map_colours(self._scale), map_inks(self._scale)
        metrics, left = painter.fontMetrics(), box.left()
        widths = [metrics.horizontalAdvance(word) + 12 for word in self.words]
        for at, word in enumerate(self.words):
            step = round(at / max(1, len(self.words) - 1) * (len(colours) - 1))
            one = QRectF(left, box.top(), widths[at] / sum(widths) * box.width(), box.height())
            painter.fillRect(one, colours[step])
            painter.setPen(inks[step])
            text = metrics.elidedText(word, Qt.TextElideMode.ElideRight, int(one.width()) - 4)
            painter.drawText(one, Qt.AlignmentFlag.AlignCenter, text)
            left = one.right()

    def _paint_scale(self, painter: QPainter, box: QRectF) -> None:
        colours = map_colours(self._scale)
        gradient = QLinearGradient(box.topLeft(), box.topRight())
        for step, colour in enumerate(colours):
            gradient.setColorAt(step / (len(colours) - 1), colour)
        painter.fillRect(box, gradient)


def _end(name: str) -> NumberBox:
    box = NumberBox("-00000.0")
    box.setRange(-LARGEST, LARGEST)
    box.setAccessibleName(name)
    return box


def _decimals(shown: tuple[float, float]) -> int:
    """Return as many decimals as tell a hundredth of the range."""
    span = abs(shown[1] - shown[0])
    return next((digits for digits in range(5) if span >= 100 * 10.0**-digits), 5)
