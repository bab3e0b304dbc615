"""Takes the pictures of the window for README and docs: `make screenshots`.

Real widgets in a real window on a virtual display, simulated plates only. Every state has a
picture; each is to be looked at before it is committed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from photographer import OUT, Photographer, documented_ladder, simulated
from qtpy.QtWidgets import QScrollArea

from deepnoise_app.demo import write_demo
from deepnoise_app.gui.host import keep_napari_apart
from deepnoise_app.gui.preferences_dialog import PreferencesDialog
from deepnoise_app.screen import WellId
from deepnoise_app.session import Paint, Painting
from deepnoise_app.simulate import ScreenDesign

# A plate of 384 wells as RxRx1 has them, and one experiment more to learn from and be judged by.
LARGE = ScreenDesign(
    experiments=1, unlabelled=0, plates=1, perturbations=277, sites=2, size=128, wells=384, seed=5
)
PACKED = ScreenDesign(
    experiments=1, unlabelled=0, plates=1, perturbations=300, sites=2, size=128, wells=384, seed=7
)
SMALL = ScreenDesign(experiments=3, unlabelled=0, plates=2, perturbations=16, size=64, seed=6)


def plates_and_heat_maps(one: Photographer, home: Path) -> None:
    one.take_both("empty")
    large = simulated(LARGE, home / "HUVEC screen")
    next(iter(sorted((large / "train" / "HUVEC-01" / "Plate1").glob("F07_s1_w3.png")))).unlink()
    one.open(large)
    plate = one.session.plate
    one.parts.workbench.choose([plate.wells[45]])
    one.let_be(1)
    one.take("plate")
    whole_plate(one)
    one.parts.painter.paint(Painting(Paint.MEAN, 2))
    key = plate.key
    one.wait(lambda: len(one.session.measures.get(key, ())) == len(plate.wells))
    one.take_both("heat-map")
    one.window.open([home / "runs"])
    one.wait(lambda: "could not" in one.parts.notice.text or "no" in one.parts.notice.text)
    one.take("error")
    one.parts.workbench.dismiss()
    one.parts.packing.ask()
    one.wait(lambda: one.session.pack_offer is not None)
    one.take_both("pack-offer")
    one.parts.packing.decline()


def whole_plate(one: Photographer) -> None:
    """The mosaic while it fills, whole and from near; pixels as the model sees them."""
    session, workbench = one.session, one.parts.workbench
    workbench.show_whole_plate(True)
    one.wait(lambda: session.mosaic is not None and session.mosaic.done > 60)
    one.take("mosaic-filling")
    one.wait(lambda: session.mosaic is not None and session.mosaic.is_complete)
    one.take_both("mosaic")
    one.parts.mosaic.zoom_to(session.plate.wells[100])
    one.let_be(2)
    one.take("mosaic-near")
    workbench.show_whole_plate(False)
    workbench.choose(session.plate.wells[60:64])
    workbench.see_as_model(True)
    one.wait(lambda: session.picture is not None and session.picture.sight is not None)
    one.take("as-model")
    workbench.see_as_model(False)
    workbench.choose([session.plate.wells[45]])
    one.wait(lambda: session.picture is not None and session.picture.sight is None)


def results(one: Photographer, home: Path) -> None:
    """What is drawn of a scoring, in both themes, and why a well is named so."""
    tabs, session = one.parts.results_tabs, one.session
    one.wait(lambda: session.insight is not None and session.embeddings is not None)
    one.parts.results_desk.open_ladder(documented_ladder(home / "ladder"))
    one.wait(lambda: session.ladder is not None)
    for name in ("accuracy", "confusion", "calibration", "map", "ladder"):
        tabs.setCurrentWidget(getattr(tabs, name))
        one.take_both(f"results-{name}")
    tabs.setCurrentWidget(tabs.table)
    one.show(one.parts.view)
    one.parts.why.ask()
    one.wait(lambda: session.why is not None)
    one.take_both("why")
    one.parts.why.forget()


def scoring(one: Photographer, home: Path) -> None:
    one.close_screens()
    write_demo(home / "demo")
    one.open(home / "demo")
    one.show(one.parts.score)
    one.parts.desk.check()
    one.wait(lambda: bool(one.session.plan))
    one.take_both("score-plan")
    one.parts.desk.score()
    one.wait(lambda: one.session.predictions is not None)
    one.take_both("scored")
    results(one, home)


def quality(one: Photographer, home: Path) -> None:
    """All plates measured beside each other, in both themes; a filter; a check of the maps."""
    one.close_screens()
    one.open(simulated(SMALL, home / "quality screen"))
    panel = one.parts.quality
    one.show(panel)
    one.take("quality-empty")
    panel.button.click()
    one.wait(lambda: one.session.sheet is not None)
    one.take("quality-measuring")
    one.wait(lambda: len(panel.plates.plates) > 3)
    panel.plates.chosen.emit(panel.plates.plates[3].key)
    one.wait(lambda: one.session.quality is not None)
    one.take_both("quality")
    panel.check.check.click()
    one.wait(lambda: bool(one.session.findings))
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    one.take_both("map-check")
    field = one.parts.plates.filter.field
    field.setText("role = control")
    field.rested.emit()
    one.wait(lambda: one.session.passing is not None)
    one.take("filter")
    field.clear()
    field.rested.emit()
    one.wait(lambda: one.session.passing is None)


def packing(one: Photographer, home: Path) -> None:
    """Packing is offered, done, stopped and gone on with; a plate read from a damaged pack."""
    one.close_screens()
    folder = simulated(PACKED, home / "HUVEC screen to pack")
    one.open(folder)
    one.parts.packing.ask()
    one.wait(lambda: one.session.pack_offer is not None)
    one.take("pack-offer")
    one.parts.packing.pack()
    one.wait(lambda: one.session.pack_offer.run.status.done > 40)
    one.take("packing")
    one.parts.packing.stop()
    one.wait(lambda: one.session.pack_offer.run.status.is_over)
    one.take("packing-stopped")
    one.parts.packing.pack()
    one.wait(lambda: one.session.pack_offer is None)
    one.wait(lambda: not one.session.busy)
    one.take("packed")
    plate = folder.with_name(f"{folder.name}.zarr") / "HUVEC-01" / "Plate1.ome.zarr"
    for site in (plate / "F" / "7" / "0").glob("*/c/0/0/0"):
        site.write_bytes(site.read_bytes()[:-9])
    one.close_screens()
    one.open(plate)
    workbench, session = one.parts.workbench, one.session
    workbench.choose([WellId.parse("F07")])
    one.let_be(1)
    one.take("pack-damaged")
    workbench.show_whole_plate(True)
    one.wait(lambda: session.mosaic is not None and session.mosaic.is_complete)
    one.take("pack-mosaic")
    one.parts.mosaic.zoom_to(WellId.parse("F07"))
    one.let_be(2)
    one.take("pack-mosaic-near")
    one.window.set_theme("light")
    one.take("pack-mosaic-near-light")
    one.window.set_theme("dark")
    workbench.show_whole_plate(False)


def help_and_preferences(one: Photographer, home: Path) -> None:
    """Windows beside the window, in both themes."""
    for theme in ("dark", "light"):
        ending = "" if theme == "dark" else "-light"
        one.window.set_theme(theme)
        one.window.menus.helper.show("quality")
        one.let_be(0.5)
        one.window.menus.helper.shown.grab().save(str(OUT / f"help{ending}.png"))
        one.window.menus.helper.shown.close()
        one.window.menus.edit_preferences()
        one.let_be(0.5)
        dialog = one.window.findChild(PreferencesDialog)
        dialog.grab().save(str(OUT / f"preferences{ending}.png"))
        dialog.close()
    one.window.set_theme("dark")


def training(one: Photographer, home: Path) -> None:
    one.close_screens()
    one.open(simulated(SMALL, home / "training screen"))
    one.show(one.parts.train)
    one.take_both("train")
    one.parts.train.button.click()
    one.wait(lambda: any(v.task == "train" and len(v.status.epochs) >= 5 for v in one.session.runs))
    one.take("training")
    one.wait(lambda: all(view.status.is_over for view in one.session.runs))
    one.take_both("trained")
    one.show(one.parts.runs_panel)
    one.take_both("runs")


def main() -> None:
    """Take all pictures."""
    user = Path(tempfile.mkdtemp())
    home = user / "DeepNoise"
    home.mkdir()
    # Paths in the pictures begin with `~`.
    os.environ |= {"HOME": str(user), "USERPROFILE": str(user), "DEEPNOISE_HOME": str(home)}
    keep_napari_apart()
    OUT.mkdir(parents=True, exist_ok=True)
    one = Photographer(home)
    for part in (plates_and_heat_maps, scoring, quality, help_and_preferences, training):
        part(one, home)
    one.session.runs = ()
    one.window.close()
    shutil.rmtree(user)


if __name__ == "__main__":
    main()
