"""`deepnoise simulate`: a screen with a known truth, on disk."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deepnoise_app.cli.places import on_this_computer


class Layout(StrEnum):
    """Layouts in which a screen can be written."""

    RXRX1 = "rxrx1"


def simulate(
    out: Annotated[
        Path, typer.Argument(help="New folder for the screen.", callback=on_this_computer)
    ],
    experiments: Annotated[int, typer.Option(help="Experiments with labels.")] = 6,
    unlabelled: Annotated[
        int, typer.Option(help="Experiments without; their truth goes to OUT.truth.csv.")
    ] = 2,
    plates: Annotated[int, typer.Option(help="Plates per experiment.")] = 2,
    perturbations: Annotated[int, typer.Option(help="Perturbations in the library.")] = 32,
    sites: Annotated[int, typer.Option(help="Sites per well.")] = 2,
    size: Annotated[int, typer.Option(help="Side of a site in pixels; the same field.")] = 128,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 0,
    layout: Annotated[Layout, typer.Option(help="How files and tables lie.")] = Layout.RXRX1,
    wells: Annotated[
        int | None, typer.Option(help="Wells of a plate; the smallest that serves by default.")
    ] = None,
    difficulty: Annotated[float, typer.Option(help="Perturbations are 1/this as strong.")] = 1.0,
    cell_type: Annotated[
        list[str] | None, typer.Option(help="HUVEC, RPE, HEPG2 or U2OS; several take turns.")
    ] = None,
) -> None:
    """Make a simulated screen whose truth is known."""
    from deepnoise_app.cli.console import counting
    from deepnoise_app.simulate import ScreenDesign, simulate_screen
    from deepnoise_app.writers.rxrx import write_rxrx

    del layout  # one so far
    design = ScreenDesign(
        experiments=experiments,
        unlabelled=unlabelled,
        plates=plates,
        perturbations=perturbations,
        sites=sites,
        size=size,
        seed=seed,
        wells=wells,
        difficulty=difficulty,
        cell_types=tuple(cell_type or ("HUVEC",)),
    )
    made = simulate_screen(design)
    with counting("Simulating sites", f"stopped: {out} was not written") as tell:
        write_rxrx(made.screen, made.truth, out, tell)
    wells_made = sum(len(plate.wells) for plate in made.screen.plates)
    print(f"{out}: {len(made.screen.experiments)} experiments, {wells_made} wells")
