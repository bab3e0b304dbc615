"""How fast the table of results is with 100 plates of 384 wells: 38,400 rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.results_table import ResultsTable
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import Predictions
from deepnoise_app.session import Session

pytestmark = pytest.mark.benchmark
PLATES = 100


def test_sorting_and_filtering_stay_under_the_eye(
    qtbot, tmp_path, predicted: Callable[..., Predictions], fastest, say
) -> None:
    session, background = Session(), Background()
    desk = RunDesk(session, background, Jobs(tmp_path))
    table = ResultsTable(session, desk, Workbench(session, background))
    qtbot.addWidget(table)
    table.resize(1000, 260)
    table.show()
    predictions = predicted(PLATES)
    columns: list[int] = []

    def fill() -> None:
        session.predictions = Predictions(predictions.table)
        QApplication.processEvents()

    def sort(title: str) -> None:
        at = [one.title for one in table.model.rows.columns].index(title)
        columns.append(at)
        order = Qt.SortOrder(len(columns) % 2)
        table.table.sortByColumn(at, order)
        QApplication.processEvents()

    def narrow(text: str) -> None:
        table.filter.setText(text)
        table._on_filter()
        QApplication.processEvents()
        table.filter.clear()
        table._on_filter()

    say(f"{len(predictions):,} rows, with painting of the table, in ms")
    for what, work in (
        ("shown for the first time", fill),
        ("sorted by perturbation", lambda: sort("Expected")),
        ("sorted by confidence", lambda: sort("Confidence")),
        ("filtered by text and back", lambda: narrow("sirna_25")),
        (
            "filtered by two columns and back",
            lambda: narrow("confidence < 0.5 and role = treatment"),
        ),
    ):
        say(f"  {what:34} {fastest(work) * 1e3:6.1f}")
    background.close()
    assert table.model.rowCount() == len(predictions)
