"""A scored screen as AnnData, the table of single-cell and profiling tools (`.h5ad`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd

from deepnoise_app.errors import RunError
from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen import read_parquet
from deepnoise_app.untrusted import read_json

EMBEDDINGS, PREDICTIONS, SUMMARY = "embeddings.parquet", "predictions.parquet", "summary.json"
WELL = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]
TOLD = ("model", "model_sha256", "models", "correction", "temperature", "candidates")


def write_anndata(folder: Path) -> Path:
    """Write `embeddings.h5ad` for the run in a folder; returns its path.

    One observation per imaged well, in the order of the predictions: `X` its embedding (NaN
    without a readable image), `obs` all columns of the predictions, `uns["deepnoise"]` which model
    made them and what was corrected.

    Raises
    ------
    RunError
        If the run has no embeddings yet, or the file cannot be written.
    """
    for name in (EMBEDDINGS, PREDICTIONS, SUMMARY):
        if not (folder / name).is_file():
            raise RunError(f"{folder} holds no finished scoring: there is no {name} in it")
    table = annotated(
        read_parquet(folder / PREDICTIONS),
        read_parquet(folder / EMBEDDINGS),
        read_json(folder / SUMMARY),
    )
    path = folder / "embeddings.h5ad"
    write_beside(path, table.write_h5ad)
    return path


def annotated(
    predictions: pd.DataFrame, embeddings: pd.DataFrame, summary: dict[str, Any]
) -> anndata.AnnData:
    """Return predictions and embeddings of the same wells as one annotated table."""
    features = [name for name in embeddings.columns if not name.startswith("Metadata_")]
    together = predictions[WELL].merge(embeddings, on=WELL, how="left", validate="one_to_one")
    names = together[WELL[0]].str.cat(together[WELL[1:]], sep="/")
    observed = pd.DataFrame({name: _plain(predictions[name]) for name in predictions.columns})
    observed.index = pd.Index(names.to_numpy(object), dtype=object, name="well")
    told = {key: summary[key] for key in TOLD if key in summary}
    if "models" in told:
        told["models"] = json.dumps(told["models"])  # the format holds no lists of records
    return anndata.AnnData(
        X=together[features].to_numpy(np.float32),
        obs=observed,
        var=pd.DataFrame(index=pd.Index(features, dtype=object)),
        uns={"deepnoise": told},
    )


def _plain(column: pd.Series) -> Any:
    """Texts as categories of objects: the format cannot hold the strings of Arrow."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy()
    texts = column.astype(object)
    return pd.Categorical(texts, categories=pd.Index(sorted(set(texts)), dtype=object))
