"""What a training starts from: nothing, or a model whose network goes on learning."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QComboBox, QFileDialog, QVBoxLayout, QWidget

from deepnoise_app.gui.narrow_combo import narrow_combo
from deepnoise_app.runs.snapshots import model_title

NOTHING = "nothing: a fresh network"
OTHER = "Other folder…"


class StartChoice(QWidget):
    """Edits the model that a recipe starts from; None: a fresh network."""

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: str | None = None
        self._models: dict[str, str] = {}
        self.combo: QComboBox = narrow_combo(
            "Start from", "A model already knows what cells look like: it learns from fewer wells"
        )
        self.combo.activated.connect(self._on_choice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.combo)
        self._fill()

    def value(self) -> str | None:
        """Return the folder or name of the model."""
        return self._value

    def set_value(self, model: str | None) -> None:
        """Show another model; nothing is told."""
        self._value = model
        self._fill()

    def offer(self, models: dict[str, str]) -> None:
        """Offer models: names for people, and what a recipe calls them."""
        self._models = models
        self._fill()

    def _fill(self) -> None:
        with QSignalBlocker(self.combo):
            self.combo.clear()
            self.combo.addItem(NOTHING, "")
            for text, name in self._models.items():
                self.combo.addItem(text, name)
            if self._value and self.combo.findData(self._value) < 0:
                self.combo.addItem(model_title(self._value), self._value)
            self.combo.addItem(OTHER)
            self.combo.setCurrentIndex(max(0, self.combo.findData(self._value or "")))

    def _on_choice(self, at: int) -> None:
        name = self.combo.itemData(at)
        if name is None:
            name = QFileDialog.getExistingDirectory(self, "Model folder") or self._value or ""
        self._value = name or None
        self._fill()
        self.value_changed.emit(self._value)
