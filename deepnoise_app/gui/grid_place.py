"""Where the cells of a plate lie in a rectangle: square, equal, on whole pixels of the device."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from qtpy.QtCore import QPointF, QRectF

from deepnoise_app.screen import PlateShape, WellId

# Beyond this a cell only grows emptier.
LARGEST_CELL = 96.0


@dataclass(frozen=True, slots=True)
class GridPlace:
    """The cells of a plate: `pitch` from cell to cell, of which `gap` is left free."""

    shape: PlateShape
    left: float
    top: float
    pitch: float
    gap: float

    @classmethod
    def fitting(
        cls,
        shape: PlateShape,
        size: tuple[float, float],
        margin: tuple[float, float],
        ratio: float,
    ) -> GridPlace:
        """Place the largest cells that fit, in the middle of the width.

        Parameters
        ----------
        size
            Width and height there is.
        margin
            What of these the row letters and the column numbers need.
        ratio
            Pixels of the device in one of these.
        """
        across = (size[0] - margin[0]) / shape.columns
        down = (size[1] - margin[1]) / shape.rows
        pitch = max(1.0, floor(min(across, down, LARGEST_CELL) * ratio) / ratio)
        gap = 0.0 if pitch < 5 else 1.0 if pitch < 18 else 2.0 if pitch < 40 else 4.0
        spare = max(0.0, size[0] - margin[0] - pitch * shape.columns)
        left = margin[0] + floor(spare / 2 * ratio) / ratio
        return cls(shape, left, margin[1], pitch, gap)

    @property
    def cell(self) -> float:
        """Side of a cell."""
        return self.pitch - self.gap

    def rect(self, well: WellId) -> QRectF:
        """Where a well lies."""
        x, y = self.left + well.column * self.pitch, self.top + well.row * self.pitch
        return QRectF(x, y, self.cell, self.cell)

    def well_at(self, point: QPointF) -> WellId | None:
        """Which well lies at a point; the gap belongs to the well before it."""
        row = floor((point.y() - self.top) / self.pitch)
        column = floor((point.x() - self.left) / self.pitch)
        inside = 0 <= row < self.shape.rows and 0 <= column < self.shape.columns
        return WellId(row, column) if inside else None


def label_step(room: float, pitch: float) -> int:
    """Return 1 if each label has room, else each how many-th is drawn."""
    steps = (1, 2, 4, 6, 8, 12)
    return next((step for step in steps if step * pitch >= room), steps[-1])
