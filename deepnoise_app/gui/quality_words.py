"""What is told of the quality of plates: effects of position, variance, controls, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite

from deepnoise_app.analysis.controls import ControlPair
from deepnoise_app.analysis.summary import MeasureSummary
from deepnoise_app.gui.variance_bar import COLOURS
from deepnoise_app.gui.words import percent, sentence
from deepnoise_app.session import PlateKey

# A p below this is told in strong letters.
ALARMING = 0.001
NAMES = {"row": "Rows", "column": "Columns", "edge": "Edge", "trend": "Trend"}


def p_value(p: float) -> str:
    """Return a p value as people write it."""
    if p < 1e-4:
        return "p &lt; 0.0001"
    return f"p = {p:.2g}" if p < 0.1 else f"p = {p:.2f}"


def effects_table(summary: MeasureSummary, key: PlateKey) -> str:
    """Effects of row, column, edge and trend on one plate, a line each."""
    found = next((one for one in summary.effects if (one.experiment, one.plate) == key), None)
    if found is None:
        return "This plate is not measured."
    rows = []
    for effect in found.effects:
        said = [
            NAMES[effect.kind],
            f"{effect.relative:+.1f} SD" if isfinite(effect.relative) else "",
            percent(effect.share),
            p_value(effect.p),
        ]
        strong = effect.p < ALARMING and effect.share >= 0.05
        rows.append(_row([f"<b>{cell}</b>" if strong else cell for cell in said]))
        if effect.where:
            rows.append(f"<tr><td></td><td colspan='3'>{escape(effect.where)}</td></tr>")
    note = escape(sentence(found.note))
    told = _table(["", "size", "share", ""], rows) if rows else ""
    return f"{told}<br>{note}" if told and note else told or note


def effects_about(summary: MeasureSummary, key: PlateKey) -> str:
    """Say how an effect is measured, for the tooltip."""
    wells = next((one.wells for one in summary.effects if (one.experiment, one.plate) == key), 0)
    return (
        f"On {wells} sample wells: size in robust deviations of the samples, share of the variance"
        " of ranks, and p of no effect. Strong: p below 0.001 and a share of 5 % or more."
    )


def variance_table(summary: MeasureSummary) -> str:
    """Sources of variance with their shares and intervals, a line each, and what is to be known."""
    rows = [
        _row([_source(one.name), percent(one.share), _interval(one.low, one.high)])
        for one in summary.variance.components
    ]
    notes = "<br>".join(escape(note) for note in summary.variance.notes)
    return "".join((_table(["", "share", "95 %"], rows) if rows else "", notes))


def _source(name: str) -> str:
    return f"<span style='color: {COLOURS[name]}'>■</span> {name.capitalize()}"


def controls_table(summary: MeasureSummary, key: PlateKey) -> str:
    """Z' and SSMD of the control pairs of a plate, or of its experiment where plates have few."""
    pairs = [pair for pair in summary.controls if pair.experiment == key[0]]
    mine = [pair for pair in pairs if pair.plate == key[1] and isfinite(pair.z_prime)]
    pooled = [pair for pair in pairs if not pair.plate]
    shown = mine or pooled or [pair for pair in pairs if pair.plate == key[1]]
    if not shown:
        return "<br>".join(escape(note) for note in summary.notes) or "No controls on this plate."
    where = "" if mine or not pooled else "All plates of the experiment pooled:"
    best = sorted(shown, key=_strength, reverse=True)
    return where + _table(["", "Z'", "robust", "SSMD"], [_row(_pair(one)) for one in best])


def _strength(pair: ControlPair) -> float:
    return abs(pair.ssmd) if isfinite(pair.ssmd) else -1.0


def _pair(pair: ControlPair) -> Sequence[str]:
    names = f"{escape(pair.positive)} / {escape(pair.negative)}"
    if pair.note and not isfinite(pair.z_prime):
        return [names, escape(pair.note), "", ""]
    return [names, *(_number(v) for v in (pair.z_prime, pair.robust_z_prime, pair.ssmd))]


def _number(value: float) -> str:
    return f"{value:.2f}" if isfinite(value) else "–"


def _interval(low: float, high: float) -> str:
    known = isfinite(low) and isfinite(high)
    return f"{low * 100:.0f}–{high * 100:.0f}" if known else ""


def _row(cells: Iterable[str]) -> str:
    first, *others = cells
    return (
        f"<tr><td style='padding-right: 10px'>{first}</td>"
        + "".join(
            f"<td style='padding-right: 10px; white-space: nowrap' align='right'>{cell}</td>"
            for cell in others
        )
        + "</tr>"
    )


def _table(heads: Sequence[str], rows: Iterable[str]) -> str:
    return f"<table>{_row([f'<i>{head}</i>' for head in heads])}{''.join(rows)}</table>"
