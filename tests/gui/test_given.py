"""What is dropped on the window or handed over by a file manager: plates, models, strange files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from qtpy.QtCore import QUrl
from qtpy.QtGui import QFileOpenEvent
from qtpy.QtWidgets import QApplication

from deepnoise_app.assets import shipped_models
from deepnoise_app.errors import ScreenError
from deepnoise_app.gui.file_opens import FileOpens
from deepnoise_app.gui.given import Given


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return the folder of a model, as somebody would send it."""
    return Path(shutil.copytree(shipped_models()["demo"], tmp_path / "my model"))


def test_models_are_told_from_plates(model: Path, tmp_path: Path) -> None:
    plate = tmp_path / "plate"
    plate.mkdir()
    assert Given.of([plate, model]) == Given((plate,), (model,))


def test_card_of_a_model_stands_for_the_model(model: Path) -> None:
    assert Given.of([model / "model.json"]) == Given((), (model,))


@pytest.mark.parametrize("name", ["zarr.json", ".zattrs"])
def test_file_inside_a_zarr_plate_stands_for_the_plate(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert Given.of([tmp_path / name]) == Given((tmp_path,), ())


def test_file_that_is_neither_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(ScreenError, match=r"letter\.txt is no folder: expected that of a screen"):
        Given.of([tmp_path / "letter.txt"])


def test_a_model_opened_in_the_window_is_the_one_to_score_with(window, wait, model) -> None:
    window.open([model])
    session = window.parts.session
    wait(lambda: session.scoring.model == str(model))
    assert window.work.currentWidget() is window.parts.score
    assert window.parts.score.form.model.currentText() == "my model"
    assert not session.screens


def test_what_the_finder_hands_over_is_opened(window, wait, qapp, model, plates) -> None:
    FileOpens(qapp, window.open, window)
    session = window.parts.session
    QApplication.sendEvent(qapp, QFileOpenEvent(str(plates)))
    wait(lambda: bool(session.screens))
    assert session.screens[0].path == str(plates)
    QApplication.sendEvent(qapp, QFileOpenEvent(str(model / "model.json")))
    wait(lambda: session.scoring.model == str(model))


def test_an_address_that_the_desktop_hands_over_is_left_alone(qapp) -> None:
    taken: list[object] = []
    filter_ = FileOpens(qapp, taken.append)
    event = QFileOpenEvent(QUrl("https://server/plate"))
    assert not filter_.eventFilter(qapp, event)
    qapp.removeEventFilter(filter_)
    assert taken == []


def test_a_model_that_is_damaged_is_refused_in_a_sentence(window, wait, model) -> None:
    (model / "model.safetensors").write_bytes(b"damaged")
    window.open([model])
    session = window.parts.session
    wait(lambda: session.notice is not None)
    assert "model.safetensors" in session.notice.text
