"""The page section about disentanglement: what profiles still know, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deepnoise_app.analysis.proof import Proof, Score
from deepnoise_app.reports.html import heading, paragraph, table

METHODS = (
    "Probes: linear discriminants on wells (experiment, plate) or plates (row, column) left out,"
    " balanced accuracy, 95 % over plates. Plates mixed: batch silhouette and iLISI as in scib"
    " (Luecken et al. 2022; Korsunsky et al. 2019). Replicates found: mean average precision of"
    " cosine similarity to wells of other plates (Kalinin et al. 2025). Sphering: Ando et al. 2017."
)


def proved_sections(proofs: Sequence[Proof]) -> Iterator[str]:
    """Yield the section; nothing where there is nothing to tell."""
    told = [proof for proof in proofs if not proof.refusal]
    if not told:
        return
    yield heading("What the profiles still know of the technical noise")
    targets = [probe.target for probe in told[0].probes]
    yield paragraph(
        "Less is better for what a probe reads (chance in brackets), more is better for the rest."
    )
    yield table(
        ("Profiles", "Correction", *targets, "Plates mixed: silhouette", "iLISI",
         "Perturbations connected", "Replicates found (mAP)"),
        [
            (proof.name, proof.correction,
             *(f"{p.value:.2f} ({p.chance:.2f})" if p.value == p.value else "–"
               for p in proof.probes),
             proof.silhouette, proof.mixing, proof.connectivity, _score(proof.precision))
            for proof in told
        ],
    )  # fmt: skip
    for proof in proofs:
        if proof.refusal:
            yield paragraph(f"{proof.name}: {proof.refusal}.", "small")
    yield paragraph(METHODS, "small")


def _score(score: Score) -> str:
    if score.value != score.value:
        return "–"
    return f"{score.value:.2f} ({score.low:.2f} to {score.high:.2f}; chance {score.chance:.2f})"
