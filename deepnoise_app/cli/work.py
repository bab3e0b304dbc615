"""`deepnoise work`: what a worker process runs; not for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def work(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
) -> None:
    """Do what the recipe of a run folder asks, leaving one core to the user."""
    from deepnoise_app.cli.runs import finish, measure_here, pack_here, work_here
    from deepnoise_app.runs.folder import RunFolder

    folder = RunFolder(run.absolute())
    task = folder.recipe.task
    if task == "measure":
        finish(measure_here(folder))
        return
    if task == "pack":
        finish(pack_here(folder))
        return
    from deepnoise_app.learning.device import leave_a_core

    leave_a_core()
    if task == "check-map":
        from deepnoise_app.cli.map_run import check_here

        finish(check_here(folder))
        return
    finish(work_here(folder, None))
