"""The painter: what becomes of the colour range, and of plates that want to be measured."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from deepnoise_app.analysis.measures import Measures, measure_well
from deepnoise_app.analysis.sheet import QualitySheet, joined, make_sheet
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.measured_line import MeasuredLine
from deepnoise_app.gui.painter import Painter
from deepnoise_app.gui.quality_desk import QualityDesk
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.status import RunState, RunStatus
from deepnoise_app.screen import Scale, Screen
from deepnoise_app.session import Paint, Painting, Session
from deepnoise_app.simulate import ScreenDesign, simulate_screen

MADE = simulate_screen(ScreenDesign(1, 0, plates=2, perturbations=4, sites=1, size=32)).screen


class Table:
    """The desks that paint, on two plates, without a window; workers are only counted."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.background = Background()
        self.begun: list[Path] = []
        self.jobs = Jobs(folder, self._begin)
        self.workbench = Workbench(self.session, self.background)
        self.painter = Painter(self.session, self.background, self.jobs)
        desk = RunDesk(self.session, self.background, self.jobs)
        self.quality = QualityDesk(self.session, self.background, self.jobs, desk, self.workbench)
        self.session.screens = (MADE,)
        self.first, self.second = (plate.key for plate in MADE.imaged)
        self.workbench.show_plate(self.first)

    def _begin(self, path: Path) -> int:
        self.begun.append(path)
        return 0

    def close(self) -> None:
        self.jobs.close()
        self.background.close()


@pytest.fixture
def table(qapp, tmp_path: Path):
    gc.collect()  # no widget of another test is freed in a thread of this one
    made = Table(tmp_path)
    yield made
    made.close()


def sheet_of(screen: Screen) -> QualitySheet:
    """Measure the plates here, without a worker, and lay them out."""
    parts = []
    for plate in screen.imaged:
        found = [measure_well(plate, well) for well in plate.wells]
        parts.append(Measures.of(plate, plate.wells, found, "basic"))
    return make_sheet(joined(parts), Session().sheet_choice)


def test_names_of_a_scoring_are_not_painted_on_the_range_of_a_measure(table):
    session = table.session
    session.painting = Painting(Paint.MEAN)
    table.painter.set_range(200, 4000)
    table.painter.lock_range(True)
    session.painting = Painting(Paint.PREDICTION)  # as a scoring does that has finished
    assert session.shown_range == (0.0, 1.0)
    assert not session.range_locked


def test_a_range_that_is_locked_stays_from_heat_map_to_heat_map(table):
    session = table.session
    session.sheet = sheet_of(MADE)
    table.quality.show(table.first)
    table.painter.set_range(3, 4)
    table.painter.lock_range(True)
    table.quality.show(table.second)
    assert session.plate.key == table.second
    assert session.shown_range == (3, 4)
    assert session.range_locked


def test_another_measure_in_quality_drops_a_range_only_where_it_is_painted(table):
    session = table.session
    session.sheet = sheet_of(MADE)
    session.painting = Painting(Paint.MEAN)
    table.painter.set_range(200, 4000)
    table.painter.lock_range(True)
    table.quality.choose(replace(session.sheet_choice, column="Spread"))
    assert session.colour_range == (200, 4000)
    assert session.range_locked
    session.sheet = sheet_of(MADE)
    table.quality.show(table.first)
    table.painter.set_range(3, 4)
    table.painter.lock_range(True)
    table.quality.choose(replace(session.sheet_choice, column="Mean"))
    assert session.colour_range is None
    assert not session.range_locked


def end(table: Table, state: RunState) -> None:
    """Let the measuring end as its worker would tell."""
    view = table.jobs.views[-1]
    table.jobs._say(replace(view, status=RunStatus(state=state, message="drive gone")), ())


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.STOPPED])
def test_a_measure_that_ended_early_is_begun_anew_when_it_is_chosen_again(table, state):
    table.painter.paint(Painting(Paint.MEAN))
    table.painter.paint(Painting(Paint.DEVIATION))
    assert len(table.begun) == 1  # one run measures both
    end(table, state)
    table.workbench.show_plate(table.second)
    table.workbench.show_plate(table.first)
    assert len(table.begun) == 2  # walking over plates begins no plate twice
    table.painter.paint(Painting(Paint.LAYOUT))
    table.painter.paint(Painting(Paint.MEAN))
    assert len(table.begun) == 3


def test_the_line_of_what_is_measured_leads_on_where_it_ended_early(table, qtbot):
    line = MeasuredLine(table.session, table.painter)
    qtbot.addWidget(line)
    assert line.text() == ""
    table.painter.paint(Painting(Paint.MEAN))
    total = len(table.session.plate.wells)
    assert line.text() == f"Measured 0 of {total} wells…"
    end(table, RunState.FAILED)
    assert "Measure the plate</a>" in line.text()
    line.linkActivated.emit("go")
    assert len(table.begun) == 2
    assert line.text().endswith("…")


def test_the_layout_is_saved_as_picture_drawing_and_table(table, qtbot, tmp_path):
    plate = table.session.plate
    for ending in ("png", "svg", "csv"):
        path = tmp_path / f"layout.{ending}"
        table.painter.export(path)
        qtbot.waitUntil(path.is_file, timeout=60_000)
    saved = pd.read_csv(tmp_path / "layout.csv", keep_default_na=False).set_index("Metadata_Well")
    assert list(saved.index) == [well.name for well in sorted(plate.wells)]
    for well in plate.wells:
        assert saved.loc[well.name, "Metadata_Perturbation"] == plate.map[well].perturbation
    assert "<svg" in (tmp_path / "layout.svg").read_text(encoding="utf-8")


def test_a_measure_of_which_no_value_is_known_yet_is_not_saved_as_a_layout(table, tmp_path):
    assert table.painter.has_something
    table.painter.paint(Painting(Paint.MEAN))
    assert not table.painter.has_something
    table.painter.export(tmp_path / "mean.csv")
    assert table.session.notice is None


def test_the_position_effect_is_measured_and_painted_of_the_chosen_channel(table):
    session = table.session
    table.painter.paint(Painting(Paint.EFFECT, 1))
    assert len(table.begun) == 1
    assert session.overlay is None
    plate = session.plate
    found = [measure_well(plate, well) for well in plate.wells]
    session.measures = {plate.key: Measures.of(plate, plate.wells, found, "basic")}
    channel = plate.channels[1].name
    assert session.overlay.title.startswith(f"Position effect, mean intensity, {channel}")
    assert session.overlay.scale is Scale.DIVERGING
