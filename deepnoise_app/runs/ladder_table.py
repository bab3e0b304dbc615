"""The table of a ladder: how good each step of the method is, on experiments never seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deepnoise_app.errors import RunError
from deepnoise_app.screen import read_parquet

if TYPE_CHECKING:
    import pandas as pd

LADDER = "ladder.parquet"
COLUMNS = ("step", "seed", "metric", "value", "low", "high")
METRICS = ("plate_prior", "one_per_well", "free")


@dataclass(frozen=True, slots=True, eq=False)
class LadderTable:
    """One row per step, seed and metric: an accuracy and its interval, 0 to 1."""

    path: Path
    table: pd.DataFrame

    @classmethod
    def read(cls, path: Path) -> LadderTable:
        """Read the ladder in a folder, or its file.

        Raises
        ------
        RunError
            If there is none, or it cannot be read.
        """
        file = path / LADDER if path.is_dir() else path
        if not file.is_file():
            raise RunError(f"{path} holds no ladder: expected {LADDER} in it")
        try:
            table = read_parquet(file)
        except (OSError, ValueError) as error:
            raise RunError(f"{file} cannot be read: {error}") from error
        missing = [name for name in COLUMNS if name not in table.columns]
        if missing:
            raise RunError(f"{file} is no ladder: it lacks the column {missing[0]!r}")
        return cls(file.parent, table[list(COLUMNS)])

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps, in the order of the table."""
        return tuple(dict.fromkeys(self.table["step"].astype(str)))

    @property
    def seeds(self) -> int:
        """How many seeds there are."""
        return int(self.table["seed"].nunique())

    def of(self, metric: str) -> pd.DataFrame:
        """Mean of each step over the seeds (index: step), with the outer ends of the intervals.

        A step that lacks the metric has no row.
        """
        mine = self.table[self.table["metric"].astype(str) == metric]
        mine = mine.assign(step=mine["step"].astype(str)).dropna(subset=["value"])
        groups = mine.groupby("step", sort=False)
        return groups.agg(value=("value", "mean"), low=("low", "min"), high=("high", "max"))
