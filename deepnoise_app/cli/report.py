"""`deepnoise report`: one self-contained page about a run, a plate or a screen."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deepnoise_app.cli.places import on_this_computer

if TYPE_CHECKING:
    from deepnoise_app.reports.report import Trivial
    from deepnoise_app.runs.folder import RunFolder

UNMEASURED = (
    "There are no trivial profiles to compare with: the images cannot be measured any more where"
    " the scoring found them"
)
UNCOUNTED = (
    "Cells were not counted, so that the cell count is not compared: measure the screen once"
    " with `deepnoise measure`, then make this page again"
)


def report(
    folder: Annotated[
        Path, typer.Argument(help="Run folder, or folder or address of a screen or plate.")
    ],
    out: Annotated[Path, typer.Option(help="HTML file to write.", callback=on_this_computer)],
) -> None:
    """Write one self-contained HTML page about a run, a plate or a screen."""
    from deepnoise_app.errors import RunError
    from deepnoise_app.reports.report import EMBEDDINGS, write_report
    from deepnoise_app.runs.folder import RunFolder

    if out.is_dir():
        raise RunError(f"{out} is a folder: expected the name of an HTML file")
    run = RunFolder(folder.absolute())
    scored = run.recipe_path.is_file() and (run.path / EMBEDDINGS).is_file()
    write_report(folder, out, measured(run) if scored else None)
    print(out)


def measured(run: RunFolder) -> Trivial:
    """Measure the wells of a scoring, or take what is kept of them: a model has to beat that.

    Raises
    ------
    Interrupted
        If a stop was asked for.
    """
    import pandas as pd

    from deepnoise_app.analysis.measures import Measures
    from deepnoise_app.analysis.trivial import COUNT, PREFIXES
    from deepnoise_app.cli.runs import measure_here
    from deepnoise_app.errors import Interrupted
    from deepnoise_app.reports.report import Trivial
    from deepnoise_app.runs.folder import RunFolder
    from deepnoise_app.runs.work import Ending
    from deepnoise_app.screen import read_parquet

    recipe = run.recipe.model_copy(update={"task": "measure", "measures": "basic"})
    with tempfile.TemporaryDirectory() as folder:
        ended = measure_here(RunFolder.create(Path(folder) / "measures", recipe))
        if ended.ending is Ending.STOPPED:
            raise Interrupted(ended.message)
        if ended.ending:
            return Trivial(note=UNMEASURED)  # the reason holds paths, which no page tells
        tables = sorted(Path(folder, "measures", "measures").glob("*.parquet"))
        wells = pd.concat([read_parquet(path) for path in tables], ignore_index=True)
    counted = any(str(name).startswith(PREFIXES[COUNT]) for name in wells.columns)
    return Trivial(Measures(wells), "" if counted else UNCOUNTED)
