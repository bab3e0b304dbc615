"""A ladder as one of the runs: a folder of many runs that a command works through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.words import count
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.ladder_table import LADDER, LadderTable
from deepnoise_app.runs.status import RunState, RunStatus
from deepnoise_app.session import RunRecord, RunView

TASK = "ladder"


def is_ladder(path: Path) -> bool:
    """Whether a folder holds a ladder, climbed or being climbed."""
    return (path / LADDER).is_file() or next(_runs(path), None) is not None


def read_ladder_record(path: Path) -> RunRecord | None:
    """Return the ladder in a folder; None where its table cannot be read."""
    runs = [RunFolder(recipe.parent) for recipe in _runs(path)]
    done = sum((run.model if run.path.name == "training" else run.predictions_path).exists()
               for run in runs)  # fmt: skip
    table = path / LADDER
    try:
        if table.is_file():
            status = RunStatus(state=RunState.FINISHED, message=f"the table is {table}")
            accuracy = LadderTable.read(path).top
            when = table.stat().st_mtime
        else:
            status = _climbing(runs, done)
            accuracy = {}
            when = max(run.recipe_path.stat().st_mtime for run in runs)
    except (DeepNoiseError, OSError):
        return None
    outcome = count(done, "run") if runs else ""
    return RunRecord(RunView(path, TASK, path.name, status), when, accuracy, outcome=outcome)


def _climbing(runs: list[RunFolder], done: int) -> RunStatus:
    """Tell a ladder at work from one that was stopped: somebody holds one of its runs."""
    at_work = any(run.holder is not None and run.holder.is_alive for run in runs)
    message = "" if at_work else "Give the command again, and it goes on where it stopped."
    state = RunState.RUNNING if at_work else RunState.STOPPED
    return RunStatus(state=state, phase="Climbing, runs done", done=done, total=len(runs),
                     message=message)  # fmt: skip


def _runs(path: Path) -> Iterator[Path]:
    """Yield the recipes of the runs of a ladder: `seed-N/STEP/training` and `.../scoring`."""
    return iter(path.glob("seed-*/*/*/recipe.json"))
