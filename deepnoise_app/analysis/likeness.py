"""Evidence for what wells hold without any model: how like they are to wells of other plates.

Profiles are the measures of a well, freed of plate, rows and columns. A well is compared with the
mean profile of each perturbation (controls included) on all other plates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepnoise_app.analysis.evidence import PlateEvidence
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.polish import mad, median_polish
from deepnoise_app.analysis.values import plates_of
from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import PlateMap, PlateShape, Role, WellId

Key = tuple[str, str]
# Deviations beyond which a profile's value counts no more: one bright speck is no resemblance.
CLIPPED = 6.0
SHRINKAGE = 0.1


def evidence_from_measures(
    measures: Measures, maps: Mapping[Key, PlateMap], shapes: Mapping[Key, PlateShape]
) -> tuple[PlateEvidence, ...]:
    """Compare every well with the perturbations of other plates.

    Raises
    ------
    ScreenError
        If no perturbation and no control lies on two plates: then nothing can be compared.
    """
    table = measures.table.sort_values(["Metadata_Experiment", "Metadata_Plate"], kind="stable")
    table = table.reset_index(drop=True)
    keys = list(zip(table["Metadata_Experiment"], table["Metadata_Plate"], strict=True))
    wells = [WellId.parse(str(well)) for well in table["Metadata_Well"]]
    names = np.array([_name(maps.get(k), w) for k, w in zip(keys, wells, strict=True)], object)
    plate = np.array([" \0".join(map(str, key)) for key in keys])
    profiles = _whitened(_profiles(Measures(table)), plate)
    made = []
    for key in dict.fromkeys(keys):
        mine = plate == " \0".join(map(str, key))
        classes, centres, counts = _centres(profiles[~mine], names[~mine])
        if not classes:
            raise ScreenError(
                "no perturbation and no control lies on two plates of the screen, so that nothing"
                " can be compared: give a model that knows the library"
            )
        away = ((profiles[mine][:, None, :] - centres[None]) ** 2).sum(axis=2)
        here = [well for well, there in zip(wells, mine, strict=True) if there]
        made.append(
            PlateEvidence(
                *key,
                shapes[key],
                tuple(here),
                -away / (1 + 1 / counts) / 2,
                classes,
                maps.get(key, PlateMap()),
            )
        )
    return tuple(made)


def _name(plate_map: PlateMap | None, well: WellId) -> str:
    if plate_map is None or plate_map[well].role is Role.EMPTY:
        return ""
    return plate_map[well].perturbation


def _profiles(measures: Measures) -> NDArray[np.float64]:
    """(wells, features): B scores plate by plate, clipped; unusable measures are left out."""
    columns: list[NDArray[np.float64]] = []
    for name in measures.names:
        parts = []
        for plate in plates_of(measures.table, name):
            polish = median_polish(plate.grid())
            left = polish.residual[plate.rows, plate.columns]
            spread = mad(left)
            parts.append(left / spread if spread > 0 else np.full(len(left), np.nan))
        column = np.concatenate(parts)
        if np.isfinite(column).mean() > 0.9:
            columns.append(np.nan_to_num(np.clip(column, -CLIPPED, CLIPPED)))
    if not columns:
        raise ScreenError("no measure varies on the plates, so that nothing can be compared")
    return np.stack(columns, axis=1)


def _whitened(profiles: NDArray[np.float64], plate: NDArray[np.str_]) -> NDArray[np.float64]:
    """Profiles in which the wells of a plate vary alike in all directions.

    The covariance within plates is shrunk towards equal variances (as Ledoit and Wolf 2004, with a
    fixed weight).
    """
    frame = pd.DataFrame(profiles)
    centred = (frame - frame.groupby(plate).transform("mean")).to_numpy()
    covariance = centred.T @ centred / max(len(centred) - 1, 1)
    target = np.eye(len(covariance)) * np.trace(covariance) / len(covariance)
    values, vectors = np.linalg.eigh((1 - SHRINKAGE) * covariance + SHRINKAGE * target)
    return np.asarray(centred @ (vectors / np.sqrt(values)))


def _centres(
    profiles: NDArray[np.float64], names: Sequence[str] | NDArray[np.object_]
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Classes, their mean profiles, and how many wells each has."""
    known = np.array([bool(name) for name in names])
    if not known.any():
        return (), np.zeros((0, profiles.shape[1])), np.zeros(0)
    classes, code = np.unique(np.asarray(names)[known].astype(str), return_inverse=True)
    counts = np.bincount(code).astype(float)
    total = np.zeros((len(classes), profiles.shape[1]))
    np.add.at(total, code, profiles[known])
    return tuple(map(str, classes)), total / counts[:, None], counts
