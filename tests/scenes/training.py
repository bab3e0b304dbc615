"""Training: ready, every setting, at work, done; and the runs that all of it left."""

from __future__ import annotations

from photographer import Photographer
from scenes.quality import SMALL

from deepnoise_app.gui.run_question import may_delete
from deepnoise_app.runs.status import RunState


def training(one: Photographer) -> None:
    """Train on two small experiments, one more held out."""
    one.close_screens()
    one.open(one.plates_of(SMALL, "training screen"))
    panel = one.parts.train
    one.show(panel)
    one.take_both("train")
    panel.form.fold.expand(animate=False)
    one.take_panel("panels/train-settings", panel)
    panel.form.fold.collapse(animate=False)
    panel.check.click()
    one.wait(lambda: "seconds" in one.session.training_plan)
    one.take_panel("panels/train-plan", panel, down=True)
    one.parts.workbench.show_plate(("HUVEC-03", "Plate1"))  # the held-out wells light up
    if one.session.pack_offer is not None:
        one.parts.packing.decline()
    one.parts.workbench.dismiss()
    panel.button.click()
    panel.lights.setChecked(True)
    one.catch(lambda: one.run("train") is not None and len(one.run("train").status.epochs) >= 5)
    with one.held(one.run("train")):
        one.take_both("training")
        one.take_question("dialogs/closing", one.window.close)
    one.parts.desk.stop(one.run("train").path)
    one.wait(lambda: one.is_over("train"))
    one.take_panel("panels/train-stopped", panel)
    one.parts.desk.resume(one.run("train").path)
    one.wait(lambda: one.run("train").status.state is RunState.FINISHED)
    one.take_both("trained")


def runs(one: Photographer) -> None:
    """Runs of every kind; one of them that failed, and the question before it goes."""
    panel = one.parts.runs_panel
    one.show(panel)
    one.let_be(1)
    panel.list.setCurrentRow(0)
    one.take_both("runs")
    states = [str(record.view.status.state) for record in panel._listed()]
    for state in ("failed", "stopped"):
        if state in states:
            panel.list.setCurrentRow(states.index(state))
            one.take_panel(f"panels/runs-{state}", panel)
    one.take_question("dialogs/delete-run", lambda: may_delete(panel, panel.chosen))
