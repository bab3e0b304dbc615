"""Writes the table of CellProfiler's LoadData beside a Harmony export, as JUMP keeps them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pandas as pd

from deepnoise_app.errors import RunError
from deepnoise_app.screen import Plate, Screen
from deepnoise_app.screen.formulas import write_csv
from deepnoise_app.writers.files import Spot, Tell, all_spots, write_files
from deepnoise_app.writers.perkinelmer import PerkinElmerLayout

# Where the images lay on the computer that wrote the table.
FORMER = "/home/ubuntu/bucket/projects"


def write_load_data(screen: Screen, out: Path, tell: Tell | None = None) -> None:
    """Write the images, and `load_data_csv/EXPERIMENT/PLATE/load_data.csv` for each plate.

    Raises
    ------
    RunError
        If a file cannot be written.
    PixelError
        If a plane cannot be read.
    """
    layout = PerkinElmerLayout("")
    write_files(screen, layout, out / "images", tell)
    for plate in screen.imaged:
        path = out / "load_data_csv" / plate.experiment / plate.name / "load_data.csv"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_csv(_table(plate, layout.path), path)
        except OSError as error:
            raise RunError(f"cannot write {path}: {error.strerror or error}") from error


def _table(plate: Plate, path_of: Callable[[Plate, Spot], str]) -> pd.DataFrame:
    """Return one row per site, a file and a folder for each channel."""
    rows: dict[tuple[str, int], dict[str, object]] = {}
    for spot in all_spots(plate):
        row = rows.setdefault(
            (spot.well.name, spot.site),
            {
                "Metadata_Plate": plate.name,
                "Metadata_Well": spot.well.name,
                "Metadata_Site": spot.site,
            },
        )
        path = PurePosixPath(path_of(plate, spot))
        channel = plate.channels[spot.channel].name
        row[f"FileName_Orig{channel}"] = path.name
        row[f"PathName_Orig{channel}"] = f"{FORMER}/{path.parent}/"
    return pd.DataFrame(list(rows.values()))
