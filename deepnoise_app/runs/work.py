"""The frame of every worker: holds the run folder, tells events, ends in one of four ways."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from deepnoise_app.errors import DeepNoiseError, Interrupted
from deepnoise_app.runs.events import Event, Failed, Finished, Started, Stopped, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.screen import ProblemKind, Screen

# Problems of a screen that are told one by one.
MENTIONED = 3
P = TypeVar("P")
Listen = Callable[[Event], None]
ShouldStop = Callable[[], bool]


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


def carry_out(
    run: RunFolder,
    prepare: Callable[[], P],
    do: Callable[[P, Listen, ShouldStop], str],
    listen: Listen = lambda _: None,
    should_stop: ShouldStop = lambda: False,
) -> Ended:
    """Work on a run folder until it is done, stopped or failed.

    Parameters
    ----------
    prepare
        Checks everything that can be refused, before any work.
    do
        Does the work on what `prepare` gave; tells events, honours stops by raising `Interrupted`,
        returns a closing sentence.
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
        return _carry_out(run, prepare, do, listen, should_stop)


def _carry_out(
    run: RunFolder,
    prepare: Callable[[], P],
    do: Callable[[P, Listen, ShouldStop], str],
    listen: Listen,
    should_stop: ShouldStop,
) -> Ended:
    task = run.recipe.task

    def tell(event: Event) -> None:
        run.tell(event)
        listen(event)

    def stopping() -> bool:
        return should_stop() or run.stop_requested

    prepared = False
    try:
        tell(Started(message=task))
        plan = prepare()
        prepared = True
        message = do(plan, tell, stopping)
        tell(Finished(message=message))
        return Ended(Ending.FINISHED, message)
    except (Interrupted, KeyboardInterrupt) as stop:
        message = str(stop) or "stopped at once; what was saved before is kept"
        tell(Stopped(message=message))
        return Ended(Ending.STOPPED, message)
    except DeepNoiseError as error:
        return _failed(tell, str(error), Ending.FAILED if prepared else Ending.REFUSED)
    except Exception as error:  # noqa: BLE001 (the last net: the log gets the traceback)
        with suppress(OSError), run.log_path.open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
        message = f"an unexpected fault ({type(error).__name__}: {error}); see {run.log_path}"
        return _failed(tell, message, Ending.FAILED)


def mention_problems(screens: Iterable[Screen], tell: Listen) -> None:
    """Problems never stop a run, but nobody shall have to look for them."""
    for screen in screens:
        problems = sorted(screen.problems, key=lambda one: one.kind is ProblemKind.NOT_IMAGED)
        for problem in problems[:MENTIONED]:
            tell(Warned(message=str(problem)))
        more = len(problems) - MENTIONED
        if more > 0:
            tell(Warned(message=f"{screen.path} has {more} more problem{'s' * (more != 1)} with"
                        " files or tables: deepnoise inspect lists them"))  # fmt: skip


def _failed(tell: Listen, message: str, ending: Ending) -> Ended:
    """Say that the run failed, if it can still be said: the disk may be full."""
    with suppress(DeepNoiseError):
        tell(Failed(message=message))
    return Ended(ending, message)
