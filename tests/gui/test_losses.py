"""Nothing that was changed is lost without a question: at closing, of the window or of a screen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from qtpy.compat import isalive
from qtpy.QtCore import QEvent
from qtpy.QtWidgets import QFileDialog, QMessageBox

from deepnoise_app.gui.main_widget import MainWidget
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.session import RunView


class Asked:
    """Answers every question alike, and notes what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        self.buttons: list[list[str]] = []
        self.answer = "Cancel"

        def answered(box: QMessageBox) -> int:
            return self._answered(box)

        monkeypatch.setattr(QMessageBox, "exec", answered)

    def _answered(self, box: QMessageBox) -> int:
        self.texts.append(box.informativeText())
        named = {one.text().replace("&", ""): one for one in box.buttons()}
        self.buttons.append(sorted(named))
        next(one for name, one in named.items() if name == self.answer).click()
        return 0


@pytest.fixture
def asked(monkeypatch) -> Asked:
    return Asked(monkeypatch)


@pytest.fixture
def saved_as(tmp_path, monkeypatch) -> list[Path]:
    """Files that save dialogs give, the first one first; none: the dialog is cancelled."""
    files: list[Path] = []

    def given(*_: object, **__: object) -> tuple[str, str]:
        return (str(files.pop(0)) if files else "", "")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", given)
    return files


def take_map(parts, plates: Path, tmp_path: Path, wait) -> None:
    """Open plates and give one of them another plate map."""
    parts.open([plates])
    session = parts.session
    wait(lambda: session.picture is not None and session.card is not None)
    plate, file = session.plates[0], tmp_path / "map.csv"
    row = f"{plate.experiment},{plate.name},{plate.wells[0].name},mine"
    file.write_text(f"experiment,plate,well,perturbation\n{row}\n")
    parts.maps.take([file])
    wait(lambda: session.can_undo_map)


def change_recipe(parts) -> None:
    recipe = parts.session.recipe
    parts.training.edit(recipe.model_copy(update={"start_from": "demo"}))


def test_one_question_at_closing_names_plate_map_and_recipe_and_cancel_keeps_all(
    window, wait, plates, tmp_path, asked
) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    change_recipe(window.parts)
    window.close()
    assert window.isVisible()
    (text,) = asked.texts
    assert "The plate map of 1 plate: " + " ".join(window.parts.session.plates[0].key) in text
    assert "1 change of the recipe in Train:" in text
    assert "Start from: demo (was none)" in text
    assert asked.buttons == [["Cancel", "Discard", "Save"]]


def test_discard_closes_without_another_word(window, wait, plates, tmp_path, asked) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    asked.answer = "Discard"
    window.close()
    assert len(asked.texts) == 1
    assert window.parts.is_closed


def test_save_writes_both_and_closes(window, wait, plates, tmp_path, asked, saved_as) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    change_recipe(window.parts)
    saved_as += [tmp_path / "kept.csv", tmp_path / "kept.json"]
    asked.answer = "Save"
    window.close()
    assert ",mine," in (tmp_path / "kept.csv").read_text()
    assert '"demo"' in (tmp_path / "kept.json").read_text()
    assert window.parts.is_closed


def test_who_gives_no_file_stays(window, wait, plates, tmp_path, asked, saved_as) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    asked.answer = "Save"
    window.close()
    assert window.isVisible()
    (tmp_path / "kept.csv").mkdir()
    saved_as.append(tmp_path / "kept.csv")
    window.close()
    assert window.isVisible()
    assert "kept.csv" in window.parts.session.notice.text


def test_nothing_is_asked_where_nothing_would_be_lost(
    window, wait, plates, tmp_path, asked
) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    window.parts.maps.save(tmp_path / "kept.csv")
    wait(lambda: "kept.csv" in window.parts.session.notice.text)
    change_recipe(window.parts)
    assert window.parts.training.save(tmp_path / "kept.json")
    window.close()
    assert asked.texts == []
    assert window.parts.is_closed


def test_a_map_that_was_taken_back_is_no_loss(window, wait, plates, tmp_path, asked) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    window.parts.maps.undo()
    window.close()
    assert asked.texts == []


def test_closing_a_screen_asks_for_its_own_plate_map(window, wait, plates, tmp_path, asked) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    change_recipe(window.parts)
    session, tree = window.parts.session, window.parts.plates.tree
    tree.close_wanted.emit(session.screens[0])
    assert session.screens
    assert "plate map" in asked.texts[0]
    assert "recipe" not in asked.texts[0]
    asked.answer = "Discard"
    tree.close_wanted.emit(session.screens[0])
    assert not session.screens
    assert asked.texts == [asked.texts[0]] * 2


def test_plates_that_are_called_alike_replace_a_changed_map_after_a_question_only(
    window, wait, plates, tmp_path, asked
) -> None:
    take_map(window.parts, plates, tmp_path, wait)
    session, other = window.parts.session, tmp_path / "copy of the screen"
    shutil.copytree(plates, other)
    before = session.screens
    for again in (other, plates):
        asked.texts.clear()
        window.open([again])
        wait(lambda: bool(asked.texts))
        assert "The plate map of 1 plate" in asked.texts[0]
        assert asked.buttons[-1] == ["Cancel", "Discard", "Save"]
        assert session.screens == before
        assert session.notice.text.endswith("was not opened: nothing has changed")
    asked.answer = "Discard"
    window.open([plates])
    wait(lambda: session.screens and session.screens[0] is not before[0])
    assert window.parts.maps.unsaved() == ()
    assert not session.can_undo_map
    assert session.scoring.plate_map is None  # what was discarded is not scored with
    asked.texts.clear()
    window.open([other])
    wait(lambda: session.screens and session.screens[0].path == str(other))
    assert asked.texts == []


@pytest.fixture
def docked(make_napari_viewer, tmp_path, monkeypatch, plates, wait):
    """Return a viewer and our widget in its dock, with a plate map that is not saved."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    viewer = make_napari_viewer(show=True)
    widget = MainWidget(viewer, tmp_path / "runs")
    dock = viewer.window.add_dock_widget(widget, name="DeepNoise")
    take_map(widget.parts, plates, tmp_path, wait)
    return viewer, widget, dock


def test_napari_that_is_closed_by_its_user_asks_too(docked, asked, qapp) -> None:
    viewer, widget, _ = docked
    viewer.window._qt_window.close()  # as by its cross, or by its menu
    assert asked.buttons == [["Cancel", "Discard", "Save"]]
    assert isalive(widget)
    assert widget.isVisible()
    assert not widget.parts.is_closed
    asked.answer = "Discard"
    viewer.close()  # a program that closes it cannot be held up
    assert asked.buttons[1:] == [["Discard", "Save"]]
    assert widget.parts.is_closed


def test_the_cross_of_a_dock_that_cannot_be_held_up_offers_to_save(
    docked, asked, qapp, saved_as, tmp_path
) -> None:
    _, widget, dock = docked
    parts = widget.parts
    asked.answer = "Save"
    saved_as.append(tmp_path / "kept.csv")
    dock.destroyOnClose()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert asked.buttons == [["Discard", "Save"]]
    assert ",mine," in (tmp_path / "kept.csv").read_text()
    assert parts.is_closed


def test_napari_asks_what_becomes_of_a_training(docked, asked, tmp_path) -> None:
    viewer, widget, _ = docked
    parts = widget.parts
    parts.maps.undo()
    run = RunFolder.create(tmp_path / "runs" / "one", Recipe(task="train"))
    parts.session.runs = (RunView(run.path, "train", "my screen"),)
    viewer.window._qt_window.close()
    assert "train: my screen" in asked.texts[0]
    assert not parts.is_closed
    asked.answer = "Stop it"
    viewer.close()
    assert asked.buttons[-1] == ["Let it run on", "Stop it"]
    assert run.stop_requested
    assert parts.is_closed
