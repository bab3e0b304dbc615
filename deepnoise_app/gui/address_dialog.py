"""Asks for the address of an OME-Zarr plate on a server."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.readers.remote import address_of

WIDTH = 560
HELP = (
    "The address of an OME-Zarr plate, or of a pack, on a web server or in an object store. It is"
    " only read, and nothing but what belongs to it."
)
EXAMPLE = "https://…/plate.ome.zarr, s3://bucket/… or gs://bucket/…"


class AddressDialog(QDialog):
    """Edits one address; `wanted` tells it when the user says *Open*."""

    wanted = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open an address")
        self.setMinimumWidth(WIDTH)
        text = QLabel(HELP)
        text.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setAccessibleName("Address of the plate")
        self.field.setToolTip("Begins with https://, http://, s3:// or gs://")
        self.field.setPlaceholderText(EXAMPLE)
        self.field.setClearButtonEnabled(True)
        self.verdict = quiet_label("What is wrong with the address")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel,
            parent=self,
        )
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Open)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (text, self.field, self.verdict, buttons):
            column.addWidget(widget)
        self.field.textChanged.connect(self._on_typed)
        self._on_typed()

    def _on_typed(self) -> None:
        text = self.field.text().strip()
        known = address_of(text) is not None
        self.ok.setEnabled(known)
        wrong = "An address begins with https://, http://, s3:// or gs://, and names a plate."
        say(self.verdict, wrong if text and not known else "")

    def accept(self) -> None:
        """Open the address, if it is one."""
        if self.ok.isEnabled():
            self.wanted.emit(Path(self.field.text().strip()))
            super().accept()
