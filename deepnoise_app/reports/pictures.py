"""Pictures of plates: composites of sites, and what was predicted for every well."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from deepnoise_app.screen import Plate, Predictions, WellId, row_letters

# One colour per channel in the order of RxRx1; further channels go round.
COLOURS = ("#4f7cff", "#35d07f", "#ff5a4d", "#3fd3e6", "#d65cf0", "#f2b632")
DARK, INK, RIGHT, WRONG, UNKNOWN = "#15181d", "#e8eaed", "#2f9e6e", "#d1495b", "#5b7fa6"


def composite(pixels: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating]
              ) -> NDArray[np.float32]:  # fmt: skip
    """Add up the channels in their colours.

    Parameters
    ----------
    pixels
        (C, H, W).
    low, high
        (C,): shown as black, and at full brightness.

    Returns
    -------
    picture
        (H, W, 3), 0 to 1.
    """
    span = np.maximum(high - low, 1e-9)
    shares = np.clip((pixels - low[:, None, None]) / span[:, None, None], 0, 1)
    tints = np.array([mpl.colors.to_rgb(COLOURS[c % len(COLOURS)]) for c in range(len(pixels))])
    light = np.einsum("chw,cr->hwr", shares, tints)
    return np.asarray(np.clip(light * 0.62, 0, 1), dtype=np.float32)


def plate_ranges(plate: Plate, wells: int = 16) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Black and white point of each channel, (C,) each: percentiles 5 and 99.7 of some wells."""
    chosen = np.unique(np.linspace(0, len(plate.wells) - 1, wells).astype(int))
    seen = []
    for index in chosen:
        well = plate.wells[index]
        site = plate.sites_of(well)[0]
        if not plate.missing(well, site):
            seen.append(plate.read(well, site).reshape(len(plate.channels), -1))
    if not seen:
        return np.zeros(len(plate.channels)), np.full(len(plate.channels), 255.0)
    pixels = np.concatenate(seen, axis=1)
    low, high = np.percentile(pixels, (5, 99.7), axis=1)
    return low, high


def save_mosaic(plate: Plate, path: Path) -> None:
    """Draw the first site of every imaged well at its place on the plate."""
    low, high = plate_ranges(plate)
    first = {well: plate.sites_of(well)[0] for well in plate.wells}
    tiles = {
        well: composite(plate.read(well, site, fill=0.0), low, high) for well, site in first.items()
    }
    used_rows = sorted({well.row for well in tiles})
    used_columns = sorted({well.column for well in tiles})
    figure = _figure(len(used_columns) * 1.05 + 0.4, len(used_rows) * 1.05 + 0.6)
    grid = figure.add_gridspec(len(used_rows), len(used_columns), wspace=0.03, hspace=0.03,
                               left=0.03, right=0.995, top=0.93, bottom=0.005)  # fmt: skip
    for i, row in enumerate(used_rows):
        for j, column in enumerate(used_columns):
            axes = figure.add_subplot(grid[i, j])
            axes.set(xticks=[], yticks=[], facecolor=DARK)
            for spine in axes.spines.values():
                spine.set_visible(False)
            tile = tiles.get(WellId(row, column))
            if tile is not None:
                axes.imshow(tile, interpolation="nearest")
            if i == 0:
                axes.set_title(str(column + 1), color=INK, fontsize=9, pad=3)
            if j == 0:
                axes.set_ylabel(row_letters(row), color=INK, fontsize=9, rotation=0, labelpad=9,
                                va="center")  # fmt: skip
    _save(figure, path)


def save_plate(plate: Plate, predictions: Predictions, column: str, title: str, path: Path) -> None:
    """Draw which predictions of a plate are right; shade by confidence."""
    table = predictions.table
    mine = table[(table["Metadata_Experiment"] == plate.experiment)
                 & (table["Metadata_Plate"] == plate.name)]  # fmt: skip
    rows, columns = plate.shape.rows, plate.shape.columns
    figure = _figure(0.62 * columns + 0.6, 0.5 * rows + 0.7)
    axes = figure.add_axes((0.05, 0.02, 0.94, 0.84))
    _plate_axes(axes, rows, columns)
    axes.set_title(title, color=INK, fontsize=11, pad=18, loc="left")
    for record in mine.to_dict("records"):
        well = WellId.parse(str(record["Metadata_Well"]))
        found, truth = str(record[column]), str(record["Metadata_Perturbation"])
        colour = UNKNOWN if not truth else RIGHT if found == truth else WRONG
        shade = 0.35 + 0.65 * float(record["Confidence"]) if found else 0.0
        axes.add_patch(
            mpl.patches.FancyBboxPatch(
                (well.column + 0.08, well.row + 0.08), 0.84, 0.84, facecolor=colour, alpha=shade,
                boxstyle="round,pad=0,rounding_size=0.12", linewidth=0,
            )
        )  # fmt: skip
        if not found:
            axes.text(well.column + 0.5, well.row + 0.5, "control", color="#9aa3ad", fontsize=5.5,
                      ha="center", va="center")  # fmt: skip
        else:
            label = found.replace("sirna_", "")
            axes.text(well.column + 0.5, well.row + 0.5, label[:9], color="white", fontsize=7,
                      ha="center", va="center")  # fmt: skip
    _save(figure, path)


def _plate_axes(axes: Axes, rows: int, columns: int) -> None:
    axes.set(xlim=(0, columns), ylim=(rows, 0), facecolor="#1d2127")
    axes.set_xticks(np.arange(columns) + 0.5, [str(i + 1) for i in range(columns)])
    axes.set_yticks(np.arange(rows) + 0.5, [row_letters(i) for i in range(rows)])
    axes.tick_params(length=0, colors=INK, labelsize=8, top=True, labeltop=True, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_color("#3a414b")


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), facecolor=DARK)
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=110, facecolor=DARK)
