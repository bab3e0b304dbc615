"""Accuracy of each plate or experiment with its interval, the worst first, beside trivial ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox

from deepnoise_app.analysis.beside import POSITION, Baseline
from deepnoise_app.analysis.insight import Part
from deepnoise_app.gui.beside_plot import APART, BesidePlot, beside_words, untrained_of
from deepnoise_app.gui.curves import PENS
from deepnoise_app.gui.plot_marks import DASHES, DOTS, Band, Line, Marks, as_percent
from deepnoise_app.gui.plot_tab import PlotTab
from deepnoise_app.gui.words import ACCURACIES, percent, verdict_line
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.session import Session

NOTHING = "No accuracies yet: score a plate of which it is known what the wells hold."
MOST = 30
# Before the name of the plate in front.
FRONT = "▸ "
PLATES, EXPERIMENTS = "By plate", "By experiment"


class AccuracyTab(PlotTab):
    """Draws parts as rows, the three accuracies as points with intervals."""

    def __init__(self, session: Session, workbench: Workbench) -> None:
        super().__init__("How often names are right", NOTHING)
        self._session = session
        self._workbench = workbench
        self.by = QComboBox()
        self.by.addItems([PLATES, EXPERIMENTS])
        self.by.setAccessibleName("Rows")
        self.by.setToolTip("One row for each plate, or for each experiment")
        self.by.currentIndexChanged.connect(lambda _: self.refresh())
        self.head.addWidget(self.by, 0, Qt.AlignmentFlag.AlignTop)
        for fact in ("insight", "baselines", "ladder"):
            getattr(session.events, fact).connect(self.refresh)
        session.events.plate.connect(self._on_plate)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.told.linkActivated.connect(self._on_link)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The rows that are drawn, the worst first."""
        insight = self._session.insight
        if insight is None:
            return ()
        by_plate = self.by.currentText() == PLATES
        return (insight.plates if by_plate else insight.experiments)[:MOST]

    def has_something(self) -> bool:
        """Whether an accuracy is known."""
        insight = self._session.insight
        return insight is not None and bool(insight.whole.accuracies)

    def build(self) -> None:
        """Make the plot."""
        tip = (
            "Share of treated wells that are named right, 95 % interval; the plate in front has a"
            " band. A click, or the arrow keys, show another"
        )
        self.plot = self.add_plot("Accuracies", tip, "", "Named right")
        self.plot.setMouseEnabled(x=False, y=True)
        self.plot.setXRange(0, 1, padding=0.06)
        as_percent(self.plot.getAxis("bottom"))
        self.plot.scene().sigMouseClicked.connect(self._on_click)
        self.walk(self.plot, self._on_step)
        self._marks = {
            name: Marks(self.plot, pen.colour, pen.symbol, "x", 0.12) for name, pen in PENS.items()
        }
        self._front = Band(self.plot)
        self._chance, self._place = Line(self.plot, DOTS), Line(self.plot, DASHES)
        tip = (
            "What anybody reaches on the same wells without a model, by the same accuracies, 95 %"
            " interval: each is learned from the other experiments. What a network tells that has"
            " learned nothing is measured by deepnoise ladder."
        )
        self.beside = BesidePlot(self.add_plot("Trivial baselines", tip, "", "Named right"))

    def draw(self) -> None:
        """Draw the rows and the trivial baselines."""
        insight, parts = self._session.insight, self.parts
        if insight is None:
            return
        for at, name in enumerate(PENS):
            self._points(parts, name, (at - 1) * APART)
        self._chance.show(insight.chance, self.ink)
        self._place.show(self._by_place, self.ink)
        widest = max((self.fontMetrics().horizontalAdvance(f"{FRONT}{name}")
                      for name in self._names), default=40)  # fmt: skip
        self.plot.getAxis("left").setWidth(min(widest + 24, 260))
        self.plot.invertY(True)
        self.plot.setYRange(-0.6, min(len(parts), 8) - 0.4, padding=0)
        self._mark()
        self.beside.show(insight.whole, self._beside, insight.chance, self.ink)
        self.say(self._text())

    @property
    def _names(self) -> list[str]:
        return [f"{part.experiment} {part.plate}".strip() for part in self.parts]

    @property
    def front_row(self) -> int | None:
        """The row of the plate in front, or of its experiment; None where it has none."""
        front = self._session.plate
        rows = [(part.experiment, part.plate) for part in self.parts]
        keys = [front.key, (front.experiment, "")] if front is not None else []
        return next((rows.index(key) for key in keys if key in rows), None)

    def _on_plate(self) -> None:
        """Mark another row; nothing else changes, and nothing unseen is drawn."""
        if self._built and not self._stale and self.isVisible():
            self._mark()
        else:
            self._stale = True

    def _mark(self) -> None:
        """Let the row of the plate in front stand out, and bring it to sight."""
        row, names = self.front_row, self._names
        said = [f"{FRONT}{name}" if at == row else name for at, name in enumerate(names)]
        self.plot.getAxis("left").setTicks([list(enumerate(said)), []])
        self._front.show(row, self.ink)
        low, high = self.plot.viewRange()[1]
        if row is not None and not low <= row <= high:
            half = (high - low) / 2
            self.plot.setYRange(row - half, row + half, padding=0)
        self.plot.setAccessibleDescription(self._row_in_words(row))

    def _row_in_words(self, row: int | None) -> str:
        if row is None:
            return "The plate in front has no row"
        found = self.parts[row].verdict.accuracies
        told = (f"{ACCURACIES[name]} {percent(one.value)} ({percent(one.low)} to"
                f" {percent(one.high)})" for name, one in found.items())  # fmt: skip
        place = f"row {row + 1} of {len(self.parts)}, the worst first"
        return f"In front: {self._names[row]}, {place}. {', '.join(told)}"

    @property
    def _by_place(self) -> float | None:
        """What the place of a well alone reaches; free names, as its row among the baselines."""
        insight, baselines = self._session.insight, self._session.baselines
        rows = baselines.rows if baselines is not None else ()
        found = [row.verdict.accuracies.get("free") for row in rows if row.name == POSITION]
        known = next(iter(found), None) or (insight.position if insight is not None else None)
        return known.value if known is not None else None

    @property
    def _beside(self) -> tuple[Baseline, ...]:
        """Baselines, and last what a network tells that has learned nothing."""
        baselines, ladder = self._session.baselines, self._session.ladder
        rows = baselines.rows if baselines is not None else ()
        return (*rows, untrained_of(ladder))

    def _points(self, parts: tuple[Part, ...], name: str, away: float) -> None:
        there = [(row, part.verdict.accuracies[name]) for row, part in enumerate(parts)
                 if name in part.verdict.accuracies]  # fmt: skip
        self._marks[name].show(
            np.array([one.value for _, one in there]),
            np.array([row for row, _ in there]) + away,
            np.array([one.low for _, one in there]),
            np.array([one.high for _, one in there]),
        )

    def _text(self) -> str:
        insight = self._session.insight
        if insight is None:
            return ""
        by_plate = self.by.currentText() == PLATES
        all_parts = insight.plates if by_plate else insight.experiments
        keys = " &nbsp; ".join(
            f"<span style='color: {pen.colour}'>{pen.sign}</span>&nbsp;{ACCURACIES[name]}"
            for name, pen in PENS.items()
            if name in insight.whole.accuracies
        )
        trivial = [f"┈&nbsp;chance {percent(insight.chance)}"] if insight.chance else []
        if self._by_place is not None:
            trivial.append(f"┄&nbsp;position alone {percent(self._by_place)}")
        more = f"; the {MOST} worst of {len(all_parts):,}" if len(all_parts) > MOST else ""
        lines = [verdict_line(insight.whole), f"{keys} &nbsp; {' &nbsp; '.join(trivial)}{more}"]
        if self._session.baselines is not None:
            lines += beside_words(insight.whole, self._session.baselines, self._session.ladder)
        return "<br>".join(lines)

    def _on_link(self, panel: str) -> None:
        self._session.bring_forward(panel)

    def _on_click(self, event: Any) -> None:
        place = self.plot.getPlotItem().vb.mapSceneToView(event.scenePos())
        self.show_row(round(place.y()))

    def _on_step(self, down: int, _: int) -> None:
        row = self.front_row
        self.show_row(row + down if row is not None else 0)

    def show_row(self, row: int) -> None:
        """Bring the plate of a row to the front."""
        parts = self.parts
        if 0 <= row < len(parts) and parts[row].plate:
            self._workbench.show_plate((parts[row].experiment, parts[row].plate))
