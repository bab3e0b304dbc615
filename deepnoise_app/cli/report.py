"""`deepnoise report`: one self-contained page about a run, a plate or a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[Path, typer.Argument(help="Run folder, or folder of a screen or plate.")],
    out: Annotated[Path, typer.Option(help="HTML file to write.")],
) -> None:
    """Write one self-contained HTML page about a run, a plate or a screen."""
    from deepnoise_app.errors import RunError
    from deepnoise_app.reports.report import write_report

    if out.is_dir():
        raise RunError(f"{out} is a folder: expected the name of an HTML file")
    write_report(folder, out)
    print(out)
