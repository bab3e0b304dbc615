"""The plot of trivial baselines beside a model, and what is said about it."""

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
from deepnoise_app.gui.plot_marks import DOTS, Line, Marks, as_percent
from deepnoise_app.gui.words import ACCURACIES
from deepnoise_app.runs.ladder_table import LadderTable

MODEL = "this model"
UNTRAINED_STEP = UNTRAINED.replace(" ", "-")
# How far the accuracies of a row stand apart.
APART = 0.22


class BesidePlot:
    """One row for the model and below it one for each baseline: accuracies with their intervals."""

    def __init__(self, plot: Any) -> None:
        self.plot = plot
        plot.setMouseEnabled(x=False, y=False)
        plot.invertY(True)
        plot.setXRange(0, 1, padding=0.14)  # else the last label has no room
        as_percent(plot.getAxis("bottom"), 2)
        self._marks = {
            name: Marks(plot, pen.colour, pen.symbol, "x", 0.12) for name, pen in PENS.items()
        }
        self._chance = Line(plot, DOTS)

    def show(
        self, whole: Verdict, rows: Sequence[Baseline], chance: float | None, ink: QColor
    ) -> None:
        """Show other accuracies; words tell what is lacking."""
        shown = [Baseline(MODEL, whole), *reversed(rows)]
        for step, (name, marks) in enumerate(self._marks.items()):
            found = [(at + (step - 1) * APART, row.verdict.accuracies[name])
                     for at, row in enumerate(shown) if name in row.verdict.accuracies]  # fmt: skip
            marks.show(
                np.array([one.value for _, one in found]),
                np.array([at for at, _ in found]),
                np.array([one.low for _, one in found]),
                np.array([one.high for _, one in found]),
            )
        self._chance.show(chance, ink)
        names = [_row(row) for row in shown]
        axis = self.plot.getAxis("left")
        axis.setTicks([list(enumerate(names)), []])
        axis.setWidth(max(map(self.plot.fontMetrics().horizontalAdvance, names)) + 24)
        self.plot.setYRange(-0.6, len(shown) - 0.4, padding=0)


def _row(row: Baseline) -> str:
    """Return the name of a row with what it reaches, or why that is not known."""
    found = row.verdict.accuracies
    told = [f"{found[name].value * 100:.0f}" for name in ACCURACIES if name in found]
    return f"{row.name}: {' · '.join(told)} %" if told else f"{row.name}: {row.lacking}"


def beside_words(whole: Verdict, baselines: Baselines, ladder: LadderTable | None) -> list[str]:
    """Say what the baselines mean for the model: warnings first, then what is not known."""
    said = []
    if baselines.warning:
        said.append(f"<span style='color: {AMBER}'>▲</span> {escape(baselines.warning)}.")
    rows = [(row.verdict.accuracies, row.name) for row in
            (*baselines.rows, untrained_of(ladder))]  # fmt: skip
    for name in reversed(ACCURACIES):
        model = whole.accuracies.get(name)
        reached = [(found[name].value, way) for found, way in rows if name in found]
        best, way = max(reached, default=(0.0, ""))
        if model is not None and way and best >= model.value:
            said.append(
                f"<span style='color: {AMBER}'>▲</span> {way.capitalize()} alone names as many"
                f" wells right ({ACCURACIES[name]}): the model adds nothing here."
            )
            break
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
    found = {}
    for name in ACCURACIES:
        one = ladder.of(name).to_dict("index").get(UNTRAINED_STEP)
        if one is not None:
            found[name] = Accuracy(float(one["value"]), float(one["low"]), float(one["high"]))
    if not found:
        return Baseline(UNTRAINED, lacking="not in the ladder")
    return Baseline(f"{UNTRAINED} (ladder)", Verdict(found, 0))
