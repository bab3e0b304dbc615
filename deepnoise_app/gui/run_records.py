"""Reads the runs that lie on disk: what each was for, how far it came, how good it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.runs.card import CARD
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunStatus
from deepnoise_app.session import RunRecord, RunView
from deepnoise_app.untrusted import read_json

# What a user calls a run; plans and measures of plates are none.
SHOWN_TASKS = ("train", "score")
ACCURACIES = ("plate_prior", "one_per_well", "free")


def read_records(folder: Path, others: Iterable[Path] = ()) -> tuple[RunRecord, ...]:
    """Return the runs in a folder and in others, the newest first; what is no run is left out."""
    paths = {recipe.parent for recipe in folder.glob("*/recipe.json")} | set(others)
    found = [record for path in paths if (record := read_record(path)) is not None]
    return tuple(sorted(found, key=lambda record: (record.when, record.view.path), reverse=True))


def read_record(path: Path) -> RunRecord | None:
    """Return one run; None where there is none, or none that is shown."""
    run = RunFolder(path)
    try:
        recipe = run.recipe
        if recipe.task not in SHOWN_TASKS:
            return None
        status = run.status()
        when = status.started or run.recipe_path.stat().st_mtime
    except (DeepNoiseError, OSError):
        return None
    view = RunView(path, recipe.task, title_of(recipe, path), status)
    return RunRecord(view, when, _accuracy(path, status), (run.model / CARD).is_file())


def title_of(recipe: Recipe, path: Path) -> str:
    """What a run is called: the screen that it worked on, or else its folder."""
    return Path(recipe.screen[0]).name if recipe.screen else path.name


def _accuracy(path: Path, status: RunStatus) -> dict[str, float]:
    """Accuracies of the summary if there is one, else of the best epoch."""
    try:
        summary = read_json(path / "summary.json")
    except (OSError, ValueError):
        summary = {}
    found = summary.get("accuracy", {}) if isinstance(summary, dict) else {}
    if found:
        return {name: float(one["value"]) for name, one in found.items()}
    judged = [epoch for epoch in status.epochs if epoch.free is not None]
    best = max(judged, key=lambda epoch: epoch.free or 0.0, default=None)
    told = {name: getattr(best, name, None) for name in ACCURACIES}
    return {name: value for name, value in told.items() if value is not None}
