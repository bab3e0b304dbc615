"""`deepnoise train`: from labelled plates to a model package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deepnoise_app.cli.places import on_this_computer


def train(
    path: Annotated[
        Path, typer.Argument(help="Folder or address of a screen with labelled experiments.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="New folder for the run; the model ends up in it.", callback=on_this_computer
        ),
    ],
    recipe: Annotated[
        str,
        typer.Option(
            help="Name of a shipped recipe (quick-look, laptop, standard, as-published) or a TOML"
            " file."
        ),
    ] = "laptop",
    start_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Model folder, snapshot (RUN/snapshots/epoch-020) or shipped model to go on with.",
        ),
    ] = None,
    hold_out: Annotated[
        list[str] | None,
        typer.Option(help="Experiment kept for validation; one labelled in five by default."),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on with the run in OUT.")] = False,
    detach: Annotated[bool, typer.Option(help="Return at once; the run goes on.")] = False,
) -> None:
    """Train a model on the labelled experiments of a screen; new plates help in a second stage."""
    from deepnoise_app.cli.runs import finish, open_run, work_here
    from deepnoise_app.readers.remote import whole_path
    from deepnoise_app.runs.card import resolve_model
    from deepnoise_app.runs.folder import RunFolder
    from deepnoise_app.runs.recipe import Recipe

    given = Recipe.load(recipe)
    training = given.training
    if hold_out:
        training = training.model_copy(update={"hold_out": hold_out})
    changes = {"task": "train", "screen": [whole_path(path)], "training": training}
    if start_from is not None:
        changes["start_from"] = str(resolve_model(start_from).absolute())
    asked = given.model_copy(update=changes)
    if resume and (out / "recipe.json").is_file():
        asked = RunFolder(out.absolute()).recipe
    from deepnoise_app.learning.work import make_plan

    plan = make_plan(asked)
    run = open_run(out, asked, resume)
    if detach:
        from deepnoise_app.runs.process import start_detached

        print(f"process {start_detached(run.path)} works on {run.path}")
        return
    ended = work_here(run, plan)
    finish(ended)
    print(ended.message)
