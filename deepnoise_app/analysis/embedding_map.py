"""Wells on a plane, by principal components: from simple measures, as scored, plates centred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
class View:
    """One way to describe the wells: a title, a sentence about it, and where the wells lie."""

    title: str
    about: str
    map: EmbeddingMap


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingMaps:
    """The same wells described in several ways, from simple measures to corrected embeddings.

    `before` and `after` are the numbers of the views that are compared first. `anchored` says
    whether plates are centred on their negative controls, which every plate then has, or on all
    their wells. `described` are the wells with the embeddings that are centred.
    """

    table: pd.DataFrame
    views: tuple[View, ...]
    anchored: bool
    before: int = 0
    after: int = 1
    described: pd.DataFrame | None = None

    def expecting(self, maps: Mapping[tuple[str, str], PlateMap]) -> EmbeddingMaps:
        """Return the same places with the roles and perturbations that plate maps say."""
        return replace(self, table=expecting(self.table, maps))


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Wells as one scoring describes them: metadata, `Embedding_...`; how it was corrected."""

    table: pd.DataFrame
    correction: str = ""


def embedding_maps(
    scored: Sequence[Described], simple: Sequence[pd.DataFrame] = ()
) -> EmbeddingMaps | None:
    """Return the maps; None with fewer than three wells that have an embedding.

    Parameters
    ----------
    scored
        Scorings of the same wells, the least corrected first; the last one is centred too. Rows
        without a readable image are NaN.
    simple
        Measures of plates, if there are some.
    """
    known = scored[-1].table
    metadata = known[[name for name in known.columns if not str(name).startswith(FEATURE)]]
    views = []
    for one in scored:
        rows, values = _placed(metadata, one.table)
        if len(rows) < 3 or values.shape[1] < 2:
            continue
        how = f", {one.correction}" if one.correction else ""
        about = f"Where the model puts each well{how or ', as scored'}; click one to choose it"
        views.append(View(f"As scored{how}", about, _project(values, rows)))
    if not views:
        return None
    rows, values = _placed(metadata, known)
    centred, anchored = centre_plates(metadata.iloc[rows], values)
    after = View("Plates centred", "The same after each plate's own mean is taken away",
                 _project(centred, rows))  # fmt: skip
    first = _simple(metadata, simple)
    made = (*first, *views, after)
    return EmbeddingMaps(metadata, made, anchored, len(first), len(made) - 1, known)


def _placed(
    metadata: pd.DataFrame, table: pd.DataFrame
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Rows of the metadata that another table describes, and (rows, F) its features."""
    values = table.filter(regex=f"^{FEATURE}").to_numpy(np.float64)
    return _matched(metadata, table, values)


def _matched(
    metadata: pd.DataFrame, table: pd.DataFrame, values: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    place = [*PLATE, "Metadata_Well"]
    there = {key: i for i, key in enumerate(table[place].itertuples(index=False, name=None))}
    wanted = metadata[place].itertuples(index=False, name=None)
    at = np.array([there.get(key, -1) for key in wanted], dtype=np.intp)
    rows = np.flatnonzero(at >= 0)
    rows = rows[np.isfinite(values[at[rows]]).all(axis=1)]
    return rows, values[at[rows]]


def _simple(metadata: pd.DataFrame, simple: Sequence[pd.DataFrame]) -> tuple[View, ...]:
    """Describe the wells by their measures, each brought to deviation 1."""
    if not simple:
        return ()
    import pandas as pd

    from deepnoise_app.analysis.measures import Measures
    from deepnoise_app.analysis.trivial import LEAST_KNOWN

    table = pd.concat(list(simple), ignore_index=True)
    values = table[list(Measures(table).names)].to_numpy(np.float64)
    values = values[:, np.isfinite(values).mean(axis=0) >= LEAST_KNOWN]
    rows, found = _matched(metadata, table, values)
    found = found[:, found.std(axis=0) > 0] if len(rows) else found
    if len(rows) < 3 or found.shape[1] < 2:
        return ()
    about = "What anybody can measure: brightness, texture, number of cells; no network"
    standard = (found - found.mean(axis=0)) / found.std(axis=0)
    return (View("Simple measures", about, _project(standard, rows)),)


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
