"""The table of a ladder: what every step reached, seed by seed and over all seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepnoise_app.analysis import verdict
from deepnoise_app.analysis.climbing import Crossed, crossed_mean
from deepnoise_app.ladder.climb import Climb, Task, is_finished
from deepnoise_app.ladder.compute import site_passes
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.ladder_table import ALL_SEEDS
from deepnoise_app.screen import read_parquet
from deepnoise_app.screen.formulas import write_csv

TABLE = "ladder"


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """One step of the ladder in one group of experiments, under one of the three accuracies.

    `right` is (seeds, plates), the share of treated wells of a plate that are named right; `wells`
    is (plates,). `passes` is the compute of its training (see `compute.site_passes`), 0 where it
    trains nothing. `reads` is the accuracy that the step stands for.
    """

    step: str
    title: str
    group: str
    metric: str
    right: NDArray[np.float64]
    wells: NDArray[np.float64]
    reads: str = "free"
    beside: bool = False
    passes: float = 0.0

    @property
    def mean(self) -> Crossed:
        """Accuracy over seeds and plates."""
        return crossed_mean(self.right, self.wells)

    def gain(self, below: Rung) -> Crossed:
        """What the step brings over another one, on the same plates with the same seeds."""
        seeds = min(len(self.right), len(below.right))
        return crossed_mean(self.right[:seeds] - below.right[:seeds], self.wells)


def gather(climb: Climb) -> list[Rung]:
    """Return what every step reached; steps of which no seed is finished are left out."""
    scorings: dict[str, list[Task]] = {}
    trainings: dict[str, Task] = {}
    for task in climb.tasks():
        if task.recipe.task == "train":
            trainings.setdefault(task.step.name, task)
        elif is_finished(task.run):
            scorings.setdefault(task.step.name, []).append(task)
    found = []
    for step in climb.ladder.step:
        tables = [read_parquet(task.run.predictions_path) for task in scorings.get(step.name, [])]
        passes = site_passes(trainings, step.of or step.name)
        for group, names in (("at hand", climb.divided.at_hand), ("fresh", climb.divided.fresh)):
            if tables and names:
                found += rungs_of(
                    step.name, step.title, group, names, tables, step.reads, step.beside, passes
                )
    return found


def rungs_of(
    step: str,
    title: str,
    group: str,
    experiments: Sequence[str],
    tables: Sequence[pd.DataFrame],
    reads: str = "free",
    beside: bool = False,
    passes: float = 0.0,
) -> list[Rung]:
    """Return a rung for each of the three accuracies.

    Parameters
    ----------
    experiments
        Those of the group.
    tables
        One of predictions per seed, all of the same wells.
    """
    mine = [
        t[t["Metadata_Experiment"].isin(list(experiments)) & verdict.is_judged(t)] for t in tables
    ]
    plate = (mine[0]["Metadata_Experiment"] + "/" + mine[0]["Metadata_Plate"]).to_numpy()
    names, number = np.unique(plate.astype(str), return_inverse=True)
    wells = np.bincount(number).astype(np.float64)
    made = []
    for metric in ("free", "one_per_well", "plate_prior"):
        column = verdict.NAMED[metric]
        if not any((table[column] != "").any() for table in mine):
            continue
        right = np.array([
            np.bincount(number, verdict.is_right(table, column), minlength=len(names)) / wells
            for table in mine
        ])  # fmt: skip
        made.append(Rung(step, title, group, metric, right, wells, reads, beside, passes))
    return made


def results_table(rungs: Sequence[Rung]) -> pd.DataFrame:
    """One row per step, group, accuracy and seed, and one (seed -1) over all seeds.

    `gain` is the difference to the step before, `gain_low` and `gain_high` its 95 % interval;
    empty on the lowest step and for what stands beside the ladder.
    """
    rows: list[dict[str, object]] = []
    for rung in rungs:
        same = {
            "step": rung.step,
            "title": rung.title,
            "group": rung.group,
            "metric": rung.metric,
            "reads": rung.reads,
            "beside": rung.beside,
            "passes": rung.passes,
        }
        below = step_below(rungs, rung)
        gain = None if below is None else rung.gain(below)
        for seed in range(len(rung.right)):
            one = crossed_mean(rung.right[seed : seed + 1], rung.wells)
            rows.append({**same, "seed": seed, **_share(one)})
        told = {} if gain is None else {f"gain_{k}": v for k, v in _bounds(gain).items()}
        rows.append({**same, "seed": ALL_SEEDS, **_share(rung.mean), **told})
    return pd.DataFrame(rows)


def step_below(rungs: Sequence[Rung], rung: Rung) -> Rung | None:
    """Return what a rung is compared with: the step before on the ladder, in the same group.

    Under the accuracy that both stand for, where the rung has its own; else under the same one.
    """
    line = [one for one in rungs if not one.beside and one.group == rung.group]
    steps = list(dict.fromkeys(one.step for one in line))
    at = steps.index(rung.step) if rung in line else 0
    if not at:
        return None
    below = {one.metric: one for one in line if one.step == steps[at - 1]}
    stands_for = next(iter(below.values())).reads
    return below.get(stands_for if rung.metric == rung.reads else rung.metric)


def _share(one: Crossed) -> dict[str, float]:
    """Return value and bounds of a share, which lies between 0 and 1."""
    return {"value": one.value, "low": max(0.0, one.low), "high": min(1.0, one.high)}


def _bounds(one: Crossed) -> dict[str, float]:
    return {
        "value": one.value,
        "low": one.low,
        "high": one.high,
    }


def write_results(rungs: Sequence[Rung], folder: Path) -> pd.DataFrame:
    """Write `ladder.parquet` and `ladder.csv`; returns the table."""
    table = results_table(rungs)
    path = folder / f"{TABLE}.parquet"
    write_beside(path, lambda beside: table.to_parquet(beside, index=False))
    # A title like "+ ArcFace" would get an apostrophe, as a spreadsheet takes it for a formula.
    titles = table["title"].str.replace(r"^\+ ", "with ", regex=True)
    plain = table.assign(title=titles)
    write_beside(path.with_suffix(".csv"), lambda beside: write_csv(plain, beside))
    return table
