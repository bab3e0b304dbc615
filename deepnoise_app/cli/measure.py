"""`deepnoise measure`: how bright, sharp and full wells are, and what the plate does to them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deepnoise_app.cli.console import say
from deepnoise_app.cli.places import on_this_computer

if TYPE_CHECKING:
    from deepnoise_app.analysis.summary import ScreenSummary


class Corrected(StrEnum):
    """What is taken out of the measures of the wells."""

    NONE = "none"
    PLATE_MEDIAN = "plate-median"
    B_SCORE = "b-score"
    CONTROLS = "control-anchored"


SHOWN_FLAGS = 10


def measure(
    path: Annotated[
        list[Path], typer.Argument(help="Folders or addresses of screens, experiments, plates.")
    ],
    out: Annotated[
        Path, typer.Option(help="New folder for tables and heat maps.", callback=on_this_computer)
    ],
    plate_map: Annotated[
        Path | None, typer.Option(help="CSV with experiment, plate, well, perturbation, role.")
    ] = None,
    correction: Annotated[
        Corrected, typer.Option(help="What is taken out of the measures of the wells.")
    ] = Corrected.NONE,
    reader: Annotated[
        str | None, typer.Option(help="File layout; found out where it is not given.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on with the measuring in OUT.")] = False,
) -> None:
    """Measure every site and well; tell plate effects, controls and wells not to be trusted."""
    from deepnoise_app.analysis.correction import Correction
    from deepnoise_app.cli.runs import finish, measure_here, open_run
    from deepnoise_app.measuring import plan_measuring, write_tables
    from deepnoise_app.readers.remote import whole_path
    from deepnoise_app.reports.sheets import save_sheets
    from deepnoise_app.runs.recipe import Recipe, Scoring

    given = None if plate_map is None else str(plate_map.absolute())
    recipe = Recipe(
        task="measure",
        measures="all",
        screen=[whole_path(one) for one in dict.fromkeys(path)],
        reader=reader,
        scoring=Scoring(plate_map=given),
    )
    plates = [plate.key for plate in plan_measuring(recipe)]
    run = open_run(out, recipe, resume)
    finish(measure_here(run))
    left = write_tables(run, plates, Correction(correction.value))
    save_sheets(left.measures, run.path / "heatmaps")
    say(f"{len(left.measures)} wells on {len(plates)} plates measured, see {run.path}")
    _show(left.summary)


def _show(summary: ScreenSummary) -> None:
    for one in summary.measures:
        if one.column.startswith(("Intensity_Mean", "Cells")):
            told = [f"{c.name} {c.share:.0%}" for c in one.variance.components]
            say(f"  {one.title}: variance from {', '.join(told) or 'nothing that can be told'}")
    for note in summary.notes:
        say(f"  note: {note}")
    for flag in summary.flags[:SHOWN_FLAGS]:
        say(f"  {flag.experiment} {flag.plate} {flag}")
    if len(summary.flags) > SHOWN_FLAGS:
        say(f"  … and {len(summary.flags) - SHOWN_FLAGS} flags more in flags.csv")
