"""The page sections about measures: plate effects, shares of variance, controls, flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.summary import MeasureSummary, ScreenSummary, summarise_measures
from deepnoise_app.analysis.variance import NAMES
from deepnoise_app.reports.html import drawing, heading, paragraph, table
from deepnoise_app.reports.sheets import draw_sheet

SHOWN_FLAGS, SHOWN_EFFECTS, SHEETS = 50, 12, ("Intensity_Mean", "Cells", "Quality_Focus")
COLOURS = ("#8e6bbf", "#4f7cff", "#3fb6c9", "#35b779", "#e9a23b", "#7d8590")

METHODS = (
    "Row and column effects: F tests on ranks (Conover and Iman 1981), sizes by median polish"
    " (Tukey 1977). Edge: rank sum test, size by the median of pairwise differences (Hodges and"
    " Lehmann 1963). Trend: quadratic surface, robust fit (Huber 1964). Samples only, controls left"
    " out; p values are not corrected for their number. Variance: method of moments (Henderson"
    " 1953), 95 % intervals by drawing experiments and plates again. Z': Zhang 1999, robust Z' with"
    " medians and MADs, SSMD: Zhang 2007. B score: Brideau 2003."
)


def measured_sections(measures: Measures, summary: ScreenSummary | None = None) -> Iterator[str]:
    """Yield the sections of a page about measured plates."""
    told = summary or summarise_measures(measures)
    plates = measures.table.groupby(["Metadata_Experiment", "Metadata_Plate"]).ngroups
    counted = f"{plates} plate{'s' * (plates != 1)}"
    yield paragraph(f"{len(measures)} wells on {counted}, {len(measures.names)} measures.")
    for note in told.notes:
        yield paragraph(note, "note")
    yield from _variance(told.measures)
    yield from _effects(told.measures)
    yield from _controls(told.measures)
    yield from _flags(told)
    yield heading("Plates")
    for one in told.measures:
        if one.column.startswith(SHEETS):
            yield drawing(draw_sheet(one.plates, one.title, one.unit), f"Heat maps: {one.title}")
    yield heading("Methods of the measures")
    yield paragraph(METHODS, "small")


def _variance(measures: Sequence[MeasureSummary]) -> Iterator[str]:
    told = [one for one in measures if one.variance.components]
    yield heading("Where the variance comes from")
    if not told:
        yield paragraph("Too few sample wells have a value to tell.")
        return
    yield drawing(_bars(told), "Shares of variance of each measure")
    rows = [
        (one.title, c.name, f"{c.share:.0%}", f"{c.low:.0%} to {c.high:.0%}")
        for one in told
        for c in one.variance.components
        if c.share >= 0.01
    ]
    yield table(("Measure", "Source", "Share", "95 % interval"), rows)
    for note in dict.fromkeys(note for one in told for note in one.variance.notes):
        yield paragraph(note, "small")


def _bars(measures: Sequence[MeasureSummary]) -> Figure:
    figure = Figure(figsize=(9, 1.2 + 0.28 * len(measures)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    left = np.zeros(len(measures))
    for name, colour in zip(NAMES, COLOURS, strict=True):
        found = [one.variance.of(name) for one in measures]
        shares = np.array([0.0 if c is None else np.nan_to_num(c.share) for c in found])
        axes.barh(range(len(measures)), shares, left=left, color=colour, label=name)
        left += shares
    axes.set_yticks(range(len(measures)), [one.title for one in measures], fontsize=8)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.set(xlim=(0, 1), xlabel="share of the variance")
    axes.invert_yaxis()
    axes.legend(ncols=len(NAMES), fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def _effects(measures: Sequence[MeasureSummary]) -> Iterator[str]:
    yield heading("Effects of the position on the plate")
    found = [(one, plate, e) for one in measures for plate in one.effects for e in plate.effects]
    tested, clear = len(found), sum(e.p < 0.001 for _, _, e in found)
    yield paragraph(
        f"{clear} of {tested} tests have p below 0.001; chance alone gives one in 1000."
    )
    strongest = sorted(found, key=lambda x: (-x[2].share, x[2].p))[:SHOWN_EFFECTS]
    yield table(
        ("Measure", "Plate", "Effect", "Size", "In deviations", "Share", "p", "Where"),
        [
            (one.title, f"{plate.experiment} {plate.plate}", e.kind, e.size, e.relative,
             f"{e.share:.0%}", e.p, e.where)
            for one, plate, e in strongest
        ],
    )  # fmt: skip
    for note in list(dict.fromkeys(p.note for one in measures for p in one.effects if p.note))[:5]:
        yield paragraph(f"On some plates: {note}.", "small")


def _controls(measures: Sequence[MeasureSummary]) -> Iterator[str]:
    pairs = [(one, p) for one in measures for p in one.controls if np.isfinite(p.ssmd)]
    if not pairs:
        return
    yield heading("Controls")
    best = sorted(pairs, key=lambda x: -abs(x[1].ssmd))[:SHOWN_EFFECTS]
    yield table(
        ("Measure", "Plate", "Positive", "Negative", "Z'", "Robust Z'", "SSMD", "Correction"),
        [
            (one.title, f"{p.experiment} {p.plate or '(all plates)'}", p.positive, p.negative,
             p.z_prime, p.robust_z_prime, p.ssmd, str(one.levelled))
            for one, p in best
        ],
    )  # fmt: skip


def _flags(summary: ScreenSummary) -> Iterator[str]:
    yield heading("Wells not to be trusted")
    if not summary.flags:
        yield paragraph("None is out of focus, empty, saturated or full of debris.")
        return
    yield table(
        ("Plate", "Well", "Reason", "Channel", "Value", "Usual"),
        [
            (f"{f.experiment} {f.plate}", f.well, f.reason, f.channel, f.value, f.usual)
            for f in summary.flags[:SHOWN_FLAGS]
        ],
    )
    if len(summary.flags) > SHOWN_FLAGS:
        yield paragraph(f"And {len(summary.flags) - SHOWN_FLAGS} more.")
