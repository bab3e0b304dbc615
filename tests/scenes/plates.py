"""A large plate: nothing open, wells, the whole plate, heat maps, problems and what is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from photographer import Photographer, simulated

from deepnoise_app.screen import Role
from deepnoise_app.session import Paint, Painting, Tone
from deepnoise_app.simulate import ScreenDesign

# A plate of 384 wells as RxRx1 has them.
LARGE = ScreenDesign(
    experiments=1, unlabelled=0, plates=1, perturbations=277, sites=2, size=128, wells=384, seed=5
)
LARGE_NAME = "HUVEC screen"


def nothing_open(one: Photographer) -> None:
    """Before anything is open: the welcome page and every panel."""
    one.take_both("empty")
    parts = one.parts
    for name, panel in parts.panels:
        one.take_panel(f"panels/{name.lower()}-empty", panel)
    one.show(parts.view)
    one.window.results_dock.show()
    for name in ("table", "accuracy", "ladder"):
        tab = getattr(parts.results_tabs, name)
        if parts.results_tabs.indexOf(tab) >= 0:
            parts.results_tabs.setCurrentWidget(tab)
            one.let_be(0.2)
            one.take_pair(f"panels/results-{name}-empty", one.window.results_dock)
    parts.results_tabs.setCurrentIndex(0)
    one.window.results_dock.hide()


def plates(one: Photographer) -> None:
    """One plate and its wells; heat maps; a filter; a fault."""
    folder = simulated(LARGE, one.home / LARGE_NAME)
    next(iter(sorted((folder / "train" / "HUVEC-01" / "Plate1").glob("F07_s1_w3.png")))).unlink()
    one.open(folder)
    session, workbench = one.session, one.parts.workbench
    workbench.choose([session.plate.wells[45]])
    one.let_be(1)
    one.take_both("plate")
    wells(one)
    whole_plate(one)
    one.parts.painter.paint(Painting(Paint.MEAN, 2))
    key = session.plate.key
    one.wait(lambda: len(session.measures.get(key, ())) == len(session.plate.wells))
    one.take_both("heat-map")
    filtered(one)
    no_plate(one)
    one.take_both("error")
    workbench.dismiss()


def wells(one: Photographer) -> None:
    """Several wells side by side, with the controls of their plate; pixels as the model sees."""
    session, workbench = one.session, one.parts.workbench
    plate = session.plate
    controls = [
        next(well for well in plate.wells if plate.map[well].role is role)
        for role in (Role.POSITIVE, Role.NEGATIVE)
    ]
    workbench.choose([plate.wells[60], *controls])
    one.wait(lambda: session.picture is not None and len(session.picture.places) == 6)
    one.take_both("wells-and-controls")
    workbench.choose(plate.wells[60:64])
    workbench.see_as_model(True)
    one.wait(lambda: session.picture is not None and session.picture.sight is not None)
    one.take_both("as-model")
    workbench.see_as_model(False)
    workbench.choose([next(well for well in plate.wells if well.name == "F07")])
    one.wait(lambda: session.picture is not None and bool(session.picture.faults))
    one.take_panel("panels/view-fault", one.parts.view)
    workbench.choose([plate.wells[45]])
    one.wait(lambda: session.picture is not None and len(session.picture.places) == 2)


def whole_plate(one: Photographer) -> None:
    """The mosaic while it fills, whole and from near."""
    session, workbench = one.session, one.parts.workbench
    workbench.show_whole_plate(True)
    one.wait(lambda: session.mosaic is not None and session.mosaic.is_complete)
    whole = session.mosaic
    # As it was when a part of it was read, held still for both themes.
    part = np.zeros_like(whole.pixels)
    rows = whole.pixels.shape[1] * 2 // 5
    part[:, :rows] = whole.pixels[:, :rows]
    session.mosaic = replace(whole, pixels=part, done=whole.total * 2 // 5)
    one.take_both("mosaic-filling", few=True)
    session.mosaic = whole
    one.take_both("mosaic", few=True)
    one.parts.mosaic.zoom_to(session.plate.wells[100])
    one.let_be(2)
    one.take_both("mosaic-near", few=True)
    workbench.show_whole_plate(False)
    workbench.choose([session.plate.wells[45]])
    one.wait(lambda: session.picture is not None and len(session.picture.places) == 2)


def filtered(one: Photographer) -> None:
    """Wells that pass a filter, and a filter that cannot be read."""
    field = one.parts.plates.filter.field
    field.setText("role = control")
    field.rested.emit()
    one.wait(lambda: one.session.passing is not None)
    one.take_both("filter")
    field.setText("confidence <")
    field.rested.emit()
    one.let_be(0.6)
    one.take_pair("panels/filter-fault", one.window.plates_dock)
    field.clear()
    field.rested.emit()
    one.wait(lambda: one.session.passing is None)


def closed_again(one: Photographer) -> None:
    """The welcome page of somebody who was here before: plates opened lately."""
    one.close_screens()
    one.show(one.parts.view)
    one.take_both("empty-again")


def no_plate(one: Photographer) -> None:
    """Open a folder in which there is no plate."""
    letters = one.home / "Letters"
    letters.mkdir(exist_ok=True)
    (letters / "to the reviewers.txt").write_text("Dear reviewers", "utf-8")
    one.window.open([letters])
    one.wait(lambda: one.session.notice is not None and one.session.notice.tone is Tone.PROBLEM)


def folder_of(one: Photographer) -> Path:
    """The folder of the large plate, after `plates`."""
    return one.home / LARGE_NAME
