"""The plot of trivial baselines beside a model's free names, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from qtpy.QtGui import QColor

from deepnoise_app.analysis.accuracy import Accuracy
from deepnoise_app.analysis.beside import UNTRAINED, Baseline, Baselines
from deepnoise_app.analysis.verdict import Verdict
from deepnoise_app.gui.callout import AMBER, LINK
from deepnoise_app.gui.curves import PENS
from deepnoise_app.gui.icons import ICON_GREY
from deepnoise_app.gui.plot_marks import DOTS, Line, Marks, as_percent
from deepnoise_app.gui.words import percent
from deepnoise_app.runs.ladder_table import LadderTable

MODEL = "this model"
UNTRAINED_STEP = UNTRAINED.replace(" ", "-")
FREE = "free"


class BesidePlot:
    """One row for the model and below it one for each baseline, with their intervals."""

    def __init__(self, plot: Any) -> None:
        self.plot = plot
        plot.setMouseEnabled(x=False, y=False)
        plot.invertY(True)
        plot.setXRange(0, 1, padding=0.14)  # else the last label has no room
        as_percent(plot.getAxis("bottom"), 2)
        self._model = Marks(plot, PENS[FREE].colour, PENS[FREE].symbol, "x", 0.2)
        self._trivial = Marks(plot, ICON_GREY, "s", "x", 0.2)
        self._chance = Line(plot, DOTS)

    def show(
        self, whole: Verdict, rows: Sequence[Baseline], chance: float | None, ink: QColor
    ) -> None:
        """Show other accuracies; words tell what is lacking."""
        model = Baseline(MODEL, whole.accuracies.get(FREE), whole.wells)
        shown = [model, *reversed(rows)]
        found = [(at, row.accuracy) for at, row in enumerate(shown) if row.accuracy is not None]
        for marks, mine in ((self._model, found[:1] if model.accuracy else []),
                            (self._trivial, found[1:] if model.accuracy else found)):  # fmt: skip
            marks.show(
                np.array([one.value for _, one in mine]),
                np.array([float(at) for at, _ in mine]),
                np.array([one.low for _, one in mine]),
                np.array([one.high for _, one in mine]),
            )
        self._chance.show(chance, ink)
        names = [_row(row) for row in shown]
        axis = self.plot.getAxis("left")
        axis.setTicks([list(enumerate(names)), []])
        axis.setWidth(max(map(self.plot.fontMetrics().horizontalAdvance, names)) + 24)
        self.plot.setYRange(-0.6, len(shown) - 0.4, padding=0)


def _row(row: Baseline) -> str:
    """Return the name of a row with what it reaches, or why that is not known."""
    told = percent(row.accuracy.value) if row.accuracy is not None else row.lacking
    return f"{row.name}: {told}"


def beside_words(whole: Verdict, baselines: Baselines, ladder: LadderTable | None) -> list[str]:
    """Say what the baselines mean for the model: warnings first, then what is not known."""
    said = []
    if baselines.warning:
        said.append(f"<span style='color: {AMBER}'>▲</span> {escape(baselines.warning)}.")
    model = whole.accuracies.get(FREE)
    rows = [(one.accuracy.value, one.name) for one in (*baselines.rows, untrained_of(ladder))
            if one.accuracy is not None]  # fmt: skip
    best, name = max(rows, default=(0.0, ""))
    if model is not None and name and best >= model.value:
        said.append(
            f"<span style='color: {AMBER}'>▲</span> {name.capitalize()} alone names as many wells"
            " right: the model adds nothing here."
        )
    if not baselines.measured:
        said.append(
            f"<a href='Quality' style='color: {LINK}'>Measure the plates</a> to see what brightness"
            " and number of cells alone reach."
        )
    return said


def untrained_of(ladder: LadderTable | None) -> Baseline:
    """Return what a network reaches that has learned nothing, if an open ladder tells it."""
    if ladder is None:
        return Baseline(UNTRAINED, lacking="needs a ladder")
    found = ladder.of(FREE).to_dict("index").get(UNTRAINED_STEP)
    if found is None:
        return Baseline(UNTRAINED, lacking="not in the ladder")
    one = Accuracy(float(found["value"]), float(found["low"]), float(found["high"]))
    return Baseline(f"{UNTRAINED} (ladder)", one)
