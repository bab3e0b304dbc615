"""Small heat maps of all plates side by side, on one colour scale; one that is chosen is told.

Each plate is an image with a pixel per well, made once per sheet and drawn enlarged: dozens of
plates are painted in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from qtpy.QtCore import (  # type: ignore[attr-defined]
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from qtpy.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from deepnoise_app.analysis.sheet import QualitySheet
from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.gui.colour_map import map_colours, map_steps
from deepnoise_app.gui.plate_marks import Tones, draw_frame
from deepnoise_app.gui.well_text import as_tooltip
from deepnoise_app.screen import WellId
from deepnoise_app.session import PlateKey

# Width of a small plate: as many as fit beside each other, none narrower than this.
NARROWEST, WIDEST, GAP = 104, 168, 10
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
CHOOSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class SmallMultiples(QWidget):
    """Paints a sheet; click, arrows and Enter choose a plate, a double click enlarges it."""

    chosen = Signal(object)  # PlateKey
    enlarged = Signal(object)  # PlateKey

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: QualitySheet | None = None
        self._images: dict[PlateKey, QImage] = {}
        self._marked: Mapping[PlateKey, str] = {}
        self._current: PlateKey | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Heat maps of all plates")
        self.setToolTip("Click brings a plate to the front, a double click shows it large")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    # What is shown --------------------------------------------------------------------------

    def show_sheet(self, sheet: QualitySheet | None) -> None:
        """Show another sheet; None shows nothing."""
        self._sheet, self._images = sheet, {}
        self.setVisible(sheet is not None)
        self.updateGeometry()
        self.update()

    def show_current(self, key: PlateKey | None) -> None:
        """Ring the plate in front."""
        self._current = key
        self.setAccessibleDescription(" ".join(key) if key is not None else "")
        self.update()

    @property
    def plates(self) -> tuple[PlateValues, ...]:
        """The plates, in the order in which they are painted."""
        return self._sheet.plates if self._sheet is not None else ()

    # Where ----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """A width for a dock, and the height that goes with it."""
        return QSize(340, self.heightForWidth(340))

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """Room for all rows of plates."""
        columns, _, height = self._tiling(width)
        rows = -(-len(self.plates) // columns)
        return max(0, rows * (height + GAP) - GAP)

    def _tiling(self, width: int) -> tuple[int, int, int]:
        """Plates beside each other, and width and height of each with its name."""
        columns = max(1, (width + GAP) // (NARROWEST + GAP))
        columns = min(columns, max(1, len(self.plates)))
        wide = min(WIDEST, (width - GAP * (columns - 1)) // columns)
        shapes = [plate.shape for plate in self.plates]
        tall = max((wide * s.rows / s.columns for s in shapes), default=0.0)
        return columns, wide, round(tall) + self._line

    @property
    def _line(self) -> int:
        return QFontMetrics(self._name_font()).height() + 3

    def _name_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.85))
        return font

    def tile(self, place: int) -> QRect:
        """Where a plate and its name are painted."""
        columns, wide, height = self._tiling(self.width())
        x, y = place % columns * (wide + GAP), place // columns * (height + GAP)
        return QRect(x, y, wide, height)

    def _map_rect(self, place: int) -> QRect:
        """Where the wells of a plate are painted: whole pixels for each, if there is room."""
        tile, shape = self.tile(place), self.plates[place].shape
        pitch = tile.width() / shape.columns
        pitch = float(int(pitch)) if pitch >= 1 else pitch
        size = QSize(round(pitch * shape.columns), round(pitch * shape.rows))
        return QRect(QPoint(tile.x(), tile.y() + self._line), size)

    def place_at(self, point: QPoint) -> int | None:
        """Which plate lies at a point."""
        inside = (i for i in range(len(self.plates)) if self.tile(i).contains(point))
        return next(inside, None)

    def well_at(self, place: int, point: QPoint) -> WellId | None:
        """Which well of a plate lies at a point."""
        box, shape = self._map_rect(place), self.plates[place].shape
        if not box.contains(point):
            return None
        row = (point.y() - box.y()) * shape.rows // max(box.height(), 1)
        column = (point.x() - box.x()) * shape.columns // max(box.width(), 1)
        return WellId(row, column)

    # Painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the plates that lie in what is to be painted."""
        painter, tones = QPainter(self), Tones.of(self.palette())
        painter.setFont(self._name_font())
        metrics = QFontMetrics(painter.font())
        alone = len({plate.experiment for plate in self.plates}) == 1
        for place, plate in enumerate(self.plates):
            tile = self.tile(place)
            if not tile.adjusted(-3, -3, 3, 3).intersects(event.rect()):
                continue
            box = self._map_rect(place)
            painter.fillRect(box, tones.empty)
            painter.drawImage(box, self._image(plate))
            current = plate.key == self._current
            name = plate.plate if alone else " ".join(plate.key)
            painter.setPen(tones.text if current else tones.faint_text)
            line = QRect(tile.x(), tile.y(), tile.width(), self._line)
            elided = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, tile.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, elided)
            if current:
                ring = box.adjusted(-2, -2, 2, 2).intersected(self.rect())
                draw_frame(painter, ring.toRectF(), tones.text, 2)
        painter.end()

    def _image(self, plate: PlateValues) -> QImage:
        """A pixel per well; wells without a value are transparent."""
        if plate.key not in self._images and self._sheet is not None:
            colours = np.array(
                [*(colour.rgba() for colour in map_colours(self._sheet.scale)), 0], dtype=np.uint32
            )
            pixels = np.ascontiguousarray(colours[map_steps(plate.grid(), self._sheet.shown)])
            rows, columns = pixels.shape
            whole = QImage(
                pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32
            )
            self._images[plate.key] = whole.copy()
        return self._images[plate.key]

    # What the user does ---------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose the plate under the mouse."""
        self._tell_of(event.position(), self.chosen)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Enlarge the plate under the mouse."""
        self._tell_of(event.position(), self.enlarged)

    def _tell_of(self, point: QPointF, signal: Signal) -> None:
        place = self.place_at(point.toPoint())
        if place is not None:
            signal.emit(self.plates[place].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Walk over the plates with the arrows; Enter enlarges."""
        keys = [plate.key for plate in self.plates]
        key, columns = Qt.Key(event.key()), self._tiling(self.width())[0]
        step = {**STEPS, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}.get(key)
        at = keys.index(self._current) if self._current in keys else 0
        if step is not None and 0 <= at + step < len(keys):
            self.chosen.emit(keys[at + step])
        elif key in CHOOSES and keys:
            self.enlarged.emit(keys[at])
        elif step is None:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Answer when a tooltip is asked for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos()), self)
            return True
        return bool(super().event(event))

    def tooltip_at(self, point: QPoint) -> str:
        """Return the plate, well and value under the mouse; empty beside the plates."""
        place = self.place_at(point)
        if place is None or self._sheet is None:
            return ""
        plate, well = self.plates[place], self.well_at(place, point)
        lines = [" ".join(plate.key)]
        overlay = self._sheet.overlay(plate.key)
        if well is not None and overlay is not None:
            value = overlay.texts.get(well)
            unit = self._sheet.unit if value else ""
            lines.append(f"{well.name}: {value or 'no value'} {unit}".rstrip())
        return as_tooltip(lines)
