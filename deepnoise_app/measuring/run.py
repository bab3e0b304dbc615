"""Measures plates in a run folder, well by well; the window paints what is there so far."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deepnoise_app.analysis.correction import COLUMN, Correction
from deepnoise_app.analysis.measures import MeasuredWell, Measures, measure_well, site_table
from deepnoise_app.errors import Interrupted, RecipeError, ScreenError
from deepnoise_app.measuring.cache import keep, kept
from deepnoise_app.readers import open_screen, read_plate_map
from deepnoise_app.runs.events import Progress, Saved, Warned
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.work import Ended, Listen, ShouldStop, carry_out, mention_problems
from deepnoise_app.screen import Plate, Screen, StackChoice
from deepnoise_app.untrusted import file_stem

if TYPE_CHECKING:
    import pandas as pd

SAVE_EVERY_S = 0.5


def measures_path(run: RunFolder, plate: tuple[str, str]) -> Path:
    """Return where the measures of a plate lie, a row per well."""
    return run.path / "measures" / f"{file_stem(*plate)}.parquet"


def sites_path(run: RunFolder, plate: tuple[str, str]) -> Path:
    """Return where the measures of a plate lie, a row per site; there once it is finished."""
    return run.path / "sites" / measures_path(run, plate).name


def plan_measuring(recipe: Recipe) -> list[Plate]:
    """Open the plates that a recipe names.

    Raises
    ------
    RecipeError, ScreenError
        If there is nothing to measure.
    """
    return _plates_in(recipe, _opened(recipe))


def _opened(recipe: Recipe) -> list[Screen]:
    if not recipe.screen:
        raise RecipeError("the recipe names no screen: give the folder of one")
    stack = StackChoice(recipe.plane, recipe.time)
    return [open_screen(Path(path), recipe.reader, stack) for path in recipe.screen]


def _plates_in(recipe: Recipe, screens: list[Screen]) -> list[Plate]:
    wanted = set(recipe.plates)
    plates = [
        plate
        for screen in screens
        for plate in screen.imaged
        if not wanted or "/".join(plate.key) in wanted
    ]
    if not plates:
        raise ScreenError(f"no plate of {', '.join(recipe.screen)} has an image to measure")
    return plates if recipe.scoring.plate_map is None else _mapped(plates, recipe.scoring.plate_map)


def _mapped(plates: list[Plate], path: str) -> list[Plate]:
    """Plates with what a plate map says of them; a map of other plates is refused."""
    maps = read_plate_map(Path(path))
    if not any(plate.key in maps for plate in plates):
        listed = ", ".join(sorted(" ".join(key) for key in maps)[:3])
        raise ScreenError(
            f"{path} lists none of the plates (it lists {listed}): experiment and plate have to be"
            f" called as in the screen, such as {' '.join(plates[0].key)}"
        )
    return [
        replace(plate, map=plate.map | maps[plate.key]) if plate.key in maps else plate
        for plate in plates
    ]


def measure(
    run: RunFolder,
    listen: Listen = lambda _: None,
    should_stop: ShouldStop = lambda: False,
) -> Ended:
    """Do what a measuring recipe asks."""
    recipe = run.recipe

    def prepare() -> tuple[list[Screen], list[Plate]]:
        screens = _opened(recipe)
        return screens, _plates_in(recipe, screens)

    def do(found: tuple[list[Screen], list[Plate]], tell: Listen, stopping: ShouldStop) -> str:
        screens, plates = found
        mention_problems(screens, tell)
        threads = recipe.workers or max(1, (os.cpu_count() or 1) - 1)
        with ThreadPoolExecutor(threads) as pool:
            for plate in plates:
                Measuring(run, plate, recipe, tell, stopping).work(pool)
        wells = sum(len(plate.wells) for plate in plates)
        return f"{wells} wells measured, see {run.path / 'measures'}"

    return carry_out(run, prepare, do, listen, should_stop)


@dataclass(frozen=True, slots=True)
class Measuring:
    """One plate that is being measured; at most its own measures are in memory."""

    run: RunFolder
    plate: Plate
    recipe: Recipe
    tell: Listen
    stopping: ShouldStop

    def work(self, pool: ThreadPoolExecutor) -> None:
        """Take what is kept of the plate, or measure it and keep that.

        Raises
        ------
        Interrupted
            If a stop was asked for; what was measured is saved first.
        """
        depth = self.recipe.measures
        known = kept(self.plate, "all") or kept(self.plate, depth)
        if known is None:
            found = self._measured(pool)
            sites = site_table(self.plate, self.plate.wells, found, depth)
            known = self._table(found), sites
            if not any(one.faults for one in found):
                keep(self.plate, depth, *known)
        _write(sites_path(self.run, self.plate.key), known[1])
        self._save(known[0])

    def _measured(self, pool: ThreadPoolExecutor) -> list[MeasuredWell]:
        found: list[MeasuredWell] = []
        saved = time.monotonic()
        for one in self._stream(pool):
            found.append(one)
            for reason in dict.fromkeys(reason for _, _, reason in one.faults):
                self.tell(Warned(message=reason))
            stop = self.stopping()
            if stop or time.monotonic() - saved > SAVE_EVERY_S:
                self._save(self._table(found))
                saved = time.monotonic()
            if stop:
                where = " ".join(self.plate.key)
                raise Interrupted(f"stopped after {len(found)} wells of {where}")
        return found

    def _stream(self, pool: ThreadPoolExecutor) -> Iterator[MeasuredWell]:
        depth = self.recipe.measures
        waiting = [pool.submit(measure_well, self.plate, w, depth) for w in self.plate.wells]
        try:
            for future in waiting:
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()

    def _table(self, found: list[MeasuredWell]) -> pd.DataFrame:
        wells = self.plate.wells[: len(found)]
        return Measures.of(self.plate, wells, found, self.recipe.measures).table

    def _save(self, wells: pd.DataFrame) -> None:
        path, phase = (
            measures_path(self.run, self.plate.key),
            f"Measuring {' '.join(self.plate.key)}",
        )
        _write(path, wells)
        self.tell(Saved(what="measures", path=str(path)))
        self.tell(Progress(phase=phase, done=len(wells), total=len(self.plate.wells)))


def _write(path: Path, table: pd.DataFrame) -> None:
    named = table.assign(**{COLUMN: str(Correction.NONE)})
    write_beside(path, lambda beside: named.to_parquet(beside, index=False))
