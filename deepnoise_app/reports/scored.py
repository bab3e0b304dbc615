"""The page sections about a scoring: accuracies, the plates, the wells to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from deepnoise_app.analysis.values import plates_of
from deepnoise_app.reports.html import drawing, heading, paragraph, table
from deepnoise_app.reports.page import ACCURACIES
from deepnoise_app.reports.sheets import draw_sheet
from deepnoise_app.screen import Predictions

SHOWN_WELLS, SHOWN_PROBLEMS, WORST = 40, 20, 10
METHODS = (
    "Free: the best of all perturbations, well by well. One per well: a linear assignment that"
    " gives each perturbation to at most as many wells as a plate holds copies. Plate prior: the"
    " same among the perturbations of the library plate, which is inferred from the images."
    " Intervals: Wilson 1927 at the effective number of wells (Kish 1965), 95 % over plates."
)


def scored_sections(predictions: Predictions, summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sections of a page about scored plates; `summary` is that of the scoring."""
    yield paragraph(
        f"{summary.get('wells', len(predictions))} wells, {summary.get('sites', 0)} sites, scored"
        f" by the model {summary.get('model', '')}. Candidates: {summary.get('candidates', '')}."
    )
    for note in ("model_warning", "candidates_note"):
        if summary.get(note):
            yield paragraph(str(summary[note]), "note")
    for plate in summary.get("unlike_training", ()):
        name = f"{plate['experiment']} {plate['plate']}"
        reasons = "; ".join(plate["reasons"])
        yield paragraph(f"{name} is unlike the training data of the model: {reasons}.", "note")
    yield from _accuracies(summary)
    yield from _plates(predictions)
    yield from _doubtful(predictions.table)
    yield from _problems(summary)
    yield heading("Methods of the scoring")
    yield paragraph(METHODS, "small")


def _accuracies(summary: Mapping[str, Any]) -> Iterator[str]:
    yield heading("Accuracy")
    found = summary.get("accuracy") or {}
    if not found:
        yield paragraph("The truth is not known, so there are no accuracies.", "small")
        return
    known = summary.get("treated_wells_of_known_perturbation", 0)
    yield paragraph(f"On {known} treated wells of known perturbation.")
    yield table(
        ("", "Accuracy", "95 %", "What it means"),
        [
            (ACCURACIES[name][0], one["value"], _interval(one), ACCURACIES[name][2])
            for name, one in found.items()
            if name in ACCURACIES
        ],
    )
    experiments = summary.get("experiments") or {}
    rows: list[tuple[str, *tuple[float, ...]]] = [
        (str(name), *[float(one["accuracy"].get(a, {}).get("value", "nan")) for a in ACCURACIES])
        for name, one in experiments.items()
        if one.get("accuracy")
    ]
    if len(rows) > 1:
        yield table(("Experiment", *(words[0] for words in ACCURACIES.values())),
                    sorted(rows, key=lambda row: str(row[1])))  # fmt: skip


def _interval(one: Mapping[str, Any]) -> str:
    low, high = one.get("low"), one.get("high")
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"


def _plates(predictions: Predictions) -> Iterator[str]:
    made = plates_of(predictions.table, "Confidence")
    if not made:
        return
    yield heading("Plates")
    yield drawing(draw_sheet(made, "Confidence of the free prediction", "0 to 1"),
                  "Heat maps of the confidence")  # fmt: skip
    truth = predictions.table["Metadata_Perturbation"]
    treated = predictions.table["Metadata_Role"] == "treatment"
    known = predictions.table[(truth != "") & treated]
    if len(known):
        right = known["Prediction_Free"] == known["Metadata_Perturbation"]
        names = known["Metadata_Experiment"] + " " + known["Metadata_Plate"]
        shares = right.groupby(names).mean().sort_values().head(WORST)
        yield paragraph(f"The {len(shares)} plates with the lowest free accuracy:")
        yield table(("Plate", "Free accuracy"), zip(shares.index, shares.tolist(), strict=True))


def _doubtful(wells: pd.DataFrame) -> Iterator[str]:
    flagged = wells[wells["Flags"].astype(str) != ""]
    if not len(flagged):
        return
    yield heading("Flagged wells")
    columns = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well", "Prediction_Free",
               "Confidence", "Flags"]  # fmt: skip
    shown = flagged.sort_values("Confidence")[columns].head(SHOWN_WELLS)
    yield table(("Experiment", "Plate", "Well", "Free", "Confidence", "Flags"),
                shown.itertuples(index=False, name=None))  # fmt: skip
    if len(flagged) > SHOWN_WELLS:
        yield paragraph(f"And {len(flagged) - SHOWN_WELLS} more.")


def _problems(summary: Mapping[str, Any]) -> Iterator[str]:
    problems = summary.get("problems") or []
    if not problems:
        return
    kinds, counts = np.unique([str(p.get("kind")) for p in problems], return_counts=True)
    yield heading("Problems with files")
    told = ", ".join(f"{kind}: {count}" for kind, count in zip(kinds, counts, strict=True))
    yield paragraph(f"{told}.")
    for problem in problems[:SHOWN_PROBLEMS]:
        yield paragraph(str(problem.get("message", "")), "small")
