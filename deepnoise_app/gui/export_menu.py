"""What leaves the window as files: predictions, AnnData, a report, a picture of the plate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qtpy.QtGui import QAction  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFileDialog, QMenu, QWidget

from deepnoise_app.gui.results_desk import ResultsDesk
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.where_to_write import TABLES, where_to_write
from deepnoise_app.session import Session
from deepnoise_app.untrusted import file_stem


class ExportMenu(QMenu):
    """Each entry asks for a file; those that have nothing to write are disabled."""

    def __init__(
        self, session: Session, desk: RunDesk, results: ResultsDesk, parent: QWidget
    ) -> None:
        super().__init__("Export", parent)
        self._parent = parent
        self._session = session
        self._results = results
        self.setToolTipsVisible(True)
        self.table = self._entry(
            "Table of predictions…",
            "One row for each well, as CSV or Parquet",
            lambda: self._ask("predictions.csv", TABLES, desk.export),
        )
        self.anndata = self._entry(
            "AnnData…",
            "Embeddings and predictions for scanpy and alike, of the last scoring",
            lambda: self._ask("embeddings.h5ad", "AnnData (*.h5ad)", results.export_anndata),
        )
        self.report = self._entry(
            "HTML report…",
            "One page about the last scoring, to mail or print",
            lambda: self._ask("report.html", "HTML page (*.html)", results.export_report),
        )
        self.picture = self._entry(
            "Picture of the plate…",
            "The first site of every well of the plate in front, as PNG",
            lambda: self._ask(self._plate_name, "PNG (*.png)", results.export_picture),
        )
        self.addSeparator()
        self.ladder = self._entry(
            "Open ladder…", "Show the steps that `deepnoise ladder` has made", self._open_ladder
        )
        for fact in ("predictions", "scorings", "plate"):
            getattr(session.events, fact).connect(self._enable)
        self._enable()

    def _entry(self, text: str, tip: str, do: Callable[[], None]) -> QAction:
        action = self.addAction(text)
        action.setToolTip(tip)
        action.triggered.connect(lambda _=False: do())
        return action

    @property
    def _plate_name(self) -> str:
        plate = self._session.plate
        return f"{file_stem(*plate.key) if plate is not None else 'plate'}.png"

    def _enable(self) -> None:
        scored = bool(self._session.scorings)
        for action, there in (
            (self.table, self._session.predictions is not None),
            (self.anndata, scored),
            (self.report, scored),
            (self.picture, self._session.plate is not None),
        ):
            action.setEnabled(there)

    def _ask(self, proposed: str, kinds: str, write: Callable[[Path], None]) -> None:
        path = where_to_write(self._parent, "Export", proposed, kinds)
        if path is not None:
            write(path)

    def _open_ladder(self) -> None:
        found = QFileDialog.getExistingDirectory(self._parent, "Folder of a ladder")
        if found:
            self._results.open_ladder(Path(found))
