"""Names and index of a Molecular Devices export, or of the database of MetaXpress."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from deepnoise_app.screen import PROJECTION, Plate, WellId
from deepnoise_app.writers.files import Spot, write_text


@dataclass(frozen=True, slots=True)
class ImageXpressLayout:
    """`EXPERIMENT/PLATE/TimePoint_1/PLATE_B02_s1_w1.TIF`; of the database: with GUIDs."""

    database: bool = False

    def path(self, plate: Plate, spot: Spot) -> str:
        """Path of the file of a plane."""
        folder = f"{plate.experiment}/{plate.name}/TimePoint_{spot.time}"
        if spot.plane not in (1, PROJECTION):
            folder += f"/ZStep_{spot.plane}"
        name = f"{plate.name}_{spot.well}_s{spot.site}_w{spot.channel + 1}"
        if self.database:
            return f"{folder}/{name}{str(uuid5(NAMESPACE_URL, name)).upper()}.tif"
        return f"{folder}/{name}.TIF"

    def write_index(self, plate: Plate, out: Path) -> None:
        """Write the `.HTD` file, whose description holds bytes that are not UTF-8."""
        path = out / plate.experiment / plate.name / f"{plate.name}.HTD"
        write_text(path, _lines(plate), "latin-1")


def _lines(plate: Plate) -> list[str]:
    rows, columns = plate.shape.rows, plate.shape.columns
    lines = [
        '"HTSInfoFile", Version 1.0',
        f'"Description", "{len(plate.sites)} sites\xa7\xa7of {len(plate.wells)} wells"',
        '"TimePoints", 1',
        '"ZSeries", FALSE',
        f'"XWells", {columns}',
        f'"YWells", {rows}',
    ]
    for row in range(rows):
        chosen = [str(WellId(row, c) in plate.well_index).upper() for c in range(columns)]
        lines.append(f'"WellsSelection{row + 1}", {", ".join(chosen)}')
    lines += ['"Sites", TRUE', f'"NWavelengths", {len(plate.channels)}']
    lines += [f'"WaveName{i}", "{c.name}"' for i, c in enumerate(plate.channels, start=1)]
    return [*lines, '"EndFile"']
