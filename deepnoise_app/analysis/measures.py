"""Measures of sites and wells as tables: how bright, sharp, full and grained each channel is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.kinds import (
    BY_NAME,
    KINDS,
    Depth,
    Kind,
    kinds_of,
    measure_plane,
    nuclei_channel,
)
from deepnoise_app.errors import PixelError, ScreenError
from deepnoise_app.screen import Channel, Plate, PlateOverlay, WellId, read_csv, read_parquet
from deepnoise_app.screen.formulas import meant

if TYPE_CHECKING:
    import pandas as pd

PLACE = ("Metadata_Experiment", "Metadata_Plate", "Metadata_Well")
META = (*PLACE, "Metadata_Role", "Metadata_Perturbation")
SITE, SITES, UNREADABLE = "Metadata_Site", "Sites", "Metadata_Unreadable"


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredWell:
    """Measures of all sites of one well.

    `values` are (sites of the plate, C, kinds), NaN for a plane that is missing or cannot be read;
    `faults` are site, index of the channel and reason of each that cannot be read.
    """

    values: NDArray[np.float64]
    faults: tuple[tuple[int, int, str], ...] = ()

    @property
    def sites(self) -> int:
        """How many sites have at least one readable channel."""
        return int(self.there.sum())

    @property
    def there(self) -> NDArray[np.bool_]:
        """(sites,): those with at least one readable channel."""
        return np.asarray(~np.isnan(self.values[..., 0]).all(axis=1))

    @property
    def mean(self) -> NDArray[np.float64]:
        """(C, kinds): averages over the sites that have it; NaN where no site has."""
        known = ~np.isnan(self.values)
        total, count = np.where(known, self.values, 0).sum(axis=0), known.sum(axis=0)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def measure_well(plate: Plate, well: WellId, depth: Depth = "basic") -> MeasuredWell:
    """Measure all planes of a well, one after the other."""
    values = np.full((len(plate.sites), len(plate.channels), len(kinds_of(depth))), np.nan)
    counted, faults = nuclei_channel(plate.channels), []
    for s, site in enumerate(plate.sites):
        for channel, plane in plate.read_each(well, site).items():
            if isinstance(plane, PixelError):
                faults.append((site, channel, str(plane)))
            else:
                values[s, channel] = measure_plane(plane, depth, channel == counted)
    return MeasuredWell(values, tuple(faults))


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures of one plate or several: a row per measured well, a column per measure."""

    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def of(
        cls, plate: Plate, wells: Sequence[WellId], found: Sequence[MeasuredWell], depth: Depth
    ) -> Measures:
        """Put together what `measure_well` gave for some wells of a plate."""
        import pandas as pd

        columns = _meta(plate, wells) | {
            SITES: [one.sites for one in found],
            UNREADABLE: [len(one.faults) for one in found],
        }
        means = [one.mean for one in found]
        return cls(pd.DataFrame(columns | _columns(plate, means, depth)))

    @classmethod
    def read(cls, path: Path) -> Measures:
        """Read the Parquet file of a plate, or a table (CSV, Parquet) of several.

        Raises
        ------
        ScreenError
            If it is not such a table.
        """
        if path.suffix == ".csv":
            texts = dict.fromkeys(META, str)
            table = read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
            table = meant(table.fillna({name: "" for name in META if name in table.columns}))
        else:
            table = read_parquet(path)
        lacking = [name for name in PLACE if name not in table.columns]
        if lacking:
            raise ScreenError(f"{path} is not a table of measures: it lacks {lacking[0]}")
        return cls(table)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that are measures."""
        known = {kind.group for kind in KINDS}
        return tuple(str(c) for c in self.table.columns if str(c).split("_")[0] in known)

    def mapped(self, plate: Plate) -> Measures:
        """Return the measures of a plate with what its plate map says now."""
        contents = [plate.map[WellId.parse(str(well))] for well in self.table["Metadata_Well"]]
        return Measures(
            self.table.assign(
                Metadata_Role=[str(content.role) for content in contents],
                Metadata_Perturbation=[content.perturbation for content in contents],
            )
        )

    def has(self, kind: str, channel: Channel) -> bool:
        """Whether a measure was taken of a channel."""
        return BY_NAME[kind].column(channel) in self.table.columns

    def overlay(self, kind: str, channel: Channel) -> PlateOverlay:
        """Return one measure of one channel as it is painted on the plate."""
        what = BY_NAME[kind]
        wells = [WellId.parse(str(well)) for well in self.table["Metadata_Well"]]
        found = self.table[what.column(channel)].astype(float)
        known = {w: v for w, v in zip(wells, found, strict=True) if np.isfinite(v)}
        texts = {well: _text(what, value) for well, value in known.items()}
        return PlateOverlay(f"{what.title}, {channel.name}", what.unit, values=known, texts=texts)


def channels_in(measures: Measures) -> tuple[Channel, ...]:
    """Channels that a table has measures of, spelled as in its columns."""
    found: dict[str, Channel] = {}
    for column in measures.names:
        group, name, channel = column.split("_", 2)
        if any((kind.group, kind.name) == (group, name) for kind in KINDS):
            found.setdefault(channel, Channel(channel))
    return tuple(found.values())


def site_table(
    plate: Plate, wells: Sequence[WellId], found: Sequence[MeasuredWell], depth: Depth
) -> pd.DataFrame:
    """Return a row per measured site, in the order of wells and sites."""
    import pandas as pd

    rows = [(w, s) for w, one in enumerate(found) for s in np.flatnonzero(one.there)]
    columns = _meta(plate, [wells[w] for w, _ in rows])
    columns[SITE] = [plate.sites[s] for _, s in rows]
    return pd.DataFrame(columns | _columns(plate, [found[w].values[s] for w, s in rows], depth))


def _meta(plate: Plate, wells: Sequence[WellId]) -> dict[str, object]:
    contents = [plate.map[well] for well in wells]
    return {
        "Metadata_Experiment": [plate.experiment] * len(wells),
        "Metadata_Plate": [plate.name] * len(wells),
        "Metadata_Well": [well.name for well in wells],
        "Metadata_Role": [str(content.role) for content in contents],
        "Metadata_Perturbation": [content.perturbation for content in contents],
    }


def _columns(
    plate: Plate, values: Sequence[NDArray[np.float64]], depth: Depth
) -> dict[str, NDArray[np.float64]]:
    """Columns of (C, kinds) arrays; a measure that a channel never has makes none."""
    kinds, counted = kinds_of(depth), nuclei_channel(plate.channels)
    stacked = np.array(values).reshape(len(values), len(plate.channels), len(kinds))
    return {
        kind.column(channel): stacked[:, c, k]
        for c, channel in enumerate(plate.channels)
        for k, kind in enumerate(kinds)
        if kind.group != "Cells" or c == counted
    }


def _text(kind: Kind, value: float) -> str:
    return f"{value:.1f}" if kind.unit in ("grey levels", "per site") else f"{value:.3g}"
