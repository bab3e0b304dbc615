"""The rows of results on screen: how wide columns are, and which of them are hidden."""

from __future__ import annotations

from functools import partial

from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from deepnoise_app.gui.result_columns import NUMBERS, ResultColumn
from deepnoise_app.gui.result_rows import NAMINGS
from deepnoise_app.gui.results_model import SIGN_PX, ResultsModel

WIDEST_PX = 260


class ResultsView(QTableView):
    """Shows a model of results; a menu on the titles hides columns and brings them back."""

    def __init__(self, model: ResultsModel) -> None:
        super().__init__()
        self._model = model
        self._hidden: set[str] = set()
        self._fitted: dict[str, int] = {}
        self.setAccessibleName("Results, one row for each well")
        self.setToolTip("Choosing rows chooses their wells; a click on a title sorts")
        # Room between columns; colours are the theme's.
        self.setStyleSheet("QTableView::item, QHeaderView::section { padding: 0 5px; }")
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._on_menu)
        self.setSortingEnabled(True)

    def fit_columns(self, anew: bool) -> None:
        """Make each column as wide as what it holds; those hidden before stay so.

        If not anew, only those that hold longer texts than before: others are as wide as the user
        likes them.
        """
        for at, column in enumerate(self._model.rows.columns):
            self.setColumnHidden(at, column.source in self._hidden)
            width = self._width(column)
            if anew or width > self._fitted.get(column.source, 0):
                self.setColumnWidth(at, width)
            self._fitted[column.source] = width

    def _width(self, column: ResultColumn) -> int:
        rows, metrics = self._model.rows, self.fontMetrics()
        texts = ["0.000"] if column.source in NUMBERS else rows.text(column.source).names
        longest = max(texts, key=len, default="")
        sign = SIGN_PX + 8 if column.source in NAMINGS else 0
        title = metrics.horizontalAdvance(column.title) + 34  # beside it stands the arrow
        return min(WIDEST_PX, max(title, metrics.horizontalAdvance(longest) + sign + 20))

    def columns_menu(self) -> QMenu:
        """Return a menu with a tick for each column that is shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns = self._model.rows.columns
        for column in columns:
            action = menu.addAction(column.title.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(column.source not in self._hidden)
            # One column stays, or nothing could be brought back.
            action.setEnabled(action.isChecked() is False or len(self._shown(columns)) > 1)
            action.toggled.connect(partial(self.show_column, column.source))
        return menu

    def show_column(self, source: str, shown: bool) -> None:
        """Show or hide a column."""
        self._hidden = self._hidden - {source} if shown else self._hidden | {source}
        for at, column in enumerate(self._model.rows.columns):
            self.setColumnHidden(at, column.source in self._hidden)

    def _shown(self, columns: tuple[ResultColumn, ...]) -> list[ResultColumn]:
        return [column for column in columns if column.source not in self._hidden]

    def _on_menu(self, place: QPoint) -> None:
        self.columns_menu().popup(self.horizontalHeader().mapToGlobal(place))
