"""The layout of a plate drawn: what each well holds, and which wells are controls."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from deepnoise_app.reports.heatmap import label_wells
from deepnoise_app.screen import CONTROL_COLOURS, Plate, Role, WellId

FILLED, EMPTY, EDGE = "#c3c8ce", "#f0f1f3", "#9aa1a9"
# Sizes in inches: of a well, at least and at most, and of a letter of its text.
NARROWEST, WIDEST, HEIGHT, LETTER = 0.32, 0.95, 0.32, 0.06
# The key in one line.
KEY_WIDTH = 5.0
TEXT_POINTS = 6
# The side of a well as a share of the distance between two.
SIDE = 0.88


def draw_layout(plate: Plate, texts: Mapping[WellId, str]) -> Figure:
    """Draw the wells of a plate, controls framed as in the window.

    Parameters
    ----------
    plate
        Wells that were not imaged are only outlined.
    texts
        What stands in a well; long texts are cut to its width.
    """
    rows, columns = plate.shape.rows, plate.shape.columns
    width = _well_width(texts)
    size = (max(KEY_WIDTH, 1.0 + width * columns), 1.3 + HEIGHT * rows)
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_aspect(HEIGHT / width, anchor="NW")
    axes.spines[:].set_visible(False)
    label_wells(axes, plate.shape)
    axes.set_title(
        f"{plate.experiment} {plate.name}: layout", fontsize=10, loc="left", parse_math=False
    )
    _draw_wells(axes, plate)
    letters = int(SIDE * width / LETTER)
    for well in plate.wells:
        text = texts.get(well, "")
        shown = text if len(text) <= letters else f"{text[: letters - 1]}…"
        axes.text(well.column, well.row, shown, fontsize=TEXT_POINTS, ha="center", va="center",
                  parse_math=False)  # fmt: skip
    figure.legend(handles=_key(plate), loc="outside lower left", ncols=4, fontsize=8, frameon=False)
    return figure


def _well_width(texts: Mapping[WellId, str]) -> float:
    """Room for most texts, in inches."""
    lengths = sorted(map(len, texts.values())) or [0]
    usual = lengths[(len(lengths) - 1) * 9 // 10]
    return min(WIDEST, max(NARROWEST, LETTER * (usual + 1)))


def _draw_wells(axes: Axes, plate: Plate) -> None:
    boxes, faces, edges, lines = [], [], [], []
    for row in range(plate.shape.rows):
        for column in range(plate.shape.columns):
            well = WellId(row, column)
            boxes.append(Rectangle((column - SIDE / 2, row - SIDE / 2), SIDE, SIDE))
            face, edge = _colours(plate, well)
            faces.append(face)
            edges.append(edge)
            lines.append(2.0 if edge != EDGE else 0.4)
    axes.add_collection(
        PatchCollection(boxes, facecolors=faces, edgecolors=edges, linewidths=lines)
    )


def _colours(plate: Plate, well: WellId) -> tuple[str, str]:
    """Colours of a well and of its edge."""
    if well not in plate.well_index:
        return "none", EDGE
    role = plate.map[well].role
    return (EMPTY if role is Role.EMPTY else FILLED), CONTROL_COLOURS.get(role, EDGE)


def _key(plate: Plate) -> list[Patch]:
    """The marks that are on the plate, with their names."""
    roles = {plate.map[well].role for well in plate.wells}
    found = [
        Patch(facecolor=FILLED, edgecolor=colour, linewidth=2, label=str(role).replace("_", " "))
        for role, colour in CONTROL_COLOURS.items()
        if role in roles
    ]
    if Role.EMPTY in roles:
        found.append(Patch(facecolor=EMPTY, edgecolor=EDGE, linewidth=0.4, label="empty"))
    if len(plate.wells) < plate.shape.rows * plate.shape.columns:
        found.append(Patch(facecolor="none", edgecolor=EDGE, linewidth=0.4, label="not imaged"))
    return found
