"""What is drawn of results, linked with grid and canvas; ladders; exports. Both hosts."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import QEvent, Qt

from deepnoise_app.analysis.accuracy import Accuracy
from deepnoise_app.analysis.beside import POSITION, Baseline, Baselines
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.trivial import COUNT, INTENSITIES, MEASURES
from deepnoise_app.analysis.verdict import Verdict
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.beside_plot import untrained_of
from deepnoise_app.gui.main_widget import MainWidget
from deepnoise_app.gui.map_tab import COLOURED_BY, FEW, colours_of
from deepnoise_app.gui.results_desk import ResultsDesk, read_maps
from deepnoise_app.gui.results_table import ResultsTable
from deepnoise_app.gui.results_tabs import ResultsTabs
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.ladder_table import LadderTable
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.screen import COLUMNS, Predictions, Screen, WellId
from deepnoise_app.session import Origin, Session
from deepnoise_app.simulate import ScreenDesign, simulate_screen

DESIGN = ScreenDesign(experiments=2, unlabelled=0, plates=2, perturbations=8, sites=1, size=16)


class NoJobs:
    """Stands in for jobs: nothing is begun here."""

    class told:  # noqa: N801 (a signal)
        @staticmethod
        def connect(_: object) -> None:
            pass

    folder = Path("/nowhere")


@pytest.fixture(scope="module")
def screen() -> Screen:
    return simulate_screen(DESIGN).screen


def predicted(screen: Screen) -> Predictions:
    """Everything right but on the last plate, where two neighbours are exchanged."""
    rows = []
    for plate in screen.imaged:
        treated = [w for w in plate.wells if plate.map[w].role == "treatment"]
        for well in plate.wells:
            truth = plate.map[well].perturbation
            wrong = plate is screen.imaged[-1] and well in treated[:2]
            other = plate.map[treated[1 - treated.index(well)]].perturbation if wrong else truth
            rows.append(
                dict.fromkeys(COLUMNS, "")
                | {
                    "Metadata_Experiment": plate.experiment,
                    "Metadata_Plate": plate.name,
                    "Metadata_Well": well.name,
                    "Metadata_Role": str(plate.map[well].role),
                    "Metadata_Perturbation": truth,
                    "Prediction_Free": other,
                    "Confidence": 0.8,
                    "Margin": 0.5,
                    "Sites": 1,
                    "Model": "m",
                    "Correction": "none",
                }
            )
    return Predictions(pd.DataFrame(rows))


def told_by(screen) -> dict[tuple[str, str], Origin]:
    """Origins of what is known of the plates: their own folder."""
    return {plate.key: Origin(frozenset({screen.path})) for plate in screen.plates}


@pytest.fixture
def run(screen, tmp_path) -> Path:
    """A finished scoring on disk."""
    recipe = Recipe(task="score", screen=[screen.path], scoring=Scoring(model="demo"))
    folder = RunFolder.create(tmp_path / "run", recipe).path
    table = predicted(screen).table
    table.to_parquet(folder / "predictions.parquet")
    values = np.random.default_rng(0).normal(size=(len(table), 4)).astype(np.float32)
    names = [f"Embedding_{at:04d}" for at in range(4)]
    kept = table[[name for name in COLUMNS if name.startswith("Metadata_")]]
    embeddings = pd.concat([kept, pd.DataFrame(values, columns=names)], axis=1)
    embeddings.to_parquet(folder / "embeddings.parquet")
    (folder / "summary.json").write_text('{"model": "m", "wells": 3}')
    return folder


@pytest.fixture
def parts(screen, run, qtbot, qapp):
    """Session, verbs and tabs with a scoring taken in."""
    session, background = Session(screens=(screen,)), Background()
    workbench = Workbench(session, background)
    desk = RunDesk(session, background, NoJobs())
    results = ResultsDesk(session, background, workbench)
    table = ResultsTable(session, desk, workbench)
    tabs = ResultsTabs(session, workbench, table, desk, results)
    tabs.resize(900, 300)
    tabs.show()
    workbench.show_plate(screen.imaged[0].key)
    session.origins = told_by(screen)
    session.scorings = (run,)
    session.predictions = predicted(screen)
    qtbot.waitUntil(
        lambda: session.insight is not None and session.embeddings is not None, timeout=30_000
    )
    yield session, tabs, results
    background.close()
    tabs.close()
    tabs.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    del tabs, table, results
    # What is left of plots is thrown away here: a thread of the next test must not do it.
    gc.collect()


def test_the_worst_plate_stands_first_and_a_click_shows_it(parts, screen):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.accuracy)
    worst = screen.imaged[-1]
    assert (tabs.accuracy.parts[0].experiment, tabs.accuracy.parts[0].plate) == worst.key
    assert "Right on" in tabs.accuracy.told.text()
    assert "chance" in tabs.accuracy.told.text()
    tabs.accuracy.show_row(0)
    assert session.plate is worst
    tabs.accuracy.by.setCurrentIndex(1)
    assert [part.plate for part in tabs.accuracy.parts] == ["", ""]
    tabs.accuracy.show_row(0)
    assert session.plate is worst


def test_the_plate_in_front_stands_out_among_the_accuracies(parts, screen):
    session, tabs, _ = parts
    tab = tabs.accuracy
    tabs.setCurrentWidget(tab)

    def marked() -> list[str]:
        ticks = tab.plot.getAxis("left")._tickLevels[0]
        return [name for _, name in ticks if name.startswith("▸ ")]

    for plate in (screen.imaged[2], screen.imaged[-1]):
        keys = [(part.experiment, part.plate) for part in tab.parts]
        tab.show_row(keys.index(plate.key))
        assert marked() == [f"▸ {plate.experiment} {plate.name}"]
        assert tab._front._item.getRegion() == (tab.front_row - 0.5, tab.front_row + 0.5)
        said = tab.plot.accessibleDescription()
        assert said.startswith(f"In front: {plate.experiment} {plate.name}, row")
        assert "free" in said.lower()
    tab.by.setCurrentIndex(1)
    assert marked() == [f"▸ {screen.imaged[-1].experiment}"]
    tab.by.setCurrentIndex(0)
    tabs.setCurrentWidget(tabs.table)
    session.plate = screen.imaged[0]  # unseen
    tabs.setCurrentWidget(tab)
    assert marked() == ["▸ {} {}".format(*screen.imaged[0].key)]
    session.plate = None
    assert marked() == []
    assert not tab._front._item.isVisible()
    assert "no row" in tab.plot.accessibleDescription()


def test_a_confused_pair_leads_to_its_wells(parts, screen):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.confusion)
    assert tabs.confusion.pairs.rowCount() == 2
    tabs.confusion.pairs.selectRow(1)
    pair = session.insight.confusions[1]
    assert session.plate.key == pair.places[0][:2]
    assert [well.name for well in session.wells] == [pair.places[0][2]]


def test_calibration_says_how_far_confidence_is_off(parts):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.calibration)
    right = 1 - 2 / session.insight.whole.wells
    assert f"off by {abs(right - 0.8) * 100:.0f} %" in tabs.calibration.told.text()


def test_a_point_of_the_map_chooses_its_well_and_a_chosen_well_has_a_ring(parts, screen):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.map)
    table = session.embeddings.table
    row = len(table) - 2
    tabs.map.choose(row)
    assert session.plate is screen.imaged[-1]
    assert session.wells == (WellId.parse(table["Metadata_Well"].iloc[row]),)
    for rings, view in zip(tabs.map._rings, session.embeddings.views, strict=True):
        one = view.map
        x, y = rings.getData()
        assert [x[0], y[0]] == pytest.approx(one.places[one.rows.tolist().index(row)])
    tabs.map.choose(row - 1, adding=True)
    assert len(session.wells) == 2
    for name in COLOURED_BY:
        tabs.map.by.setCurrentText(name)
    assert "4 plates" in tabs.map.told.text()


def test_the_map_says_what_the_embeddings_still_know_of_the_plates(parts, screen, qtbot):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.map)
    qtbot.waitUntil(lambda: session.left_in is not None, timeout=30_000)
    assert session.left_in.wells == len(session.embeddings.table)
    said = tabs.map.left_in.text()
    assert said.startswith("Still readable (0 % is best)<table>")
    assert tabs.map.left_in.isVisible()
    assert "<td>plate&nbsp;</td><td><b>" in said
    assert "drawn" not in said
    session.scorings = ()
    qtbot.waitUntil(lambda: session.embeddings is None)
    assert session.left_in is None
    assert not tabs.map.left_in.text()


def test_arrows_walk_over_the_points_of_the_map(parts, qtbot):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.map)
    tabs.map.choose(3)
    before, view = session.wells, session.embeddings.views[0].map

    def place():
        x, y = tabs.map._rings[0].getData()
        return x[0], y[0]

    start = place()
    qtbot.keyClick(tabs.map._plots[0], Qt.Key.Key_Right)
    right = place()
    assert session.wells != before
    assert right[0] > start[0]
    assert right in [tuple(one) for one in view.places.tolist()]
    qtbot.keyClick(tabs.map._plots[0], Qt.Key.Key_Up)
    assert place()[1] >= right[1]


def test_arrows_walk_over_the_rows_of_the_accuracies(parts, qtbot):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.accuracy)
    keys = [(part.experiment, part.plate) for part in tabs.accuracy.parts]
    tabs.accuracy.show_row(0)
    for key, row in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Up, 1)):
        qtbot.keyClick(tabs.accuracy.plot, key)
        assert session.plate.key == keys[row]


def test_dots_of_one_colour_share_one_brush_however_often_they_are_coloured(parts, qtbot):
    _, tabs, _ = parts
    tabs.setCurrentWidget(tabs.map)
    for by in ("Plate", "Perturbation", "Plate"):
        tabs.map.by.setCurrentText(by)
        wells = len(tabs.map._brushes)
        qtbot.waitUntil(lambda: not tabs.map._later.isActive())
        for dots in tabs.map._dots:
            drawn = {id(brush) for brush in dots.data["brush"]}
            assert len(dots.data) == wells
            assert len(drawn) == (4 if by == "Plate" else 10)
    assert len(tabs.map._dots[0].fragmentAtlas) <= 14
    row = int(tabs.map._dots[0].data["data"][3])
    table = tabs.map._session.embeddings.table
    assert tabs.map._tip(0, 0, row).endswith(table["Metadata_Perturbation"].iloc[row])


def test_few_colours_have_a_key_and_many_are_told_by_hovering(parts):
    _, tabs, _ = parts
    tabs.setCurrentWidget(tabs.map)
    assert "10 colours: hover over a dot" in tabs.map.told.text()
    tabs.map.by.setCurrentText("Plate")
    assert tabs.map.told.text().count("●") == 4
    assert all(f"HUVEC-0{one} Plate{two}" in tabs.map.told.text() for one in "12" for two in "12")


def test_few_colours_are_safe_and_many_differ():
    assert [colour.name() for colour in colours_of(3)] == list(FEW[:3])
    assert len({colour.name() for colour in colours_of(100)}) == 100


def test_without_truth_tabs_say_what_is_lacking(parts):
    session, tabs, _ = parts
    unknown = session.predictions.table.assign(Metadata_Perturbation="")
    session.predictions = None
    assert session.insight is None
    assert "No accuracies yet" in tabs.accuracy.nothing.text()
    assert not tabs.accuracy.has_something()
    assert len(unknown)


def test_simple_measures_and_other_corrections_can_stand_beside_each_other(
    parts, screen, run, tmp_path, qtbot
):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.map)
    assert [tabs.map.before.itemText(i) for i in range(2)] == ["As scored", "Plates centred"]
    adapted = tmp_path / "adapted"
    shutil.copytree(run, adapted)
    table = pd.read_parquet(adapted / "predictions.parquet").assign(Correction="adabn")
    table.to_parquet(adapted / "predictions.parquet")
    session.measures = {plate.key: measured(plate) for plate in screen.imaged}
    session.scorings = (run, adapted)
    qtbot.waitUntil(lambda: tabs.map.before.count() == 4)
    assert [view.title for view in tabs.map.shown] == ["As scored, uncorrected", "Plates centred"]
    tabs.map.before.setCurrentText("Simple measures")
    tabs.map.after.setCurrentText("As scored, AdaBN")
    assert [view.title for view in tabs.map.shown] == ["Simple measures", "As scored, AdaBN"]
    assert len(tabs.map._dots[0].data) == len(session.embeddings.table)


def measured(plate) -> Measures:
    """Three measures that vary."""
    rng = np.random.default_rng(len(plate.name))
    table = pd.DataFrame(
        {
            "Metadata_Experiment": plate.experiment,
            "Metadata_Plate": plate.name,
            "Metadata_Well": [well.name for well in plate.wells],
            **{
                name: rng.normal(size=len(plate.wells))
                for name in ("Intensity_Mean_a", "Intensity_Mean_b", "Cells_Count_a")
            },
        }
    )
    return Measures(table)


def test_trivial_baselines_stand_beside_the_model(parts, screen, qtbot):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.accuracy)
    qtbot.waitUntil(lambda: session.baselines is not None)
    lacking = {row.name: row.lacking for row in session.baselines.rows}
    assert lacking[COUNT] == "not measured"
    assert tabs.accuracy.beside.plot.isVisible()
    assert "Measure the plates" in tabs.accuracy.told.text()
    tabs.accuracy.told.linkActivated.emit("Quality")
    assert session.front == "Quality"

    session.measures = {plate.key: measured(plate) for plate in screen.imaged}
    qtbot.waitUntil(lambda: bool(session.baselines.rows[1].verdict.accuracies), timeout=60_000)
    found = {row.name: row.verdict.accuracies for row in session.baselines.rows}
    assert set(found) == {POSITION, COUNT, INTENSITIES, MEASURES}
    model = session.insight.whole.accuracies
    assert all(set(one) == set(model) for one in found.values())
    axis = tabs.accuracy.beside.plot.getAxis("left")
    row = next(text for _, text in axis._tickLevels[0] if text.startswith(COUNT))
    assert row.count("·") == len(model) - 1
    assert "Measure the plates" not in tabs.accuracy.told.text()


def test_it_is_said_aloud_when_a_trivial_way_does_as_well(parts):
    session, tabs, _ = parts
    tabs.setCurrentWidget(tabs.accuracy)
    warning = "The position of a well alone names its perturbation in 100% of 9 wells"
    verdict = Verdict({"free": Accuracy(1, 0.9, 1)}, 9)
    session.baselines = Baselines((Baseline(POSITION, verdict),), warning)
    assert warning in tabs.accuracy.told.text()
    assert (
        "Position of the well alone names as many wells right (free)" in tabs.accuracy.told.text()
    )


def test_an_untrained_network_is_known_from_a_ladder_only(tmp_path):
    assert untrained_of(None).lacking
    folder = ladder(tmp_path / "ladder")
    assert untrained_of(LadderTable.read(folder)).lacking == "not in the ladder"
    table = pd.read_parquet(folder / "ladder.parquet")
    table = table.assign(step=table["step"].replace("plate", "untrained-network"))
    table.to_parquet(folder / "ladder.parquet")
    assert untrained_of(LadderTable.read(folder)).verdict.accuracies["free"].value == pytest.approx(
        0.55
    )


def test_newer_embeddings_count_and_foreign_ones_are_left_out(run, tmp_path):
    table = pd.read_parquet(run / "embeddings.parquet")
    other, foreign = tmp_path / "other", tmp_path / "foreign"
    for folder in (other, foreign):
        folder.mkdir()
    newer = table.assign(Embedding_0000=9.0)
    newer.to_parquet(other / "embeddings.parquet")
    table.drop(columns="Embedding_0003").to_parquet(foreign / "embeddings.parquet")
    maps = read_maps((foreign, run, other))
    assert maps is not None
    assert len(maps.table) == len(table)
    assert read_maps((tmp_path,)) is None


def ladder(folder: Path) -> Path:
    folder.mkdir()
    rows = [
        (step, seed, "free", value + 0.1 * seed, value - 0.1, value + 0.2)
        for seed in (0, 1)
        for step, value in (("plate", 0.5), ("ArcFace", 0.6))
    ]
    columns = ["step", "seed", "metric", "value", "low", "high"]
    pd.DataFrame(rows, columns=columns).to_parquet(folder / "ladder.parquet")
    return folder


def test_a_ladder_has_a_tab_once_it_is_open(parts, tmp_path, qtbot):
    session, tabs, results = parts
    assert tabs.indexOf(tabs.ladder) < 0
    results.open_ladder(ladder(tmp_path / "ladder"))
    qtbot.waitUntil(lambda: session.ladder is not None)
    assert tabs.currentWidget() is tabs.ladder
    assert "2 seeds" in tabs.ladder.told.text()
    found = session.ladder.of("free")
    assert found["value"].tolist() == pytest.approx([0.55, 0.65])
    assert found["low"].tolist() == pytest.approx([0.4, 0.5])
    assert session.ladder.steps == ("plate", "ArcFace")
    tabs.ladder.steps.setCurrentRow(1)
    assert "ArcFace" in tabs.ladder.told.text()
    assert "65 %" in tabs.ladder.told.text()
    tabs.ladder.refresh()
    assert tabs.ladder.steps.currentRow() == 1


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, "holds no ladder"),
        (lambda path: path.write_bytes(b"x"), "cannot be read"),
        (lambda path: pd.DataFrame({"step": [1]}).to_parquet(path), "lacks the column 'seed'"),
    ],
)
def test_what_is_no_ladder_is_refused_in_a_sentence(tmp_path, make, sentence):
    from deepnoise_app.errors import RunError

    make(tmp_path / "ladder.parquet")
    with pytest.raises(RunError, match=sentence):
        LadderTable.read(tmp_path)


def test_a_scoring_leaves_as_anndata_and_report_and_the_plate_as_a_picture(
    parts, tmp_path, qtbot, screen
):
    session, tabs, results = parts
    assert all(action.isEnabled() for action in (tabs.menu.anndata, tabs.menu.report))
    for write, name in (
        (results.export_anndata, "out.h5ad"),
        (results.export_picture, "out.png"),
        (results.export_report, "out.html"),
    ):
        session.notice = None
        write(tmp_path / name)
        qtbot.waitUntil(lambda: session.notice is not None, timeout=60_000)
        assert session.notice.text == f"Written: {tmp_path / name}"
        assert not session.busy
    assert len(anndata.read_h5ad(tmp_path / "out.h5ad")) == len(session.predictions)
    assert "<html" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert (tmp_path / "out.png").stat().st_size > 500


def test_an_export_that_cannot_be_written_is_said(parts, tmp_path, qtbot):
    session, _, results = parts
    session.notice = None
    results.export_report(tmp_path / "nowhere" / "x" / ".." / "\0.html")
    qtbot.waitUntil(lambda: session.notice is not None, timeout=60_000)
    assert not session.busy
    session.scorings = ()
    results.export_anndata(tmp_path / "a.h5ad")
    assert "score a plate first" in session.notice.text


def test_in_the_window_a_dropped_ladder_opens_the_results(window, wait, tmp_path):
    window.open([ladder(tmp_path / "ladder")])
    wait(lambda: window.parts.session.ladder is not None)
    assert window.results_dock.isVisible()
    assert not window.parts.session.screens
    assert not window.parts.session.busy


def test_in_napari_the_tabs_are_there_too(make_napari_viewer, tmp_path, run, wait, screen):
    widget = MainWidget(make_napari_viewer(), tmp_path / "runs")
    session = widget.parts.session
    session.origins = told_by(screen)
    session.scorings = (run,)
    session.predictions = predicted(screen)
    wait(lambda: session.insight is not None and session.embeddings is not None)
    tabs = widget.parts.results_tabs
    assert [tabs.tabText(at) for at in range(tabs.count())] == [
        "Table", "Accuracy", "Confusion", "Calibration", "Map",
    ]  # fmt: skip
    widget.close()
