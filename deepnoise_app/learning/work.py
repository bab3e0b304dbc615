"""Does what the recipe of a run folder asks, and says how it went."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from deepnoise_app.errors import DeepNoiseError, Interrupted
from deepnoise_app.learning.device import thread_count
from deepnoise_app.learning.material import Reading
from deepnoise_app.learning.plan import (
    ScoringPlan,
    TrainingPlan,
    open_screens,
    plan_scoring,
    plan_training,
)
from deepnoise_app.learning.scoring_run import run_scoring
from deepnoise_app.learning.training_run import run_training
from deepnoise_app.runs.events import Event, Failed, Finished, Started, Stopped
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe

Plan = TrainingPlan | ScoringPlan


class Ending(IntEnum):
    """How a run ended; the numbers are the exit codes of the commands."""

    FINISHED = 0
    FAILED = 1
    REFUSED = 2
    STOPPED = 130


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, and the sentence for the user."""

    ending: Ending
    message: str


def make_plan(recipe: Recipe) -> Plan:
    """Open the screens and check everything that can be refused before any work.

    Raises
    ------
    DeepNoiseError
        If the recipe cannot be served.
    """
    screens = open_screens(recipe)
    if recipe.task == "score":
        return plan_scoring(recipe, screens)
    return plan_training(recipe, screens)


def work(
    run: RunFolder,
    plan: Plan | None = None,
    listen: Callable[[Event], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Ended:
    """Work on a run folder until it is done, stopped or failed.

    Parameters
    ----------
    plan
        What `make_plan` gave for the folder's recipe; made anew by default.
    listen
        Hears every event after it is written.
    should_stop
        A further way to ask for a stop, beside the file `stop`.

    Raises
    ------
    RunError
        If another worker holds the folder, or its recipe cannot be read.
    """
    with run.owned():
        run.clear_stop()
        return _work(run, plan, listen, should_stop)


def _work(
    run: RunFolder,
    plan: Plan | None,
    listen: Callable[[Event], None],
    should_stop: Callable[[], bool],
) -> Ended:
    recipe = run.recipe

    def tell(event: Event) -> None:
        run.tell(event)
        listen(event)

    def stopping() -> bool:
        return should_stop() or run.stop_requested

    planned = plan is not None
    pool = ThreadPoolExecutor(thread_count(recipe.workers), thread_name_prefix="decode")
    try:
        tell(Started(message=recipe.task))
        plan = make_plan(recipe) if plan is None else plan
        planned = True
        reading = Reading(pool, tell, stopping)
        if isinstance(plan, TrainingPlan):
            message = run_training(run, recipe, plan, reading)
        else:
            message = run_scoring(run, recipe, plan, reading)
        tell(Finished(message=message))
        return Ended(Ending.FINISHED, message)
    except Interrupted as stop:
        tell(Stopped(message=str(stop)))
        return Ended(Ending.STOPPED, str(stop))
    except DeepNoiseError as error:
        return _failed(tell, str(error), Ending.FAILED if planned else Ending.REFUSED)
    except Exception as error:  # noqa: BLE001 (the last net: the log gets the traceback)
        with suppress(OSError), run.log_path.open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
        message = f"an unexpected fault ({type(error).__name__}: {error}); see {run.log_path}"
        return _failed(tell, message, Ending.FAILED)
    finally:
        pool.shutdown(cancel_futures=True)


def _failed(tell: Callable[[Event], None], message: str, ending: Ending) -> Ended:
    """Say that the run failed, if it can still be said: the disk may be full."""
    try:
        tell(Failed(message=message))
    except DeepNoiseError:
        return Ended(ending, message)
    return Ended(ending, message)
