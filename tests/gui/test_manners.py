"""Manners of the whole window: names and tooltips everywhere, help on F1, preferences, themes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QPushButton,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from deepnoise_app.assets import help_folder
from deepnoise_app.gui.help import PAGES, page_of, page_path
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.preferences_dialog import PreferencesDialog, worker_fault

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTextEdit,
)
# Parts of controls, which are named as a whole.
INNER = (QComboBox, QAbstractSpinBox, QHeaderView, QScrollBar, QTabBar, QAbstractItemView)


def around(widget: QWidget | None) -> list[QWidget]:
    """A widget and all in which it lies, popups included."""
    found = []
    while widget is not None:
        found.append(widget)
        widget = widget.parentWidget()
    return found


def controls_of(top: QWidget, but: QWidget | None = None) -> list[QWidget]:
    found = []
    for widget in top.findChildren(QWidget):
        parent = widget.parentWidget()
        inside = but is not None and but in around(widget)
        inner = isinstance(parent, INNER) or isinstance(widget, QHeaderView | QScrollBar)
        internal = widget.objectName().startswith("qt_") or (
            type(widget).__name__ in ("QComboBoxPrivateContainer", "QComboBoxListView")
        )
        popup = isinstance(widget, QListView) and parent is not None and parent.isWindow()
        if isinstance(widget, CONTROLS) and not (inside or inner or internal or popup):
            found.append(widget)
    return found


def described(widget: QWidget) -> str:
    chain = [f"{type(one).__name__}({one.objectName()})" for one in around(widget)[:4]]
    text = getattr(widget, "text", lambda: "")()
    return f"{' < '.join(chain)} {text!r}"


def in_line_edit(widget: QWidget) -> bool:
    return isinstance(widget.parentWidget(), QLineEdit)


def test_every_control_has_a_tooltip_and_an_accessible_name(hosted, wait, plates):
    parts = hosted.parts
    parts.workbench.open([plates])
    wait(lambda: parts.session.picture is not None)
    canvas = getattr(getattr(hosted, "host", None), "canvas", None)
    lacking = [
        described(one)
        for one in controls_of(hosted, canvas)
        if not in_line_edit(one)
        and not (one.accessibleName() and one.toolTip())
        # The dock's own float and close buttons, which Qt names.
        and type(one).__name__ != "QDockWidgetTitleButton"
    ]
    assert not lacking, "\n".join(lacking)


def test_every_control_is_reached_by_the_keyboard(hosted, wait, plates):
    parts = hosted.parts
    parts.workbench.open([plates])
    wait(lambda: parts.session.picture is not None)
    canvas = getattr(getattr(hosted, "host", None), "canvas", None)
    deaf = [
        described(one)
        for one in controls_of(hosted, canvas)
        if one.focusPolicy() == Qt.FocusPolicy.NoFocus
        and not in_line_edit(one)
        and type(one).__name__ not in ("QDockWidgetTitleButton",)
    ]
    assert not deaf, "\n".join(deaf)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_help_is_there_and_its_links_lead_somewhere(page):
    text = page_path(page).read_text(encoding="utf-8")
    assert text.startswith(f"# {page.capitalize()}")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (help_folder() / link).exists(), link


def test_f1_opens_the_page_of_the_panel_that_has_the_focus(hosted, wait, plates, qtbot):
    parts = hosted.parts
    parts.workbench.open([plates])
    wait(lambda: parts.session.picture is not None)
    parts.session.bring_forward("Quality")
    hosted.activateWindow()
    parts.quality.check.model.setFocus()
    assert page_of(parts.quality.check.model) == "quality"
    assert page_of(parts.plates.grid) == "plates"
    assert page_of(parts.results.filter) == "results"
    helper = hosted.menus.helper if hasattr(hosted, "menus") else hosted.helper
    helper.show(page_of(parts.quality.check.model))
    assert "Are the plates good enough" in helper.shown.text.toPlainText()
    helper.shown.pages.setCurrentRow(PAGES.index("train"))
    assert helper.shown.text.toPlainText().startswith("Train")
    helper.shown.close()


def test_the_help_menu_lists_all_pages(window):
    menus = {action.text(): action.menu() for action in window.menuBar().actions()}
    names = [action.text() for action in menus["&Help"].actions()]
    assert [page.capitalize() for page in PAGES] == [n for n in names if n.lower() in PAGES]


def test_preferences_count_at_once_and_come_back(qtbot, tmp_path):
    kept = Preferences(tmp_path / "window.ini")
    kept.remember([tmp_path])
    dialog = PreferencesDialog(kept, tmp_path / "runs")
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.theme_wanted) as wanted:
        dialog.theme.setCurrentIndex(1)
        dialog.theme.activated.emit(1)
    assert wanted.args == ["light"]
    dialog.worker.setText(sys.executable)
    dialog.worker.editingFinished.emit()
    dialog.forget.click()
    kept.save()
    again = Preferences(tmp_path / "window.ini")
    assert again.worker_python == sys.executable
    assert again.recent == ()
    lacking = [described(one) for one in controls_of(dialog)
               if not one.toolTip() and one.parentWidget().metaObject().className()
               != "QDialogButtonBox"]  # fmt: skip
    assert not lacking, "\n".join(lacking)


def test_a_worker_python_that_is_none_is_refused_and_the_former_stays(qtbot, tmp_path):
    kept = Preferences(tmp_path / "window.ini")
    kept.worker_python = sys.executable
    dialog = PreferencesDialog(kept, tmp_path)
    qtbot.addWidget(dialog)
    dialog.worker.setText("/no/python")
    dialog.worker.editingFinished.emit()
    assert "no file /no/python" in dialog.fault.label.text()
    assert kept.worker_python == sys.executable
    plain = tmp_path / "plain.txt"
    plain.write_text("")
    plain.chmod(0o600)
    assert "no program" in worker_fault(str(plain))


def test_runs_are_started_with_the_preferred_python(qtbot, tmp_path, monkeypatch):
    from napari.components import ViewerModel

    from deepnoise_app.gui import parts as assembled
    from deepnoise_app.runs.recipe import Recipe

    asked: list[str | None] = []
    monkeypatch.setattr(assembled, "start_detached", lambda run, python: asked.append(python) or 1)
    kept = Preferences(tmp_path / "window.ini")
    made = assembled.assemble(ViewerModel(), tmp_path / "runs", kept)
    made.jobs.begin(Recipe(task="measure"), "one")
    kept.worker_python = "/opt/gpu/bin/python"
    made.jobs.begin(Recipe(task="measure"), "two")
    made.close()
    assert asked == [None, "/opt/gpu/bin/python"]


def test_help_pages_say_nothing_of_this_computer():
    for path in Path(help_folder()).glob("*.md"):
        assert "/home/" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_has_the_focus_is_seen(window, qtbot, plates, wait, theme: str) -> None:
    window.set_theme(theme)
    window.open([plates])
    wait(lambda: window.parts.session.picture is not None)
    for kind in (QPushButton, QComboBox, QLineEdit, QCheckBox):
        panel = window.parts.view if kind is QCheckBox else window.parts.score
        window.work.setCurrentWidget(panel)
        one = next(w for w in panel.findChildren(kind) if w.isVisible() and w.isEnabled())
        window.setFocus()
        qtbot.waitUntil(lambda one=one: not one.hasFocus())
        before = one.grab().toImage()
        with qtbot.waitActive(window):
            window.activateWindow()
        one.setFocus()
        qtbot.waitUntil(one.hasFocus)
        assert one.grab().toImage() != before, kind
