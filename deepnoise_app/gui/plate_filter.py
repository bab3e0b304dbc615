"""The filter over all open plates: the field, how many wells pass, and a step to the next one."""

from __future__ import annotations

from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from deepnoise_app.errors import FilterError
from deepnoise_app.gui.callout import FAULT, say
from deepnoise_app.gui.filter_field import FilterField
from deepnoise_app.gui.finder import Finder
from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.well_rows import TITLES
from deepnoise_app.gui.words import count, sentence
from deepnoise_app.session import Session

HINT = "Filter all plates: sirna_250, role = control"


class PlateFilter(QWidget):
    """Edits the filter; wells that do not pass are veiled on the grid."""

    def __init__(self, session: Session, finder: Finder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._finder = session, finder
        self.field = FilterField()
        self.field.setPlaceholderText(HINT)
        self.field.setAccessibleName("Filter the wells of all open plates")
        self.next = QToolButton()
        self.next.setIcon(painted_icon("mdi6.skip-next"))
        self.next.setAccessibleName("Next well that passes")
        self.next.setToolTip("Go to the next well that passes, over all plates (F3)")
        self.found = QLabel()
        self.found.setAccessibleName("Wells that pass")
        self.found.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.found)
        self.field.rested.connect(self._on_filter)
        self.next.clicked.connect(finder.step)
        again = QShortcut(QKeySequence(QKeySequence.StandardKey.FindNext), self)
        again.activated.connect(finder.step)
        for fact in (session.events.passing, session.events.filter_fault):
            fact.connect(self._show)
        session.events.well_columns.connect(self._on_columns)
        self._show()

    def _show(self) -> None:
        passing, fault = self._session.passing, self._session.filter_fault
        wells = sum(map(len, passing.values())) if passing is not None else 0
        self.next.setEnabled(wells > 0)
        self.found.setStyleSheet("")
        if fault:
            self._complain(fault)
        elif passing is None:
            say(self.found, "")
        else:
            plates = sum(bool(found) for found in passing.values())
            of = count(len(passing), "plate")
            say(self.found, f"{count(wells, 'well')} on {plates:,} of {of}")

    def _complain(self, fault: str) -> None:
        self.found.setStyleSheet(f"color: {FAULT}")
        say(self.found, sentence(fault))

    def _on_columns(self) -> None:
        self.field.offer(TITLES, self._session.well_columns, ())
        self.field.setPlaceholderText(HINT)

    def _on_filter(self) -> None:
        try:
            self._finder.find(self.field.text())
        except FilterError as error:
            self._complain(str(error))
