"""Chooses what the plate grid paints: the layout, a measure of a channel, predictions."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QSignalBlocker, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QWidget

from deepnoise_app.session import MEASURED, Paint, Painting

NAMES = {
    Paint.LAYOUT: "Layout",
    Paint.MEAN: "Mean intensity",
    Paint.DEVIATION: "Standard deviation",
    Paint.EFFECT: "Position effect",
    Paint.PREDICTION: "Prediction",
    Paint.CONFIDENCE: "Confidence",
    Paint.AGREEMENT: "Agreement",
    Paint.QUALITY: "As in Quality",
}


class PaintBar(QWidget):
    """Edits one `Painting`."""

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paint = QComboBox()
        self.paint.setAccessibleName("Colour of the wells")
        self.paint.setToolTip("What the wells are coloured by")
        for paint, name in NAMES.items():
            self.paint.addItem(name, paint)
        self.channel = QComboBox()
        self.channel.setAccessibleName("Channel")
        self.channel.setToolTip("The channel that is measured")
        self.channel.setMinimumContentsLength(8)
        for box in (self.paint, self.channel):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.activated.connect(self._edited)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.paint, 3)
        row.addWidget(self.channel, 2)

    def offer(
        self, channels: Sequence[str], predicted: bool, judged: bool = False, told: bool = False
    ) -> None:
        """Offer the channels of a plate, and predictions and quality where there are some.

        `told`: the plate map says of predicted wells what they got.
        """
        with QSignalBlocker(self.channel):
            self.channel.clear()
            self.channel.addItems(list(channels))
        model = self.paint.model()
        first = "Score the plate first"
        for paint, there, cure in (
            (Paint.PREDICTION, predicted, first),
            (Paint.CONFIDENCE, predicted, first),
            (Paint.AGREEMENT, told, "Take a plate map that says what the wells got" if predicted
             else first),
            (Paint.QUALITY, judged, "Measure the plates in the Quality panel first"),
        ):  # fmt: skip
            item = model.item(self.paint.findData(paint))  # type: ignore[attr-defined]
            item.setEnabled(there)
            item.setToolTip("" if there else cure)

    def set_value(self, value: Painting) -> None:
        """Show another painting; nothing is told."""
        with QSignalBlocker(self.paint), QSignalBlocker(self.channel):
            self.paint.setCurrentIndex(self.paint.findData(value.paint))
            self.channel.setCurrentIndex(min(value.channel, self.channel.count() - 1))
        self.channel.setVisible(value.paint in MEASURED)

    def _edited(self) -> None:
        channel = max(self.channel.currentIndex(), 0)
        self.value_changed.emit(Painting(Paint(self.paint.currentData()), channel))
