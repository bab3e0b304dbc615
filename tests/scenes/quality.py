"""All plates measured beside each other; their maps checked with a model that knows them not."""

from __future__ import annotations

from photographer import Photographer, simulated

from deepnoise_app.analysis.correction import Correction
from deepnoise_app.simulate import ScreenDesign

SMALL = ScreenDesign(experiments=3, unlabelled=0, plates=2, perturbations=16, size=64, seed=6)


def quality(one: Photographer) -> None:
    """Measure, enlarge, correct, check."""
    one.close_screens()
    one.open(simulated(SMALL, one.home / "quality screen"))
    panel, session = one.parts.quality, one.session
    one.take_panel("panels/quality-not-measured", panel)
    panel.button.click()
    one.catch(lambda: one.is_at("measure", 1))
    with one.held(one.run("measure")):
        one.take_panel("panels/quality-measuring", panel)
    one.wait(lambda: len(panel.plates.plates) > 3)
    panel.plates.chosen.emit(panel.plates.plates[3].key)
    one.wait(lambda: session.quality is not None)
    one.take_both("quality")
    panel.correction.setCurrentIndex(panel.correction.findData(Correction.PLATE_MEDIAN))
    panel.correction.activated.emit(panel.correction.currentIndex())
    one.let_be(1)
    one.take_panel("panels/quality-corrected", panel)
    panel.check.check.click()
    one.wait(lambda: bool(session.findings))
    one.take_panel("panels/map-check", panel, down=True)
