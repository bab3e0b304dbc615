"""What a run leaves behind for people and programs: predictions and their summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deepnoise_app.analysis.library import LibraryOrder
from deepnoise_app.learning.outcome import Outcome, judge
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.files import write_beside, write_whole
from deepnoise_app.screen import Plate, Predictions, Problem

SUMMARY = "summary.json"


def write_predictions(predictions: Predictions, folder: Path) -> None:
    """Write `predictions.parquet` and `predictions.csv`."""
    table = predictions.table
    write_beside(folder / "predictions.parquet", lambda path: table.to_parquet(path, index=False))
    write_beside(folder / "predictions.csv", lambda path: table.to_csv(path, index=False))


def library_summary(plates: Sequence[Plate], order: LibraryOrder) -> dict[str, Any]:
    """Return the library plate of each plate of an experiment, and the margin if there is one."""
    margin = order.margin if abs(order.margin) != float("inf") else None
    names = zip(plates, order.names, strict=True)
    return {"plates": {plate.name: name for plate, name in names}, "margin": margin}


def summarise(
    predictions: Predictions,
    card: ModelCard,
    seconds: float,
    candidates: str,
    libraries: Mapping[str, dict[str, Any]],
    unlike: Mapping[tuple[str, str], Sequence[str]],
    problems: Sequence[Problem],
) -> dict[str, Any]:
    """Return the content of `summary.json`; accuracies only where the truth is known."""
    table = predictions.table
    treatments = set(card.classes) - set(card.control_classes)
    whole = judge(predictions, treatments)
    summary: dict[str, Any] = {
        "wells": len(table),
        "sites": int(table["Sites"].sum()),
        "seconds": round(seconds, 3),
        "model": card.name,
        "model_sha256": card.sha256,
        "model_warning": card.warning,
        "candidates": candidates,
    }
    if candidates == "plate-map":
        summary["candidates_note"] = (
            "the plate map limited the candidates: the plate-prior column and its accuracy rest on"
            " what was expected"
        )
    summary |= _accuracies(whole)
    summary["treated_wells_of_known_perturbation"] = whole.wells
    summary["treated_wells_unknown_to_the_model"] = whole.unknown
    summary["experiments"] = {
        str(name): {
            "wells": len(mine),
            **_accuracies(judge(Predictions(mine), treatments)),
            **({"library": libraries[str(name)]} if str(name) in libraries else {}),
        }
        for name, mine in table.groupby("Metadata_Experiment", sort=True)
    }
    summary["unlike_training"] = [
        {"experiment": experiment, "plate": plate, "reasons": list(reasons)}
        for (experiment, plate), reasons in unlike.items()
        if reasons
    ]
    summary["problems"] = [problem.as_json() for problem in problems]
    return summary


def write_summary(summary: Mapping[str, Any], folder: Path) -> None:
    """Write `summary.json`."""
    write_whole(folder / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def _accuracies(outcome: Outcome) -> dict[str, Any]:
    found = {name: one.model_dump() for name, one in outcome.intervals().items()}
    return {"accuracy": found} if found else {}
