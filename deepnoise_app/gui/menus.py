"""The menus of the standalone window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtGui import QAction, QActionGroup, QKeySequence  # type: ignore[attr-defined]
from qtpy.QtWidgets import QMenu, QWidget

from deepnoise_app.gui.help import Helper
from deepnoise_app.gui.help_menu import fill_help
from deepnoise_app.gui.plate_menu import PlateMenu
from deepnoise_app.gui.preferences import THEMES
from deepnoise_app.gui.preferences_dialog import PreferencesDialog

if TYPE_CHECKING:
    from deepnoise_app.gui.window import MainWindow


class Menus:
    """Builds the menu bar; every entry calls a verb."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.helper = Helper(window)
        self._parts = window.parts
        self.plates = PlateMenu(window, window.parts, window.preferences)
        self._file()
        self._view()
        self._model()
        self._help()

    def _menu(self, title: str) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        return menu

    def _file(self) -> None:
        menu = self._menu("&File")
        self.plates.fill(menu)
        self.plates.open_action.setShortcut(QKeySequence.StandardKey.Open)
        self.plates.open_far.setShortcut("Ctrl+Shift+O")
        self.plates.save.setShortcut(QKeySequence.StandardKey.Save)
        menu.addSeparator()
        menu.addAction("Preferences…", self.edit_preferences).setShortcut("Ctrl+,")
        menu.addSeparator()
        leave = menu.addAction("Quit", self._window.close)
        leave.setShortcut(QKeySequence.StandardKey.Quit)

    def _view(self) -> None:
        menu, window = self._menu("&View"), self._window
        for dock in (window.plates_dock, window.work_dock, window.results_dock):
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        group = QActionGroup(window)
        self.themes = {name: self._theme(group, name) for name in THEMES}
        menu.addActions(list(self.themes.values()))
        menu.addSeparator()
        self.whole_plate = menu.addAction("Whole plate")
        self.whole_plate.setCheckable(True)
        self.whole_plate.setShortcut("Ctrl+M")
        self.whole_plate.toggled.connect(self._parts.workbench.show_whole_plate)
        self.as_model = menu.addAction("As the model sees it")
        self.as_model.setCheckable(True)
        self.as_model.toggled.connect(self._parts.workbench.see_as_model)
        for fact in ("whole_plate", "as_model"):
            getattr(self._parts.session.events, fact).connect(self._on_shown)
        menu.addSeparator()
        fit = menu.addAction("Fit the picture", window.host.viewer.reset_view)
        fit.setShortcut("Ctrl+0")

    def _theme(self, group: QActionGroup, name: str) -> QAction:
        action = QAction(f"{name.capitalize()} theme", self._window, checkable=True)
        action.setChecked(self._window.preferences.theme == name)
        action.triggered.connect(lambda: self._window.set_theme(name))
        group.addAction(action)
        return action

    def _model(self) -> None:
        menu = self._menu("&Model")
        for number, (name, panel) in enumerate(self._parts.panels):
            action = menu.addAction(name, partial(self._show, panel))
            action.setShortcut(f"Ctrl+{number + 1}")
        menu.addSeparator()
        self.plates.fill_runs(menu)

    def _show(self, panel: QWidget) -> None:
        self._window.work_dock.show()
        self._window.work.setCurrentWidget(panel)

    def _help(self) -> None:
        menu = self._menu("&Help")
        here = fill_help(menu, self.helper, self._window)
        here.setShortcut(QKeySequence.StandardKey.HelpContents)

    def _on_shown(self) -> None:
        session = self._parts.session
        for action, on in (
            (self.whole_plate, session.whole_plate),
            (self.as_model, session.as_model),
        ):
            with QSignalBlocker(action):
                action.setChecked(on)

    def edit_preferences(self) -> None:
        """Let the user change the preferences."""
        window = self._window
        dialog = PreferencesDialog(window.preferences, self._parts.jobs.folder, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.theme_wanted.connect(self._set_theme)
        dialog.open()

    def _set_theme(self, name: str) -> None:
        self.themes[name].setChecked(True)
        self._window.set_theme(name)
