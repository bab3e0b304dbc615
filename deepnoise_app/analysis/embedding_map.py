"""Embeddings of wells on a plane: principal components, before and after plates are centred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import PlateMap, Role
from deepnoise_app.screen.predictions import expecting

if TYPE_CHECKING:
    import pandas as pd

FEATURE = "Embedding_"
PLATE = ["Metadata_Experiment", "Metadata_Plate"]


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingMap:
    """`places` (wells, 2) on the first two principal components; `rows` are those of the table.

    `shares` (2,) say how much of the variance each component holds, 0 to 1.
    """

    rows: NDArray[np.intp]
    places: NDArray[np.float64]
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingMaps:
    """The same wells as the model describes them, and with each plate centred.

    `anchored` says whether plates are centred on their negative controls, which every plate then
    has, or on all their wells.
    """

    table: pd.DataFrame
    before: EmbeddingMap
    after: EmbeddingMap
    anchored: bool

    def expecting(self, maps: Mapping[tuple[str, str], PlateMap]) -> EmbeddingMaps:
        """Return the same places with the roles and perturbations that plate maps say."""
        return replace(self, table=expecting(self.table, maps))


def embedding_maps(table: pd.DataFrame) -> EmbeddingMaps | None:
    """Return both maps; None with fewer than three wells that have an embedding.

    Parameters
    ----------
    table
        Metadata and the columns `Embedding_...`, a row per well; NaN without a readable image.
    """
    values = table.filter(regex=f"^{FEATURE}").to_numpy(np.float64)
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    if len(rows) < 3 or values.shape[1] < 2:
        return None
    values = values[rows]
    centred, anchored = centre_plates(table.iloc[rows], values)
    metadata = table[[name for name in table.columns if not name.startswith(FEATURE)]]
    before, after = _project(values, rows), _project(centred, rows)
    return EmbeddingMaps(metadata, before, after, anchored)


def centre_plates(
    table: pd.DataFrame, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], bool]:
    """Subtract from each plate the mean of its negative controls, or of all wells.

    Controls serve only where every plate has some: else plates would not be comparable.
    """
    plates = table.groupby(PLATE, sort=False).ngroup().to_numpy()
    control = (table["Metadata_Role"] == str(Role.NEGATIVE)).to_numpy()
    anchored = bool(control.any()) and set(plates[control]) == set(plates)
    used = control if anchored else np.ones(len(plates), dtype=np.bool_)
    centred = values.copy()
    for plate in np.unique(plates):
        mine = plates == plate
        centred[mine] -= values[mine & used].mean(axis=0)
    return centred, anchored


def _project(values: NDArray[np.float64], rows: NDArray[np.intp]) -> EmbeddingMap:
    """Project on the two directions of most variance; signs are fixed by the largest weight."""
    away = values - values.mean(axis=0)
    variances, directions = np.linalg.eigh(away.T @ away)
    chosen = directions[:, ::-1][:, :2]
    largest = chosen[np.abs(chosen).argmax(axis=0), [0, 1]]
    total = variances.sum()
    shares = variances[::-1][:2] / total if total > 0 else np.zeros(2)
    return EmbeddingMap(rows, away @ (chosen * np.sign(largest)), shares)
