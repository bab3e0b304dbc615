"""`deepnoise score`: from plates and a model to predicted perturbations."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deepnoise_app.cli.console import say
from deepnoise_app.cli.places import on_this_computer

if TYPE_CHECKING:
    from deepnoise_app.runs.recipe import Recipe


DOUBTS = {
    "uncalled": "stay uncalled: their confidence is too low",
    "not_in_library": "look like no perturbation of the library (flag not-in-library)",
}


class Candidates(StrEnum):
    """Where the perturbations that a plate may hold come from."""

    ALL = "all"
    PLATE_MAP = "plate-map"
    LIBRARY = "library"


def score(
    model: Annotated[
        str,
        typer.Argument(
            help="Model folder, name of a shipped model, or folder of several models: an ensemble."
        ),
    ],
    path: Annotated[
        list[Path], typer.Argument(help="Folders or addresses of screens, experiments, plates.")
    ],
    out: Annotated[
        Path,
        typer.Option(help="New folder for predictions and summary.", callback=on_this_computer),
    ],
    plate_map: Annotated[
        Path | None,
        typer.Option(help="Table of what each well is expected to hold: CSV, Excel or Parquet."),
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="CSV with library_plate, perturbation, copies.")
    ] = None,
    candidates: Annotated[
        Candidates, typer.Option(help="Perturbations that a plate may hold.")
    ] = Candidates.LIBRARY,
    adapt: Annotated[
        bool, typer.Option("--adapt", help="Batch-norm statistics from each plate's own wells.")
    ] = False,
    anchor: Annotated[
        bool, typer.Option("--anchor", help="Normalise by the negative controls of each plate.")
    ] = False,
    discriminate: Annotated[
        bool,
        typer.Option(
            "--discriminate",
            help="Name wells by linear discriminants of features without the plate's own mean and"
            " deviation.",
        ),
    ] = False,
    abstain_below: Annotated[
        float, typer.Option(min=0, max=1, help="Flag wells of lower confidence as uncalled.")
    ] = 0.0,
    anndata: Annotated[
        bool, typer.Option("--anndata", help="Write embeddings and predictions as .h5ad, too.")
    ] = False,
    resume: Annotated[bool, typer.Option(help="Go on with the scoring in OUT.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary.")] = False,
) -> None:
    """Name the perturbation of every imaged well."""
    from deepnoise_app.cli.runs import finish, open_run, work_here
    from deepnoise_app.runs.folder import RunFolder

    asked = scoring_recipe(
        model, path, plate_map, library, candidates, adapt, anchor, discriminate, abstain_below
    )
    if resume and (out / "recipe.json").is_file():
        asked = RunFolder(out.absolute()).recipe
    from deepnoise_app.learning.work import make_plan

    plan = make_plan(asked)
    run = open_run(out, asked, resume)
    finish(work_here(run, plan))
    if anndata:
        from deepnoise_app.reports.annotated import write_anndata

        write_anndata(run.path)
    summary = json.loads((run.path / "summary.json").read_text(encoding="utf-8"))
    if as_json:
        print(json.dumps(summary, indent=2, ensure_ascii=False))
    else:
        show_summary(summary)


def scoring_recipe(
    model: str,
    paths: list[Path],
    plate_map: Path | None = None,
    library: Path | None = None,
    candidates: Candidates = Candidates.LIBRARY,
    adapt: bool = False,
    anchor: bool = False,
    discriminate: bool = False,
    abstain_below: float = 0.0,
) -> Recipe:
    """Return the recipe of a scoring, with whole paths."""
    from deepnoise_app.readers.remote import whole_path
    from deepnoise_app.runs.card import resolve_model
    from deepnoise_app.runs.recipe import Recipe, Scoring

    scoring = Scoring(
        model=str(resolve_model(model).absolute()),
        candidates=candidates.value,
        plate_map=None if plate_map is None else str(plate_map.absolute()),
        library=None if library is None else str(library.absolute()),
        adapt=adapt,
        anchor=anchor,
        discriminate=discriminate,
        abstain_below=abstain_below,
    )
    screens = [whole_path(path) for path in dict.fromkeys(paths)]
    return Recipe(task="score", screen=screens, scoring=scoring)


def show_summary(summary: dict[str, Any]) -> None:
    """Print what a scoring gave, for people."""
    say(
        f"{summary['wells']} wells, {summary['sites']} sites scored in {summary['seconds']:.1f} s"
        f" by the model {summary['model']}"
    )
    if summary["correction"] != "none":
        say(f"Corrected: {summary['correction']}")
    for key, text in DOUBTS.items():
        if summary.get(key):
            say(f"{summary[key]} wells {text}")
    names = {"free": "free", "one_per_well": "one per well", "plate_prior": "plate prior"}
    if summary.get("accuracy"):
        known = summary["treated_wells_of_known_perturbation"]
        say(f"Accuracy on {known} treated wells of known perturbation (95 % interval over plates):")
        for name, one in summary["accuracy"].items():
            say(f"  {names[name]:13}{one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f})")
    unlike = [f"{one['experiment']} {one['plate']}" for one in summary["unlike_training"]]
    if unlike:
        these, them = ("This plate is", "it") if len(unlike) == 1 else ("These plates are", "them")
        say(
            f"{these} unlike the model's training data, so do not trust the names on {them}"
            f" (the reasons stand in summary.json): {', '.join(unlike)}"
        )
