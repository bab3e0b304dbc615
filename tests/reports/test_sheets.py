"""Sheets of small heat maps: every plate is there, whole, in its place and in its colours."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.reports.sheets import MISSING, draw_sheet
from deepnoise_app.screen import PlateShape, Role

SHAPES = {"6 wells": (2, 3), "384 wells": (16, 24), "1,536 wells": (32, 48), "upright": (24, 16)}


def plate(number: int, shape: tuple[int, int], name: str = "") -> PlateValues:
    rows, columns = (axis.ravel() for axis in np.mgrid[: shape[0], : shape[1]])
    values = np.linspace(10.0, 20.0, len(rows)) + number
    values[1] = np.nan
    roles = (Role.TREATMENT,) * len(rows)
    key = name or f"P{number}"
    return PlateValues(
        "E1", key, PlateShape(*shape), rows, columns, values, roles, ("",) * len(rows)
    )


def drawn(figure) -> np.ndarray:
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("count", [1, 8, 11])
def test_every_well_of_every_plate_has_its_colour_in_its_place(shape, count: int) -> None:
    plates = [plate(i, shape) for i in range(count)]
    figure = draw_sheet(plates, "Mean", "grey levels")
    pixels = drawn(figure)
    axes = figure.axes[0]
    assert len(axes.images) == count
    known = np.concatenate([one.values[one.known] for one in plates])
    low, high = np.percentile(known, (2, 98))
    colours = mpl.colormaps[axes.images[0].get_cmap().name]
    for one, image in zip(plates, axes.images, strict=True):
        left, right, bottom, top = image.get_extent()
        grid = one.grid()
        for row, column in ((0, 0), (0, 1), (shape[0] - 1, shape[1] - 1), (1, 2)):
            at = (left + (column + 0.5) * (right - left) / shape[1],
                  top - (row + 0.5) * (top - bottom) / shape[0])  # fmt: skip
            x, y = axes.transData.transform(at)
            value = (grid[row, column] - low) / (high - low)
            wanted = mpl.colors.to_rgb(MISSING) if np.isnan(value) else colours(value)[:3]
            found = pixels[pixels.shape[0] - 1 - int(y), int(x)] / 255
            assert np.allclose(found, wanted, atol=0.01), (one.name, row, column)


def test_no_two_plates_and_no_names_lie_over_each_other_and_all_are_within_the_sheet() -> None:
    long = "a plate with the name that a careful robot wrote on the barcode of the seventh copy"
    figure = draw_sheet([plate(i, (16, 24), long) for i in range(11)], "Mean", "grey levels")
    drawn(figure)
    whole = figure.bbox
    axes, bar = figure.axes
    boxes = [part.get_window_extent() for part in (*axes.images, *axes.texts, bar)]
    for i, one in enumerate(boxes):
        assert min(one.x0, one.y0) >= 0, i
        assert np.all(one.max <= whole.max), i
        assert not any(one.overlaps(other) for other in boxes[i + 1 :]), i


def test_without_plates_there_is_an_empty_sheet_with_its_title() -> None:
    figure = draw_sheet([], "Mean", "grey levels")
    assert [text.get_text() for text in figure.axes[0].texts] == ["Mean"]
