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
# Stands for all seeds together in the column of seeds.
ALL_SEEDS = -1


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
        for name, value in (("group", ""), ("beside", False)):
            if name not in table.columns:
                table[name] = value
        if "title" not in table.columns:
            table["title"] = table["step"]
        return cls(file.parent, table[[*COLUMNS, "group", "beside", "title"]])

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps, in the order of the table."""
        return tuple(dict.fromkeys(self.table["step"].astype(str)))

    @property
    def titles(self) -> dict[str, str]:
        """What each step is called, by its name, in the order of the table."""
        return dict(zip(self.table["step"].astype(str), self.table["title"].astype(str),
                        strict=True))  # fmt: skip

    @property
    def beside(self) -> frozenset[str]:
        """Names of the steps that stand beside the ladder: baselines, other ways."""
        return frozenset(self.table.loc[self.table["beside"].astype(bool), "step"].astype(str))

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of experiments that are named apart, such as those at hand and fresh ones."""
        return tuple(dict.fromkeys(self.table["group"].astype(str)))

    @property
    def seeds(self) -> int:
        """How many seeds there are."""
        seeds = self.table["seed"]
        return int(seeds[seeds != ALL_SEEDS].nunique()) or 1

    def of(self, metric: str, group: str | None = None) -> pd.DataFrame:
        """Value and interval of each step over the seeds (index: step) in a group, or the first.

        Where the table tells of all seeds together, that counts; else it is the mean with the
        outer ends of the intervals. A step that lacks the metric has no row.
        """
        wanted = self.groups[0] if group is None and self.groups else group
        mine = self.table[
            (self.table["metric"].astype(str) == metric)
            & (self.table["group"].astype(str) == str(wanted))
        ]
        together = mine[mine["seed"] == ALL_SEEDS]
        mine = (together if len(together) else mine).dropna(subset=["value"])
        groups = mine.assign(step=mine["step"].astype(str)).groupby("step", sort=False)
        return groups.agg(value=("value", "mean"), low=("low", "min"), high=("high", "max"))

    @property
    def top(self) -> dict[str, float]:
        """Accuracies of the last step that stands on the ladder, by name, 0 to 1."""
        line = self.table[~self.table["beside"].astype(bool)]
        if line.empty:
            return {}
        step = str(line["step"].iloc[-1])
        found = {metric: self.of(metric)["value"].to_dict() for metric in METRICS}
        return {name: float(one[step]) for name, one in found.items() if step in one}
