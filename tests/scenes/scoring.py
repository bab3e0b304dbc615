"""Scoring: what it takes, at work, stopped, failed, done, by discriminants, corrected."""

from __future__ import annotations

import os
import shutil

from photographer import Photographer

from deepnoise_app.assets import shipped_models
from deepnoise_app.demo import write_demo
from deepnoise_app.runs.folder import RunFolder


def at_work(one: Photographer) -> None:
    """A scoring of the large plate, which takes a while: at work, stopped, broken off."""
    session, desk = one.session, one.parts.desk
    one.show(one.parts.score)
    desk.score()
    desk.score()
    one.catch(lambda: session.predictions is not None)  # the first wells have names
    with one.held(one.run("score")):
        one.take_both("scoring")
    desk.forget(session.waiting[0])
    desk.stop(one.run("score").path)
    one.wait(lambda: one.is_over("score"))
    one.take_panel("panels/score-stopped", one.parts.score, down=True)
    desk.resume(one.run("score").path)
    one.catch(lambda: one.is_at("score", 0))
    os.kill(RunFolder(one.run("score").path).holder.pid, 9)
    one.wait(lambda: one.is_over("score"))
    one.take_both("run-failed")
    one.parts.workbench.dismiss()
    one.parts.jobs.forget(one.run("score").path)  # the next scenes are of other plates
    session.runs = ()


def scoring(one: Photographer) -> None:
    """The demo screen, from the plan to the names."""
    one.close_screens()
    write_demo(one.home / "demo")
    one.open(one.home / "demo")
    one.show(one.parts.score)
    one.parts.desk.check()
    one.wait(lambda: bool(one.session.plan))
    one.take_both("score-plan")
    refused(one)
    scored(one)
    one.take_both("scored")


def refused(one: Photographer) -> None:
    """Ask for a model of cells that were stained otherwise."""
    fitting, other = one.session.scoring, one.home / "tubulin model"
    shutil.copytree(shipped_models()["demo"], other)
    card = other / "model.json"
    card.write_text(card.read_text("utf-8").replace('"ER"', '"Tubulin"'), "utf-8")
    one.parts.desk.use(fitting.model_copy(update={"model": str(other)}))
    one.wait(lambda: one.session.scoring.model == str(other))
    one.parts.desk.check()
    one.wait(lambda: "refusal" in one.session.plan)
    one.take_panel("panels/score-refused", one.parts.score)
    one.parts.desk.use(fitting)
    one.wait(lambda: one.session.scoring == fitting)


def otherwise(one: Photographer) -> None:
    """The same plates named by discriminants; then corrected, with the maps before and after."""
    session, tabs = one.session, one.parts.results_tabs
    plain = session.scoring
    rescored(one, discriminate=True)
    one.show(one.parts.score)
    one.take_both("scored-by-discriminants")
    rescored(one, discriminate=False, adapt=True, anchor=True)
    one.wait(lambda: session.embeddings is not None)
    tabs.setCurrentWidget(tabs.table)
    bar = one.parts.results.table.horizontalScrollBar()
    bar.setValue(bar.maximum())
    one.take_pair("panels/results-corrected", one.window.results_dock)
    bar.setValue(0)
    tabs.setCurrentWidget(tabs.map)
    tabs.map.by.setCurrentText("Plate")
    one.let_be(0.5)
    one.take_pair("panels/results-map-corrected", one.window.results_dock)
    tabs.setCurrentWidget(tabs.table)
    one.parts.desk.use(plain)


def rescored(one: Photographer, **changed: bool) -> None:
    """Score once more with other settings."""
    one.parts.desk.use(one.session.scoring.model_copy(update=changed))
    scored(one)


def scored(one: Photographer) -> None:
    """Score what is open, and wait until it is judged."""
    session, before = one.session, len(one.session.scorings)
    one.parts.desk.score()
    one.wait(lambda: len(session.scorings) > before and session.insight is not None)
