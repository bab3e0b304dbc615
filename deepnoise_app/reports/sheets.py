"""Sheets of small heat maps: one measure on all plates, on a common scale."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from deepnoise_app.analysis.correction import COLUMN, Correction
from deepnoise_app.analysis.kinds import BY_NAME, Kind
from deepnoise_app.analysis.measures import Measures, channels_in
from deepnoise_app.analysis.sheet import common_scale, unit_of
from deepnoise_app.analysis.summary import IN_FRONT
from deepnoise_app.analysis.values import PlateValues, plates_of
from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen import COLOUR_MAPS
from deepnoise_app.untrusted import file_stem

MOST_COLUMNS = 8
# All in inches: a plate with its name above, what is free around it, and what stands beside.
MAP_WIDTH, MAP_HEIGHT, NAME, GAP = 2.0, 1.34, 0.22, 0.1
TITLE, BAR, LEAST_WIDTH = 0.42, 0.95, 4.8
MISSING, LONGEST_NAME = "#e4e6e9", 36


def save_sheets(measures: Measures, folder: Path) -> list[Path]:
    """Draw one sheet per measure in front, a small heat map of every plate on it."""
    written = []
    for name in IN_FRONT:
        for channel in channels_in(measures):
            kind = BY_NAME[name]
            column = kind.column(channel)
            if column in measures.table.columns:
                plates = plates_of(measures.table, column)
                figure = draw_sheet(plates, f"{kind.title}, {channel.name}", _unit(measures, kind))
                path = folder / f"{file_stem(column)}.png"
                write_beside(path, lambda beside, f=figure: f.savefig(beside, dpi=110))  # type: ignore[misc]
                written.append(path)
    return written


def _unit(measures: Measures, kind: Kind) -> str:
    """The unit of a measure, or the name of the correction that took it away."""
    table = measures.table
    named = {str(c) for c in table[COLUMN]} if COLUMN in table.columns else set()
    changed = sorted(named - {str(Correction.NONE)})
    return unit_of(kind, Correction(changed[0]) if changed else Correction.NONE)


def draw_sheet(plates: Sequence[PlateValues], title: str, unit: str) -> Figure:
    """Draw small heat maps of one measure side by side, on a common scale (2 to 98 %).

    All lie in one pair of axes whose unit is the inch: axes of their own, laid out by matplotlib,
    take four times as long, which counts with many plates and a sheet per channel.
    """
    columns = max(1, min(MOST_COLUMNS, len(plates)))
    rows = max(1, -(-len(plates) // columns))
    width = max(LEAST_WIDTH, columns * (MAP_WIDTH + GAP) + GAP + BAR)
    height = TITLE + rows * (MAP_HEIGHT + NAME + GAP)
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    scale, (low, high) = common_scale(plates)
    image = None
    for i, plate in enumerate(plates):
        left = GAP + (i % columns) * (MAP_WIDTH + GAP)
        top = height - TITLE - (i // columns) * (MAP_HEIGHT + NAME + GAP)
        image = _draw_map(axes, plate, left, top - NAME)
        image.set(cmap=COLOUR_MAPS[scale], clim=(low, high))
    # After the maps: each of them sets its own limits.
    axes.set(xlim=(0, width), ylim=(0, height), aspect="auto")
    axes.text(GAP, height - 0.12, title, fontsize=11, va="top", parse_math=False)
    if image is not None:
        _draw_bar(figure, image, unit)
    return figure


def _draw_map(axes: Axes, plate: PlateValues, left: float, top: float) -> AxesImage:
    """Draw a plate as large as it fits, its name above it; wells without a value stay grey."""
    size = min(MAP_WIDTH / plate.shape.columns, MAP_HEIGHT / plate.shape.rows)
    wide, high = plate.shape.columns * size, plate.shape.rows * size
    corner = (left, top - high)
    axes.add_patch(Rectangle(corner, wide, high, facecolor=MISSING, zorder=1))
    image = axes.imshow(
        np.ma.masked_invalid(plate.grid()),
        extent=(left, left + wide, top - high, top),
        interpolation="nearest",
        zorder=2,
    )
    axes.add_patch(Rectangle(corner, wide, high, fill=False, edgecolor="black", lw=0.8, zorder=3))
    name = " ".join(plate.key)
    half = LONGEST_NAME // 2
    shown = name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"
    axes.text(left + wide / 2, top + 0.05, shown, fontsize=7, ha="center", parse_math=False)
    return image


def _draw_bar(figure: Figure, image: AxesImage, unit: str) -> None:
    """Draw the colour bar at the right of the first row, as high as a plate there can be."""
    width, height = figure.get_size_inches()
    left, bottom = width - BAR + 0.25, height - TITLE - NAME - MAP_HEIGHT
    place = figure.add_axes((left / width, bottom / height, 0.12 / width, MAP_HEIGHT / height))
    bar = figure.colorbar(image, cax=place)
    bar.set_label(unit, fontsize=8, parse_math=False)
    bar.ax.tick_params(labelsize=7)
