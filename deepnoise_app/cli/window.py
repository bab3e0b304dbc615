"""`deepnoise open`, and `deepnoise` alone: the window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def open_window(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Folders of screens or plates.")
    ],
    run: Annotated[
        list[Path] | None, typer.Option(help="Folder of a run whose progress or results to show.")
    ] = None,
) -> None:
    """Open the window with these plates."""
    from deepnoise_app.errors import ScreenError
    from deepnoise_app.gui.start import start

    for path in paths:
        if not path.is_dir():
            raise ScreenError(f"{path} is no folder: expected that of a screen or of a plate")
    folders, runs = ([path.absolute() for path in given] for given in (paths, run or []))
    raise typer.Exit(start(folders, runs))
