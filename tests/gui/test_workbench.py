"""The verbs, without a window: what each changes in the session."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import Qt

from deepnoise_app.errors import Interrupted
from deepnoise_app.gui import background as backgrounds
from deepnoise_app.gui import opening
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.notice_bar import NoticeBar
from deepnoise_app.gui.opening import understood
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.readers import open_screen
from deepnoise_app.screen import Predictions, Role, Stack, WellId
from deepnoise_app.session import Paint, Painting, Session, Tone


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.close()


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def workbench(session, background) -> Workbench:
    return Workbench(session, background)


@pytest.fixture
def opened(workbench, session, plates, wait) -> Workbench:
    workbench.open([plates])
    wait(lambda: session.picture is not None and bool(session.contrast))
    return workbench


def test_only_the_last_question_of_a_topic_is_answered(background, wait):
    gate, answers = threading.Event(), []
    background.ask("well", lambda: gate.wait() and 1, answers.append, answers.append)
    background.ask("well", lambda: 2, answers.append, answers.append)
    background.ask("other", lambda: 3, answers.append, answers.append)
    gate.set()
    wait(lambda: len(answers) == 2 and background.is_idle)
    assert sorted(answers) == [2, 3]


def test_a_fault_goes_to_the_one_who_asked(background, wait):
    faults = []
    background.ask("a", lambda: 1 / 0, lambda _: None, faults.append)
    wait(lambda: len(faults) == 1)
    assert isinstance(faults[0], ZeroDivisionError)


def test_closing_waits_for_what_is_under_way_and_begins_nothing_more(background):
    begun, done = threading.Event(), []

    def work() -> None:
        begun.set()
        time.sleep(0.2)
        done.append("under way")

    background.ask("a", work, done.append, done.append)
    begun.wait()
    background.close()
    background.ask("b", lambda: done.append("later"), done.append, done.append)
    assert done == ["under way"]


def test_closing_does_not_wait_for_a_drive_that_never_answers(background, monkeypatch, qapp):
    monkeypatch.setattr(backgrounds, "PATIENCE_S", 0.1)
    begun, gate, answers = threading.Event(), threading.Event(), []
    background.ask("a", lambda: begun.set() or gate.wait(), answers.append, answers.append)
    begun.wait()
    background.close()
    assert not background.is_idle
    gate.set()
    while not background.is_idle:
        time.sleep(0.01)
    qapp.processEvents()
    assert answers == []


def test_what_is_saved_waits_behind_no_reads_and_is_written_when_the_window_closes(
    background, monkeypatch
) -> None:
    monkeypatch.setattr(backgrounds, "PATIENCE_S", 1.0)
    gate, first, written = threading.Event(), threading.Event(), []
    for at in range(2 * backgrounds.THREADS):
        background.ask(f"read {at}", gate.wait, lambda _: None, lambda _: None)
    for at in range(2 * backgrounds.WRITERS):
        work = lambda at=at: first.wait(0.1) or written.append(at)  # noqa: E731
        background.write("save", work, lambda _: None, lambda _: None)
    background.close()
    assert sorted(written) == list(range(2 * backgrounds.WRITERS))
    gate.set()


def test_stacks_are_said_with_what_is_shown_of_them(plates) -> None:
    stack = Stack((1, 2, 3), (1, 2), None, 1)
    said = understood(replace(open_screen(plates), stack=stack))
    assert "Z-planes: brightest of all 3, time points: number 1 of 2" in said


def test_opening_says_what_was_understood_and_shows_the_first_well(opened, session, plates):
    assert session.busy == ""
    assert "2 experiments, 4 plates, 76 imaged wells, 2 sites, 6 channels" in session.notice.text
    assert session.plate is session.plates[0]
    assert session.wells == (session.plate.wells[0],)
    assert [(well, site) for well, site, *_ in session.picture.places] == [
        (session.well, 1), (session.well, 2)
    ]  # fmt: skip
    assert session.contrast[session.plate.key].shape == (6, 2)


@pytest.fixture
def drive(monkeypatch, wait):
    """Make folders of a drive that goes on listing names until it is stopped or released."""
    released, ended = threading.Event(), []

    def crawl(path, reader=None, stack=None, tell=None):
        names = 0
        while not released.wait(0.01):
            names = min(names + 1000, 12_000)
            try:
                tell(names, 0)
            except Interrupted:
                ended.append(path)
                raise
        return open_screen(path, reader, stack, tell)

    monkeypatch.setattr(opening, "open_screen", crawl)
    yield released, ended
    released.set()


def test_a_slow_drive_says_how_many_names_were_read(workbench, session, plates, wait, drive):
    workbench.open([plates])
    assert session.busy
    assert session.can_stop
    wait(lambda: session.busy == "12,000 names read in screen")
    workbench.open([plates])
    drive[0].set()
    wait(lambda: session.plate is not None and session.busy == "")
    assert len(session.screens) == 1
    assert not session.can_stop


def test_a_stopped_opening_says_so_and_changes_nothing(
    workbench, session, plates, wait, drive, qtbot, background
):
    bar = NoticeBar(session, workbench)
    qtbot.addWidget(bar)
    bar.show()
    assert not bar.stop.isVisible()
    workbench.open([plates, plates.parent])
    wait(lambda: "24,000 names read in screen and 1 more folder" in bar.text)
    qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    assert bar.text.startswith("Stopped opening screen (12,000 names read) and")
    assert bar.text.endswith("nothing has changed")
    assert not bar.stop.isVisible()
    wait(lambda: background.is_idle)
    assert sorted(drive[1]) == sorted([plates, plates.parent])
    assert session.screens == ()
    assert session.notice.tone is Tone.INFORMATION


def test_a_drive_that_never_answers_is_stopped_all_the_same(
    workbench, session, plates, wait, monkeypatch, background
):
    gate = threading.Event()
    monkeypatch.setattr(opening, "open_screen", lambda path, *_, **__: gate.wait() and "a screen")
    workbench.open([plates])
    workbench.stop_opening()
    assert (session.busy, session.can_stop) == ("", False)
    gate.set()
    wait(lambda: background.is_idle)
    assert session.screens == ()
    assert "Stopped opening screen" in session.notice.text


def test_opening_a_folder_again_takes_its_place(opened, session, plates, wait):
    first = session.screens[0]
    opened.open([plates])
    wait(lambda: session.screens[0] is not first)
    assert len(session.screens) == 1


def test_closing_a_screen_forgets_plate_wells_and_picture(opened, session):
    opened.close(session.screens[0])
    assert session.screens == ()
    assert (session.plate, session.wells, session.picture) == (None, (), None)


def test_closing_a_screen_forgets_what_was_found_out_about_its_plates(opened, session, predicted):
    keys = [plate.key for plate in session.plates]
    named = predicted(2)
    parts = [named.table.iloc[:3].assign(Metadata_Experiment=e, Metadata_Plate=p) for e, p in keys]
    elsewhere = named.table.iloc[:5].assign(Metadata_Experiment="elsewhere")
    session.predictions = Predictions(pd.concat([*parts, elsewhere], ignore_index=True))
    session.measures = dict.fromkeys(keys, "measures")
    session.contrast = dict.fromkeys([*keys, ("other", "plate")], "limits")
    opened.close(session.screens[0])
    assert session.measures == {}
    assert list(session.contrast) == [("other", "plate")]
    assert set(session.predictions.table["Metadata_Experiment"]) == {"elsewhere"}
    assert len(session.predictions) == 5


def test_without_a_named_plate_nothing_is_painted_as_predicted(opened, session, predicted):
    experiment, plate = session.plate.key
    named = predicted(1).table.assign(Metadata_Experiment=experiment, Metadata_Plate=plate)
    session.predictions, session.painting = Predictions(named), Painting(Paint.PREDICTION)
    opened.close(session.screens[0])
    assert session.predictions is None
    assert session.painting == Painting()


def test_another_plate_keeps_well_site_and_colours(opened, session, wait):
    opened.choose([WellId(1, 2)])
    opened.show_site(2)
    opened.looks.set_colour(0, "#123456")
    opened.show_plate(session.plates[1].key)
    wait(lambda: session.picture.plate == session.plates[1].key)
    assert session.well == WellId(1, 2)
    assert [site for _, site, *_ in session.picture.places] == [2]
    assert session.looks[0].colour == "#123456"


def test_steps_pass_over_wells_that_were_not_imaged_and_stop_at_the_rim(opened, session):
    opened.choose([session.plate.wells[0]])
    opened.step(-1, 0)
    assert session.well == session.plate.wells[0]
    last = session.plate.wells[-1]
    opened.choose([last])
    opened.step(0, 1)
    assert session.well == last


def test_controls_and_samples_are_a_step_away_and_come_round_again(opened, session):
    plate = session.plate
    controls = [well for well in plate.wells if plate.map[well].role is Role.POSITIVE]
    assert len(controls) == 2
    seen = []
    for _ in range(3):
        opened.go_to(Role.POSITIVE)
        seen.append(session.well)
    assert seen == [*controls, controls[0]]
    opened.go_to(Role.NEGATIVE)
    assert plate.map[session.well].role is Role.NEGATIVE
    opened.go_to(Role.TREATMENT)
    assert plate.map[session.well].role is Role.TREATMENT
    opened.go_to(Role.EMPTY)
    assert plate.map[session.well].role is Role.TREATMENT


def test_contrast_is_of_a_plate_until_it_is_locked(opened, session, wait):
    first, second = session.plates[:2]
    opened.looks.set_contrast(1, 3, 99)
    opened.show_plate(second.key)
    wait(lambda: second.key in session.contrast)
    assert session.contrast[first.key][1].tolist() == [3, 99]
    assert session.contrast[second.key][1].tolist() != [3, 99]
    opened.looks.lock_contrast(True)
    opened.looks.set_contrast(1, 7, 70)
    opened.show_plate(first.key)
    assert session.contrast[first.key][1].tolist() == [7, 70]
    opened.looks.lock_contrast(False)
    wait(lambda: first.key in session.contrast)
    opened.looks.reset_contrast()
    wait(lambda: first.key in session.contrast)
    assert not np.array_equal(session.contrast[first.key][1], [7, 70])


def test_locked_before_any_contrast_is_known_all_plates_get_the_first(opened, session, wait):
    first, second = session.plates[:2]
    session.contrast = {}
    opened.looks.lock_contrast(True)
    opened.show_plate(second.key)
    assert session.plate is second
    wait(lambda: second.key in session.contrast)
    opened.show_plate(first.key)
    wait(lambda: first.key in session.contrast)
    assert np.array_equal(session.contrast[first.key], session.contrast[second.key])


def test_reset_while_locked_holds_for_all_plates(opened, session, wait):
    first, second = session.plates[:2]
    opened.looks.lock_contrast(True)
    opened.looks.set_contrast(1, 7, 70)
    opened.show_plate(second.key)
    assert session.contrast[second.key][1].tolist() == [7, 70]
    opened.looks.reset_contrast()
    wait(lambda: second.key in session.contrast)
    opened.show_plate(first.key)
    assert np.array_equal(session.contrast[first.key], session.contrast[second.key])
    assert session.contrast[first.key][1].tolist() != [7, 70]


def test_fractions_may_be_closer_than_a_grey_level(opened, session):
    picture = session.picture
    session.picture = replace(picture, pixels=picture.pixels / np.float32(255))
    opened.looks.set_contrast(0, 0.05, 0.5)
    assert session.contrast[session.plate.key][0].tolist() == [0.05, 0.5]


def test_white_never_falls_below_black(opened, session):
    opened.looks.set_contrast(0, 50, 20)
    assert session.contrast[session.plate.key][0].tolist() == [50, 51]


def test_own_words_are_shown_as_written_and_foreign_faults_as_a_sentence(workbench, session):
    workbench.complain(ValueError("odd"), "The plate could not be read")
    assert session.notice.tone is Tone.PROBLEM
    assert session.notice.text == "The plate could not be read: ValueError: odd"
    assert "ValueError: odd" in session.notice.details
    workbench.dismiss()
    assert session.notice is None
