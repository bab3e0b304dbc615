"""The table of results with real keys and clicks, linked with the facts of the session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import QCoreApplication, QItemSelectionModel, Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QFileDialog

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.result_columns import factor_column
from deepnoise_app.gui.results_model import sign
from deepnoise_app.gui.results_table import ResultsTable
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import (
    Channel,
    Content,
    Factor,
    Plate,
    PlateMap,
    PlateShape,
    Predictions,
    Screen,
    TextColumn,
    WellId,
)
from deepnoise_app.screen import Role as WellRole
from deepnoise_app.session import Session, Tone

WELLS = tuple(WellId(row, column) for row in range(16) for column in range(24))
Role = Qt.ItemDataRole


class NoPixels:
    """Planes that do not exist."""

    present = np.zeros((60, 1, 1), dtype=bool)


def make_plate(experiment: str, name: str) -> Plate:
    shape, channels = PlateShape(16, 24), (Channel("Nuclei"),)
    return Plate(experiment, name, shape, channels, (1,), WELLS[:60], NoPixels())


@pytest.fixture
def session() -> Session:
    plates = tuple(make_plate(e, f"Plate{n}") for e in ("E01", "E02") for n in (1, 2))
    return Session(screens=(Screen("/s", "pattern", plates[0].channels, plates),))


def heard() -> None:
    """Let the table hear what is new: it does so in a turn of its own."""
    QCoreApplication.processEvents()


@pytest.fixture
def table(qtbot, session: Session, predicted, tmp_path: Path):
    background = Background()
    desk = RunDesk(session, background, Jobs(tmp_path))
    made = ResultsTable(session, desk, Workbench(session, background))
    qtbot.addWidget(made)
    made.resize(1000, 260)
    made.show()
    session.predictions = predicted(4, wells=60)
    heard()
    yield made
    background.close()


def chosen(table: ResultsTable) -> list[str]:
    found = table.table.selectionModel().selectedRows(2)
    return [index.data() for index in found]


def column(table: ResultsTable, title: str) -> int:
    return [one.title for one in table.model.rows.columns].index(title)


def test_without_predictions_a_sentence_says_how_to_get_some(table, session: Session) -> None:
    session.predictions = None
    heard()
    assert table.nothing.isVisible()
    assert not table.table.isVisible()
    session.predictions = Predictions.joined([])
    heard()
    assert "score a plate" in table.nothing.text()


def test_every_imaged_well_has_a_row(table, session: Session) -> None:
    assert table.model.rowCount() == 240
    assert table.shown.text() == "240 wells"
    assert "Right on 236 treated wells: one per well <b>" in table.right.text()


def test_typed_filter_narrows_the_table_and_its_accuracies(table, qtbot) -> None:
    qtbot.keyClicks(table.filter, "experiment = E02")
    qtbot.waitUntil(lambda: table.model.rowCount() == 120)
    assert table.shown.text() == "120 of 240 wells"
    assert "Right on 118 treated wells" in table.right.text()


def test_a_filter_that_no_well_passes_says_so(table, qtbot) -> None:
    qtbot.keyClicks(table.filter, "experiment = E09")
    qtbot.waitUntil(lambda: table.model.rowCount() == 0)
    assert table.right.text() == "No well passes the filter."


def test_a_column_grows_with_longer_texts_and_else_stays_as_the_user_made_it(
    table, session: Session, predicted
) -> None:
    model, well = column(table, "Model"), column(table, "Well")
    table.table.setColumnWidth(well, 200)
    before = table.table.columnWidth(model)
    longer = predicted(4, wells=60).table.assign(Model="a model with quite a long name of its own")
    session.predictions = Predictions(longer)
    heard()
    assert table.table.columnWidth(model) > before
    assert table.table.columnWidth(well) == 200


def test_a_filter_that_makes_no_sense_says_so_and_changes_nothing(table, qtbot) -> None:
    qtbot.keyClicks(table.filter, "depth < 3")
    qtbot.keyClick(table.filter, Qt.Key.Key_Return)
    assert "no column 'depth'" in table.right.text()
    assert table.model.rowCount() == 240
    table.filter.clear()
    qtbot.waitUntil(lambda: "Right on 236" in table.right.text())


def test_click_on_a_title_sorts_and_a_third_restores_the_order(table, qtbot) -> None:
    head, at = table.table.horizontalHeader(), column(table, "Confidence")
    place = head.sectionViewportPosition(at) + 10

    def click() -> list[float]:
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=_point(place))
        return [float(table.model.index(row, at).data()) for row in range(240)]

    before = [float(table.model.index(row, at).data()) for row in range(240)]
    orders = [click(), click(), click()]
    assert sorted(before) in orders
    assert sorted(before, reverse=True) in orders
    assert before in orders


def _point(x: int):
    from qtpy.QtCore import QPoint

    return QPoint(x, 8)


def test_right_and_wrong_have_signs_of_different_form_and_words(table) -> None:
    rows, at = table.model.rows, column(table, "Free")
    verdicts = rows.right["Prediction_Free"]
    right = next(i for i in range(240) if verdicts[i] == "yes")
    wrong = next(i for i in range(240) if verdicts[i] == "no")
    assert table.model.index(right, at).data(Role.AccessibleTextRole).endswith(", right")
    assert table.model.index(wrong, at).data(Role.AccessibleTextRole).endswith(", wrong")
    shown = table.model.index(wrong, at).data(Role.DecorationRole)
    assert shown.cacheKey() == sign("no").cacheKey()
    images = [sign(name).pixmap(16, 16).toImage() for name in ("yes", "no", "")]
    assert images[0] != images[1] != images[2]


def test_choosing_a_row_brings_its_plate_and_well_to_the_front(table, session, qtbot) -> None:
    table.table.selectRow(130)
    assert session.plate.key == ("E02", "Plate1")
    assert session.wells == (WELLS[10],)
    assert chosen(table) == ["A11"]


def test_arrow_keys_walk_through_the_wells(table, session, qtbot) -> None:
    table.table.selectRow(0)
    qtbot.keyClick(table.table, Qt.Key.Key_Down)
    assert session.wells == (WELLS[1],)


def test_several_rows_are_several_wells_of_one_plate(table, session) -> None:
    table.table.selectRow(3)
    model, flag = table.table.selectionModel(), QItemSelectionModel.SelectionFlag
    for row in (5, 70):
        model.select(table.model.index(row, 0), flag.Select | flag.Rows)
    assert session.plate.key == ("E01", "Plate1")
    assert session.wells == (WELLS[3], WELLS[5])


def test_wells_chosen_elsewhere_are_marked_in_the_table(table, session) -> None:
    session.plate = session.plates[3]
    session.wells = (WELLS[2], WELLS[20])
    assert chosen(table) == ["A03", "A21"]
    assert table.table.currentIndex().row() == 182
    table.model.sort(column(table, "Confidence"))
    assert sorted(chosen(table)) == ["A03", "A21"]


def test_a_row_of_a_plate_that_is_not_open_chooses_nothing(table, session) -> None:
    session.screens = ()
    heard()
    table.table.selectRow(3)
    assert session.plate is None
    assert session.wells == ()


def test_copy_puts_the_rows_with_titles_on_the_clipboard(table, qtbot) -> None:
    table.table.selectRow(1)
    table.table.setFocus()
    qtbot.mouseClick(table.copy, Qt.MouseButton.LeftButton)
    titles, row = QGuiApplication.clipboard().text().split("\n")
    assert titles.startswith("Experiment\tPlate\tWell\tRole\tExpected")
    assert row.startswith("E01\tPlate1\tA02\tpositive control\t")


@pytest.mark.parametrize(
    ("kind", "suffix"), [("CSV (*.csv)", ".csv"), ("Parquet (*.parquet)", ".parquet")]
)
def test_export_writes_the_rows_that_are_shown(
    table, session, qtbot, tmp_path: Path, monkeypatch, kind: str, suffix: str
) -> None:
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind.lower()))
    table.filter.setText("experiment = E02")
    qtbot.keyClick(table.filter, Qt.Key.Key_Return)
    qtbot.mouseClick(table.export, Qt.MouseButton.LeftButton)
    written = path.with_suffix(suffix)
    qtbot.waitUntil(lambda: session.notice is not None)
    found = pd.read_csv(written) if suffix == ".csv" else pd.read_parquet(written)
    assert len(found) == 120
    assert set(found["Metadata_Experiment"]) == {"E02"}
    assert session.notice.text == f"120 of 240 wells written: {written}"


def test_export_that_cannot_be_written_is_a_sentence(
    table, session, tmp_path, monkeypatch, qtbot
) -> None:
    nowhere = str(tmp_path / "no" / "folder.csv")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (nowhere, "csv"))
    table.export.click()
    qtbot.waitUntil(lambda: session.notice is not None)
    assert session.notice.tone is Tone.PROBLEM
    assert "could not be written" in session.notice.text


def test_new_predictions_keep_filter_and_order(table, session, predicted, qtbot) -> None:
    table.filter.setText("role = treatment")
    qtbot.keyClick(table.filter, Qt.Key.Key_Return)
    table.model.sort(column(table, "Confidence"), Qt.SortOrder.DescendingOrder)
    session.predictions = predicted(2, wells=60)
    heard()
    assert table.shown.text() == "118 of 120 wells"
    at = column(table, "Confidence")
    shown = [float(table.model.index(row, at).data()) for row in range(118)]
    assert shown == sorted(shown, reverse=True)


def test_a_filter_of_a_column_that_is_gone_is_given_up(table, session, predicted, qtbot) -> None:
    table.filter.setText("flags ~ missing")
    qtbot.keyClick(table.filter, Qt.Key.Key_Return)
    assert table.model.rowCount() == 4
    session.predictions = Predictions(predicted(1, wells=60).table.assign(Flags=""))
    heard()
    assert table.model.rowCount() == 60
    assert table.filter.text() == ""


# What plate maps say besides ------------------------------------------------------------------


@pytest.fixture
def dosed(table, session: Session) -> ResultsTable:
    """Return the table where the map of one plate names a gene and a dose for each well."""
    genes = ("KIF11", "PLK1", "AURKB")
    contents = {
        well: Content("x", WellRole.TREATMENT, (("Dose (µM)", str(n)), ("gene", genes[n % 3])))
        for n, well in enumerate(WELLS[:60])
    }
    (screen,) = session.screens
    first = replace(screen.plates[0], map=PlateMap(contents))
    session.screens = (replace(screen, plates=(first, *screen.plates[1:])),)
    heard()
    return table


def test_further_columns_of_plate_maps_are_shown_and_sorted_by(dosed, session) -> None:
    at = column(dosed, "Dose (µM)")
    assert dosed.model.index(11, at).data() == "11"
    assert dosed.model.index(70, at).data() == ""
    dosed.model.sort(at, Qt.SortOrder.DescendingOrder)
    assert [dosed.model.index(row, at).data() for row in (0, 1, 59, 60)] == ["59", "58", "0", ""]
    session.screens = ()
    heard()
    assert "gene" not in [one.title for one in dosed.model.rows.columns]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("Dose (µM) > 5", 54),
        ("dose <= 5 and gene = kif11", 2),
        ("gene = KIF11", 20),
        ("gene ~ K", 60),
        ("plk", 20),
    ],
)
def test_rows_are_filtered_by_further_columns(dosed, qtbot, typed: str, rows: int) -> None:
    dosed.filter.setText(typed)
    qtbot.keyClick(dosed.filter, Qt.Key.Key_Return)
    assert dosed.model.rowCount() == rows


def test_the_filter_says_what_it_understands_here(dosed) -> None:
    assert "Dose > 29.5, gene = KIF11 …" in dosed.filter.placeholderText()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("con", ["Confidence"]),
        ("role = control and do", ["Dose (µM)", "dose"]),
        ("gene = P", ["PLK1"]),
        ("gene = PLK1", []),
        ("confidence < 0", []),
        ("sirna", []),
    ],
)
def test_columns_and_their_values_are_offered(dosed, qtbot, typed: str, offered) -> None:
    qtbot.keyClicks(dosed.filter, typed)
    popup = dosed.filter._completer.popup()
    model = popup.model()
    shown = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert (shown if popup.isVisible() else []) == offered
    if offered:
        dosed.filter._completer.activated[str].emit(offered[0])
        start = typed[: typed.rindex(" ") + 1] if " " in typed else ""
        assert dosed.filter.text() == start + offered[0]
    popup.hide()


def test_a_column_can_be_hidden_and_stays_so(dosed, session, predicted) -> None:
    at = column(dosed, "gene")
    menu = dosed.table.columns_menu()
    ticked = {action.text(): action for action in menu.actions()}
    ticked["gene"].trigger()
    assert dosed.table.isColumnHidden(at)
    session.predictions = predicted(2, wells=60)
    heard()
    assert dosed.table.isColumnHidden(column(dosed, "gene"))
    dosed.table.show_column("Factor_gene", True)
    assert not dosed.table.isColumnHidden(column(dosed, "gene"))


def test_a_further_column_called_like_another_says_whose_it_is() -> None:
    texts = TextColumn.of(["1"])
    assert factor_column(Factor("Confidence", texts)).title == "Confidence (plate map)"
    assert factor_column(Factor("Dose", texts)).title == "Dose"


def test_every_control_has_a_tooltip_and_a_name(table) -> None:
    controls = [table.filter, table.copy, table.export]
    assert all(one.toolTip() and one.accessibleName() for one in controls)
    assert table.table.accessibleName()
    assert table.shown.accessibleName()
