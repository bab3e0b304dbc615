"""The tree of what is open: screens where there are several, experiments, plates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from qtpy.QtCore import QEvent, QPoint, QSignalBlocker, QSize, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QBrush, QColor
from qtpy.QtWidgets import QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from deepnoise_app.gui.icons import ICON_GREY, painted_icon
from deepnoise_app.gui.opening import named_folder
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.plate_marks import PROBLEM
from deepnoise_app.gui.words import count
from deepnoise_app.screen import Plate, Screen, WellId
from deepnoise_app.session import PlateKey

KEY = int(Qt.ItemDataRole.UserRole)
FAINT = QColor(ICON_GREY)
# Above this number of plates the experiments start folded.
MOST_UNFOLDED = 48
# Below the last row: the frame, and room to let go of a drag.
SPARE_PX = 6


class PlateTree(QTreeWidget):
    """Lists plates with their wells and problems; choosing one asks for it."""

    plate_wanted = Signal(object)  # PlateKey
    close_wanted = Signal(object)  # Screen
    names_wanted = Signal(object)  # Screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[PlateKey, QTreeWidgetItem] = {}
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setAccessibleName("Open plates")
        self.setToolTip("Choosing a plate brings it to the front; a right click acts on its folder")
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setRootIsDecorated(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.currentItemChanged.connect(self._on_current)
        for folding in (self.itemExpanded, self.itemCollapsed):
            folding.connect(lambda _: self._fit())

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Room for an experiment of four plates and a bit."""
        return QSize(360, 150)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Room for a few plates; the others are scrolled to."""
        return QSize(200, min(84, self.maximumHeight()))

    def _fit(self) -> None:
        """Grow no higher than the rows that are unfolded."""
        rows, item = 0, self.topLevelItem(0)
        while item is not None:
            rows, item = rows + 1, self.itemBelow(item)
        self.setMaximumHeight(max(rows, 1) * max(self.sizeHintForRow(0), 1) + SPARE_PX)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit the rows of another style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def show_screens(self, screens: Sequence[Screen]) -> None:
        """List the plates of these screens."""
        with QSignalBlocker(self):
            self.clear()
            self._items = {}
            for screen in screens:
                self._add_screen(screen, alone=len(screens) == 1)
            self._unfold()
        self._fit()

    def show_current(self, plate: Plate | None) -> None:
        """Mark the plate that is in front."""
        with QSignalBlocker(self):
            item = self._items.get(plate.key) if plate is not None else None
            self.setCurrentItem(item)  # type: ignore[arg-type]
            if item is not None:
                self.scrollToItem(item)

    def show_passing(self, passing: Mapping[PlateKey, frozenset[WellId]] | None) -> None:
        """Say of each plate how many of its wells pass the filter, if there is one."""
        for key, item in self._items.items():
            wells = item.data(1, KEY)
            found = None if passing is None else passing.get(key, frozenset())
            text = count(wells, "well") if found is None else f"{len(found):,} of {wells:,}"
            item.setText(1, text)
            faint = found is not None and not found
            item.setForeground(1, QBrush(FAINT) if faint else QBrush())

    def _unfold(self) -> None:
        """Show the plates that have images, unless they are many; folders always."""
        few = len(self._items) <= MOST_UNFOLDED
        for item in self._items.values():
            experiment = item.parent()
            folder = experiment.parent() if experiment is not None else None
            if experiment is not None:
                experiment.setExpanded(few)
            if folder is not None:
                folder.setExpanded(True)

    def _add_screen(self, screen: Screen, alone: bool) -> None:
        root: QTreeWidget | QTreeWidgetItem = self
        if not alone:
            root = QTreeWidgetItem(self, [Path(screen.path).name, "", ""])
            root.setIcon(0, painted_icon("mdi6.folder-outline"))
            root.setToolTip(0, plain(screen.path))
            root.setData(0, KEY, screen)
        problems = Counter((p.experiment, p.plate) for p in screen.problems if p.plate)
        for experiment in screen.experiments:
            plates = [plate for plate in screen.plates if plate.experiment == experiment]
            parent = QTreeWidgetItem(root, [experiment, "", ""])
            parent.setData(0, KEY, screen)
            parent.setToolTip(0, plain(f"{count(len(plates), 'plate')} in {screen.path}"))
            for plate in plates:
                self._add_plate(parent, plate, problems[plate.experiment, plate.name])

    def _add_plate(self, parent: QTreeWidgetItem, plate: Plate, problems: int) -> None:
        wells = count(len(plate.wells), "imaged well")
        texts = [plate.name, "", "no image"]
        if plate.wells:
            said = count(problems, "problem") if problems else ""
            texts = [plate.name, count(len(plate.wells), "well"), said]
        item = QTreeWidgetItem(parent, texts)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if problems and plate.wells:
            item.setForeground(2, PROBLEM)
        if plate.wells:
            item.setData(0, KEY, plate.key)
            item.setData(1, KEY, len(plate.wells))
            self._items[plate.key] = item
        else:
            item.setDisabled(True)
        sites, channels = count(len(plate.sites), "site"), count(len(plate.channels), "channel")
        item.setToolTip(0, plain(f"{plate.experiment} {plate.name}: {wells}, {sites}, {channels}"))

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        key = item.data(0, KEY) if item is not None else None
        if isinstance(key, tuple):
            self.plate_wanted.emit(key)

    def _on_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        while item is not None and not isinstance(item.data(0, KEY), Screen):
            item = item.parent()
        if item is None:
            return
        menu = self.menu_of(item.data(0, KEY))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))

    def menu_of(self, screen: Screen) -> QMenu:
        """Return what can be done with a screen."""
        menu = QMenu(self)
        if named_folder(screen):
            names = menu.addAction("Change how names are read…")
            names.triggered.connect(lambda: self.names_wanted.emit(screen))
        close = menu.addAction(f"Close {Path(screen.path).name}")
        close.triggered.connect(lambda: self.close_wanted.emit(screen))
        return menu
