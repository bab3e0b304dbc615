"""The page and the figure of a ladder: accuracy step by step, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from deepnoise_app.reports.html import drawing, heading, page, paragraph, table
from deepnoise_app.reports.page import ACCURACIES
from deepnoise_app.runs.files import write_beside, write_whole

COLOURS = {"free": "#4f7cff", "one_per_well": "#e9a23b", "plate_prior": "#35b779"}
GROUPS = {
    "at hand": "Experiments at hand: second stages learned from their images, never their labels",
    "fresh": "Fresh experiments: no training saw them in any way",
}
METHOD = (
    "Means over seeds and plates, treated wells only; in brackets and as bars 95 % intervals that"
    " take seeds and plates both as drawn from many (Owen 2007, degrees of freedom after"
    " Satterthwaite 1946). Gains are paired: the same plates, the same seeds. Epochs were chosen"
    " on experiments that are not among those named here. Compute counts forward passes of a site,"
    " a step of learning as three; training only."
)


def write_climbed(results: pd.DataFrame, title: str, learned: Sequence[str], folder: Path) -> None:
    """Write `report.html` and `ladder.png` from the table of a ladder.

    Parameters
    ----------
    results
        As `ladder.parquet` holds it; the rows of seed -1 are those over all seeds.
    learned
        Experiments that were learned from with labels.
    """
    over_all = results[results["seed"] < 0]
    drawn = climbed_figure(over_all)
    write_beside(folder / "ladder.png", lambda beside: drawn.savefig(beside, dpi=120))
    seeds = results["seed"].max() + 1
    parts = [
        paragraph(
            f"Learned from {len(learned)} labelled experiments, {seeds} times with other random"
            " numbers."
        ),
        drawing(drawn, "Accuracy of every step with its interval"),
        *_tables(over_all),
        paragraph(METHOD, "small"),
    ]
    write_whole(folder / "report.html", page(title or "The ladder", parts))


def climbed_figure(over_all: pd.DataFrame) -> Figure:
    """Return the figure: one row per step, one panel per group of experiments."""
    titles = list(dict.fromkeys(over_all["title"]))
    groups = list(dict.fromkeys(over_all["group"]))
    figure = Figure(figsize=(4 + 4.2 * len(groups), 1.2 + 0.34 * len(titles)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for axes, group in zip(panels, groups, strict=True):
        _panel(axes, over_all[over_all["group"] == group], titles)
        axes.set_title(group.capitalize(), fontsize=10)
    panels[0].set_yticks(range(len(titles)), titles, fontsize=8)
    panels[0].invert_yaxis()
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _panel(axes: Axes, mine: pd.DataFrame, titles: list[str]) -> None:
    for at, (metric, (words, _, _)) in enumerate(ACCURACIES.items()):
        rows = mine[mine["metric"] == metric]
        y = [titles.index(title) + 0.16 * (at - 1) for title in rows["title"]]
        span = [rows["value"] - rows["low"].clip(0, 1), rows["high"].clip(0, 1) - rows["value"]]
        axes.errorbar(
            rows["value"], y, xerr=span, fmt="o", ms=4, lw=1.2, color=COLOURS[metric], label=words
        )
    beside = [titles.index(t) for t in dict.fromkeys(mine.loc[mine["beside"], "title"])]
    for row in beside:
        axes.axhspan(row - 0.5, row + 0.5, color="#8888881f", lw=0)
    axes.set(xlim=(0, 1.02), xlabel="accuracy")
    axes.grid(axis="x", lw=0.4, alpha=0.5)


def _tables(over_all: pd.DataFrame) -> Iterator[str]:
    names = [words for words, _, _ in ACCURACIES.values()]
    for group, mine in over_all.groupby("group", sort=False):
        yield heading(GROUPS.get(str(group), str(group)))
        steps = [step for _, step in mine.groupby("step", sort=False)]
        rows = [_row(step.set_index("metric")) for step in steps]
        yield table(("Step", *names, "Gain over the step before", "Compute"), rows)


def _row(step: pd.DataFrame) -> tuple[str, ...]:
    """Cells of one step; its rows are named by the accuracy."""
    first = step.iloc[0]
    reads = str(first["reads"])
    passes = float(first["passes"])
    return (
        str(first["title"]) + " (beside the ladder)" * bool(first["beside"]),
        *(_told(step, metric) for metric in ACCURACIES),
        _gain(step, reads if reads in step.index else "free"),
        f"{passes:,.0f}" if passes else "–",
    )


def _number(step: pd.DataFrame, metric: str, name: str) -> float:
    return float(step[name].to_dict()[metric])


def _told(step: pd.DataFrame, metric: str) -> str:
    if metric not in step.index:
        return "–"
    value, low, high = (_number(step, metric, name) for name in ("value", "low", "high"))
    return f"{value:.3f} ({max(low, 0):.3f} to {min(high, 1):.3f})"


def _gain(step: pd.DataFrame, metric: str) -> str:
    if "gain_value" not in step or math.isnan(_number(step, metric, "gain_value")):
        return "–"
    gain, low, high = (_number(step, metric, f"gain_{n}") for n in ("value", "low", "high"))
    return f"{gain:+.3f} ({low:+.3f} to {high:+.3f}), {ACCURACIES[metric][0].lower()}"
