"""The trivial profiles that a model has to beat: brightness, all measures, number of cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.profiles import SEPARATOR, Profiles
from deepnoise_app.screen import WellId

INTENSITIES, MEASURES, COUNT = "mean intensities", "all measures", "cell count"
PREFIXES = {INTENSITIES: "Intensity_Mean_", MEASURES: "", COUNT: "Cells_Count_"}
# A measure that is known of fewer wells is left out, rather than the wells that lack it.
LEAST_KNOWN = 0.9


def trivial_profiles(measures: Measures, model: Profiles) -> tuple[Profiles, ...]:
    """Profiles made of measures, of the wells that a model has profiles of.

    Each measure has mean 0 and deviation 1 over these wells. A kind of profile of which nothing
    was measured is left out; so are measures that do not vary and wells that lack one.
    """
    at = _rows(measures, model)
    made = []
    for name, prefix in PREFIXES.items():
        columns = [column for column in measures.names if column.startswith(prefix)]
        values = measures.table[columns].to_numpy(dtype=np.float64)[at]
        values[at < 0] = np.nan
        found = _profiles(name, values, model)
        if found is not None:
            made.append(found)
    return tuple(made)


def _rows(measures: Measures, model: Profiles) -> NDArray[np.intp]:
    """(wells of the model,): row of each in the table of measures; -1 where there is none."""
    table = measures.table
    plates = table["Metadata_Experiment"].astype(str) + SEPARATOR
    plates += table["Metadata_Plate"].astype(str)
    wells = [WellId.parse(str(well)) for well in table["Metadata_Well"]]
    row = {key: i for i, key in enumerate(zip(plates, wells, strict=True))}
    keys = zip(model.plates, model.wells, strict=True)
    return np.array([row.get(key, -1) for key in keys], dtype=np.intp)


def _profiles(name: str, values: NDArray[np.float64], model: Profiles) -> Profiles | None:
    if not values.size:
        return None
    values = values[:, np.isfinite(values).mean(axis=0) >= LEAST_KNOWN]
    there = np.flatnonzero(np.isfinite(values).all(axis=1))
    values = values[there]
    if len(values):
        values = values[:, np.ptp(values, axis=0) > 0]
    if not values.size:
        return None
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    return replace(model.only(there), name=name, features=standard)
