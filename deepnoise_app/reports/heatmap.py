"""Heat maps drawn: a plate's overlay, and sheets of all plates of a measure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from deepnoise_app.analysis.correction import COLUMN, Correction
from deepnoise_app.analysis.kinds import BY_NAME, Kind
from deepnoise_app.analysis.measures import Measures, channels_in
from deepnoise_app.analysis.sheet import common_scale, unit_of
from deepnoise_app.analysis.summary import IN_FRONT
from deepnoise_app.analysis.values import PlateValues, plates_of
from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen import COLOUR_MAPS, Plate, PlateOverlay, PlateShape, row_letters
from deepnoise_app.untrusted import file_stem

SHEET_COLUMNS = 8


def draw_heatmap(plate: Plate, overlay: PlateOverlay, shown: tuple[float, float]) -> Figure:
    """Draw the values of a plate with a colour bar; wells without a value stay grey."""
    rows, columns = plate.shape.rows, plate.shape.columns
    figure = Figure(figsize=(2.2 + 0.32 * columns, 1.3 + 0.32 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_facecolor("#e4e6e9")
    values = np.ma.masked_invalid(overlay.grid(plate.shape))
    image = axes.imshow(values, cmap=COLOUR_MAPS[overlay.scale], vmin=shown[0], vmax=shown[1])
    label_wells(axes, plate.shape)
    axes.set_title(f"{plate.experiment} {plate.name}: {overlay.title}", fontsize=10, loc="left",
                   parse_math=False)  # fmt: skip
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label(overlay.unit, fontsize=9, parse_math=False)
    bar.ax.tick_params(labelsize=8)
    return figure


def label_wells(axes: Axes, shape: PlateShape) -> None:
    """Write row letters and column numbers beside the wells, thinned on large plates."""
    rows, columns, step = shape.rows, shape.columns, max(1, shape.columns // 24)
    axes.set_xticks(range(0, columns, step), [str(i + 1) for i in range(0, columns, step)])
    axes.set_yticks(range(0, rows, step), [row_letters(i) for i in range(0, rows, step)])
    axes.tick_params(length=0, labelsize=8, top=True, labeltop=True, labelbottom=False)


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
    """Draw small heat maps of one measure side by side, on a common scale (2 to 98 %)."""
    columns = min(SHEET_COLUMNS, len(plates))
    rows = -(-len(plates) // columns)
    figure = Figure(figsize=(0.8 + 2.1 * columns, 0.9 + 1.7 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    scale, (low, high) = common_scale(plates)
    axes = figure.subplots(rows, columns, squeeze=False)
    image = None
    for i, one in enumerate(axes.ravel()):
        one.set(xticks=[], yticks=[], facecolor="#e4e6e9")
        if i >= len(plates):
            one.set_axis_off()
            continue
        values = np.ma.masked_invalid(plates[i].grid())
        image = one.imshow(values, cmap=COLOUR_MAPS[scale], vmin=low, vmax=high)
        one.set_title(" ".join(plates[i].key), fontsize=7, parse_math=False)
    figure.suptitle(title, fontsize=11, x=0.01, ha="left", parse_math=False)
    if image is not None:
        bar = figure.colorbar(image, ax=axes, shrink=0.9 if rows < 3 else 0.4)
        bar.set_label(unit, fontsize=8, parse_math=False)
        bar.ax.tick_params(labelsize=7)
    return figure
