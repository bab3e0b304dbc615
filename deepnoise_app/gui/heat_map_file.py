"""Writes a heat map as the name of its file ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from deepnoise_app.runs.files import write_beside
from deepnoise_app.screen.formulas import write_csv

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def write_heat_map(
    path: Path, table: Callable[[], pd.DataFrame], draw: Callable[[], Figure]
) -> None:
    """Write a table as `.csv`, a drawing as `.svg`, a picture as anything else.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    if path.suffix.lower() == ".csv":
        write_beside(path, lambda beside: write_csv(table(), beside))
        return
    figure = draw()
    form = "svg" if path.suffix.lower() == ".svg" else "png"
    write_beside(path, lambda beside: figure.savefig(beside, dpi=150, format=form))
