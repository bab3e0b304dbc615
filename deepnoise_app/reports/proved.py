"""The page section about disentanglement: what profiles still know, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from deepnoise_app.analysis.probes import Probe
from deepnoise_app.analysis.profiles import Profiling
from deepnoise_app.analysis.proof import Proof, Score
from deepnoise_app.reports.html import drawing, heading, paragraph, table

COLOURS = dict(zip(Profiling, ("#7d8590", "#4f7cff", "#35b779", "#e9a23b"), strict=True))
METHODS = (
    "Probes: linear discriminants on wells (experiment, plate) or plates (row, column) left out,"
    " balanced accuracy. Plates mixed: batch silhouette and iLISI as in scib"
    " (Luecken et al. 2022; Korsunsky et al. 2019). Replicates found: mean average precision of"
    " cosine similarity to wells of other plates (Kalinin et al. 2025), of closeness for the cell"
    " count. Sphering: Ando et al. 2017. Intervals of 95 % over plates, for the perturbations"
    " connected over perturbations. Trivial profiles: measures of the same wells, each with mean 0"
    " and deviation 1; a model is worth its name where it finds more replicates than they do."
)


def proved_sections(proofs: Sequence[Proof], note: str = "") -> Iterator[str]:
    """Yield the section; nothing where there is nothing to tell. `note` says what is lacking."""
    told = [proof for proof in proofs if not proof.refusal]
    if not told:
        return
    yield heading("What the profiles still know of the technical noise")
    targets = [probe.target for probe in told[0].probes]
    yield paragraph(
        "Less is better for what a probe reads, more is better for the rest. The figure shows"
        " intervals of 95 %, and chance as a line."
    )
    yield drawing(_figure(told), "What each kind of profile knows, before and after correction")
    yield table(
        ("Profiles", "Correction", "Wells", *targets, "Plates mixed: silhouette", "iLISI",
         "Perturbations connected", "Replicates found (mAP)"),
        [
            (proof.name, proof.correction, proof.wells, *map(_score, proof.probes),
             *map(_score, (proof.silhouette, proof.mixing, proof.connectivity, proof.precision)))
            for proof in told
        ],
    )  # fmt: skip
    for proof in proofs:
        if proof.refusal:
            yield paragraph(f"{proof.name}: {proof.refusal}.", "small")
    if note:
        yield paragraph(f"{note}.", "small")
    yield paragraph(METHODS, "small")


def _score(score: Score | Probe) -> str:
    if score.value != score.value:
        return "–"
    chance = "" if score.chance != score.chance else f"; chance {score.chance:.2f}"
    return f"{score.value:.2f} ({score.low:.2f} to {score.high:.2f}{chance})"


def _figure(proofs: Sequence[Proof]) -> Figure:
    """A panel for each probe and one for the replicates; a dot for each profile and correction."""
    targets = [probe.target for probe in proofs[0].probes]
    names = list(dict.fromkeys(proof.name for proof in proofs))
    figure = Figure(figsize=(11, 1.4 + 0.75 * len(names)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(targets) + 1, sharey=True, sharex=True)
    for i, axes in enumerate(panels):
        for proof in proofs:
            score = proof.probes[i] if i < len(targets) else proof.precision
            _dot(axes, proof.correction, names.index(proof.name), score)
        axes.set_title(f"{targets[i]} read" if i < len(targets) else "replicates found", size=10)
        axes.set(xlim=(0, 1))
    panels[0].set_yticks(range(len(names)), names)
    panels[0].invert_yaxis()
    handles, labels = panels[0].get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    figure.legend(once.values(), once.keys(), loc="outside lower center", ncols=len(COLOURS))
    return figure


def _dot(axes: Axes, correction: Profiling, row: int, score: Score | Probe) -> None:
    at = row + (list(COLOURS).index(correction) - (len(COLOURS) - 1) / 2) * 0.18
    axes.plot([score.low, score.high], [at, at], color=COLOURS[correction], linewidth=2)
    axes.plot([score.value], [at], "o", color=COLOURS[correction], label=correction.value)
    axes.plot([score.chance] * 2, [at - 0.09, at + 0.09], color="black", linewidth=1)
