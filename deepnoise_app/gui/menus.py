"""The menus of the standalone window."""

from __future__ import annotations

import platform
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QSignalBlocker, Qt, QUrl
from qtpy.QtGui import (  # type: ignore[attr-defined]
    QAction,
    QActionGroup,
    QDesktopServices,
    QGuiApplication,
    QKeySequence,
)
from qtpy.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from deepnoise_app.gui.address_dialog import AddressDialog
from deepnoise_app.gui.export_menu import ExportMenu
from deepnoise_app.gui.help import PAGES, Helper
from deepnoise_app.gui.opening import named_folder
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.preferences import THEMES
from deepnoise_app.gui.preferences_dialog import PreferencesDialog
from deepnoise_app.gui.where_to_write import TABLES, where_to_write
from deepnoise_app.readers.remote import whole_path
from deepnoise_app.runs.places import runs_folder
from deepnoise_app.screen import Screen

if TYPE_CHECKING:
    from deepnoise_app.gui.window import MainWindow

PACKAGES = ("deepnoise-app", "napari", "PySide6", "torch", "timm", "numpy", "pandas")
PAPER = (
    "DeepNoise follows Yang S, Shen T, Fang Y, et al. (2023), <i>DeepNoise: Signal and Noise"
    " Disentanglement Based on Classifying Fluorescent Microscopy Images via Deep Learning</i>,"
    " Genomics, Proteomics & Bioinformatics 20(5):989–1001."
)


class Menus:
    """Builds the menu bar; every entry calls a verb."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.helper = Helper(window)
        self._parts = window.parts
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
        self.open_action = menu.addAction("Open plate folder…", self.open_folder)
        self.open_action.setShortcut(QKeySequence.StandardKey.Open)
        self.open_far = menu.addAction("Open address…", self.open_address)
        self.open_far.setShortcut("Ctrl+Shift+O")
        self.open_far.setToolTip("An OME-Zarr plate on a web server or in an object store")
        self.recent = menu.addMenu("Open recent")
        self.recent.aboutToShow.connect(self._fill_recent)
        menu.addAction("Open the demo screen", self._parts.demo.open)
        menu.addAction("Take a plate map…", self._parts.plates.ask_for_map)
        self.names = menu.addAction("Change how names are read…", self._change_names)
        self.names.setToolTip("Of the screen in front: say how its files are named")
        menu.aboutToShow.connect(self._on_file)
        menu.addAction("Pack for speed…", self._parts.packing.ask)
        menu.addSeparator()
        self.save = menu.addAction("Save predictions…", self.save_predictions)
        self.save.setShortcut(QKeySequence.StandardKey.Save)
        self.save.setEnabled(False)
        self._parts.session.events.predictions.connect(self._on_predictions)
        parts = self._parts
        self.export = ExportMenu(parts.session, parts.desk, parts.results_desk, self._window)
        menu.addMenu(self.export)
        menu.addAction(self.export.ladder)
        menu.addSeparator()
        menu.addAction("Preferences…", self.edit_preferences).setShortcut("Ctrl+,")
        menu.addSeparator()
        leave = menu.addAction("Quit", self._window.close)
        leave.setShortcut(QKeySequence.StandardKey.Quit)

    def _on_file(self) -> None:
        screen = self._in_front
        self.names.setEnabled(screen is not None and bool(named_folder(screen)))

    def _change_names(self) -> None:
        screen = self._in_front
        if screen is not None:
            self._parts.plates.change_names(screen)

    @property
    def _in_front(self) -> Screen | None:
        plate = self._parts.session.plate
        return None if plate is None else self._parts.session.screen_of(plate)

    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in self._window.preferences.recent:
            action = self.recent.addAction(path.name, partial(self._window.reopen, path))
            action.setToolTip(plain(whole_path(path)))
        if self.recent.isEmpty():
            self.recent.addAction("Nothing was opened yet").setEnabled(False)
        else:
            self.recent.addSeparator()
            self.recent.addAction("Forget these", self._window.preferences.forget_recent)

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
        menu.addAction("Watch a run…", self._watch)
        menu.addAction("Show the folder of runs", self._show_runs)

    def _show(self, panel: QWidget) -> None:
        self._window.work_dock.show()
        self._window.work.setCurrentWidget(panel)

    def _help(self) -> None:
        menu = self._menu("&Help")
        here = menu.addAction("About this panel", self.helper.show_here)
        here.setShortcut(QKeySequence.StandardKey.HelpContents)
        for page in PAGES:
            menu.addAction(page.capitalize(), partial(self.helper.show, page))
        menu.addSeparator()
        menu.addAction("Copy versions for a report", self._copy_versions)
        menu.addAction("About DeepNoise", self._about)

    def _on_shown(self) -> None:
        session = self._parts.session
        for action, on in (
            (self.whole_plate, session.whole_plate),
            (self.as_model, session.as_model),
        ):
            with QSignalBlocker(action):
                action.setChecked(on)

    def _on_predictions(self) -> None:
        self.save.setEnabled(self._parts.session.predictions is not None)

    # Verbs of the menus ---------------------------------------------------------------------

    def open_folder(self) -> None:
        """Let the user choose a folder, and open it."""
        known = (path.parent for path in self._window.preferences.recent if path.is_dir())
        start = str(next(known, Path.home()))
        found = QFileDialog.getExistingDirectory(self._window, "Open plate folder", start)
        if found:
            self._window.open([Path(found)])

    def open_address(self) -> None:
        """Let the user type the address of a plate, and open it."""
        dialog = AddressDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(self._open_wanted)
        dialog.open()

    def _open_wanted(self, path: Path) -> None:
        self._window.open([path])

    def save_predictions(self) -> None:
        """Let the user choose a file for the predictions, and write it."""
        path = where_to_write(self._window, "Save predictions", "predictions.csv", TABLES)
        if path is not None:
            self._parts.desk.export(path)

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

    def _watch(self) -> None:
        found = QFileDialog.getExistingDirectory(self._window, "Run folder", str(runs_folder()))
        if found:
            self._parts.desk.follow(Path(found))

    def _show_runs(self) -> None:
        folder = runs_folder()
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _copy_versions(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(versions()))

    def _about(self) -> None:
        text = f"<b>DeepNoise</b><br>{PAPER}<br><br>{'<br>'.join(versions())}"
        QMessageBox.about(self._window, "About DeepNoise", text)


def versions() -> list[str]:
    """Name the system and the packages that matter, a line each."""
    found = [f"{platform.system()} {platform.release()}, Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found
