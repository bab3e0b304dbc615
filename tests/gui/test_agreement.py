"""How far names agree with the plate map: offered, painted, told in words and saved."""

from __future__ import annotations

import pandas as pd
from qtpy.QtCore import QPointF, Qt

from deepnoise_app.screen import Plate, Predictions
from deepnoise_app.session import Paint, Painting

TITLE = "Agreement with the plate map"


def named(plate: Plate, predicted, known: bool = True) -> Predictions:
    """Name all wells of a plate right but two treated ones: one nearly, one not at all."""
    wells = list(plate.wells)
    table = predicted(1, len(wells)).table.assign(
        Metadata_Experiment=plate.experiment,
        Metadata_Plate=plate.name,
        Metadata_Well=[well.name for well in wells],
        Metadata_Role=[str(plate.map[well].role) for well in wells],
        Metadata_Perturbation=[plate.map[well].perturbation if known else "" for well in wells],
    )
    truth = [plate.map[well].perturbation for well in wells]
    table = table.assign(Prediction_Free=truth, Prediction_OnePerWell=truth)
    nearly, unlike = treated(plate)[:2]
    at = wells.index(nearly), wells.index(unlike)
    table.loc[list(at), ["Prediction_Free", "Prediction_OnePerWell"]] = "sirna_9999"
    table.loc[at[0], "Top3"] = truth[at[0]]
    table.loc[at[1], ["Top2", "Top3", "Top4", "Top5"]] = ""
    return Predictions(table)


def treated(plate: Plate):
    return [well for well in plate.wells if plate.map[well].role == "treatment"]


def item(bar):
    """The entry of the agreement in the list of paints."""
    return bar.paint.model().item(bar.paint.findData(Paint.AGREEMENT))


def test_agreement_is_offered_where_names_and_a_truth_are(opened, predicted):
    session, bar = opened.session, opened.plates.paint_bar
    assert not item(bar).isEnabled()
    assert item(bar).toolTip() == "Score the plate first"
    session.predictions = named(session.plate, predicted, known=False)
    assert not item(bar).isEnabled()
    assert "plate map" in item(bar).toolTip()
    session.predictions = named(session.plate, predicted)
    assert item(bar).isEnabled()


def test_agreement_says_in_words_what_is_right_near_and_neither(opened, predicted):
    session, panel = opened.session, opened.plates
    session.predictions = named(session.plate, predicted)
    opened.painter.paint(Painting(Paint.AGREEMENT))
    plate, (nearly, unlike, right, *_) = session.plate, treated(session.plate)
    assert session.overlay.title == f"{TITLE} (one per well)"
    assert [session.overlay.values[well] for well in (nearly, unlike, right)] == [0.5, 0, 1]
    count = len(treated(plate))
    assert panel.bar.strip.words == ("neither 1", "among the five best 1", f"right {count - 2}")
    assert panel.bar.low.isHidden()
    assert panel.bar.lock.isHidden()
    assert "no value" in panel.legend.accessibleName()  # controls

    def said(well):
        return panel.grid.tooltip_at(QPointF(panel.grid.cell_rect(well).center()))

    expected = plate.map[nearly].perturbation
    assert f"Named sirna_9999, plate map says {expected}" in said(nearly)
    assert "among the five best" in said(nearly)
    assert ": right" in said(right)
    assert "plate map says" not in said(right)
    assert "Confidence 0." in said(right)
    opened.painter.paint(Painting(Paint.PREDICTION))
    assert not panel.bar.low.isHidden()
    assert panel.bar.strip.words == ()


def test_short_names_stand_in_the_cells(opened, predicted):
    session, grid = opened.session, opened.plates.grid
    session.predictions = named(session.plate, predicted)
    opened.painter.paint(Painting(Paint.AGREEMENT))
    nearly, _, right, *_ = treated(session.plate)
    grid.grab()  # paints
    texts = {cell.well: cell.text for cell in grid._cells}
    short = session.plate.map[nearly].perturbation.removeprefix("sirna_")
    assert texts[nearly] == f"9999←{short}"
    assert texts[right] == session.plate.map[right].perturbation.removeprefix("sirna_")


def test_agreement_stays_painted_while_names_come_and_goes_with_them(opened, predicted):
    session = opened.session
    session.predictions = named(session.plate, predicted)
    session.paint_names()
    assert session.painting.paint is Paint.PREDICTION
    opened.painter.paint(Painting(Paint.AGREEMENT))
    session.paint_names()  # as the next wells of a scoring, or epoch of a training, do
    assert session.painting.paint is Paint.AGREEMENT
    session.predictions = named(session.plate, predicted, known=False)
    assert session.overlay.title == f"{TITLE}: it does not say what the wells got"
    assert not session.overlay.values
    opened.workbench.close(session.screens[0])
    assert session.painting.paint is Paint.LAYOUT


def test_agreement_is_chosen_by_keyboard_and_saved_as_picture_drawing_and_table(
    opened, predicted, qtbot, wait, tmp_path
):
    session, box = opened.session, opened.plates.paint_bar.paint
    session.predictions = named(session.plate, predicted)
    box.setCurrentIndex(box.findData(Paint.CONFIDENCE))
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert session.painting.paint is Paint.AGREEMENT
    for ending in ("png", "svg", "csv"):
        path = tmp_path / f"agreement.{ending}"
        opened.painter.export(path)
        wait(path.is_file)
    saved = pd.read_csv(tmp_path / "agreement.csv", keep_default_na=False)
    assert len(saved) == len(treated(session.plate))
    values = saved.set_index("Metadata_Well")[f"{TITLE} (one per well)"]
    nearly = treated(session.plate)[0]
    assert values[nearly.name] == 0.5
    expected = session.plate.map[nearly].perturbation
    texts = saved.set_index("Metadata_Well")["Text"]
    assert texts[nearly.name] == f"sirna_9999 ← {expected}"
    assert "<svg" in (tmp_path / "agreement.svg").read_text(encoding="utf-8")
