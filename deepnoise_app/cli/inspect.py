"""`deepnoise inspect`: what a folder holds, and what is wrong with it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from deepnoise_app.screen import Plate, Screen

SHOWN_PROBLEMS, SHOWN_NAMES = 20, 3
# Files of which the ends are read unless all are asked for: a few seconds on a local disk.
MOST_FILES = 20_000


def inspect(
    path: Annotated[
        Path, typer.Argument(help="Folder or address of a screen, an experiment or a plate.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    reader: Annotated[
        str | None, typer.Option(help="File layout; found out where it is not given.")
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(
            help="How files are named, such as {plate}/{well}_s{site}_w{channel}; shows what it"
            " reads in ten of them."
        ),
    ] = None,
    names_only: Annotated[
        bool, typer.Option("--names-only", help="Look into no file: the fastest.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Decode every image; by default a sample of each plate.")
    ] = False,
    plane: Annotated[
        int | None, typer.Option(help="Z-plane to show; by default the brightest of all.")
    ] = None,
    time: Annotated[
        int | None, typer.Option(help="Time point to show; by default the first.")
    ] = None,
) -> None:
    """Show what a folder holds, and what is wrong with it."""
    from deepnoise_app.cli.console import counting
    from deepnoise_app.errors import ScreenError
    from deepnoise_app.readers import check_files, look_at_pixels, open_screen
    from deepnoise_app.readers.learn import preview
    from deepnoise_app.readers.look import SAMPLE
    from deepnoise_app.screen import StackChoice

    if pattern is not None:
        if reader not in (None, "pattern"):
            raise ScreenError(f"--pattern goes with the reader 'pattern', not {reader!r}")
        reader = f"pattern:{pattern}"
    with counting("Reading names", "stopped before all names were read") as tell:
        screen = open_screen(path, reader, StackChoice(plane, time), tell, use_pack=False)
    if not names_only:
        with counting("Checking files", "stopped before all files were looked at") as tell:
            screen = check_files(screen, tell, most=None if every else MOST_FILES)
        with counting("Looking at pixels", "stopped before all pixels were looked at") as tell:
            screen = look_at_pixels(screen, tell, None if every else SAMPLE)
    found = describe(screen)
    if pattern is not None:
        found["names"] = [
            {"name": one.name, "fits": one.parsed is not None, **one.told}
            for one in preview(path, pattern)
        ]
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        _show(screen, found)


def describe(screen: Screen) -> dict[str, Any]:
    """Return what `inspect --json` prints."""
    return {
        "reader": screen.reader,
        "channels": [channel.name for channel in screen.channels],
        "stack": screen.stack.told,
        "experiments": list(screen.experiments),
        "plates": [_plate(screen, plate) for plate in screen.plates],
        "controls": _controls(screen),
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


def _controls(screen: Screen) -> dict[str, dict[str, int]]:
    """Wells of each perturbation that is taken for a control, or for nothing, by role."""
    from deepnoise_app.screen import Role, natural

    found: dict[str, dict[str, int]] = {}
    for role in (Role.POSITIVE, Role.NEGATIVE, Role.EMPTY):
        contents = (content for plate in screen.plates for content in plate.map.contents.values())
        names = Counter(one.perturbation for one in contents if one.role is role)
        if names:
            found[str(role)] = {name: names[name] for name in sorted(names, key=natural)}
    return found


def _told_controls(role: str, names: dict[str, int]) -> str:
    """`negative control: DMSO, water and 2 more (64 wells)`."""
    shown = [name or "no name" for name in names][:SHOWN_NAMES]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    wells = sum(names.values())
    return f"{role.replace('_', ' ')}: {', '.join(shown)}{more} ({wells} well{'s' * (wells > 1)})"


def _show(screen: Screen, found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from deepnoise_app.cli.console import say, visible
    from deepnoise_app.screen import ProblemKind

    console = Console(highlight=False)
    say(
        f"{screen.path}: layout {screen.reader},"
        f" channels {', '.join(found['channels']) or '(none)'}"
    )
    if screen.stack.told:
        say(screen.stack.told)
    for role, controls in found["controls"].items():
        say(_told_controls(role, controls))
    for one in found.get("names", ()):
        told = ", ".join(f"{key} {one[key]}" for key in one if key not in ("name", "fits"))
        say(f"{one['name']}: {told or 'does not fit'}")
    names = ("experiment", "plate", "wells", "listed", "sites", "perturbations", "problems")
    table = Table(*names)
    with_images = [plate for plate in found["plates"] if plate["wells"]]
    for plate in with_images:
        table.add_row(*(Text(visible(str(plate[name]))) for name in names))
    console.print(table)
    bare = [plate for plate in found["plates"] if not plate["wells"]]
    if bare:
        have = "plate is listed but has" if len(bare) == 1 else "plates are listed but have"
        say(f"{len(bare)} {have} no image here.")
    # What is wrong with a plate without any image is said by that line.
    without = {(plate["experiment"], plate["plate"]) for plate in bare}
    problems = [
        problem
        for problem in screen.problems
        if problem.kind is not ProblemKind.NOT_IMAGED
        or (problem.experiment, problem.plate) not in without
    ]
    for problem in problems[:SHOWN_PROBLEMS]:
        say(str(problem))
    if len(problems) > SHOWN_PROBLEMS:
        say(f"… and {len(problems) - SHOWN_PROBLEMS} problems more; --json lists all")
