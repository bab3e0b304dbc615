"""The standalone window: plates on the left, the canvas, the work on the right, results below."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qtpy.QtCore import Qt, QTimer
from qtpy.QtGui import QCloseEvent, QShowEvent
from qtpy.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from deepnoise_app.gui.closing import may_close
from deepnoise_app.gui.come_back import ComeBack, Kept
from deepnoise_app.gui.drops import FolderDrops
from deepnoise_app.gui.host import Host, close_canvas, warm_up
from deepnoise_app.gui.losses import may_be_replaced
from deepnoise_app.gui.menus import Menus
from deepnoise_app.gui.parts import assemble
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.style import style_of
from deepnoise_app.gui.welcome import Welcome

SIZE = (1440, 900)
DOCK_WIDTH = 380
RESULTS_HEIGHT = 260
# Changes when docks come or go, so that an old arrangement is not forced on new ones.
ARRANGEMENT = 1


class MainWindow(QMainWindow):
    """Arranges the panels around the canvas; what they do stands in the parts."""

    def __init__(
        self, host: Host, preferences: Preferences | None = None, runs: Path | None = None
    ) -> None:
        super().__init__()
        self.host = host
        self.preferences = preferences or Preferences()
        self.parts = assemble(host.viewer, runs, self.preferences)
        self._shown: tuple[Path, ...] | None = None
        self.setWindowTitle("DeepNoise")
        self.setObjectName("deepnoise-window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.welcome = Welcome(self._build_centre())
        self.parts.opener.find_recent(self.welcome.show_recent)
        self.plates_dock = self._dock("Plates", self.parts.plates, _LEFT)
        self.work_dock = self._dock("Work", self._build_work(), _RIGHT)
        self.results_dock = self._dock("Results", self.parts.results_tabs, _BOTTOM)
        self.results_dock.hide()
        # In a turn of its own, so that the window answers before.
        self._raising = QTimer(self, singleShot=True, interval=0)
        self._raising.timeout.connect(self.results_dock.show)
        self.menus = Menus(self)
        self._connect()
        self.set_theme(self.preferences.theme)
        self._restore()
        self._kept = Kept.read(self.preferences.last())
        self._come_back = ComeBack(self.parts, self._kept, self)
        tabs = [self.work.tabText(at) for at in range(self.work.count())]
        if self._kept.tab in tabs:
            self.work.setCurrentIndex(tabs.index(self._kept.tab))

    # Building -------------------------------------------------------------------------------

    def _build_centre(self) -> QWidget:
        centre = QWidget()
        self.setCorner(Qt.Corner.BottomLeftCorner, _LEFT)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.parts.notice)
        column.addWidget(self.parts.steps)
        column.addWidget(self.parts.pack_strip)
        place = QWidget()  # what is going on is said above it, on the welcome page too
        filled = QVBoxLayout(place)
        filled.setContentsMargins(0, 0, 0, 0)
        filled.addWidget(self.host.canvas)
        column.addWidget(place, 1)
        self.setCentralWidget(centre)
        return place

    def _build_work(self) -> QTabWidget:
        self.work = QTabWidget()
        self.work.setDocumentMode(True)
        self.work.tabBar().setDrawBase(False)
        for name, panel in self.parts.panels:
            self.work.addTab(panel, name)
        return self.work

    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{title.lower()}")
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        events = self.parts.session.events
        events.screens.connect(self._on_screens)
        events.predictions.connect(self._on_predictions)
        events.scorings.connect(self._on_predictions)
        events.ladder.connect(self._on_ladder)
        self.parts.preload.loaded.connect(self._warm_up)
        events.front.connect(self._on_front)
        self.parts.steps.own_wanted.connect(self.menus.plates.open_folder)
        self.parts.steps.left.connect(self.parts.demo.leave)
        self.parts.workbench.may_replace = partial(may_be_replaced, self, self.parts.maps)
        self.welcome.open_wanted.connect(self.menus.plates.open_folder)
        self.welcome.demo_wanted.connect(self.parts.demo.open)
        self.welcome.recent_wanted.connect(self.parts.opener.reopen)
        self._drops = FolderDrops(self, self.open, but=(self.parts.score,))

    def _restore(self) -> None:
        self.resize(*SIZE)
        geometry, arrangement = self.preferences.layout()
        restored = not geometry.isEmpty() and self.restoreGeometry(geometry)
        if not (restored and self.restoreState(arrangement, ARRANGEMENT)):
            docks = [self.plates_dock, self.work_dock]
            self.resizeDocks(docks, [DOCK_WIDTH, DOCK_WIDTH], Qt.Orientation.Horizontal)
            self.resizeDocks([self.results_dock], [RESULTS_HEIGHT], Qt.Orientation.Vertical)
        if self.parts.session.predictions is None:
            self.results_dock.hide()

    # What it does ---------------------------------------------------------------------------

    def open(self, paths: list[Path]) -> None:
        """Open folders as screens; score with a model, watch a run."""
        self.parts.open(paths)

    def go_on(self) -> None:
        """Open what was open when the window was last closed."""
        self._come_back.open_plates()

    def set_theme(self, name: str) -> None:
        """Show everything in napari's dark or light theme."""
        self.host.viewer.theme = name
        self.setStyleSheet(style_of(name))
        self.preferences.theme = name

    def _on_screens(self) -> None:
        """Show what is open."""
        there = [Path(screen.path) for screen in self.parts.session.screens]
        if not self.parts.session.screens:
            self.parts.opener.find_recent(self.welcome.show_recent)
        self.welcome.setVisible(not self.parts.session.screens)
        names = [path.name for path in there]
        self.setWindowTitle(" · ".join(["DeepNoise", *names[:2], *["…"] * (len(names) > 2)]))

    def _on_ladder(self) -> None:
        if self.parts.session.ladder is not None:
            self.results_dock.show()

    def _on_front(self, panel: str) -> None:
        """Open the dock of a panel that is asked for: the user may have closed it."""
        if panel:
            docks = {"Plates": self.plates_dock, "Results": self.results_dock}
            dock = docks.get(panel, self.work_dock)
            dock.show()
            dock.raise_()

    def _on_predictions(self) -> None:
        """Show the results of a scoring, or the first of a training: one may have closed them."""
        session, before = self.parts.session, self._shown
        self._shown = session.scorings if session.predictions is not None else None
        if self._shown is None:
            self._raising.stop()
            self.results_dock.setVisible(session.ladder is not None)
        elif self._shown != before:
            self._raising.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Show the window first, and only then load what pictures need."""
        super().showEvent(event)
        self.parts.preload.begin()

    def _warm_up(self) -> None:
        if not self.parts.session.screens:
            warm_up(self.host)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask whether to save and what becomes of the runs; let go of everything but them."""
        if not may_close(self, self.parts):
            event.ignore()
            return
        self.preferences.keep_layout(self.saveGeometry(), self.saveState(ARRANGEMENT))
        tab = self.work.tabText(self.work.currentIndex())
        self.preferences.keep_last(self._come_back.now(tab).model_dump_json())
        self.preferences.save()
        self.parts.close()
        close_canvas(self.host)
        super().closeEvent(event)


_LEFT, _RIGHT, _BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
