"""The wells that should not be trusted, each with its reason; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QSize, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QListWidget, QListWidgetItem, QWidget

from deepnoise_app.analysis.flags import WellFlag
from deepnoise_app.gui.plain import plain

FLAG = int(Qt.ItemDataRole.UserRole)
# More are in the exported tables: nobody clicks through thousands.
MOST_SHOWN = 500
LINES = 6


class FlagList(QListWidget):
    """Lists flags, plate by plate; choosing one asks for its well."""

    well_wanted = Signal(object, object)  # PlateKey, WellId

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Wells not to be trusted")
        self.setToolTip("Click goes to the well")
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._on_item)
        self.itemActivated.connect(self._on_item)

    def show_flags(self, flags: Sequence[WellFlag]) -> None:
        """List other flags."""
        self.clear()
        for flag in flags[:MOST_SHOWN]:
            item = QListWidgetItem(f"{flag.experiment} {flag.plate} {flag}")
            item.setData(FLAG, flag)
            item.setToolTip(plain(item.text()))
            self.addItem(item)
        self.setVisible(bool(flags))
        lines = min(LINES, self.count())
        self.setFixedHeight(max(1, self.sizeHintForRow(0)) * lines + 2 * self.frameWidth())

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """As wide as the panel, not as the longest sentence."""
        return QSize(200, 60)

    def _on_item(self, item: QListWidgetItem) -> None:
        flag = item.data(FLAG)
        self.well_wanted.emit((flag.experiment, flag.plate), flag.well)
