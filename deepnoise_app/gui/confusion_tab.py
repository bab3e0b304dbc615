"""Which perturbations are taken for one another: the worst pairs, linked to their wells."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from deepnoise_app.analysis.insight import Confusion
from deepnoise_app.gui.words import percent
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import WellId
from deepnoise_app.session import Session

NOTHING = "No pair is confused: every well of which it is known what it holds is named right."
TITLES = ("Holds", "Is named", "Wells", "Share", "Where")
SHOWN_PLACES = 4


class ConfusionTab(QWidget):
    """A row per pair, the one with most wells first; choosing it chooses its wells."""

    def __init__(self, session: Session, workbench: Workbench) -> None:
        super().__init__()
        self._session = session
        self._workbench = workbench
        self.nothing = QLabel(NOTHING)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.pairs = QTableWidget(0, len(TITLES))
        self.pairs.setHorizontalHeaderLabels(list(TITLES))
        self.pairs.setAccessibleName("Confused pairs, the worst first")
        self.pairs.setToolTip("Choose a pair to show its wells on the plate")
        self.pairs.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.pairs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.pairs.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.pairs.setShowGrid(False)
        self.pairs.setTabKeyNavigation(False)
        self.pairs.verticalHeader().hide()
        self.pairs.horizontalHeader().setStretchLastSection(True)
        self.pairs.horizontalHeader().setHighlightSections(False)
        self.pairs.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.pairs.setStyleSheet("QTableView::item, QHeaderView::section { padding: 0 8px; }")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.nothing)
        self._pages.addWidget(self.pairs)
        self.pairs.itemSelectionChanged.connect(self._on_chosen)
        session.events.insight.connect(self._show)
        self._show()

    def _show(self) -> None:
        insight = self._session.insight
        found = insight.confusions if insight is not None else ()
        self._pages.setCurrentWidget(self.pairs if found else self.nothing)
        with QSignalBlocker(self.pairs):
            self.pairs.clearSelection()
            self.pairs.setRowCount(len(found))
            for row, pair in enumerate(found):
                for column, text in enumerate(_cells(pair)):
                    self.pairs.setItem(row, column, QTableWidgetItem(text))
        head = self.pairs.horizontalHeader()
        head.resizeSections(QHeaderView.ResizeMode.ResizeToContents)

    def _on_chosen(self) -> None:
        insight, row = self._session.insight, self.pairs.currentRow()
        if insight is None or not 0 <= row < len(insight.confusions):
            return
        places = insight.confusions[row].places
        opened = {plate.key for plate in self._session.plates}
        there = [place for place in places if place[:2] in opened]
        if not there:
            return
        front = self._session.plate
        mine = [place for place in there if front is not None and place[:2] == front.key]
        key = (mine or there)[0][:2]
        self._workbench.show_plate(key)
        self._workbench.choose([WellId.parse(well) for *plate, well in there if (*plate,) == key])


def _cells(pair: Confusion) -> tuple[str, ...]:
    where = [" ".join(place) for place in pair.places[:SHOWN_PLACES]]
    more = len(pair.places) - SHOWN_PLACES
    where += [f"and {more} more"] if more > 0 else []
    wells = f"{pair.wells} of {pair.of}"
    return pair.expected, pair.named, wells, percent(pair.wells / pair.of), ", ".join(where)
