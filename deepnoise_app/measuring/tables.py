"""What measuring leaves behind for people and programs, beside the tables of the plates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from deepnoise_app.analysis.controls import ControlPair
from deepnoise_app.analysis.correction import COLUMN, Correction, correct_table
from deepnoise_app.analysis.drift import ExperimentDrift, PlateOffset
from deepnoise_app.analysis.measures import Measures
from deepnoise_app.analysis.position import Effect
from deepnoise_app.analysis.summary import MeasureSummary, ScreenSummary, summarise_measures
from deepnoise_app.analysis.variance import Component
from deepnoise_app.measuring.run import measures_path, sites_path
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.screen import read_parquet
from deepnoise_app.screen.formulas import write_csv

if TYPE_CHECKING:
    import pandas as pd

WELLS, SITES = "measures", "sites"


def _names(kind: type[Effect | PlateOffset | ExperimentDrift | Component | ControlPair]
           ) -> tuple[str, ...]:  # fmt: skip
    return tuple(field.name for field in fields(kind))


_EFFECT_COLUMNS = ("experiment", "plate", "wells", *_names(Effect), "note")
RowsOf = Callable[[MeasureSummary], Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Left:
    """What was written: the summary behind it, and the measures as corrected."""

    measures: Measures
    summary: ScreenSummary


def write_tables(run: RunFolder, plates: Sequence[tuple[str, str]], correction: Correction) -> Left:
    """Write one table of all wells, one of all sites, and those of effects and quality.

    The effects are those of the measures as they were taken; only the table of wells (and what is
    drawn from it) is corrected, and each row says by what.

    Raises
    ------
    ScreenError
        If the correction would erase declared biology.
    """
    import pandas as pd

    wells = pd.concat([read_parquet(measures_path(run, key)) for key in plates],
                      ignore_index=True)  # fmt: skip
    sites = pd.concat([read_parquet(sites_path(run, key)) for key in plates], ignore_index=True)
    raw = Measures(wells)
    corrected = Measures(correct_table(wells, raw.names, correction))
    summary = summarise_measures(raw)
    _both(run.path / f"{WELLS}.parquet", corrected.table)
    _both(run.path / f"{SITES}.parquet", sites.assign(**{COLUMN: str(Correction.NONE)}))
    for name, table in summary_tables(summary).items():
        _csv(run.path / f"{name}.csv", table)
    return Left(corrected, summary)


def summary_tables(summary: ScreenSummary) -> dict[str, pd.DataFrame]:
    """Return a summary as tables: effects, drift, variance, controls, flags."""
    import pandas as pd

    return {
        "effects": _joined(summary, _effects, _EFFECT_COLUMNS),
        "plate-offsets": _joined(
            summary, lambda one: list(map(asdict, one.drift.plates)), _names(PlateOffset)
        ),
        "drift": _joined(
            summary, lambda one: list(map(asdict, one.drift.experiments)), _names(ExperimentDrift)
        ),
        "variance": _joined(
            summary, lambda one: list(map(asdict, one.variance.components)), _names(Component)
        ),
        "controls": _joined(summary, _controls, _names(ControlPair)),
        "flags": pd.DataFrame(
            [
                {**asdict(flag), "well": flag.well.name, "reason": str(flag.reason)}
                for flag in summary.flags
            ],
            columns=["experiment", "plate", "well", "reason", "channel", "value", "usual"],
        ),
    }


def _effects(one: MeasureSummary) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for plate in one.effects:
        place = {"experiment": plate.experiment, "plate": plate.plate, "wells": plate.wells}
        rows += [{**place, **asdict(effect), "note": plate.note} for effect in plate.effects]
        if not plate.effects:
            rows.append({**place, "note": plate.note})
    return rows


def _controls(one: MeasureSummary) -> list[dict[str, object]]:
    return [{**asdict(pair), "correction": str(one.levelled)} for pair in one.controls]


def _joined(summary: ScreenSummary, rows_of: RowsOf, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of all measures; they rest on the measures as taken, unless they say otherwise."""
    import pandas as pd

    rows = [
        {"measure": one.column, "correction": str(Correction.NONE), **row}
        for one in summary.measures
        for row in rows_of(one)
    ]
    return pd.DataFrame(rows, columns=["measure", *columns, "correction"])


def _both(path: Path, table: pd.DataFrame) -> None:
    write_beside(path, lambda beside: table.to_parquet(beside, index=False))
    _csv(path.with_suffix(".csv"), table)


def _csv(path: Path, table: pd.DataFrame) -> None:
    write_beside(path, lambda beside: write_csv(table, beside))
