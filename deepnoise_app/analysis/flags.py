"""Wells that should not be trusted, each with the reason and the number behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.kinds import BY_NAME
from deepnoise_app.analysis.measures import SITES, UNREADABLE, Measures
from deepnoise_app.analysis.polish import mad
from deepnoise_app.screen import Channel, WellId

if TYPE_CHECKING:
    import pandas as pd

# A well stands apart if it lies this many robust deviations from the plate's median.
APART = 5.0
# Shares of pixels from which a well is at fault whatever the rest of the plate is like.
SATURATED, GLARING = 0.01, 0.002
# An empty well has less foreground than this part of the plate's median.
EMPTY_PART = 0.1
# The focus of a blurred well is below this part of the plate's median.
BLURRED_PART = 0.6
# No perturbation makes cells so many times as bright as they usually are on the plate.
BRIGHT_TIMES = 4.0


class Reason(StrEnum):
    """Why a well is flagged."""

    BLURRED = "out of focus"
    EMPTY = "empty"
    SATURATED = "saturated"
    DEBRIS = "debris"
    UNREADABLE = "no image can be read"
    DAMAGED = "images cannot be read"


@dataclass(frozen=True, slots=True)
class WellFlag:
    """One fault of one well: what was measured there, and what is usual on the plate."""

    experiment: str
    plate: str
    well: WellId
    reason: Reason
    channel: str
    value: float
    usual: float

    def __str__(self) -> str:
        if self.reason is Reason.UNREADABLE:
            return f"{self.well}: {self.reason}"
        if self.reason is Reason.DAMAGED:
            return f"{self.well}: {self.value:.0f} {self.reason}"
        return (
            f"{self.well}: {self.reason} in {self.channel} ({self.value:.3g}, usual"
            f" {self.usual:.3g})"
        )


Judge = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


def flag_wells(measures: Measures, channels: Sequence[Channel]) -> tuple[WellFlag, ...]:
    """Flag the wells of every plate in a table of measures.

    A fault is told in the channel where it is worst. Measures that were not taken are passed over.
    """
    found: list[WellFlag] = []
    for _, table in measures.table.groupby(["Metadata_Experiment", "Metadata_Plate"], sort=True):
        found += _unreadable(table)
        for reason, name, judge in _JUDGES:
            told = {(f.plate, f.experiment, f.well) for f in found if f.reason is reason}
            more = _worst(table, reason, name, judge, channels)
            found += [flag for flag in more if (flag.plate, flag.experiment, flag.well) not in told]
    return tuple(found)


def _unreadable(table: pd.DataFrame) -> list[WellFlag]:
    """Wells of which some images, or all, cannot be read."""
    nan, found = float("nan"), []
    if SITES in table.columns:
        lost = table[table[SITES] == 0]
        found += [_flag(row, Reason.UNREADABLE, "", nan, nan) for _, row in lost.iterrows()]
        table = table[table[SITES] > 0]
    if UNREADABLE in table.columns:
        damaged = table[table[UNREADABLE] > 0]
        found += [
            _flag(row, Reason.DAMAGED, "", float(row[UNREADABLE]), 0.0)
            for _, row in damaged.iterrows()
        ]
    return found


def _worst(
    table: pd.DataFrame, reason: Reason, name: str, judge: Judge, channels: Sequence[Channel]
) -> list[WellFlag]:
    worst: dict[object, tuple[float, WellFlag]] = {}
    seen: Counter[object] = Counter()
    measured = 0
    for channel in channels:
        column = BY_NAME[name].column(channel)
        if column not in table.columns:
            continue
        values = table[column].to_numpy(dtype=np.float64)
        if not np.isfinite(values).any():
            continue
        measured += 1
        usual = float(np.nanmedian(values))
        far = np.abs(values - usual) / (mad(values) or 1e-12)
        for at in np.flatnonzero(judge(values)):
            flag = _flag(table.iloc[int(at)], reason, channel.name, float(values[at]), usual)
            seen[flag.well] += 1
            if flag.well not in worst or worst[flag.well][0] < far[at]:
                worst[flag.well] = float(far[at]), flag
    # Where cells cover the whole site, one channel may look empty: most of them have to.
    least = measured / 2 if reason is Reason.EMPTY else 1
    return [worst[well][1] for well in worst if seen[well] >= least]


def _flag(row: pd.Series, reason: Reason, channel: str, value: float, usual: float) -> WellFlag:
    return WellFlag(
        str(row["Metadata_Experiment"]),
        str(row["Metadata_Plate"]),
        WellId.parse(str(row["Metadata_Well"])),
        reason,
        channel,
        value,
        usual,
    )


def _blurred(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    usual = np.nanmedian(values)
    low = values < usual - APART * mad(values)
    return np.asarray(low & (values < BLURRED_PART * usual))


def _empty(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """All wells of a plate without any foreground are empty, too."""
    usual = np.nanmedian(values)
    return np.asarray((values < EMPTY_PART * usual) | (values == 0))


def _saturated(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(values > SATURATED)


def _glaring(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    usual = np.nanmedian(values)
    return np.asarray((values > usual + APART * mad(values)) & (values > GLARING))


def _far_too_bright(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Debris that covers more than one pixel in a hundred moves the 99th percentile itself."""
    usual = np.nanmedian(values)
    return np.asarray(values > usual + np.maximum(APART * mad(values), (BRIGHT_TIMES - 1) * usual))


_JUDGES: tuple[tuple[Reason, str, Judge], ...] = (
    (Reason.BLURRED, "Focus", _blurred),
    (Reason.EMPTY, "Foreground", _empty),
    (Reason.SATURATED, "Saturated", _saturated),
    (Reason.DEBRIS, "Glare", _glaring),
    (Reason.DEBRIS, "P99", _far_too_bright),
)
