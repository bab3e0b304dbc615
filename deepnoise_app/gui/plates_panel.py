"""The Plates panel: what is open, and the plate in front as a grid that one walks on."""

from __future__ import annotations

from html import escape
from pathlib import Path

from qtpy.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.gui.colour_bar import ColourBar
from deepnoise_app.gui.file_choice import TABLES
from deepnoise_app.gui.finder import Finder
from deepnoise_app.gui.grid_legend import GridLegend, entries
from deepnoise_app.gui.losses import may_lose, of_maps
from deepnoise_app.gui.map_desk import MapDesk
from deepnoise_app.gui.map_save import ask_where_to_save
from deepnoise_app.gui.measured_line import MeasuredLine
from deepnoise_app.gui.paint_bar import PaintBar
from deepnoise_app.gui.painted import named
from deepnoise_app.gui.painter import Painter
from deepnoise_app.gui.panel_body import bring_forward, tool_button
from deepnoise_app.gui.pattern_dialog import PatternDialog
from deepnoise_app.gui.plate_filter import PlateFilter
from deepnoise_app.gui.plate_grid import PlateGrid
from deepnoise_app.gui.plate_tree import PlateTree
from deepnoise_app.gui.where_to_write import HEAT_MAPS, where_to_write
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import Problem, ProblemKind, Screen
from deepnoise_app.session import Session
from deepnoise_app.untrusted import file_stem

FIRST = 1000  # before the empty room at the end
NOTHING = "Plates that you open stand here, each as a grid that you walk on."


class PlatesPanel(QWidget):
    """Reads the session, calls workbench and painter."""

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        painter: Painter,
        finder: Finder,
        maps: MapDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._workbench = workbench
        self._painter = painter
        self._maps = maps
        self.filter = PlateFilter(session, finder)
        self.nothing = quiet_label("Plates that are open", NOTHING)
        self.tree = PlateTree()
        self.head = QLabel()
        self.head.setAccessibleName("Plate in front")
        self.paint_bar = PaintBar()
        self.save = tool_button(
            "mdi6.content-save-outline",
            "Save what is painted",
            "Save the plate as it is painted: as a picture, a drawing or a table",
        )
        self.map = tool_button(
            "mdi6.table-arrow-right",
            "Take a plate map from a file",
            "Take a plate map from a file: CSV, Excel or Parquet (or drop it on the window)",
        )
        self.undo = tool_button(
            "mdi6.undo", "Take the plate map back", "Give the plates back what they held before"
        )
        self.save_map = tool_button(
            "mdi6.table-arrow-up",
            "Save the plate map",
            "Save what the wells hold now as a plate map (CSV)",
        )
        self.grid = PlateGrid()
        self.legend = GridLegend()
        self.progress = MeasuredLine(session, painter)
        self.bar = ColourBar()
        self._lay_out()
        self._connect(workbench, painter)
        self._on_screens()
        self._on_plate()
        self._on_undo()

    def _lay_out(self) -> None:
        colour = QHBoxLayout()
        colour.addWidget(self.paint_bar, 1)
        for button in (self.save, self.map, self.undo, self.save_map):
            colour.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(7)
        column.addWidget(self.filter)
        column.addWidget(self.nothing)
        # As high as its rows, or as there is room: what is below stays where it is.
        column.addWidget(self.tree, FIRST)
        column.addWidget(self.head)
        column.addLayout(colour)
        for widget in (self.grid, self.legend, self.bar, self.progress):
            column.addWidget(widget)
        column.addStretch(1)

    def _connect(self, workbench: Workbench, painter: Painter) -> None:
        for fact, slot in (
            ("screens", self._on_screens),
            ("plate", self._on_plate),
            ("wells", self._on_wells),
            ("overlay", self._on_overlay),
            ("colour_range", self._on_overlay),
            ("painting", self._on_painting),
            ("predictions", self._on_predictions),
            ("sheet", self._on_painting),
            ("front", self._on_front),
            ("passing", self._on_passing),
            ("range_locked", self._on_locked),
            ("can_undo_map", self._on_undo),
        ):
            getattr(self._session.events, fact).connect(slot)
        self.tree.plate_wanted.connect(workbench.show_plate)
        self.tree.close_wanted.connect(self._on_close)
        self.tree.names_wanted.connect(self.change_names)
        self.paint_bar.value_changed.connect(painter.paint)
        self.grid.chosen.connect(workbench.choose)
        self.grid.toggled.connect(workbench.add)
        self.grid.stepped.connect(workbench.step)
        self.bar.range_changed.connect(painter.set_range)
        self.bar.range_reset.connect(painter.reset_range)
        self.bar.lock_wanted.connect(painter.lock_range)
        self.save.clicked.connect(self._on_save)
        self.map.clicked.connect(self.ask_for_map)
        self.undo.clicked.connect(self._maps.undo)
        self.save_map.clicked.connect(lambda: ask_where_to_save(self, self._maps))

    # From the session -----------------------------------------------------------------------

    def _on_screens(self) -> None:
        self.nothing.setVisible(not self._session.screens)
        self.tree.show_screens(self._session.screens)
        self.tree.show_current(self._session.plate)
        self.tree.show_passing(self._session.passing)

    def _on_plate(self) -> None:
        plate = self._session.plate
        self.tree.show_current(plate)
        for widget in (self.filter, self.paint_bar, self.grid, self.save, self.map, self.legend):
            widget.setVisible(plate is not None)
        self._on_passing()
        called = "" if plate is None else "<b>{}</b> · {}".format(*map(escape, plate.key))
        say(self.head, called)
        self.grid.set_plate(plate, self._problems)
        self._on_predictions()
        self._on_overlay()
        self._on_wells()

    @property
    def _problems(self) -> list[Problem]:
        plate = self._session.plate
        screen = self._session.screen_of(plate) if plate is not None else None
        if plate is None or screen is None:
            return []
        return [p for p in screen.problems if (p.experiment, p.plate) == plate.key]

    def _on_wells(self) -> None:
        self.grid.set_chosen(self._session.wells)

    def _on_predictions(self) -> None:
        self.grid.set_named(named(self._session))
        self._on_painting()

    def _on_painting(self) -> None:
        plate, predictions = self._session.plate, self._session.predictions
        names = [channel.name for channel in plate.channels] if plate is not None else []
        predicted = plate is not None and predictions is not None and predictions.has(plate.key)
        wells = named(self._session)
        told = wells is not None and bool(wells.right)
        sheet = self._session.sheet
        judged = plate is not None and sheet is not None and sheet.overlay(plate.key) is not None
        self.paint_bar.offer(names, predicted, judged, told)
        self.paint_bar.set_value(self._session.painting)
        self.save.setEnabled(self._painter.has_something)

    def _on_overlay(self) -> None:
        plate, overlay = self._session.plate, self._session.overlay
        shown = self._session.shown_range
        self.grid.set_overlay(overlay, shown)
        self.bar.show_overlay(overlay if plate is not None else None, shown)
        marked = any(p.well and p.kind is not ProblemKind.NOT_IMAGED for p in self._problems)
        self.legend.show_entries(entries(plate, overlay, marked))
        self.save.setEnabled(self._painter.has_something)

    def _on_passing(self) -> None:
        plate, passing = self._session.plate, self._session.passing
        self.tree.show_passing(passing)
        mine = None if plate is None or passing is None else passing.get(plate.key, frozenset())
        self.grid.set_passing(mine)

    def _on_locked(self) -> None:
        self.bar.show_lock(self._session.range_locked)

    def _on_undo(self) -> None:
        for button in (self.undo, self.save_map):
            button.setVisible(self._session.can_undo_map and self._session.plate is not None)

    def _on_front(self, panel: str) -> None:
        if panel == "Plates":
            bring_forward(self)

    # From the user --------------------------------------------------------------------------

    def ask_for_map(self) -> None:
        """Let the user choose plate maps for the open plates."""
        names, _ = QFileDialog.getOpenFileNames(self, "Take plate maps", "", TABLES)
        if names:
            self._maps.take([Path(name) for name in names])

    def change_names(self, screen: Screen) -> None:
        """Let the user say how the files of a screen are named."""
        PatternDialog(Path(screen.path), self._workbench, self).open()

    def _on_close(self, screen: Screen) -> None:
        """Close a screen, unless its plates hold what was not saved and the user stays."""
        title = f"Close {Path(screen.path).name}"
        if may_lose(self, title, of_maps(self._maps, screen)):
            self._workbench.close(screen)

    def _on_save(self) -> None:
        plate = self._session.plate
        if plate is None:
            return
        path = where_to_write(
            self, "Save what is painted", f"{file_stem(*plate.key)}.png", HEAT_MAPS
        )
        if path is not None:
            self._painter.export(path)
