"""Does what the recipe of a run folder asks, with a network."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from deepnoise_app.learning.companions import companion_rank
from deepnoise_app.learning.device import thread_count
from deepnoise_app.learning.explain import run_explaining
from deepnoise_app.learning.lesson_plan import TrainingPlan, plan_training
from deepnoise_app.learning.material import Reading
from deepnoise_app.learning.plan import ScoringPlan, open_screens, plan_scoring
from deepnoise_app.learning.preflight import check
from deepnoise_app.learning.scoring_run import run_scoring
from deepnoise_app.learning.training_run import check_resumable, run_training
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.work import Ended, Ending, Listen, ShouldStop, carry_out, mention_problems

Plan = TrainingPlan | ScoringPlan


def make_plan(recipe: Recipe) -> Plan:
    """Open the screens and check everything that can be refused before any work.

    A recipe whose task is `plan` is planned as a scoring if it names a model, else as a training.

    Raises
    ------
    DeepNoiseError
        If the recipe cannot be served.
    """
    screens = open_screens(recipe)
    if recipe.task in ("score", "explain") or (
        recipe.task == "plan" and recipe.scoring.model is not None
    ):
        return plan_scoring(recipe, screens)
    return plan_training(recipe, screens)


def work(
    run: RunFolder,
    plan: Plan | None = None,
    listen: Listen = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Ended:
    """Train, score or plan in a run folder; `plan` is made anew by default.

    Raises
    ------
    RunError
        If another worker holds the folder, or its recipe cannot be read.
    """
    recipe = run.recipe
    if companion_rank():
        return _along(run)

    def prepare() -> Plan:
        made = plan or make_plan(recipe)
        if recipe.task == "train":
            check_resumable(run, recipe)
        return made

    def do(plan: Plan, tell: Listen, stopping: ShouldStop) -> str:
        pool = ThreadPoolExecutor(thread_count(recipe.workers), thread_name_prefix="decode")
        try:
            reading = Reading(pool, tell, stopping)
            if recipe.task == "plan":
                return check(run, recipe, plan, reading)
            mention_problems(plan.screens, tell)
            if isinstance(plan, TrainingPlan):
                return run_training(run, recipe, plan, reading)
            if recipe.task == "explain":
                return run_explaining(run, recipe, plan, reading)
            return run_scoring(run, recipe, plan, reading)
        finally:
            pool.shutdown(cancel_futures=True)

    return carry_out(run, prepare, do, listen, should_stop)


def _along(run: RunFolder) -> Ended:
    """Train along with the worker of a run folder: nothing is told and nothing written."""
    recipe = run.recipe
    plan = plan_training(recipe, open_screens(recipe))
    with ThreadPoolExecutor(thread_count(recipe.workers), thread_name_prefix="decode") as pool:
        reading = Reading(pool, lambda _: None, lambda: False)
        return Ended(Ending.FINISHED, run_training(run, recipe, plan, reading))
