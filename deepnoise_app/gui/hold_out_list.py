"""The experiments of a screen, each with a tick if it is held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qtpy.QtCore import QSignalBlocker, QSize, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QListWidget, QListWidgetItem, QWidget

from deepnoise_app.gui.words import count

MOST_ROWS = 7
NAME = Qt.ItemDataRole.UserRole


class HoldOutList(QListWidget):
    """Edits which experiments are held out; whole ones only, so that no plate is divided."""

    value_changed = Signal(list)  # of names

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Held-out experiments")
        self.setToolTip(
            "Ticked experiments are never learned from: how well their wells are named is the"
            " model's accuracy (Space ticks)"
        )
        self.itemChanged.connect(lambda _: self.value_changed.emit(self.value()))

    def value(self) -> list[str]:
        """Names of the experiments that are ticked."""
        items = (self.item(row) for row in range(self.count()))
        return [str(i.data(NAME)) for i in items if i.checkState() == Qt.CheckState.Checked]

    def set_value(self, plates: Mapping[str, int], held_out: Sequence[str]) -> None:
        """Show experiments with their numbers of plates; nothing is told."""
        row, at = self.currentRow(), self.verticalScrollBar().value()
        with QSignalBlocker(self):
            self.clear()
            for name, number in plates.items():
                self.addItem(_item(name, number, name in held_out))
                self.item(self.count() - 1).setSizeHint(QSize(0, self._row_height()))
            self.setCurrentRow(row)
        rows = max(1, min(len(plates), MOST_ROWS))
        self.setFixedHeight(rows * self._row_height() + 2 * self.frameWidth() + 4)
        self.verticalScrollBar().setValue(at)

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 8


def _item(name: str, plates: int, held_out: bool) -> QListWidgetItem:
    item = QListWidgetItem(f"{name}  ·  {count(plates, 'plate')}")
    item.setData(NAME, name)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Checked if held_out else Qt.CheckState.Unchecked)
    said = "held out" if held_out else "learned from"
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {count(plates, 'plate')}, {said}")
    return item
