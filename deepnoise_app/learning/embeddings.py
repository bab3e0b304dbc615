"""Embeddings of wells, and the perturbations that each is nearest to, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from deepnoise_app.learning.score import PlateScores
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen import Predictions
from deepnoise_app.screen.formulas import write_csv

NEAREST = 5
METADATA = [
    "Metadata_Experiment",
    "Metadata_Plate",
    "Metadata_Well",
    "Metadata_Role",
    "Metadata_Perturbation",
]
FEATURE = "Embedding_"


def write_embeddings(
    scored: Sequence[PlateScores], predictions: Predictions, card: ModelCard, folder: Path
) -> None:
    """Write `embeddings.parquet` and `nearest.csv`.

    Parameters
    ----------
    scored, predictions
        The same wells in the same order.
    """
    known = predictions.table[METADATA]
    features = embedding_table(scored, known)
    path = folder / "embeddings.parquet"
    write_beside(path, lambda beside: features.to_parquet(beside, index=False))
    nearest = nearest_table(scored, known, card)
    write_beside(folder / "nearest.csv", lambda beside: write_csv(nearest, beside))


def embedding_table(scored: Sequence[PlateScores], known: pd.DataFrame) -> pd.DataFrame:
    """One row per well: the metadata, then one column per feature; NaN without an image."""
    values = np.concatenate([plate.embeddings for plate in scored])
    names = [f"{FEATURE}{number:04d}" for number in range(values.shape[1])]
    return pd.concat([known, pd.DataFrame(values, columns=names, index=known.index)], axis=1)


def nearest_table(
    scored: Sequence[PlateScores], known: pd.DataFrame, card: ModelCard
) -> pd.DataFrame:
    """Perturbations whose directions lie nearest to each well, best first; one row for each.

    Control classes take part: a well may look untreated. `Similarity` is the cosine, -1 to 1, the
    mean over sites, views and models. Wells without an image have no row.
    """
    cosines = np.concatenate([plate.logits for plate in scored]) / card.scale
    readable = np.flatnonzero(np.isfinite(cosines).all(axis=1))
    cosines = cosines[readable]
    ranked = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]
    count = ranked.shape[1]
    rows = known.iloc[np.repeat(readable, count)].reset_index(drop=True)
    names = np.array(card.classes)[ranked]
    return rows.assign(
        Rank=np.tile(np.arange(1, count + 1), len(ranked)),
        Nearest=names.ravel(),
        Similarity=np.take_along_axis(cosines, ranked, axis=1).ravel(),
    )
