"""`deepnoise inspect`: what a folder holds, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from deepnoise_app.screen import Plate, Screen

SHOWN_PROBLEMS = 20


def inspect(
    path: Annotated[Path, typer.Argument(help="Folder of a screen, an experiment or a plate.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    reader: Annotated[
        str | None, typer.Option(help="File layout; found out where it is not given.")
    ] = None,
) -> None:
    """Show what a folder holds, and what is wrong with it."""
    from deepnoise_app.cli.console import Display
    from deepnoise_app.readers import check_files, open_screen

    with Display() as display:
        screen = check_files(
            open_screen(path, reader),
            tell=lambda done, total: display.count("Checking files", done, total),
        )
    found = describe(screen)
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        _show(screen, found)


def describe(screen: Screen) -> dict[str, Any]:
    """Return what `inspect --json` prints."""
    return {
        "reader": screen.reader,
        "channels": [channel.name for channel in screen.channels],
        "experiments": list(screen.experiments),
        "plates": [_plate(screen, plate) for plate in screen.plates],
        "problems": [problem.as_json() for problem in screen.problems],
    }


def _plate(screen: Screen, plate: Plate) -> dict[str, Any]:
    return {
        "experiment": plate.experiment,
        "plate": plate.name,
        "rows": plate.shape.rows,
        "columns": plate.shape.columns,
        "wells": len(plate.wells),
        "listed": len(plate.map),
        "sites": sum(len(plate.sites_of(well)) for well in plate.wells),
        "perturbations": len(plate.map.perturbations),
        "problems": sum((p.experiment, p.plate) == plate.key for p in screen.problems),
    }


def _show(screen: Screen, found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(
        f"{screen.path}: layout {screen.reader},"
        f" channels {', '.join(found['channels']) or '(none)'}",
        markup=False,
    )
    names = ("experiment", "plate", "wells", "listed", "sites", "perturbations", "problems")
    table = Table(*names)
    with_images = [plate for plate in found["plates"] if plate["wells"]]
    for plate in with_images:
        table.add_row(*(str(plate[name]) for name in names))
    console.print(table)
    bare = len(found["plates"]) - len(with_images)
    if bare:
        console.print(f"{bare} plates are listed but have no image here.")
    for problem in screen.problems[:SHOWN_PROBLEMS]:
        console.print(f"{problem.kind}: {problem.message}", markup=False, soft_wrap=True)
    if len(screen.problems) > SHOWN_PROBLEMS:
        more = len(screen.problems) - SHOWN_PROBLEMS
        console.print(f"… and {more} problems more; --json lists all")
