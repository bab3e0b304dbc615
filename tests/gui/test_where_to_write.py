"""Where a file is written: the ending of its kind, and a question before one is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from deepnoise_app.gui.where_to_write import HEAT_MAPS, where_to_write

Typing = Callable[..., list[str]]


@pytest.fixture
def parent(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def typed(monkeypatch) -> Typing:
    """Answer file dialogs, one after the other; what they propose is kept."""

    def answers(*pairs: tuple[object, str]) -> list[str]:
        left, proposed = list(pairs), []

        def answer(_: QWidget, __: str, name: str, ___: str) -> tuple[str, str]:
            proposed.append(name)
            path, kind = left.pop(0)
            return str(path), kind

        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
        return proposed

    return answers


def press(button: str, said: list[str]) -> None:
    """Press a button of the question that comes up."""

    def now() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        next(one for one in box.buttons() if button in one.text().replace("&", "")).click()

    QTimer.singleShot(50, now)


def ask(parent: QWidget) -> Path | None:
    return where_to_write(parent, "Save", "plate1.png", HEAT_MAPS)


@pytest.mark.parametrize(
    ("name", "kind", "written"),
    [
        ("plate1", "Table (*.csv)", "plate1.csv"),
        ("plate1", "", "plate1.png"),
        ("plate1.SVG", "Table (*.csv)", "plate1.SVG"),
        ("plate.2024", "Drawing (*.svg)", "plate.2024.svg"),
        ("plate1.", "Table (*.csv)", "plate1.csv"),
    ],
)
def test_a_name_ends_as_the_chosen_kind_unless_it_ends_as_another(
    parent, typed, tmp_path: Path, name: str, kind: str, written: str
) -> None:
    typed((tmp_path / name, kind))
    assert ask(parent) == tmp_path / written


def test_a_file_that_the_ending_leads_to_is_not_written_over_unasked(
    parent, typed, tmp_path: Path
) -> None:
    there = tmp_path / "plate1.csv"
    there.write_text("precious")
    proposed = typed((tmp_path / "plate1", "Table (*.csv)"), ("", ""))
    said: list[str] = []
    press("Cancel", said)
    assert ask(parent) is None
    assert said == ["plate1.csv is there already. Replace it?"]
    assert proposed == ["plate1.png", str(there)]  # another name can be given
    typed((tmp_path / "plate1", "Table (*.csv)"))
    press("Replace it", said)
    assert ask(parent) == there


def test_a_name_that_the_dialog_has_asked_about_is_asked_about_once(
    parent, typed, tmp_path: Path
) -> None:
    there = tmp_path / "plate1.csv"
    there.write_text("old")
    typed((there, "Table (*.csv)"))
    assert ask(parent) == there
