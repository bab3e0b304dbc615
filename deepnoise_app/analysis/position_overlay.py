"""The effect of position on a measure of a plate, as it is painted."""

from __future__ import annotations

import numpy as np

from deepnoise_app.analysis.kinds import BY_NAME
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.polish import median_polish
from deepnoise_app.analysis.position import why_not
from deepnoise_app.analysis.values import plates_of
from deepnoise_app.screen import Channel, PlateOverlay, Scale


def effect_overlay(measures: Measures, kind: str, channel: Channel) -> PlateOverlay:
    """Return what row and column add to a measure of one plate, as it is painted.

    It is fitted to the samples by median polish and told of all wells in rows and columns that
    hold some; where there are too few samples it is told of none, and the title says why.
    """
    what = BY_NAME[kind]
    (plate,) = plates_of(measures.table, what.column(channel))
    title = f"Position effect, {what.title.lower()}, {channel.name}"
    note = why_not(plate, plate.samples)
    if note:
        return PlateOverlay(f"{title}: {note}", what.unit, Scale.DIVERGING)
    effect = median_polish(plate.grid(plate.samples)).effect[plate.rows, plate.columns]
    found = zip(plate.wells, effect.tolist(), strict=True)
    known = {well: value for well, value in found if np.isfinite(value)}
    texts = {well: f"{value:+.3g}" for well, value in known.items()}
    return PlateOverlay(title, what.unit, Scale.DIVERGING, known, texts)
