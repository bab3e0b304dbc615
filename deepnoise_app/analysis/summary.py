"""All that the measures of a screen tell about its quality, in one value.

The measures in front: brightness, background, focus and number of nuclei. Others are in the
tables, and every function here takes any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepnoise_app.analysis.controls import ControlPair, control_pairs, no_pairs
from deepnoise_app.analysis.correction import Correction, correct, refusal
from deepnoise_app.analysis.drift import Drift, drift
from deepnoise_app.analysis.flags import WellFlag, flag_wells
from deepnoise_app.analysis.kinds import BY_NAME, Kind
from deepnoise_app.analysis.measures import Measures, channels_in
from deepnoise_app.analysis.position import PlateEffects, plate_effects
from deepnoise_app.analysis.values import PlateValues, plates_of
from deepnoise_app.analysis.variance import VarianceShares, variance_shares
from deepnoise_app.screen import Channel

IN_FRONT = ("Mean", "Background", "Focus", "Count")


@dataclass(frozen=True, slots=True, eq=False)
class MeasureSummary:
    """One measure over all plates of a screen.

    `controls` are told on values with `levelled` taken out; `notes` say what could not be told.
    """

    column: str
    title: str
    unit: str
    plates: tuple[PlateValues, ...]
    effects: tuple[PlateEffects, ...]
    drift: Drift
    variance: VarianceShares
    controls: tuple[ControlPair, ...]
    levelled: Correction
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ScreenSummary:
    """The measures in front of all plates, the flagged wells, and what holds for all measures."""

    measures: tuple[MeasureSummary, ...]
    flags: tuple[WellFlag, ...]
    notes: tuple[str, ...]


def summarise_measures(measures: Measures, resamples: int = 500) -> ScreenSummary:
    """Tell all effects on the measures in front, and flag wells."""
    channels = channels_in(measures)
    made = []
    for name in IN_FRONT:
        for channel in channels:
            kind = BY_NAME[name]
            if kind.column(channel) in measures.table.columns:
                made.append(summarise_measure(measures, kind, channel, resamples))
    notes = tuple(dict.fromkeys(note for one in made for note in one.notes if _general(note)))
    return ScreenSummary(tuple(made), flag_wells(measures, channels), notes)


def summarise_measure(
    measures: Measures, kind: Kind, channel: Channel, resamples: int = 500
) -> MeasureSummary:
    """Tell all effects on one measure of one channel."""
    column = kind.column(channel)
    plates = plates_of(measures.table, column)
    levelled = _levelling(plates)
    lacking = no_pairs(plates)
    shares = variance_shares(plates, resamples)
    shapes = {plate.shape for plate in plates}
    notes = [lacking] if lacking else []
    if len(shapes) > 1:
        sizes = ", ".join(str(shape.wells) for shape in sorted(shapes))
        notes.append(f"plates differ in size ({sizes} wells): effects are told plate by plate")
    return MeasureSummary(
        column,
        f"{kind.title}, {channel.name}",
        kind.unit,
        plates,
        tuple(map(plate_effects, plates)),
        drift(plates),
        shares,
        () if lacking else control_pairs(correct(plates, levelled)),
        levelled,
        tuple(notes),
    )


def _levelling(plates: Sequence[PlateValues]) -> Correction:
    """Plates are compared after their medians are taken out, unless that would erase biology."""
    chosen = Correction.PLATE_MEDIAN
    return Correction.NONE if refusal(plates, chosen) else chosen


def _general(note: str) -> bool:
    return note.startswith(("no well is", "only ", "plates differ"))
