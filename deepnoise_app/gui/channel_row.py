"""One channel in the View panel: colour, name, whether it is shown, black and white point."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QGridLayout,
    QToolButton,
    QWidget,
)
from superqt import QDoubleRangeSlider

from deepnoise_app.gui.number_box import NumberBox
from deepnoise_app.session import Look

SWATCH_PX = 18
# Grey levels are whole; a range this small belongs to pixels that are fractions, of which at least
# so many digits are shown, and as many as tell a thousandth of the range.
FINE_BELOW, FEWEST_DIGITS, MOST_DIGITS = 16.0, 3, 8


class ChannelRow(QWidget):
    """Edits how one channel looks."""

    colour_changed = Signal(str)
    visible_changed = Signal(bool)
    contrast_changed = Signal(float, float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._colour = ""
        self.swatch = QToolButton()
        self.shown = QCheckBox(name)
        self.black, self.white = NumberBox("00000.00"), NumberBox("00000.00")
        self.slider = QDoubleRangeSlider(Qt.Orientation.Horizontal)  # type: ignore[no-untyped-call]
        self._describe()
        self._lay_out()
        self.swatch.clicked.connect(self._on_swatch)
        self.shown.toggled.connect(self.visible_changed)
        self.slider.valueChanged.connect(self._on_slider)
        self.black.valueChanged.connect(self._on_numbers)
        self.white.valueChanged.connect(self._on_numbers)

    def set_look(self, look: Look) -> None:
        """Show the colour and whether the channel is shown, without a signal."""
        self._colour = look.colour
        self.swatch.setStyleSheet(
            f"QToolButton {{ background: {look.colour}; border: 1px solid palette(mid);"
            " border-radius: 3px; padding: 0; }"
            " QToolButton:focus { border: 2px solid palette(highlight); }"
        )
        with QSignalBlocker(self.shown):
            self.shown.setChecked(look.visible)

    def set_contrast(self, black: float, white: float, ends: tuple[float, float]) -> None:
        """Show black and white point on a slider with these ends, without a signal."""
        decimals = _decimals(ends[1] - ends[0])
        with QSignalBlocker(self.slider):
            self.slider.setRange(*ends)
            self.slider.setValue((black, white))
        for box, value in ((self.black, black), (self.white, white)):
            with QSignalBlocker(box):
                box.setDecimals(decimals)
                box.setRange(*ends)
                box.setSingleStep(10.0**-decimals)
                box.setValue(value)

    def contrast(self) -> tuple[float, float]:
        """Black and white point as shown."""
        return self.black.value(), self.white.value()

    def _describe(self) -> None:
        name = self._name
        for widget, title, sentence in (
            (self.swatch, "Colour", "Choose the colour of this channel"),
            (self.shown, "Show", "Show or hide this channel"),
            (self.slider, "Contrast", "Grey levels shown as black and as full colour"),
            (self.black, "Black point", "Grey level, and all below, shown as black"),
            (self.white, "White point", "Grey level, and all above, shown in full colour"),
        ):
            widget.setAccessibleName(f"{title}: {name}")
            widget.setToolTip(sentence)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _lay_out(self) -> None:
        self.swatch.setFixedSize(SWATCH_PX, SWATCH_PX)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 2, 0, 6)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        layout.addWidget(self.swatch, 0, 0)
        layout.addWidget(self.shown, 0, 1)
        layout.addWidget(self.black, 0, 2)
        layout.addWidget(self.white, 0, 3)
        layout.addWidget(self.slider, 1, 1, 1, 3)
        layout.setColumnStretch(1, 1)

    def _on_swatch(self) -> None:
        chosen = QColorDialog.getColor(QColor(self._colour), self, f"Colour of {self._name}")
        if chosen.isValid():
            self.colour_changed.emit(chosen.name())

    def _on_slider(self, ends: tuple[float, float]) -> None:
        self.contrast_changed.emit(float(ends[0]), float(ends[1]))

    def _on_numbers(self) -> None:
        black, white = self.contrast()
        self.contrast_changed.emit(min(black, white), max(black, white))


def _decimals(span: float) -> int:
    """Return how many digits behind the point a grey level of such a range needs."""
    if span >= FINE_BELOW:
        return 0
    digits = range(FEWEST_DIGITS, MOST_DIGITS)
    return next((count for count in digits if span * 10**count >= 1000), MOST_DIGITS)
