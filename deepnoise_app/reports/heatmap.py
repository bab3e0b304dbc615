"""A plate's overlay as a picture in a file: PNG or SVG."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deepnoise_app.screen import Plate, PlateOverlay, Scale, row_letters

MAPS = {Scale.SEQUENTIAL: "viridis", Scale.SHARE: "viridis", Scale.DIVERGING: "RdBu_r"}


def save_heatmap(
    plate: Plate, overlay: PlateOverlay, shown: tuple[float, float], path: Path
) -> None:
    """Draw the values of a plate with a colour bar; wells without a value stay grey."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # slow, and the window has MAPS
    from matplotlib.figure import Figure

    rows, columns = plate.shape.rows, plate.shape.columns
    figure = Figure(figsize=(2.2 + 0.32 * columns, 1.3 + 0.32 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_facecolor("#e4e6e9")
    values = np.ma.masked_invalid(overlay.grid(plate.shape))
    image = axes.imshow(values, cmap=MAPS[overlay.scale], vmin=shown[0], vmax=shown[1])
    step = max(1, columns // 24)
    axes.set_xticks(range(0, columns, step), [str(i + 1) for i in range(0, columns, step)])
    axes.set_yticks(range(0, rows, step), [row_letters(i) for i in range(0, rows, step)])
    axes.tick_params(length=0, labelsize=8, top=True, labeltop=True, labelbottom=False)
    axes.set_title(f"{plate.experiment} {plate.name}: {overlay.title}", fontsize=10, loc="left")
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label(overlay.unit, fontsize=9)
    bar.ax.tick_params(labelsize=8)
    figure.savefig(path, dpi=150)
