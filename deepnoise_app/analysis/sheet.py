"""One measure of all plates side by side, corrected, on a common scale: small multiples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from deepnoise_app.analysis.correction import COLUMN, Correction, correct, refusal
from deepnoise_app.analysis.flags import WellFlag, flag_wells
from deepnoise_app.analysis.kinds import KINDS, Kind
from deepnoise_app.analysis.measures import META, Measures, channels_in
from deepnoise_app.analysis.values import PlateValues, plates_of
from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import Channel, PlateOverlay, Scale

if TYPE_CHECKING:
    import pandas as pd

    from deepnoise_app.analysis.summary import MeasureSummary

Key = tuple[str, str]
# What a screener looks at first; all other measures follow.
FIRST = ("Mean", "Std", "Saturated", "Focus", "Foreground", "Count")


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """What is shown of the quality of plates: a measure by its column, and a correction."""

    column: str = ""
    correction: Correction = Correction.NONE


@dataclass(frozen=True, slots=True, eq=False)
class QualitySheet:
    """One measure of all plates; `shown` are the values at the ends of the common colour map.

    `offered` are the titles of all measures that there are, by their columns; `refused` says why
    the plates are shown as measured although a correction was chosen.
    """

    choice: SheetChoice
    title: str
    unit: str
    plates: tuple[PlateValues, ...]
    scale: Scale
    shown: tuple[float, float]
    offered: Mapping[str, str]
    refused: str = ""

    def overlay(self, key: Key) -> PlateOverlay | None:
        """One plate as it is painted large; None where it is not measured."""
        found = next((plate for plate in self.plates if plate.key == key), None)
        if found is None:
            return None
        known = zip(found.wells, found.values.tolist(), strict=True)
        values = {well: value for well, value in known if np.isfinite(value)}
        texts = {well: f"{value:#.3g}".rstrip(".") for well, value in values.items()}
        return PlateOverlay(self.title, self.unit, self.scale, values, texts)

    def table(self) -> pd.DataFrame:
        """One row per well of all plates, with the correction in a column of its own."""
        import pandas as pd

        return pd.concat([self._rows(plate) for plate in self.plates], ignore_index=True)

    def _rows(self, plate: PlateValues) -> pd.DataFrame:
        import pandas as pd

        contents: Mapping[str, object] = dict(
            zip(
                META,
                (
                    plate.experiment,
                    plate.plate,
                    [well.name for well in plate.wells],
                    [str(role) for role in plate.roles],
                    list(plate.perturbations),
                ),
                strict=True,
            )
        )
        said = {self.choice.column: plate.values, COLUMN: str(self.choice.correction)}
        return pd.DataFrame({**contents, **said})


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """What is told of a measure over all plates, and the wells not to be trusted."""

    measure: MeasureSummary
    flags: tuple[WellFlag, ...]


def joined(parts: Iterable[Measures]) -> Measures:
    """Put the measures of plates into one table."""
    import pandas as pd

    return Measures(pd.concat([part.table for part in parts], ignore_index=True))


def choices(measures: Measures) -> dict[str, tuple[Kind, Channel]]:
    """Measures that a table has, by their columns, those that one looks at first in front."""
    order = sorted(KINDS, key=lambda kind: FIRST.index(kind.name) if kind.name in FIRST else 99)
    channels = channels_in(measures)
    return {
        kind.column(channel): (kind, channel)
        for kind in order
        for channel in channels
        if kind.column(channel) in measures.table.columns
    }


def make_sheet(measures: Measures, choice: SheetChoice) -> QualitySheet:
    """Lay out one measure of all plates, corrected as chosen unless that would erase biology.

    Where the measure that was chosen is not there, it is the one that is looked at first.

    Raises
    ------
    ScreenError
        If nothing was measured.
    """
    column, kind, channel = _chosen(measures, choice)
    plates = plates_of(measures.table, column)
    correction, refused = choice.correction, refusal(plates, choice.correction)
    try:
        plates = plates if refused else correct(plates, correction)
    except ScreenError as error:
        refused = str(error)
    if refused:
        correction = Correction.NONE
    scale, shown = common_scale(plates)
    title, unit = f"{kind.title}, {channel.name}", unit_of(kind, correction)
    told = choices(measures)
    offered = {column: f"{kind.title}, {channel.name}" for column, (kind, channel) in told.items()}
    return QualitySheet(
        SheetChoice(column, correction), title, unit, plates, scale, shown, offered, refused
    )


def tell_quality(measures: Measures, choice: SheetChoice) -> Quality:
    """Tell the effects on the measure of a sheet, and flag wells by all measures."""
    # Imported only here: the window starts without scipy's statistics.
    from deepnoise_app.analysis.summary import summarise_measure

    _, kind, channel = _chosen(measures, choice)
    summary = summarise_measure(measures, kind, channel)
    return Quality(summary, flag_wells(measures, channels_in(measures)))


def _chosen(measures: Measures, choice: SheetChoice) -> tuple[str, Kind, Channel]:
    known = choices(measures)
    if not known:
        raise ScreenError("nothing was measured yet: measure the plates first")
    column = choice.column if choice.column in known else next(iter(known))
    return column, *known[column]


def unit_of(kind: Kind, correction: Correction) -> str:
    """Unit of a measure after a correction; those that scale take the unit away."""
    if correction is Correction.NONE:
        return kind.unit
    kept = f"{kind.unit}, " if kind.unit and correction is Correction.PLATE_MEDIAN else ""
    return kept + str(correction)


def common_scale(plates: Sequence[PlateValues]) -> tuple[Scale, tuple[float, float]]:
    """Colour scale for all plates and the values at its ends (2 to 98 %), centred where it must."""
    known = [plate.values[plate.known] for plate in plates]
    values = np.concatenate(known) if known else np.zeros(0)
    low, high = map(float, np.percentile(values, (2, 98))) if len(values) else (0.0, 1.0)
    if low < 0 < high:
        high = max(-low, high)
        return Scale.DIVERGING, (-high, high)
    return Scale.SEQUENTIAL, (low, max(high, low + 1e-9))
