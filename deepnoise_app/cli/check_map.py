"""`deepnoise check-map`: whether the plate map fits the images."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deepnoise_app.cli.console import say
from deepnoise_app.cli.places import on_this_computer
from deepnoise_app.untrusted import parse_json

if TYPE_CHECKING:
    from deepnoise_app.analysis.mapcheck import MapCheck
    from deepnoise_app.runs.recipe import Recipe
    from deepnoise_app.screen import PlateMap


def check_map(
    path: Annotated[
        list[Path], typer.Argument(help="Folders or addresses of screens, experiments, plates.")
    ],
    plate_map: Annotated[
        Path | None,
        typer.Option(
            help="CSV with experiment, plate, well, perturbation, role; else the screen's own."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Model that knows the library; else replicates and controls serve."),
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="CSV with library_plate, perturbation, copies.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="New folder for the run, with map-check.csv and proposal.csv.",
            callback=on_this_computer,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell swapped, turned, mirrored or shifted plates and exchanged wells from the images."""
    from deepnoise_app.cli.map_evidence import mapped_plates
    from deepnoise_app.cli.map_run import ANSWER, check_here
    from deepnoise_app.cli.runs import finish
    from deepnoise_app.runs.folder import RunFolder

    asked = checking_recipe(path, plate_map, model, library)
    if out is not None:
        refuse_filled(out)
    plates = mapped_plates(asked)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory()) if out is None else out
        run = RunFolder.create(Path(folder).absolute(), asked)
        finish(check_here(run, plates), resumable=False)
        answer = (run.path / ANSWER).read_text(encoding="utf-8")
    if as_json:
        print(answer)
    else:
        for plate in parse_json(answer)["plates"]:
            say(f"{plate['experiment']} {plate['plate']}: {plate['sentence']}")


def checking_recipe(
    paths: Sequence[Path], plate_map: Path | None, model: str | None, library: Path | None
) -> Recipe:
    """Return the recipe of a check, with whole paths."""
    from deepnoise_app.readers.remote import whole_path
    from deepnoise_app.runs.card import resolve_model
    from deepnoise_app.runs.recipe import Recipe, Scoring

    scoring = Scoring(
        model=None if model is None else str(resolve_model(model).absolute()),
        plate_map=None if plate_map is None else str(plate_map.absolute()),
        library=None if library is None else str(library.absolute()),
    )
    screens = [whole_path(path) for path in dict.fromkeys(paths)]
    return Recipe(task="check-map", screen=screens, scoring=scoring)


def refuse_filled(out: Path) -> None:
    """Refuse a folder that holds something.

    Raises
    ------
    RunError
        If it does.
    """
    from deepnoise_app.errors import RunError

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError(f"{out} is not empty: choose a new folder")


def describe(found: MapCheck) -> dict[str, Any]:
    """Return what `check-map --json` prints."""
    return {
        "temperature": found.calibration.temperature,
        "doubt": found.calibration.doubt,
        "plates": [
            {
                "experiment": plate.experiment,
                "plate": plate.plate,
                "verdict": str(plate.verdict),
                "sentence": plate.sentence,
                "wells": plate.wells,
                "agreeing": plate.agreeing,
                "proposed": plate.proposal is not None,
                "partners": [list(key) for key in plate.partners],
                "fits": [
                    {"kind": fit.kind, "words": fit.words, "probability": fit.probability}
                    for fit in plate.fits
                ],
                "exchanged": [
                    {
                        "wells": [one.first.name, one.second.name],
                        "other_plate": None if one.plate is None else one.plate[1],
                        "probability": one.probability,
                    }
                    for one in plate.exchanged
                ],
            }
            for plate in found.plates
        ],
    }


def write_check(found: MapCheck, maps: Mapping[tuple[str, str], PlateMap], out: Path) -> None:
    """Write the verdicts, and the plate map with every proposal accepted."""
    import pandas as pd

    from deepnoise_app.runs.files import write_beside
    from deepnoise_app.screen.formulas import write_csv
    from deepnoise_app.writers.platemap import plate_map_table

    verdicts = pd.DataFrame(
        [
            {
                "experiment": plate.experiment,
                "plate": plate.plate,
                "verdict": str(plate.verdict),
                "sentence": plate.sentence,
                "best": plate.fits[0].kind,
                "probability": plate.fits[0].probability,
                "agreeing": plate.agreeing,
                "wells": plate.wells,
            }
            for plate in found.plates
        ]
    )
    proposal = plate_map_table({p.key: p.accepted(maps[p.key]) for p in found.plates})
    for name, table in (("map-check.csv", verdicts), ("proposal.csv", proposal)):
        write_beside(out / name, lambda path, t=table: write_csv(t, path))  # type: ignore[misc]
