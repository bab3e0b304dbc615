"""Starts runs for the commands, here or detached, and ends with the right exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from deepnoise_app.cli.console import Display, StopOnInterrupt, complain
from deepnoise_app.errors import Interrupted
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.work import Ended, Ending

if TYPE_CHECKING:
    from deepnoise_app.learning.work import Plan
    from deepnoise_app.runs.recipe import Recipe


def open_run(out: Path, recipe: Recipe, resume: bool) -> RunFolder:
    """Make the run folder, or take up the one that is there."""
    begun = (out / "recipe.json").is_file()
    return RunFolder.create(out, recipe, resume=resume and begun)


def work_here(run: RunFolder, plan: Plan | None) -> Ended:
    """Work in this process with a progress bar; Ctrl-C asks for a stop."""
    from deepnoise_app.learning.work import work

    stop = StopOnInterrupt()
    with Display() as display, stop.watching():
        return work(run, plan, display.hear, lambda: stop.asked)


def measure_here(run: RunFolder) -> Ended:
    """Measure in this process; Ctrl-C asks for a stop."""
    from deepnoise_app.measuring import measure

    stop = StopOnInterrupt()
    with Display() as display, stop.watching():
        return measure(run, display.hear, lambda: stop.asked)


def pack_here(run: RunFolder) -> Ended:
    """Pack in this process; Ctrl-C asks for a stop."""
    from deepnoise_app.packing import pack_in

    stop = StopOnInterrupt()
    with Display() as display, stop.watching():
        return pack_in(run, display.hear, lambda: stop.asked)


def finish(ended: Ended, resumable: bool = True) -> None:
    """Leave the command unless the run is finished.

    Parameters
    ----------
    resumable
        Whether the command has `--resume`, to point to.

    Raises
    ------
    Interrupted
        If the run was stopped.
    """
    if ended.ending is Ending.STOPPED:
        raise Interrupted(ended.message + "; --resume goes on from here" * resumable)
    if ended.ending:
        complain(ended.message)
        raise typer.Exit(int(ended.ending))
