"""`deepnoise ladder`: what each part of the method brings, step by step, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deepnoise_app.cli.places import on_this_computer

if TYPE_CHECKING:
    import pandas as pd

    from deepnoise_app.runs.ladder import Ladder

NAMES = {"free": "free", "one_per_well": "one per well", "plate_prior": "plate prior"}


def ladder(
    path: Annotated[
        Path,
        typer.Argument(
            help="Folder or address of a screen, all of whose experiments are labelled."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="Folder for the runs, the table and the report.", callback=on_this_computer
        ),
    ],
    steps: Annotated[
        str,
        typer.Option(
            "--ladder", help="quick-look, laptop, workstation, full, or a TOML file of steps."
        ),
    ] = "laptop",
    test: Annotated[
        list[str] | None,
        typer.Option(
            help="Experiment to name whose images, never labels, second stages learn from; by"
            " default the last ones, as many as the ladder says."
        ),
    ] = None,
    fresh: Annotated[
        list[str] | None, typer.Option(help="Experiment to name that no training sees at all.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, max=100, help="Trainings of each step; as the ladder says.")
    ] = None,
    beside: Annotated[
        bool,
        typer.Option("--beside/--no-beside", help="Also do what stands beside the ladder."),
    ] = True,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Make the ladder's standard screen at PATH first.")
    ] = False,
) -> None:
    """Climb the published ladder on a screen; what is finished in OUT is not done again."""
    from deepnoise_app.cli.console import Display, StopOnInterrupt
    from deepnoise_app.errors import RunError
    from deepnoise_app.ladder import gather, plan_climb, write_results
    from deepnoise_app.ladder.trivial import trivial_rungs
    from deepnoise_app.learning.discriminants import TOO_FEW
    from deepnoise_app.reports.climbed import write_climbed
    from deepnoise_app.runs.ladder import Ladder

    wanted = Ladder.load(steps)
    if seeds is not None:
        wanted = wanted.model_copy(update={"seeds": seeds})
    if not beside:
        wanted = wanted.bare()
    if simulate and not path.exists():
        _simulate(wanted, path)
    if out.exists() and not out.is_dir():
        raise RunError(f"{out} is a file: expected the name of a folder")
    climb = plan_climb(path, out, wanted, test or (), fresh or ())
    stop = StopOnInterrupt()
    with Display() as display, stop.watching():
        if len(climb.ladder.step) < len(wanted.step):
            display.say(f"note: a step is left out: {TOO_FEW}")
        climb.work(display.hear, lambda: stop.asked, display.say)
        rungs = [*gather(climb), *trivial_rungs(climb, display.hear, lambda: stop.asked)]
    table = write_results(rungs, out)
    write_climbed(table, wanted.title, climb.divided.learned, out)
    _show(table)
    print(f"Report: {out / 'report.html'}")


def _simulate(wanted: Ladder, path: Path) -> None:
    from deepnoise_app.cli.console import counting
    from deepnoise_app.simulate import ScreenDesign, simulate_screen
    from deepnoise_app.writers.rxrx import write_rxrx

    numbers = wanted.screen.model_dump()
    design = ScreenDesign(
        **{**numbers, "cell_types": tuple(numbers["cell_types"]), "unlabelled": 0}
    )
    made = simulate_screen(design)
    with counting("Simulating sites", f"stopped: {path} was not written") as tell:
        write_rxrx(made.screen, made.truth, path, tell)


def _show(table: pd.DataFrame) -> None:
    over_all = table[table["seed"] < 0]
    for group, mine in over_all.groupby("group", sort=False):
        print(f"Plates {group}: free, one per well, plate prior (95 % over seeds and plates)")
        for title, step in mine.groupby("title", sort=False):
            values = {row.metric: row for row in step.itertuples()}
            told = [
                f"{values[m].value:.3f} ({values[m].low:.3f} to {values[m].high:.3f})"
                if m in values else "-"
                for m in NAMES
            ]  # fmt: skip
            print(f"  {title:62} {'  '.join(told)}")
