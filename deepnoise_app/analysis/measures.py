"""Measures of wells: how bright each channel is and how much it varies, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.screen import Channel, Plane, Plate, PlateOverlay, WellId

# What is measured: name of the column's kind -> words for people.
KINDS = {"Mean": "Mean intensity", "Std": "Standard deviation"}
PLACE = ("Metadata_Experiment", "Metadata_Plate", "Metadata_Well")


def measure_plane(plane: Plane) -> tuple[float, float]:
    """Mean and standard deviation of all pixels, in grey levels as stored."""
    return float(plane.mean(dtype=np.float64)), float(plane.std(dtype=np.float64))


def measure_well(
    plate: Plate, well: WellId
) -> tuple[NDArray[np.float64], int, list[tuple[int, int, str]]]:
    """Measure all sites of a well.

    Returns
    -------
    values
        (C, 2): mean and deviation of each channel, averages over the sites that have it; NaN for
        a channel that no site has.
    sites
        How many sites have at least one readable channel.
    faults
        Site, index of the channel and reason of each plane that cannot be read.
    """
    values = np.full((len(plate.sites), len(plate.channels), 2), np.nan)
    faults = []
    for s, site in enumerate(plate.sites):
        for channel in range(len(plate.channels)):
            if plate.present[plate.well_index[well], s, channel]:
                try:
                    values[s, channel] = measure_plane(plate.read(well, site, [channel])[0])
                except PixelError as error:
                    faults.append((site, channel, str(error)))
    known = ~np.isnan(values)
    total = np.where(known, values, 0).sum(axis=0)
    count = known.sum(axis=0)
    means = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means, int(known.any(axis=(1, 2)).sum()), faults


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Measures of the wells of one plate: a row per measured well, a column per measure."""

    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def of(
        cls,
        plate: Plate,
        wells: Sequence[WellId],
        values: Sequence[NDArray[np.float64]],
        sites: Sequence[int],
    ) -> Measures:
        """Put together what `measure_well` gave for some wells of a plate."""
        columns: dict[str, object] = {
            "Metadata_Experiment": plate.experiment,
            "Metadata_Plate": plate.name,
            "Metadata_Well": [well.name for well in wells],
            "Metadata_Role": [str(plate.map[well].role) for well in wells],
            "Metadata_Perturbation": [plate.map[well].perturbation for well in wells],
            "Sites": list(sites),
        }
        for c, channel in enumerate(plate.channels):
            for k, kind in enumerate(KINDS):
                columns[column_name(kind, channel)] = [float(value[c, k]) for value in values]
        return cls(pd.DataFrame(columns))

    @classmethod
    def read(cls, path: Path) -> Measures:
        """Read the Parquet file of a plate.

        Raises
        ------
        ScreenError
            If it is not such a table.
        """
        table = pd.read_parquet(path)
        lacking = [name for name in PLACE if name not in table.columns]
        if lacking:
            raise ScreenError(f"{path} is not a table of measures: it lacks {lacking[0]}")
        return cls(table)

    def overlay(self, kind: str, channel: Channel) -> PlateOverlay:
        """Return one measure of one channel as it is painted on the plate."""
        name = column_name(kind, channel)
        wells = [WellId.parse(str(well)) for well in self.table["Metadata_Well"]]
        values = dict(zip(wells, self.table[name].astype(float), strict=True))
        known = {well: value for well, value in values.items() if np.isfinite(value)}
        texts = {well: f"{value:.1f}" for well, value in known.items()}
        return PlateOverlay(f"{KINDS[kind]}, {channel.name}", "grey levels", values=known,
                            texts=texts)  # fmt: skip


def column_name(kind: str, channel: Channel) -> str:
    """Name of a column, such as `Intensity_Mean_Nuclei`."""
    return f"Intensity_{kind}_{channel.name.replace(' ', '')}"
