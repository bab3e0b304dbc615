"""The trivial baselines of a ladder: named by the same rules, from features that anybody has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepnoise_app.analysis.baselines import linear_shares, position_shares, within
from deepnoise_app.analysis.trivial import COUNT, INTENSITIES, MEASURES, PREFIXES
from deepnoise_app.errors import Interrupted, RunError
from deepnoise_app.ladder.climb import Climb, is_finished
from deepnoise_app.ladder.results import Rung, rungs_of
from deepnoise_app.ladder.untrained import UNTRAINED, describe_untrained
from deepnoise_app.learning.examples import Classes, find_classes, most_copies
from deepnoise_app.learning.predictions import Naming, name_experiment
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.measuring import measure, measures_path
from deepnoise_app.readers.remote import whole_path
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.work import Ending
from deepnoise_app.screen import Plate, Role, read_parquet

POSITION = "well position"
FOLDER = "baselines"
TITLES = {
    POSITION: "Baseline: the place of the well alone",
    COUNT: "Baseline: number of cells",
    INTENSITIES: "Baseline: mean intensities",
    MEASURES: "Baseline: all simple measures",
    UNTRAINED: "Baseline: features of an untrained network",
}


@dataclass(frozen=True, slots=True, eq=False)
class Wells:
    """Features of wells, (wells, F), with the plate and the name of each well."""

    features: NDArray[np.float64]
    plates: NDArray[np.str_]
    wells: NDArray[np.str_]

    def of(self, plate: Plate) -> NDArray[np.float64]:
        """(imaged wells of the plate, F); NaN for wells without features."""
        mine = np.flatnonzero(self.plates == "/".join(plate.key))
        row = {str(self.wells[at]): at for at in mine}
        found = np.full((len(plate.wells), self.features.shape[1]), np.nan)
        for at, well in enumerate(plate.wells):
            if well.name in row:
                found[at] = self.features[row[well.name]]
        return found


def trivial_rungs(
    climb: Climb,
    listen: Callable[[Event], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Rung]:
    """Name the tested wells from their place, simple measures, and an untrained network.

    Raises
    ------
    Interrupted
        If `should_stop` says so.
    """
    learned = [p for p in climb.screen.imaged if p.experiment in climb.divided.learned]
    tested = [p for p in climb.screen.imaged if p.experiment in climb.divided.tested]
    namer = _Namer(climb, learned, tested)
    rungs = namer.rungs(POSITION, namer.by_position())
    measured = _measures(climb, listen, should_stop)
    for name in (COUNT, INTENSITIES, MEASURES):
        wells = _wells(measured, [c for c in _features(measured) if c.startswith(PREFIXES[name])])
        if wells is not None:
            rungs += namer.rungs(name, namer.by_features(wells))
    table = describe_untrained(climb, [*learned, *tested], listen, should_stop)
    wells = _wells(table, _features(table))
    if wells is not None:
        rungs += namer.rungs(UNTRAINED, namer.by_features(wells))
    return rungs


class _Namer:
    """Names the tested wells from scores of any origin."""

    def __init__(self, climb: Climb, learned: Sequence[Plate], tested: Sequence[Plate]) -> None:
        self.climb, self.learned, self.tested = climb, learned, tested
        self.classes: Classes = find_classes(learned, include_controls=False)
        library = climb.screen.library
        self.naming = Naming(
            self.classes.names, (), library, most_copies(learned), "library", "baseline"
        )

    def by_position(self) -> list[NDArray[np.float32]]:
        """Per tested plate, scores (wells, classes) from places alone."""
        pairs = [
            (well.name, plate.map[well].perturbation)
            for plate in self.learned
            for well in plate.wells
            if plate.map[well].role is Role.TREATMENT and plate.map[well].perturbation
        ]
        places, labels = [well for well, _ in pairs], [label for _, label in pairs]
        return [
            position_shares(places, labels, [w.name for w in plate.wells], self.classes.names)
            for plate in self.tested
        ]

    def by_features(self, wells: Wells) -> list[NDArray[np.float32]]:
        """Per tested plate, scores (wells, classes) by a linear classifier of the features."""
        learned, labels = self._learned(wells)
        values = [within(wells.of(plate)) for plate in self.tested]
        asked = np.concatenate(values)
        there = np.isfinite(asked).all(axis=1)
        scores = np.full((len(asked), len(self.classes.names)), np.nan, dtype=np.float32)
        if there.any():
            scores[there] = linear_shares(learned, labels, asked[there], self.classes.names)
        return np.split(scores, np.cumsum([len(one) for one in values])[:-1])

    def _learned(self, wells: Wells) -> tuple[NDArray[np.float64], list[str]]:
        features, labels = [], []
        for plate in self.learned:
            values = within(wells.of(plate))
            for at, well in enumerate(plate.wells):
                content = plate.map[well]
                treated = content.role is Role.TREATMENT and content.perturbation
                if treated and np.isfinite(values[at]).all():
                    features.append(values[at])
                    labels.append(content.perturbation)
        return np.array(features), labels

    def rungs(self, name: str, scores: Sequence[NDArray[np.float32]]) -> list[Rung]:
        """Name the wells experiment by experiment, and judge the names."""
        tables = []
        for experiment in self.climb.divided.tested:
            at = [i for i, plate in enumerate(self.tested) if plate.experiment == experiment]
            plates = [self.tested[i] for i in at]
            scored = [_scores(plate, scores[i]) for plate, i in zip(plates, at, strict=True)]
            maps = [plate.map for plate in plates]
            tables += name_experiment(scored, maps, maps, self.naming)[0]
        table = pd.concat([one.table for one in tables], ignore_index=True)
        divided, found = self.climb.divided, []
        for group, names in (("at hand", divided.at_hand), ("fresh", divided.fresh)):
            if names:
                step = name.replace(" ", "-")
                found += rungs_of(step, TITLES[name], group, names, [table], beside=True)
        return found


def _scores(plate: Plate, logits: NDArray[np.float32]) -> PlateScores:
    count = len(plate.wells)
    return PlateScores(
        plate.experiment,
        plate.name,
        plate.wells,
        logits,
        np.zeros((count, 0), dtype=np.float32),
        np.ones(count, dtype=np.intp),
        ((),) * count,
    )


def _features(table: pd.DataFrame) -> list[str]:
    """Columns of numbers that are no metadata and no number of sites."""
    names = map(str, table.select_dtypes("number").columns)
    return [name for name in names if not name.startswith(("Metadata_", "Sites"))]


def _wells(table: pd.DataFrame, columns: Sequence[str]) -> Wells | None:
    if not columns:
        return None
    values = table[list(columns)].to_numpy(dtype=np.float64)
    keep = np.isfinite(values).mean(axis=0) > 0.9
    if not keep.any():
        return None
    plates = (table["Metadata_Experiment"] + "/" + table["Metadata_Plate"]).to_numpy(dtype=str)
    return Wells(values[:, keep], plates, table["Metadata_Well"].to_numpy(dtype=str))


def _measures(
    climb: Climb, listen: Callable[[Event], None], should_stop: Callable[[], bool]
) -> pd.DataFrame:
    """Measures of all wells, measured now if they were not before."""
    wanted = {*climb.divided.learned, *climb.divided.tested}
    plates = [p for p in climb.screen.imaged if p.experiment in wanted]
    recipe = Recipe(
        task="measure",
        measures="all",
        screen=[whole_path(climb.path)],
        plates=["/".join(plate.key) for plate in plates],
    )
    run = RunFolder(Path(climb.folder) / FOLDER / "measures")
    if not is_finished(run):
        RunFolder.create(run.path, recipe, resume=run.recipe_path.is_file())
        ended = measure(run, listen, should_stop)
        if ended.ending is Ending.STOPPED:
            raise Interrupted(ended.message)
        if ended.ending:
            raise RunError(f"the trivial baselines cannot be measured: {ended.message}")
    tables = [read_parquet(measures_path(run, plate.key)) for plate in plates]
    return pd.concat(tables, ignore_index=True)
