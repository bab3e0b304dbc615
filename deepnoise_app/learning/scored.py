"""Keeps the scores of a plate on disk, so that a scoring that was cut off goes on behind it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from deepnoise_app.learning.member import ScoredPlate
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.recipe import Scoring
from deepnoise_app.screen import Plate, PlateMap, Role, WellId
from deepnoise_app.untrusted import parse_json

DISCRIMINANTS = "discriminants"


def part_path(
    folder: Path, plate: Plate, model_sha256: str, wish: Scoring, roles: PlateMap
) -> Path:
    """Return where the scores of a plate by a model lie; another way of scoring has another place.

    Parameters
    ----------
    roles
        What is known of the wells before scoring.
    """
    wells = [well.name for well in plate.wells]
    negative = [well.name for well in plate.wells if roles[well].role is Role.NEGATIVE]
    known = json.dumps(
        [
            *plate.key,
            model_sha256,
            wish.views,
            wish.sites,
            wells,
            wish.adapt,
            negative if wish.anchor else None,
            wish.discriminate,
        ]
    )
    return folder / f"plate-{hashlib.sha256(known.encode()).hexdigest()[:20]}.safetensors"


def save_scores(path: Path, scored: ScoredPlate) -> None:
    """Write the scores of one plate by one model, and what it noticed."""
    scores = scored.scores
    tensors: dict[str, np.ndarray[Any, Any]] = {
        "logits": scores.logits,
        "embeddings": scores.embeddings,
        "sites": scores.sites.astype(np.int64),
    }
    if scores.discriminants is not None:
        tensors[DISCRIMINANTS] = scores.discriminants
    notes = {
        "experiment": scores.experiment,
        "plate": scores.plate,
        "wells": [well.name for well in scores.wells],
        "flags": scores.flags,
        "correction": scores.correction,
        "reasons": scored.reasons,
        "notes": scored.notes,
        "faults": [[well.name, site, text] for well, site, text in scored.faults],
    }
    metadata = {"deepnoise": json.dumps(notes)}
    write_whole(path, save(tensors, metadata))


def load_scores(path: Path) -> ScoredPlate | None:
    """Read the scores of one plate; None where there are none, or they are damaged."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            notes = parse_json(file.metadata()["deepnoise"])
            logits, embeddings = file.get_tensor("logits"), file.get_tensor("embeddings")
            sites = file.get_tensor("sites")
            known = DISCRIMINANTS in file.keys()  # noqa: SIM118
            discriminants = file.get_tensor(DISCRIMINANTS) if known else None
        scores = PlateScores(
            notes["experiment"],
            notes["plate"],
            tuple(map(WellId.parse, notes["wells"])),
            logits,
            embeddings,
            sites,
            tuple(tuple(flags) for flags in notes["flags"]),
            notes["correction"],
            discriminants,
        )
        return ScoredPlate(
            scores,
            tuple(notes["reasons"]),
            tuple(notes["notes"]),
            tuple((WellId.parse(well), site, text) for well, site, text in notes["faults"]),
        )
    except (SafetensorError, OSError, KeyError, ValueError):
        return None
