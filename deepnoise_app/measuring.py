"""Measures plates in a run folder, well by well; the window paints what is there so far.

A sibling of `learning` that needs no torch, so that a heat map begins within a second.
"""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.analysis.measures import Measures, measure_well
from deepnoise_app.errors import Interrupted, RecipeError, ScreenError
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.events import Progress, Saved, Warned
from deepnoise_app.runs.files import write_beside
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.work import Ended, Listen, ShouldStop, carry_out
from deepnoise_app.screen import Plate

SAVE_EVERY_S = 0.5
_ODD = re.compile(r"[^\w.-]+")


def measures_path(run: RunFolder, plate: tuple[str, str]) -> Path:
    """Return where the measures of a plate lie."""
    return run.path / "measures" / f"{_ODD.sub('_', '-'.join(plate))}.parquet"


def plan_measuring(recipe: Recipe) -> list[Plate]:
    """Open the plates that a recipe names.

    Raises
    ------
    RecipeError, ScreenError
        If there is nothing to measure.
    """
    if not recipe.screen:
        raise RecipeError("the recipe names no screen: give the folder of one")
    screens = [open_screen(Path(path), recipe.reader) for path in recipe.screen]
    wanted = set(recipe.plates)
    plates = [
        plate
        for screen in screens
        for plate in screen.imaged
        if not wanted or "/".join(plate.key) in wanted
    ]
    if not plates:
        raise ScreenError(f"no plate of {', '.join(recipe.screen)} has an image to measure")
    return plates


def measure(
    run: RunFolder,
    listen: Listen = lambda _: None,
    should_stop: ShouldStop = lambda: False,
) -> Ended:
    """Do what a measuring recipe asks."""
    recipe = run.recipe

    def do(plates: list[Plate], tell: Listen, stopping: ShouldStop) -> str:
        threads = recipe.workers or max(1, (os.cpu_count() or 1) - 1)
        with ThreadPoolExecutor(threads) as pool:
            for plate in plates:
                _measure_plate(run, plate, pool, tell, stopping)
        wells = sum(len(plate.wells) for plate in plates)
        return f"{wells} wells measured, see {run.path / 'measures'}"

    return carry_out(run, lambda: plan_measuring(recipe), do, listen, should_stop)


def _measure_plate(
    run: RunFolder, plate: Plate, pool: ThreadPoolExecutor, tell: Listen, stopping: ShouldStop
) -> None:
    path = measures_path(run, plate.key)
    values: list[NDArray[np.float64]] = []
    sites: list[int] = []
    phase, saved = f"Measuring {' '.join(plate.key)}", time.monotonic()

    def save() -> None:
        done = Measures.of(plate, plate.wells[: len(values)], values, sites)
        write_beside(path, lambda beside: done.table.to_parquet(beside, index=False))
        tell(Saved(what="measures", path=str(path)))
        tell(Progress(phase=phase, done=len(values), total=len(plate.wells)))

    waiting = [pool.submit(measure_well, plate, well) for well in plate.wells]
    try:
        for future in waiting:
            found, count, faults = future.result()
            values.append(found)
            sites.append(count)
            for _, _, reason in faults:
                tell(Warned(message=reason))
            if stopping():
                raise Interrupted(f"stopped after {len(values)} wells of {' '.join(plate.key)}")
            if time.monotonic() - saved > SAVE_EVERY_S:
                save()
                saved = time.monotonic()
    finally:
        for future in waiting:
            future.cancel()
    save()
