"""Reads the runs that lie on disk: what each was for, how far it came, how good it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.ladder_record import is_ladder, read_ladder_record
from deepnoise_app.runs.card import CARD
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.snapshots import kept_snapshots, model_title
from deepnoise_app.runs.status import RunState, RunStatus
from deepnoise_app.session import Origin, RunRecord, RunView
from deepnoise_app.untrusted import read_json

ACCURACIES = ("plate_prior", "one_per_well", "free")
# What a finished run has to say for itself where it has no accuracy.
TELLING = ("check-map", "explain", "pack", "measure")


def is_run(path: Path) -> bool:
    """Whether a folder is that of a run or of a ladder."""
    return RunFolder(path).recipe_path.is_file() or is_ladder(path)


def is_passing(recipe: Recipe) -> bool:
    """Whether a run is a mere question of the window, which nobody wants to see again.

    Plans, what packing would take, and the measures of one plate that was painted.
    """
    asked = recipe.task == "pack" and recipe.pack_to is None
    painted = recipe.task == "measure" and bool(recipe.plates)
    return recipe.task == "plan" or asked or painted


def lasts(recipe: Recipe) -> bool:
    """Whether a run goes on without the window; others are of no use without it."""
    return recipe.task in ("train", "score") or (recipe.task == "pack" and bool(recipe.pack_to))


def read_records(folder: Path, others: Iterable[Path] = ()) -> tuple[RunRecord, ...]:
    """Return the runs in a folder and in others, the newest first; what is no run is left out."""
    here = {path for path in folder.glob("*") if path.is_dir()}
    found = [one for path in here | set(others) if (one := read_record(path)) is not None]
    return tuple(sorted(found, key=lambda record: (record.when, record.view.path), reverse=True))


def read_record(path: Path) -> RunRecord | None:
    """Return one run, or the ladder in a folder; None where there is none, or a passing one."""
    if is_ladder(path):
        return read_ladder_record(path)
    run = RunFolder(path)
    try:
        recipe = run.recipe
        if is_passing(recipe):
            return None
        status = run.status()
        when = status.started or run.recipe_path.stat().st_mtime
    except (DeepNoiseError, OSError):
        return None
    view = RunView(path, recipe.task, title_of(recipe, path), status, origin=Origin.of(recipe))
    return RunRecord(
        view, when, _accuracy(path, status), (run.model / CARD).is_file(), used_by(recipe),
        outcome_of(recipe.task, status), kept_snapshots(run),
    )  # fmt: skip


def title_of(recipe: Recipe, path: Path) -> str:
    """What a run is called: the screen that it worked on, or else its folder."""
    name = Path(recipe.screen[0]).name if recipe.screen else path.name
    more = len(recipe.screen) - 1
    of = " ".join([*(plate.replace("/", " ") for plate in recipe.plates[:1]),
                   recipe.explaining.well]).strip()  # fmt: skip
    return name + (f" and {more} more" if more > 0 else "") + (f" · {of}" if of else "")


def used_by(recipe: Recipe) -> str:
    """Say with what a run works: its model, what it started from, where it packs to."""
    if recipe.task == "train":
        return f"from {model_title(recipe.start_from)}" if recipe.start_from else ""
    if recipe.task == "pack":
        return f"to {Path(recipe.pack_to or '').name}"
    model = recipe.scoring.model
    return f"with {model_title(model)}" if model and recipe.task != "measure" else ""


def outcome_of(task: str, status: RunStatus) -> str:
    """Return in a few words what a finished run found, where no accuracy tells."""
    if task not in TELLING or status.state is not RunState.FINISHED:
        return ""
    return status.message.partition(", see ")[0]


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
