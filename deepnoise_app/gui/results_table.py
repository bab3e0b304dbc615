"""The table of results: every imaged well with its names; sorted, filtered, linked."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QItemSelection, QItemSelectionModel, QSignalBlocker, Qt, QTimer
from qtpy.QtGui import QGuiApplication, QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.errors import FilterError
from deepnoise_app.gui.callout import FAULT, quiet_label
from deepnoise_app.gui.filter_field import FilterField
from deepnoise_app.gui.panel_body import icon_button
from deepnoise_app.gui.result_rows import ResultRows
from deepnoise_app.gui.results_model import ResultsModel
from deepnoise_app.gui.results_view import ResultsView
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.where_to_write import TABLES, where_to_write
from deepnoise_app.gui.words import count, verdict_line
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import parse_filter
from deepnoise_app.session import Session

NOTHING = "No predictions yet: score a plate, and every well gets a row here."
FILTERED_OUT = "No well passes the filter."
Whole = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class ResultsTable(QWidget):
    """Shows the predictions of the session; what is chosen here is chosen everywhere."""

    def __init__(
        self,
        session: Session,
        desk: RunDesk,
        workbench: Workbench,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._workbench = workbench
        self._choosing = False
        # In a turn of its own: whoever else hears of new names takes its time too.
        self._fresh = QTimer(self, singleShot=True, interval=0)
        self._fresh.timeout.connect(self._show_predictions)
        self.model = ResultsModel(self)
        self._build()
        self._connect()
        self._show_predictions()

    def _build(self) -> None:
        self.right = quiet_label("How often the names are right")
        self.right.setToolTip(
            "Share of treated wells whose name is the expected one, with the 95 % interval over"
            " plates, for the rows that are shown"
        )
        self.filter = FilterField()
        self.shown = QLabel()
        self.shown.setAccessibleName("Rows shown")
        self.copy = icon_button("mdi6.content-copy", "Copy", "Copy the chosen rows (Ctrl+C)")
        self.export = icon_button(
            "mdi6.export-variant", "Export…", "Save the rows that are shown as CSV or Parquet"
        )
        self.table = ResultsView(self.model)
        self.nothing = QLabel(NOTHING)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        tools = QHBoxLayout()
        for widget, stretch in (
            (self.filter, 1),
            (self.shown, 0),
            (self.copy, 0),
            (self.export, 0),
        ):
            tools.addWidget(widget, stretch)
        self._loaded = QWidget()
        column = QVBoxLayout(self._loaded)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addWidget(self.right)
        column.addLayout(tools)
        column.addWidget(self.table, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.nothing)
        self._pages.addWidget(self._loaded)

    def _connect(self) -> None:
        events = self._session.events
        for fact in (events.predictions, events.screens):
            fact.connect(self._on_fresh)
        for fact in (events.plate, events.wells):
            fact.connect(self._follow)
        self.filter.rested.connect(self._on_filter)
        self.copy.clicked.connect(self._on_copy)
        self.export.clicked.connect(self._on_export)
        self.model.modelReset.connect(self._show_rows)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, context=within)
        find.activated.connect(self.filter.setFocus)
        copied = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, context=within)
        copied.activated.connect(self._on_copy)

    # What is shown --------------------------------------------------------------------------

    def _on_fresh(self) -> None:
        self._fresh.start()

    def _show_predictions(self) -> None:
        predictions = self._session.predictions
        there = predictions is not None and len(predictions) > 0
        self._pages.setCurrentWidget(self._loaded if there else self.nothing)
        if predictions is None or not there:
            self.model.clear()
            return
        before = self.model.columns
        maps = {plate.key: plate.map for plate in reversed(self._session.plates)}
        rows = ResultRows(predictions, self._session.classes, maps)
        try:
            self.model.set_rows(rows)
        except FilterError:  # it speaks of a column that these predictions do not have
            self.filter.clear()
            self.model.set_filter(parse_filter(""))
            self.model.set_rows(rows)
        self.table.fit_columns(anew=rows.columns != before)
        if rows.columns != before:
            titles = [column.title for column in rows.columns]
            self.filter.offer(titles, rows.filtered_by, rows.examples)

    def _show_rows(self) -> None:
        """Tell of the rows that are shown, and mark again those of the chosen wells."""
        shown, all_rows = len(self.model.shown), len(self.model.rows)
        whole = count(all_rows, "well")
        self.shown.setText(whole if shown == all_rows else f"{shown:,} of {whole}")
        verdict = verdict_line(self.model.rows.verdict(self.model.shown)) if shown else FILTERED_OUT
        self.right.setText(verdict)
        self.export.setEnabled(shown > 0)
        with QSignalBlocker(self.table.horizontalHeader()):
            self.table.horizontalHeader().setSortIndicator(*self.model.sorted_by)
        self._follow()

    def _follow(self) -> None:
        """Mark the rows of the chosen wells."""
        plate = self._session.plate
        self.copy.setEnabled(False)
        if plate is None or self._choosing:
            self.copy.setEnabled(self.table.selectionModel().hasSelection())
            return
        rows = self.model.rows.rows_of(plate.key, self._session.wells)
        places = np.flatnonzero(np.isin(self.model.shown, rows)) if len(rows) else rows
        marked = QItemSelection()
        for place in map(int, places):
            index = self.model.index(place, 0)
            marked.select(index, index)
        self._choosing = True
        self.table.selectionModel().select(marked, Whole)
        self._choosing = False
        self.copy.setEnabled(len(places) > 0)
        if len(places):
            first = self.model.index(int(places[0]), 0)
            flags = QItemSelectionModel.SelectionFlag.NoUpdate
            self.table.selectionModel().setCurrentIndex(first, flags)
            self.table.scrollTo(first)

    # What the user does ---------------------------------------------------------------------

    def _on_filter(self) -> None:
        try:
            self.model.set_filter(self.filter.value())
        except FilterError as error:
            fault = escape(str(error), quote=False)
            self.right.setText(f"<span style='color: {FAULT}'>{fault}</span>")

    def _on_selected(self) -> None:
        """Choose the wells of the chosen rows; those of the current row's plate."""
        places = self._selected()
        self.copy.setEnabled(len(places) > 0)
        if self._choosing or not len(places):
            return
        rows = self.model.rows
        current = self.table.selectionModel().currentIndex().row()
        first = current if current in places else int(places[0])
        key, well = rows.place(int(self.model.shown[first]))
        wells = rows.wells_of(key, self.model.shown[places])
        if not any(plate.key == key for plate in self._session.plates):
            return
        self._choosing = True
        try:
            self._workbench.show_plate(key)
            self._workbench.choose([well, *wells])
        finally:
            self._choosing = False

    def _selected(self) -> NDArray[np.intp]:
        """Places of the chosen rows, from above."""
        found = self.table.selectionModel().selection()
        blocks = [found.at(i) for i in range(found.size())]
        ranges = [np.arange(one.top(), one.bottom() + 1) for one in blocks]
        return np.unique(np.concatenate(ranges)) if ranges else np.arange(0)

    def _on_copy(self) -> None:
        places = self._selected()
        if len(places):
            QGuiApplication.clipboard().setText(self.model.as_text(places.tolist()))

    def _on_export(self) -> None:
        path = where_to_write(self, "Export", "predictions.csv", TABLES)
        if path is not None:
            self._desk.export(path, self.model.shown)
