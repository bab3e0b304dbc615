"""What is written on the mosaic: rows and columns from afar, names of wells from near."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from deepnoise_app.gui.label_layer import Texts
from deepnoise_app.gui.labels import (
    LETTER_PX,
    LINE_PX,
    Label,
    features_of,
    places_of,
    said_of,
)
from deepnoise_app.gui.painted import named_on
from deepnoise_app.gui.view_watch import View
from deepnoise_app.screen import MosaicLayout, Plate, WellId, row_letters
from deepnoise_app.session import Session

# From this height of a well on the canvas on, its label has room in the gap above it.
NEAR_PX = 130
# Column numbers stand at least this far apart.
APART_PX = 32
# Nobody reads more labels than these at once.
MOST = 400


def mosaic_texts(session: Session, plate: Plate, layout: MosaicLayout, view: View) -> Texts:
    """Return the labels for a view, in pixels of the files.

    From afar the letters of the rows stand at the left edge of what is seen and the numbers of
    the columns at its upper edge, as in a spreadsheet; from near each well has its label.
    """
    import pandas as pd

    step = float(2**layout.level)
    seen = view.scaled(step)
    if layout.well_size[0] * seen.zoom >= NEAR_PX:
        labels = tuple(_near(session, plate, layout, seen))
        features = features_of(labels)
        return Texts(places_of(labels) * step, features, np.ones(len(labels), bool))
    columns, rows = list(_columns(layout, seen)), list(_rows(layout, seen))
    headers = [*columns, *rows]
    places = np.array([(row, column) for row, column, _ in headers]).reshape(-1, 2)
    named = features_of(())
    features = pd.DataFrame(columns=named.columns, index=range(len(headers)))
    for name, column in named.items():
        empty = "" if column.dtype == object else 0
        features[name] = pd.Series([empty] * len(headers), dtype=column.dtype)
    features["label"] = pd.Series([text for _, _, text in headers], dtype=object)
    inside = [seen.top > 0] * len(columns) + [seen.left > 0] * len(rows)
    return Texts(places * step, features, np.array(inside, dtype=bool))


def _near(session: Session, plate: Plate, layout: MosaicLayout, seen: View) -> Iterator[Label]:
    named = named_on(session, plate)
    letters = layout.well_size[1] * seen.zoom / LETTER_PX
    rectangle = seen.top, seen.left, seen.bottom, seen.right
    wells = [well for well in layout.wells_in(*rectangle) if well in plate.well_index]
    for well in wells[:MOST]:
        top, left = layout.corner(well)
        expected, said = plate.map[well].perturbation, said_of(named, well)
        whole = Label(well, 0, left, top, 0, expected, *said)
        short = Label(well, 0, left, top, 0, expected)
        fits = (one for one in (whole, short) if len(one.line) <= letters)
        yield next(fits, Label(well, 0, left, top))


def _rows(layout: MosaicLayout, seen: View) -> Iterator[tuple[float, float, str]]:
    """Yield a header for each row: row and column of its place, and its letters."""
    left = max(-2 * LETTER_PX / seen.zoom - 6 / seen.zoom, seen.left + 4 / seen.zoom)
    height = layout.well_size[0]
    every = _every(layout.pitch[0] * seen.zoom, LINE_PX)
    for row in range(0, layout.shape.rows, every):
        middle = layout.corner(WellId(row, 0))[0] + height / 2 + LINE_PX / 2 / seen.zoom
        yield middle, left, row_letters(row)


def _columns(layout: MosaicLayout, seen: View) -> Iterator[tuple[float, float, str]]:
    """Yield a header for each column, or for some of them where they lie close."""
    top = max(-4 / seen.zoom, seen.top + LINE_PX / seen.zoom + 4 / seen.zoom)
    width = layout.well_size[1]
    every = _every(layout.pitch[1] * seen.zoom, APART_PX)
    for column in range(0, layout.shape.columns, every):
        left = layout.corner(WellId(0, column))[1] + width / 2
        text = str(column + 1)
        yield top, left - len(text) * LETTER_PX / 2 / seen.zoom, text


def _every(pitch_px: float, least_px: float) -> int:
    """How many headers apart there is room for one."""
    return max(1, int(np.ceil(least_px / max(pitch_px, 1e-6))))
