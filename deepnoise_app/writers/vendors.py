"""Names of microscopes whose plates need no index to be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.screen import Plate, row_letters
from deepnoise_app.writers.files import Spot, write_text


@dataclass(frozen=True, slots=True)
class NamesLayout:
    """`EXPERIMENT/PLATE/` followed by what `name` makes of a plane."""

    name: Callable[[Plate, Spot], str]

    def path(self, plate: Plate, spot: Spot) -> str:
        """Path of the file of a plane."""
        return f"{plate.experiment}/{plate.name}/{self.name(plate, spot)}"

    def write_index(self, plate: Plate, out: Path) -> None:
        """Write nothing."""


@dataclass(frozen=True, slots=True)
class ScanRLayout:
    """`EXPERIMENT/PLATE/data/B2--W00014--P00001--Z00000--T00000--DAPI.tif` and a description."""

    def path(self, plate: Plate, spot: Spot) -> str:
        """Path of the file of a plane."""
        letters, number = row_letters(spot.well.row), spot.well.column + 1
        count = spot.well.row * plate.shape.columns + number
        return (
            f"{plate.experiment}/{plate.name}/data/{letters}{number}--W{count:05d}"
            f"--P{spot.site:05d}--Z{spot.plane - 1:05d}--T{spot.time - 1:05d}"
            f"--{plate.channels[spot.channel].name}.tif"
        )

    def write_index(self, plate: Plate, out: Path) -> None:
        """Write the pixel size as the description of an experiment holds it."""
        folder = out / plate.experiment / plate.name
        size = f"<Name>conversion factor um/pixel</Name>\n<Val>{plate.pixel_size_um}</Val>"
        text = f"<LVData>\n<DBL>\n{size}\n</DBL>\n</LVData>"
        write_text(folder / "experiment_descriptor.xml", [text])


def _cellomics(plate: Plate, spot: Spot) -> str:
    return f"{plate.name}_{spot.well}f{spot.site:02d}d{spot.channel}.TIF"


def _cytation(plate: Plate, spot: Spot) -> str:
    name = plate.channels[spot.channel].name
    well = f"{row_letters(spot.well.row)}{spot.well.column + 1}"
    return f"{well}_01_{spot.channel + 1}_{spot.site}_{name}_{spot.time:03d}.tif"


def _incell(plate: Plate, spot: Spot) -> str:
    name = plate.channels[spot.channel].name
    row, column = row_letters(spot.well.row), spot.well.column + 1
    return f"{row} - {column:02d}(fld {spot.site:02d} wv {name} - {name}).tif"


CELLOMICS = NamesLayout(_cellomics)
CYTATION = NamesLayout(_cytation)
INCELL = NamesLayout(_incell)
