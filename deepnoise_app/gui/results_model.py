"""The model behind the table of results: which rows are shown, in which order, and their cells."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from qtpy.QtGui import QIcon, QPixmap

from deepnoise_app.gui.icons import painted_icon
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.result_columns import ResultColumn
from deepnoise_app.gui.result_rows import NAMINGS, ResultRows, Rows, no_rows
from deepnoise_app.screen import Filter
from deepnoise_app.screen.formulas import harmless_text

Role = Qt.ItemDataRole
Index = QModelIndex | QPersistentModelIndex
# Told apart by every kind of colour vision, and by their form; readable in both themes.
SIGNS = {"yes": ("mdi6.check-bold", "#2f9e6e"), "no": ("mdi6.close-thick", "#e0703a")}
SIGN_PX = 16
SAID = {"yes": "right", "no": "wrong", "": ""}
ANYWHERE = QModelIndex()


class ResultsModel(QAbstractTableModel):
    """Shows rows through an array of their numbers.

    So neither sorting nor filtering calls Python for every cell.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: ResultRows | None = None  # they load pandas: not before there are any
        self.shown: Rows = np.arange(0)
        self._filter = Filter()
        self._by: tuple[str, bool] | None = None

    # What is shown --------------------------------------------------------------------------

    @property
    def rows(self) -> ResultRows:
        """All rows, shown or not."""
        return no_rows() if self._rows is None else self._rows

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """The columns of the rows; none before there are rows."""
        return self._rows.columns if self._rows is not None else ()

    def clear(self) -> None:
        """Show nothing."""
        if self._rows is not None:
            self.beginResetModel()
            self._rows, self.shown = None, np.arange(0)
            self.endResetModel()

    def set_rows(self, rows: ResultRows) -> None:
        """Show other predictions, filtered and sorted as before.

        Raises
        ------
        FilterError
            If they lack a column that is filtered by; what is shown stays as it was.
        """
        shown = self._ordered(rows)
        self.beginResetModel()
        self._rows, self.shown = rows, shown
        self.endResetModel()

    def set_filter(self, wanted: Filter) -> None:
        """Show only rows that pass; a `FilterError` leaves everything as it was."""
        before, self._filter = self._filter, wanted
        try:
            shown = self._ordered(self._rows)
        except ValueError:
            self._filter = before
            raise
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1: in the order of the file."""
        columns = self.columns
        descending = order == Qt.SortOrder.DescendingOrder
        self._by = (columns[column].source, descending) if 0 <= column < len(columns) else None
        self.beginResetModel()
        self.shown = self._ordered(self._rows)
        self.endResetModel()

    @property
    def sorted_by(self) -> tuple[int, Qt.SortOrder]:
        """Number of the column by which the rows are sorted, or -1, and in which direction."""
        source, descending = self._by or ("", False)
        sources = [column.source for column in self.columns]
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        return (sources.index(source) if source in sources else -1), order

    def _ordered(self, rows: ResultRows | None) -> Rows:
        if rows is None:
            return np.arange(0)
        passing = rows.passing(self._filter)
        return passing if self._by is None else rows.sorted(passing, *self._by)

    # What Qt asks ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = ANYWHERE) -> int:  # noqa: N802 (Qt's name)
        """Rows that are shown."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = ANYWHERE) -> int:  # noqa: N802 (Qt's name)
        """Columns in which any row holds something."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """Titles of the columns; rows have no headers."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return column.title
        if role == Role.ToolTipRole:
            return plain(column.tip)
        if role == Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Return one cell: its text or its sign."""
        if role not in _ASKED or not index.isValid():
            return None
        row, source = int(self.shown[index.row()]), self.columns[index.column()].source
        if role == Role.DisplayRole:
            return self.rows.cell(row, source)
        if source in NAMINGS:
            return self._naming(row, source, role)
        if role == Role.DecorationRole:
            return None
        return _shown(self.rows.cell(row, source), role)

    def _naming(self, row: int, source: str, role: int) -> Any:
        """Return the sign of a name, or what the sign says."""
        verdict = self.rows.right[source][row]
        if role == Role.DecorationRole:
            return sign(verdict)
        name = self.rows.cell(row, source)
        return _shown(f"{name}, {SAID[verdict]}" if verdict else name, role)

    def as_text(self, rows: list[int]) -> str:
        """Return shown rows as lines with tabs, under the titles, as spreadsheets take them."""
        lines = ["\t".join(column.title for column in self.columns)]
        for row in self.shown[rows]:
            cells = (self.rows.cell(int(row), column.source) for column in self.columns)
            lines.append("\t".join(str(harmless_text(cell)) for cell in cells))
        return "\n".join(lines)


def _shown(text: str, role: int) -> str:
    """A tooltip takes what looks like HTML for it; other places do not."""
    return plain(text) if role == Role.ToolTipRole else text


_ASKED = {
    Role.DisplayRole,
    Role.DecorationRole,
    Role.ToolTipRole,
    Role.AccessibleTextRole,
}


@cache
def sign(verdict: str) -> QIcon:
    """Return the sign for right or wrong; an empty one, as wide, where it is not known."""
    if not verdict:
        nothing = QPixmap(SIGN_PX, SIGN_PX)
        nothing.fill(Qt.GlobalColor.transparent)
        return QIcon(nothing)
    name, colour = SIGNS[verdict]
    return QIcon(painted_icon(name, colour))
