"""What menus offer of plates, results and runs: the same entries in both hosts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qtpy.QtCore import Qt, QUrl
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import QFileDialog, QMenu, QWidget

from deepnoise_app.gui.address_dialog import AddressDialog
from deepnoise_app.gui.export_menu import ExportMenu
from deepnoise_app.gui.opening import named_folder
from deepnoise_app.gui.parts import Parts
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.where_to_write import TABLES, where_to_write
from deepnoise_app.readers.remote import whole_path
from deepnoise_app.screen import Screen


class PlateMenu:
    """Fills a menu of either host; every entry calls a verb."""

    def __init__(self, parent: QWidget, parts: Parts, preferences: Preferences) -> None:
        self._parent, self._parts, self._preferences = parent, parts, preferences

    def fill(self, menu: QMenu) -> None:
        """Add what opens plates and changes how they are read, and what leaves as a file."""
        parts = self._parts
        self.open_action = menu.addAction("Open plate folder…", self.open_folder)
        self.open_far = menu.addAction("Open address…", self.open_address)
        self.open_far.setToolTip("An OME-Zarr plate on a web server or in an object store")
        self.recent = menu.addMenu("Open recent")
        self.recent.aboutToShow.connect(self._fill_recent)
        menu.addAction("Open the demo screen", parts.demo.open)
        menu.addAction("Take a plate map…", parts.plates.ask_for_map)
        self.names = menu.addAction("Change how names are read…", self._change_names)
        self.names.setToolTip("Of the screen in front: say how its files are named")
        menu.aboutToShow.connect(self._on_show)
        menu.addAction("Pack for speed…", parts.packing.ask)
        menu.addSeparator()
        self.save = menu.addAction("Save predictions…", self.save_predictions)
        self.save.setEnabled(False)
        parts.session.events.predictions.connect(self._on_predictions)
        self.export = ExportMenu(parts.session, parts.desk, parts.results_desk, self._parent)
        menu.addMenu(self.export)
        menu.addAction(self.export.ladder)

    def fill_runs(self, menu: QMenu) -> None:
        """Add what finds runs that were begun elsewhere."""
        menu.addAction("Watch a run…", self._parts.runs_panel.ask_for_run)
        menu.addAction("Show the folder of runs", self._show_runs)

    def _on_show(self) -> None:
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
        for path in self._preferences.recent:
            action = self.recent.addAction(path.name, partial(self._parts.opener.reopen, path))
            action.setToolTip(plain(whole_path(path)))
        if self.recent.isEmpty():
            self.recent.addAction("Nothing was opened yet").setEnabled(False)
        else:
            self.recent.addSeparator()
            self.recent.addAction("Forget these", self._preferences.forget_recent)

    def _on_predictions(self) -> None:
        self.save.setEnabled(self._parts.session.predictions is not None)

    # Verbs of the entries -------------------------------------------------------------------

    def open_folder(self) -> None:
        """Let the user choose a folder, and open it."""
        start = str(self._parts.opener.beside)
        found = QFileDialog.getExistingDirectory(self._parent, "Open plate folder", start)
        if found:
            self._parts.open([Path(found)])

    def open_address(self) -> None:
        """Let the user type the address of a plate, and open it."""
        dialog = AddressDialog(self._parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(self._open_wanted)
        dialog.open()

    def _open_wanted(self, path: Path) -> None:
        self._parts.open([path])

    def save_predictions(self) -> None:
        """Let the user choose a file for the predictions, and write it."""
        path = where_to_write(self._parent, "Save predictions", "predictions.csv", TABLES)
        if path is not None:
            self._parts.desk.export(path)

    def _show_runs(self) -> None:
        folder = self._parts.jobs.folder
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
