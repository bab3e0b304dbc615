"""DeepNoise as a plugin: one dock widget of napari that holds all panels."""

from __future__ import annotations

import gc
from functools import partial
from pathlib import Path

import napari.viewer
from napari.utils.events import Event
from qtpy.QtCore import Qt
from qtpy.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent  # type: ignore[attr-defined]
from qtpy.QtWidgets import QMenu, QStackedWidget, QTabWidget, QToolButton, QVBoxLayout, QWidget

from deepnoise_app.gui.closing import may_close
from deepnoise_app.gui.come_back import ComeBack, Kept
from deepnoise_app.gui.dock_end import DockEnd
from deepnoise_app.gui.drops import FolderDrops
from deepnoise_app.gui.help import Helper
from deepnoise_app.gui.help_menu import fill_help
from deepnoise_app.gui.host import plugin_setting
from deepnoise_app.gui.losses import may_be_replaced
from deepnoise_app.gui.nothing_open import NothingOpen
from deepnoise_app.gui.panel_body import tool_button
from deepnoise_app.gui.parts import Parts, assemble
from deepnoise_app.gui.plate_menu import PlateMenu
from deepnoise_app.gui.plugin import PATH_KEY
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.runs.process import start_detached

# Under which name of a host our settings keep what was open.
HOST = "-napari"
MENU = "Menu of DeepNoise"


class MainWidget(QWidget):
    """All panels under tabs; napari's own canvas shows the pictures."""

    def __init__(self, viewer: napari.viewer.Viewer, runs: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("DeepNoise")
        kept = plugin_setting("runs")
        folder = runs or (Path(kept).expanduser() if kept else None)
        self._preferences = Preferences()
        start = _start_on_chosen_python
        self.parts = assemble(viewer, folder, self._preferences, start)
        self._kept = Kept.read(self._preferences.last(HOST))
        self._come_back = ComeBack(self.parts, self._kept, self)
        self.helper = Helper(self)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        asked = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), self, context=within)
        asked.activated.connect(self.helper.show_here)
        self.menu = PlateMenu(self, self.parts, self._preferences)
        tabs = QTabWidget()
        tabs.setCornerWidget(self._menu_button())
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        results = ("Results", self.parts.results_tabs)
        for name, panel in (("Plates", self._plates()), *self.parts.panels, results):
            tabs.addTab(panel, name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.parts.notice)
        column.addWidget(self.parts.steps)
        column.addWidget(self.parts.pack_strip)
        column.addWidget(tabs)
        self._adopt(viewer)
        self.end = DockEnd(self, self._may_end)
        self.end.ended.connect(self._let_go)
        self.end.ended.connect(self.deleteLater)
        # Whoever takes the widget away past napari: its threads must not answer it any more.
        self.destroyed.connect(partial(_throw_away, self.parts))
        self.parts.steps.own_wanted.connect(self.menu.open_folder)
        self.parts.steps.left.connect(self.parts.demo.leave)
        self.parts.workbench.may_replace = partial(may_be_replaced, self, self.parts.maps)
        self._drops = FolderDrops(self, self.parts.open, but=(self.parts.score,))

    def _plates(self) -> QWidget:
        """Return the plates, or what is said while none is open."""
        before = [path for path, _ in self._kept.screens]
        page, nothing = QStackedWidget(), NothingOpen(before)
        page.addWidget(nothing)
        page.addWidget(self.parts.plates)
        nothing.open_wanted.connect(self.menu.open_folder)
        nothing.demo_wanted.connect(self.parts.demo.open)
        nothing.go_on_wanted.connect(self._come_back.open_plates)
        self._page = page
        self.parts.session.events.screens.connect(self._on_screens)
        return page

    def _on_screens(self) -> None:
        self._page.setCurrentIndex(int(bool(self.parts.session.screens)))

    def _menu_button(self) -> QToolButton:
        """Return what opens the menu: napari's own are not for the verbs of a dock."""
        button = tool_button("mdi6.menu", MENU, "Open, pack, save, watch runs, read the help")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(MENU, button)
        menu.setToolTipsVisible(True)
        self.menu.fill(menu)
        menu.addSeparator()
        self.menu.fill_runs(menu)
        menu.addSeparator()
        fill_help(menu.addMenu("Help"), self.helper, self)
        button.setMenu(menu)
        return button

    def _adopt(self, viewer: napari.viewer.Viewer) -> None:
        """Open what napari's own reader has shown of a plate, or shows later."""
        self._viewer = viewer
        self._seen: set[Path] = set()
        self.parts.session.events.plate.connect(self._replace)
        viewer.layers.events.inserted.connect(self._on_inserted)
        for layer in list(viewer.layers):
            self._inserted(layer.metadata)

    def _on_inserted(self, event: Event) -> None:
        self._inserted(event.value.metadata)

    def _inserted(self, metadata: dict[str, object]) -> None:
        path = metadata.get(PATH_KEY)
        if isinstance(path, str) and Path(path) not in self._seen:
            self._seen.add(Path(path))
            self.parts.opener.reopen(Path(path))

    def _replace(self) -> None:
        """Take away what napari's reader has shown: our own layers show the same well."""
        for layer in [one for one in self._viewer.layers if PATH_KEY in one.metadata]:
            self._viewer.layers.remove(layer)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Show the widget first, and only then load what it will want."""
        super().showEvent(event)
        self.parts.preload.begin()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Let go of everything but the runs."""
        self._let_go()
        super().closeEvent(event)

    def _may_end(self, window: QWidget, can_stay: bool) -> bool:
        return self.parts.is_closed or may_close(window, self.parts, can_stay)

    def _let_go(self) -> None:
        """End threads and take our layers away; runs go on, and layers of the user's stay."""
        if self.parts.is_closed:
            return
        self._preferences.keep_last(self._come_back.now("").model_dump_json(), HOST)
        self._viewer.layers.events.inserted.disconnect(self._on_inserted)
        self.parts.close()


def _throw_away(parts: Parts, _: object = None) -> None:
    """Free what is left of the panels at once, here: no thread of napari may do it later."""
    parts.close()
    gc.collect()


def _start_on_chosen_python(run: Path) -> int:
    """Start a worker on the Python of napari's settings page, else on that of our own settings."""
    chosen = plugin_setting("python") or Preferences().worker_python
    return start_detached(run, str(Path(chosen).expanduser()) if chosen else None)
