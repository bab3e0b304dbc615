"""Pictures of plates: composites of sites, and what was predicted for every well."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from deepnoise_app.analysis.contrast import plate_contrast
from deepnoise_app.errors import PixelError
from deepnoise_app.screen import Plate, Predictions, Role, WellId, row_letters

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


def save_mosaic(plate: Plate, path: Path) -> list[str]:
    """Draw the first readable site of every imaged well at its place on the plate.

    Returns
    -------
    faults
        What could not be read on the way.
    """
    faults: list[str] = []
    low, high = plate_contrast(plate, low=5).T
    first = {well: _first_site(plate, well, faults) for well in plate.wells}
    tiles = {well: composite(site, low, high) for well, site in first.items() if site is not None}
    used_rows = sorted({well.row for well in plate.wells})
    used_columns = sorted({well.column for well in plate.wells})
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
    return faults


def _first_site(plate: Plate, well: WellId, faults: list[str]) -> NDArray[np.floating] | None:
    """Return the first site of a well of which anything can be read, (C, H, W); 0 for the rest."""
    for site in plate.sites_of(well):
        read = plate.read_each(well, site)
        planes = {c: plane for c, plane in read.items() if not isinstance(plane, PixelError)}
        faults += dict.fromkeys(str(one) for one in read.values() if isinstance(one, PixelError))
        if planes:
            size = next(iter(planes.values())).shape
            blank = np.zeros(size)
            alike = {c: plane for c, plane in planes.items() if plane.shape == size}
            return np.stack([alike.get(c, blank) for c in range(len(plate.channels))])
    return None


def save_plate(plate: Plate, predictions: Predictions, column: str, title: str, path: Path) -> None:
    """Draw which predictions of a plate are right; shade by confidence."""
    table = predictions.table
    mine = table[(table["Metadata_Experiment"] == plate.experiment)
                 & (table["Metadata_Plate"] == plate.name)]  # fmt: skip
    rows, columns = plate.shape.rows, plate.shape.columns
    figure = _figure(0.62 * columns + 0.6, 0.5 * rows + 0.75)
    height = 0.5 * rows / (0.5 * rows + 0.75)
    axes = figure.add_axes((0.05, 0.02, 0.94, height))
    _plate_axes(axes, rows, columns)
    axes.set_title(title, color=INK, fontsize=11, pad=20, loc="left", parse_math=False)
    for record in mine.to_dict("records"):
        _draw_well(axes, {str(key): value for key, value in record.items()}, column)
    _save(figure, path)


def _draw_well(axes: Axes, record: dict[str, object], column: str) -> None:
    well = WellId.parse(str(record["Metadata_Well"]))
    found, truth = str(record[column]), str(record["Metadata_Perturbation"])
    label, colour, shade = found.replace("sirna_", "")[:9], UNKNOWN, 0.0
    if Role(str(record["Metadata_Role"])).is_control:
        label = "control"
    elif found:
        colour = UNKNOWN if not truth else RIGHT if found == truth else WRONG
        shade = 0.35 + 0.65 * float(str(record["Confidence"]))
    box = mpl.patches.FancyBboxPatch(
        (well.column + 0.08, well.row + 0.08), 0.84, 0.84,
        boxstyle="round,pad=0,rounding_size=0.12",
        facecolor=mpl.colors.to_rgba(colour, shade), edgecolor="#3a414b", linewidth=0.8,
    )  # fmt: skip
    axes.add_patch(box)
    ink, size = ("white", 7) if shade else ("#9aa3ad", 5.5)
    axes.text(well.column + 0.5, well.row + 0.5, label, color=ink, fontsize=size,
              ha="center", va="center", parse_math=False)  # fmt: skip


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
