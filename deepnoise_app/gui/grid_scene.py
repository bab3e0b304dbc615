"""What is painted of a plate, and the painting of it. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QPainter

from deepnoise_app.gui.colour_map import ink_on, map_colours, map_inks, map_steps
from deepnoise_app.gui.grid_place import GridPlace, label_step
from deepnoise_app.gui.plate_marks import (
    Tones,
    control_width,
    draw_control,
    draw_hatched,
    draw_outline,
    draw_problem,
    draw_verdict,
    verdict_place,
)
from deepnoise_app.gui.well_text import cell_text, is_number, well_lines
from deepnoise_app.screen import (
    Plate,
    PlateOverlay,
    Problem,
    ProblemKind,
    Role,
    WellId,
    row_letters,
)

# Below the first a text cannot be read, above the second it is no longer a label.
TEXT_PX = (8, 13)


class Cell(NamedTuple):
    """An imaged well; `fill` None means hatched."""

    well: WellId
    fill: QColor | None
    ink: QColor
    text: str
    control: Role | None
    right: bool | None


@dataclass(frozen=True, eq=False)
class Scene:
    """A plate with its problems and what is painted on it.

    `shown` are the ends of the map, `named` what the wells are predicted to be; wells that are not
    `passing` are veiled (None: no filter).
    """

    plate: Plate
    problems: Mapping[WellId, list[Problem]] = field(default_factory=dict)
    overlay: PlateOverlay | None = None
    shown: tuple[float, float] = (0.0, 1.0)
    passing: frozenset[WellId] | None = None
    named: PlateOverlay | None = None

    def lines(self, well: WellId) -> list[str]:
        """Say what is known of a well."""
        problems = self.problems.get(well, [])
        return well_lines(self.plate, self.overlay, problems, well, self.named)

    @cached_property
    def not_imaged(self) -> list[WellId]:
        """Wells that are only outlined."""
        shape, imaged = self.plate.shape, self.plate.well_index
        every = (WellId(r, c) for r in range(shape.rows) for c in range(shape.columns))
        return [well for well in every if well not in imaged]

    @cached_property
    def marked(self) -> list[WellId]:
        """Wells with a problem; that a well was not imaged is seen without a mark."""
        return [
            well
            for well, problems in self.problems.items()
            if any(problem.kind is not ProblemKind.NOT_IMAGED for problem in problems)
        ]

    def cells(self, tones: Tones) -> list[Cell]:
        """Return the imaged wells as they are painted."""
        fills = self._fills(tones)
        right = self.overlay.right if self.overlay is not None else {}
        roles = (self.plate.map[well].role for well in self.plate.wells)
        return [
            Cell(well, fill, ink, cell_text(self.plate, self.overlay, well),
                 role if role.is_control else None, right.get(well))
            for well, (fill, ink), role in zip(self.plate.wells, fills, roles, strict=True)
        ]  # fmt: skip

    def _fills(self, tones: Tones) -> list[tuple[QColor | None, QColor]]:
        overlay = self.overlay
        if overlay is None:
            imaged, empty = (tones.imaged, ink_on(tones.imaged)), (tones.empty, tones.faint_text)
            wells = self.plate.wells
            return [empty if self.plate.map[w].role is Role.EMPTY else imaged for w in wells]
        values = np.array([overlay.values.get(well, np.nan) for well in self.plate.wells])
        colours, inks = map_colours(overlay.scale), map_inks(overlay.scale)
        unknown = (None, tones.text)
        steps = map_steps(values, self.shown).tolist()
        return [unknown if step < 0 else (colours[step], inks[step]) for step in steps]


def paint_labels(painter: QPainter, place: GridPlace, tones: Tones, metrics: QFontMetricsF) -> None:
    """Write row letters and column numbers, thinned where cells are small."""
    painter.setPen(tones.faint_text)
    shape = place.shape
    for column in range(
        0, shape.columns, label_step(metrics.horizontalAdvance("00") + 3, place.pitch)
    ):
        middle = place.left + column * place.pitch + place.cell / 2
        box = QRectF(middle - 20, place.top - metrics.height() - 3, 40, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(column + 1))
    for row in range(0, shape.rows, label_step(metrics.capHeight() + 2, place.pitch)):
        middle = place.top + row * place.pitch + place.cell / 2
        box = QRectF(place.left - 45, middle - metrics.height() / 2, 40, metrics.height())
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, side, row_letters(row))


def paint_wells(
    painter: QPainter, place: GridPlace, tones: Tones, scene: Scene, cells: list[Cell]
) -> None:
    """Paint all wells with their marks and, where it can be read, their texts."""
    for well in scene.not_imaged:
        draw_outline(painter, place.rect(well), tones)
    font = text_font(painter.font(), cells, place.cell)
    if font is not None:
        painter.setFont(font)
    for cell in cells:
        rect = place.rect(cell.well)
        if cell.fill is None:
            draw_hatched(painter, rect, tones)
        else:
            painter.fillRect(rect, cell.fill)
        if cell.control is not None:
            draw_control(painter, rect, cell.control, tones)
        if font is not None and cell.text:
            _draw_text(painter, rect, cell)
        if cell.right is not None:
            draw_verdict(painter, verdict_place(rect, font is not None), cell.right, cell.ink)
        if scene.passing is not None and cell.well not in scene.passing:
            painter.fillRect(rect, tones.veil)
    for well in scene.marked:
        draw_problem(painter, place.rect(well), tones)


def text_font(base: QFont, cells: list[Cell], side: float) -> QFont | None:
    """Return the font for texts of cells of this side in pixels, None if too small to be read.

    The size is chosen for most texts, not for the longest: names are shortened, numbers are not.
    """
    widths = sorted(len(cell.text) for cell in cells if cell.text)
    if not widths:
        return None
    usual = "0" * widths[len(widths) * 9 // 10]
    font = QFont(base)
    for size in range(min(TEXT_PX[1], int(side * 0.45)), TEXT_PX[0] - 1, -1):
        font.setPixelSize(size)
        room = side - 4
        if QFontMetricsF(font).horizontalAdvance(usual) <= room or side >= 6 * size:
            return font
    return None


def _draw_text(painter: QPainter, rect: QRectF, cell: Cell) -> None:
    metrics = QFontMetricsF(painter.font())
    frame = control_width(rect) + 1 if cell.control is not None else 0
    text, room = cell.text, rect.width() - 4 - 2 * frame
    if metrics.horizontalAdvance(text) > room:
        if is_number(text):
            return
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.setPen(cell.ink)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
