"""`deepnoise open`, and `deepnoise` alone: the window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def open_window(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...",
            help="Folders of screens, plates or a model; addresses of OME-Zarr plates.",
        ),
    ] = None,
    run: Annotated[
        list[Path] | None, typer.Option(help="Folder of a run whose progress or results to show.")
    ] = None,
) -> None:
    """Open the window with these plates, and a model to score them with."""
    from deepnoise_app.gui.given import Given
    from deepnoise_app.gui.start import start

    given = Given.of(paths or [])
    raise typer.Exit(start(given, [path.absolute() for path in run or []]))
