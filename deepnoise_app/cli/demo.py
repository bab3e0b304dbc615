"""`deepnoise demo`: the main job on a simulated experiment that the shipped model has not seen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from deepnoise_app.cli.places import on_this_computer

# What a demonstration writes first, and removes last: the mark that a folder is one.
FIRST = {".screen-unfinished", "screen.truth.csv"}


def demo(
    out: Annotated[
        Path, typer.Option(help="Folder for the results.", callback=on_this_computer)
    ] = Path("demo"),
) -> None:
    """Simulate an experiment, score it with the shipped model, and show it in the window."""
    from deepnoise_app.cli.console import counting
    from deepnoise_app.cli.runs import finish, open_run, work_here
    from deepnoise_app.cli.score import scoring_recipe, show_summary
    from deepnoise_app.demo import MODEL, write_demo
    from deepnoise_app.learning.work import make_plan
    from deepnoise_app.readers import open_screen
    from deepnoise_app.reports.page import write_page
    from deepnoise_app.screen import Predictions

    screen = out / "screen"
    _clear(out)
    with counting("Simulating sites", "stopped before the demonstration was made") as tell:
        write_demo(screen, tell)
    recipe = scoring_recipe(MODEL, [screen])
    plan = make_plan(recipe)
    run = open_run(out / "run", recipe, resume=False)
    finish(work_here(run, plan), resumable=False)
    summary = json.loads((run.path / "summary.json").read_text(encoding="utf-8"))
    predictions = Predictions.read(run.predictions_path)
    for name in ("summary.json", "predictions.csv", "predictions.parquet"):
        shutil.copyfile(run.path / name, out / name)
    write_page(open_screen(screen), predictions, summary, out)
    show_summary(summary)
    print(f"Report: {out / 'report.html'}")
    _show(screen, run.path)


def _show(screen: Path, run: Path) -> None:
    """Open the window on the scored screen, where there is a display to open it on.

    In a process of its own: the window shares none with torch.
    """
    import subprocess
    import sys

    from deepnoise_app.gui.display import why_no_window

    if why_no_window() is None:
        words = [sys.executable, "-m", "deepnoise_app", "open", str(screen), "--run", str(run)]
        raise typer.Exit(subprocess.call(words))


def _clear(out: Path) -> None:
    """Remove what an earlier demonstration left, and nothing else.

    Raises
    ------
    RunError
        If the folder holds other things.
    """
    from deepnoise_app.errors import RunError

    mine = FIRST | {"screen", "run", "summary.json", "predictions.csv", "predictions.parquet",
                    "report.html", "pictures"}  # fmt: skip
    try:
        out.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in out.iterdir()}
        strange = sorted(there - mine if there & FIRST else there)
        if strange:
            raise RunError(
                f"{out} holds {strange[0]!r}, which is not of the demonstration: choose another"
                " folder with --out"
            )
        for path in sorted(out.iterdir(), key=lambda path: path.name in FIRST):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise RunError(f"the folder {out} cannot be written: {error.strerror}") from error
