"""Keeps the scores of a plate on disk, so that a scoring that was cut off goes on behind it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.files import write_whole
from deepnoise_app.screen import Plate, WellId


def part_path(folder: Path, plate: Plate, model_sha256: str, views: int) -> Path:
    """Return where the scores of a plate by a model lie."""
    known = json.dumps([*plate.key, model_sha256, views, [well.name for well in plate.wells]])
    return folder / f"plate-{hashlib.sha256(known.encode()).hexdigest()[:20]}.safetensors"


def save_scores(path: Path, scores: PlateScores, reasons: list[str]) -> None:
    """Write the scores of one plate, and why it is unlike the training data."""
    tensors: dict[str, np.ndarray[Any, Any]] = {
        "logits": scores.logits,
        "embeddings": scores.embeddings,
        "sites": scores.sites.astype(np.int64),
    }
    notes = {
        "experiment": scores.experiment,
        "plate": scores.plate,
        "wells": [well.name for well in scores.wells],
        "flags": scores.flags,
        "reasons": reasons,
    }
    metadata = {"deepnoise": json.dumps(notes)}
    write_whole(path, save(tensors, metadata))


def load_scores(path: Path) -> tuple[PlateScores, list[str]] | None:
    """Read the scores of one plate; None where there are none, or they are damaged."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            notes = json.loads(file.metadata()["deepnoise"])
            logits, embeddings = file.get_tensor("logits"), file.get_tensor("embeddings")
            sites = file.get_tensor("sites")
    except (SafetensorError, OSError, KeyError, ValueError):
        return None
    scores = PlateScores(
        notes["experiment"],
        notes["plate"],
        tuple(map(WellId.parse, notes["wells"])),
        logits,
        embeddings,
        sites,
        tuple(tuple(flags) for flags in notes["flags"]),
    )
    return scores, list(notes["reasons"])
