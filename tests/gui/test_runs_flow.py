"""An earlier run comes back on screen, with real workers, in both hosts."""

from __future__ import annotations

from deepnoise_app.gui.run_words import summary_line


def row_of(panel, task: str) -> int:
    return [one.view.task for one in panel._listed()].index(task)


def test_an_earlier_scoring_shows_its_results_again_on_its_plates(hosted, plates, wait) -> None:
    parts, session = hosted.parts, hosted.parts.session
    parts.open([plates])
    wait(lambda: session.plate is not None and session.card is not None)
    parts.desk.score()
    wait(lambda: bool(session.scorings))
    wait(lambda: any(one.accuracy for one in session.history))
    line = summary_line(session.history[0])
    assert line.startswith("Scoring with demo\nfinished · today")
    assert "plate prior" in line

    named = len(session.predictions)
    session.predictions, session.scorings, session.runs = None, (), ()
    parts.workbench.close(session.screens[0])
    panel = parts.runs_panel
    panel.list.setCurrentRow(row_of(panel, "score"))
    panel.show_results.click()
    wait(lambda: bool(session.scorings))
    assert len(session.predictions) == named
    assert [screen.path for screen in session.screens] == [str(plates)]
    assert session.front == "Results"


def test_measures_of_all_plates_are_a_run_and_an_explanation_is_shown_again(
    hosted, plates, wait
) -> None:
    parts, session, panel = hosted.parts, hosted.parts.session, hosted.parts.runs_panel
    parts.open([plates])
    wait(lambda: session.plate is not None and session.card is not None)
    parts.quality_desk.measure(whole=False)
    wait(lambda: any(one.outcome for one in session.history))
    assert "wells measured" in summary_line(session.history[0])
    parts.why.ask()
    wait(lambda: session.why is not None)
    well = session.why.well
    wait(lambda: any(one.view.task == "explain" and one.outcome for one in session.history))
    parts.why.forget()
    parts.workbench.choose([session.plate.wells[7]])
    panel.list.setCurrentRow(row_of(panel, "explain"))
    panel.show_results.click()
    wait(lambda: session.why is not None)
    assert session.well == well
    assert session.front == "View"


def test_a_run_folder_dropped_on_the_window_is_watched(hosted, plates, tmp_path, wait) -> None:
    from deepnoise_app.runs.events import Progress, Started
    from deepnoise_app.runs.folder import RunFolder
    from deepnoise_app.runs.recipe import Recipe

    parts, session = hosted.parts, hosted.parts.session
    run = RunFolder.create(tmp_path / "cluster", Recipe(task="train", screen=[str(plates)]))
    run.tell(Started())
    parts.open([run.path])
    run.tell(Progress(phase="Reading", done=2, total=8))
    wait(lambda: any("Reading: 2 of 8" in summary_line(one) for one in session.history))
    assert session.front == "Runs"
    assert session.screens == ()


def test_a_packing_shows_its_pack_or_what_it_was_asked_of(window, plates, tmp_path, wait) -> None:
    from deepnoise_app.runs.folder import RunFolder
    from deepnoise_app.runs.recipe import Recipe

    parts, opened = window.parts, []
    parts.workbench.open = lambda *asked: opened.append(asked)
    for to in (str(tmp_path / "packed"), None):
        recipe = Recipe(task="pack", screen=[str(plates)], reader="rxrx", pack_to=to)
        run = RunFolder.create(tmp_path / f"run {to is None}", recipe)
        parts.runs_panel._replay.show(run.path)
        wait(lambda to=to: len(opened) == 1 + (to is None))
    assert opened == [([tmp_path / "packed"],), ([plates], "rxrx")]
