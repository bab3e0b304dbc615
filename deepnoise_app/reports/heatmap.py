"""The heat map of a plate, drawn."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from deepnoise_app.screen import COLOUR_MAPS, Plate, PlateOverlay, PlateShape, row_letters

COLOURS = 256


def draw_heatmap(plate: Plate, overlay: PlateOverlay, shown: tuple[float, float]) -> Figure:
    """Draw the values of a plate with a colour bar; wells without a value stay grey."""
    rows, columns = plate.shape.rows, plate.shape.columns
    figure = Figure(figsize=(2.2 + 0.32 * columns, 1.3 + 0.32 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_facecolor("#e4e6e9")
    values = np.ma.masked_invalid(overlay.grid(plate.shape))
    steps = len(overlay.words)
    colours = colormaps[COLOUR_MAPS[overlay.scale]].resampled(steps or COLOURS)
    image = axes.imshow(values, cmap=colours, vmin=shown[0], vmax=shown[1])
    label_wells(axes, plate.shape)
    axes.set_title(f"{plate.experiment} {plate.name}: {overlay.title}", fontsize=10, loc="left",
                   parse_math=False)  # fmt: skip
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label(overlay.unit, fontsize=9, parse_math=False)
    bar.ax.tick_params(labelsize=8)
    if steps:
        ends = np.linspace(*shown, steps + 1)
        bar.set_ticks(((ends[:-1] + ends[1:]) / 2).tolist(), labels=list(overlay.words.values()))
        bar.ax.tick_params(length=0)
    return figure


def label_wells(axes: Axes, shape: PlateShape) -> None:
    """Write row letters and column numbers beside the wells, thinned on large plates."""
    rows, columns, step = shape.rows, shape.columns, max(1, shape.columns // 24)
    axes.set_xticks(range(0, columns, step), [str(i + 1) for i in range(0, columns, step)])
    axes.set_yticks(range(0, rows, step), [row_letters(i) for i in range(0, rows, step)])
    axes.tick_params(length=0, labelsize=8, top=True, labeltop=True, labelbottom=False)
