"""One plate as a grid of wells, painted: an overlay's values, controls, problems, what is chosen.

Knows only values: what its signals ask for is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qtpy.QtCore import (  # type: ignore[attr-defined]
    QEvent,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from qtpy.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from deepnoise_app.gui.grid_place import LARGEST_CELL, GridPlace
from deepnoise_app.gui.grid_scene import Cell, Scene, paint_labels, paint_wells
from deepnoise_app.gui.plate_marks import Tones, draw_chosen
from deepnoise_app.gui.walk import ARROWS, longer
from deepnoise_app.gui.well_text import as_tooltip
from deepnoise_app.screen import Plate, PlateOverlay, PlateShape, Problem, WellId, row_letters

ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
# The ring of a chosen well at the rim must not be cut off.
RIM = 3
# Shown while no plate is open.
NO_PLATE = PlateShape(16, 24)


class PlateGrid(QWidget):
    """Paints a plate of 6 to 1,536 wells; click, control or shift click and arrows choose."""

    chosen = Signal(list)  # of WellId
    toggled = Signal(object)  # WellId
    stepped = Signal(int, int)  # rows, columns
    approached = Signal(object)  # WellId

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._overlay: PlateOverlay | None = None
        self._shown = (0.0, 1.0)
        self._chosen: tuple[WellId, ...] = ()
        self._passing: frozenset[WellId] | None = None
        self._named: PlateOverlay | None = None
        self._cells: list[Cell] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Plate")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._describe()

    # What is shown --------------------------------------------------------------------------

    def set_plate(self, plate: Plate | None, problems: Sequence[Problem]) -> None:
        """Show another plate; `problems` are its own, those without a well are passed over."""
        by_well: dict[WellId, list[Problem]] = {}
        for problem in problems:
            if plate is not None and problem.well is not None and problem.well in plate.shape:
                by_well.setdefault(problem.well, []).append(problem)
        painted = self._overlay, self._shown, self._passing, self._named
        self._renew(Scene(plate, by_well, *painted) if plate is not None else None)
        self.updateGeometry()

    def set_overlay(self, overlay: PlateOverlay | None, shown: tuple[float, float]) -> None:
        """Paint an overlay, or the layout with None; `shown` are the values at the map's ends."""
        self._overlay, self._shown = overlay, shown
        if self._scene is not None:
            self._renew(replace(self._scene, overlay=overlay, shown=shown))

    def set_named(self, named: PlateOverlay | None) -> None:
        """Say what wells are predicted to be, whatever is painted."""
        self._named = named
        if self._scene is not None:
            self._scene = replace(self._scene, named=named)
            self._describe()

    def set_passing(self, wells: frozenset[WellId] | None) -> None:
        """Veil the wells that do not pass a filter; None: there is none."""
        self._passing = wells
        if self._scene is not None:
            self._renew(replace(self._scene, passing=wells))

    def set_chosen(self, wells: Iterable[WellId]) -> None:
        """Ring the wells that are chosen."""
        self._chosen = tuple(wells)
        self._describe()
        self.update()

    def _renew(self, scene: Scene | None) -> None:
        self._scene, self._cells = scene, None
        self._describe()
        self.update()

    def _describe(self) -> None:
        if self._scene is None:
            text = "No plate is open"
        elif not self._chosen:
            text = "No well is chosen"
        else:
            more = len(self._chosen) - 1
            said = [*self._scene.lines(self._chosen[0]), *([f"and {more} more wells"] * bool(more))]
            text = ". ".join(said)
        self.setAccessibleDescription(text)

    # Size -----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """A width for a dock, and the height that goes with it."""
        return QSize(360, self.heightForWidth(360))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Small, but still a plate."""
        return QSize(200, 120)

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """The height at which the cells use the whole width."""
        shape, margin = self._shape, self._margin()
        pitch = min(LARGEST_CELL, (width - margin.x() - RIM) / shape.columns)
        return round(margin.y() + RIM + pitch * shape.rows)

    @property
    def _shape(self) -> PlateShape:
        return self._scene.plate.shape if self._scene is not None else NO_PLATE

    def _label_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(6.5, font.pointSizeF() * 0.8))
        return font

    def _margin(self) -> QPointF:
        """Room for the row letters and the column numbers."""
        metrics = QFontMetricsF(self._label_font())
        letters = metrics.horizontalAdvance(row_letters(self._shape.rows - 1))
        return QPointF(round(letters) + 8, round(metrics.height()) + 4)

    @property
    def place(self) -> GridPlace:
        """Where the cells lie at the present size."""
        margin, ratio = self._margin(), self.devicePixelRatioF()
        size = (self.width() - RIM, self.height() - RIM)
        return GridPlace.fitting(self._shape, size, (margin.x(), margin.y()), ratio)

    def cell_rect(self, well: WellId) -> QRect:
        """Where a well is painted."""
        return self.place.rect(well).toAlignedRect()

    # Painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 (Qt's name)
        """Paint labels, wells and rings."""
        if self._scene is None:
            return
        painter, place, tones = QPainter(self), self.place, Tones.of(self.palette())
        if self._cells is None:
            self._cells = self._scene.cells(tones)
        painter.setFont(self._label_font())
        paint_labels(painter, place, tones, QFontMetricsF(painter.font()))
        paint_wells(painter, place, tones, self._scene, self._cells)
        for well in self._chosen:
            draw_chosen(painter, place.rect(well), tones)
        painter.end()

    # What the user does ---------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose the well, or with control or shift add it or take it out."""
        well = self._imaged_at(event.position())
        if well is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        elif event.modifiers() & ADDING:
            self.toggled.emit(well)
        else:
            self.chosen.emit([well])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Go near the well in the mosaic."""
        well = self._imaged_at(event.position())
        if well is None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseDoubleClickEvent(event)
        else:
            self.approached.emit(well)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Walk with the arrows, with shift adding wells; Return goes near one in the mosaic."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen:
            self.approached.emit(self._chosen[0])
            return
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._scene is not None:
            self.chosen.emit(longer(self._scene.plate, self._chosen, *step))
        else:
            self.stepped.emit(*step)

    def event(self, event: QEvent) -> bool:
        """Answer when a tooltip is asked for, and take the colours of another theme."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event)
            return True
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._cells = None
        return bool(super().event(event))

    def _tell(self, event: QHelpEvent) -> None:
        text = self.tooltip_at(QPointF(event.pos()))
        well = self.place.well_at(QPointF(event.pos()))
        area = self.cell_rect(well) if well is not None else QRect()
        QToolTip.showText(event.globalPos(), text, self, area)

    def tooltip_at(self, point: QPointF) -> str:
        """Return what is told of the well under the mouse; empty beside the wells."""
        well = self.place.well_at(point)
        if self._scene is None or well is None:
            return ""
        return as_tooltip(self._scene.lines(well))

    def _imaged_at(self, point: QPointF) -> WellId | None:
        well = self.place.well_at(point)
        known = self._scene is not None and well in self._scene.plate.well_index
        return well if known else None
