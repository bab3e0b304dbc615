"""All results under tabs: the table and what is drawn from it."""

from __future__ import annotations

from qtpy.QtWidgets import QTabWidget, QWidget

from deepnoise_app.gui.accuracy_tab import AccuracyTab
from deepnoise_app.gui.calibration_tab import CalibrationTab
from deepnoise_app.gui.confusion_tab import ConfusionTab
from deepnoise_app.gui.export_menu import ExportMenu
from deepnoise_app.gui.ladder_tab import LadderTab
from deepnoise_app.gui.map_tab import MapTab
from deepnoise_app.gui.panel_body import bring_forward, icon_button
from deepnoise_app.gui.results_desk import ResultsDesk
from deepnoise_app.gui.results_table import ResultsTable
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Session


class ResultsTabs(QTabWidget):
    """The ladder has a tab once one is open."""

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        table: ResultsTable,
        desk: RunDesk,
        results: ResultsDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setDocumentMode(True)
        self.setAccessibleName("Results")
        self.tabBar().setDrawBase(False)
        self.table = table
        self.accuracy = AccuracyTab(session, workbench)
        self.confusion = ConfusionTab(session, workbench)
        self.calibration = CalibrationTab(session)
        self.map = MapTab(session, workbench)
        self.ladder = LadderTab(session)
        for name, tab in (
            ("Table", table),
            ("Accuracy", self.accuracy),
            ("Confusion", self.confusion),
            ("Calibration", self.calibration),
            ("Map", self.map),
        ):
            self.addTab(tab, name)
        session.events.ladder.connect(self._on_ladder)
        session.events.front.connect(self._on_front)
        self.menu = ExportMenu(session, desk, results, self)
        tip = "Save tables, AnnData, a report or a picture; open a ladder"
        self.export = icon_button("mdi6.export-variant", "Save and open", tip)
        self.export.setMenu(self.menu)
        self.export.setStyleSheet("QPushButton { margin-right: 8px; }")
        self.setCornerWidget(self.export)

    def _on_front(self, panel: str) -> None:
        if panel == "Results":
            bring_forward(self)

    def _on_ladder(self) -> None:
        at = self.indexOf(self.ladder)
        if self._session.ladder is None and at >= 0:
            self.removeTab(at)
        elif self._session.ladder is not None:
            if at < 0:
                self.addTab(self.ladder, "Ladder")
            self.setCurrentWidget(self.ladder)
