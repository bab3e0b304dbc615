"""What a run leaves behind for people and programs: predictions and their summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deepnoise_app.analysis.library import LibraryOrder
from deepnoise_app.learning.outcome import Outcome, judge
from deepnoise_app.learning.predictions import STRANGER, UNCALLED
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.files import write_beside, write_whole
from deepnoise_app.screen import Plate, Predictions, Problem
from deepnoise_app.screen.formulas import write_csv

SUMMARY = "summary.json"


def write_predictions(predictions: Predictions, folder: Path) -> None:
    """Write `predictions.parquet` and `predictions.csv`."""
    table = predictions.table
    write_beside(folder / "predictions.parquet", lambda path: table.to_parquet(path, index=False))
    write_beside(folder / "predictions.csv", lambda path: write_csv(table, path))


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
    abstain_below: float = 0.0,
    models: Sequence[ModelCard] = (),
) -> dict[str, Any]:
    """Return the content of `summary.json`; accuracies only where the truth is known.

    Parameters
    ----------
    card
        That of the model, or the joint one of an ensemble, whose models are `models`.
    """
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
        "correction": _corrections(predictions),
    }
    if len(models) > 1:
        summary["models"] = [{"name": one.name, "sha256": one.sha256} for one in models]
    if candidates == "plate-map":
        summary["candidates_note"] = (
            "the plate map limited the candidates: the plate-prior column and its accuracy rest on"
            " what was expected"
        )
    summary |= _accuracies(whole)
    summary |= _doubts(predictions, card, abstain_below)
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


def _corrections(predictions: Predictions) -> str:
    """What was applied: one word if to all plates, else each with its number of plates."""
    plates = predictions.table.drop_duplicates(["Metadata_Experiment", "Metadata_Plate"])
    counts = plates["Correction"].value_counts().sort_index()
    if len(counts) < 2:
        return str(next(iter(counts.index), "none"))
    return "; ".join(
        f"{name} ({count} plate{'s' * (count != 1)})" for name, count in counts.items()
    )


def _doubts(predictions: Predictions, card: ModelCard, abstain_below: float) -> dict[str, Any]:
    """How sure the confidences are, and which wells stay uncalled or hold nothing known."""
    flags = predictions.table["Flags"].str.split(";")
    uncalled = flags.map(lambda mine: UNCALLED in mine).astype(bool)
    found: dict[str, Any] = {
        "temperature": 1.0 if card.calibration is None else card.calibration.temperature,
        "abstain_below": abstain_below,
        "uncalled": int(uncalled.sum()),
        "not_in_library": None
        if card.library_limit is None
        else int(flags.map(lambda mine: STRANGER in mine).sum()),
    }
    if abstain_below:
        treatments = set(card.classes) - set(card.control_classes)
        called = judge(Predictions(predictions.table[~uncalled]), treatments)
        found["called"] = {"treated_wells": called.wells, **_accuracies(called)}
    return found


def write_summary(summary: Mapping[str, Any], folder: Path) -> None:
    """Write `summary.json`."""
    write_whole(folder / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def _accuracies(outcome: Outcome) -> dict[str, Any]:
    found = {name: one.model_dump() for name, one in outcome.intervals().items()}
    return {"accuracy": found} if found else {}
