"""Packs in a run folder: a worker's task, with progress, that is stopped and gone on with."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from deepnoise_app.errors import RecipeError
from deepnoise_app.packing.estimate import estimate
from deepnoise_app.packing.pack import pack_screen
from deepnoise_app.packing.plan import PackPlan, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.events import Progress
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.work import Ended, Listen, ShouldStop, carry_out
from deepnoise_app.screen import Screen, StackChoice

# How many sites pass between two words on how far it is.
SAY_EVERY = 8


def pack_in(
    run: RunFolder,
    listen: Listen = lambda _: None,
    should_stop: ShouldStop = lambda: False,
) -> Ended:
    """Pack as the recipe asks; without a place to pack to, say in `plan.json` what it would take.

    Raises
    ------
    RunError
        If another worker holds the folder, or its recipe cannot be read.
    """
    recipe = run.recipe

    def prepare() -> Screen | PackPlan:
        screen = _open(recipe)
        if recipe.pack_to is None:
            return screen
        return plan_packing(screen, Path(recipe.pack_to), recipe.pack_codec)

    def do(plan: Screen | PackPlan, tell: Listen, stopping: ShouldStop) -> str:
        if isinstance(plan, Screen):
            found = asdict(estimate(plan, recipe.pack_codec, recipe.workers))
            write_whole(run.plan_path, json.dumps(found, indent=2) + "\n")
            return f"the plan is in {run.plan_path}"

        def count(done: int, total: int) -> None:
            if done % SAY_EVERY == 0 or done == total:
                tell(Progress(phase="Packing", done=done, total=total))

        sites = pack_screen(plan, count, stopping, recipe.workers)
        return f"{sites:,} sites packed: {plan.out}"

    return carry_out(run, prepare, do, listen, should_stop)


def _open(recipe: Recipe) -> Screen:
    if len(recipe.screen) != 1:
        count = len(recipe.screen)
        raise RecipeError(f"the recipe names {count} screens: expected the one to pack")
    stack = StackChoice(recipe.plane, recipe.time)
    return open_screen(recipe.screen[0], recipe.reader, stack, use_pack=False)
