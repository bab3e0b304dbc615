"""Names and index of a PerkinElmer Harmony 5 export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from deepnoise_app.screen import Plate
from deepnoise_app.writers.files import Spot, all_spots, write_text

_NAMESPACE = "http://www.perkinelmer.com/PEHH/HarmonyV5"


@dataclass(frozen=True, slots=True)
class PerkinElmerLayout:
    """`EXPERIMENT/PLATE/Images/r01c01f01p01-ch1sk1fk1fl1.tiff`, with `Index.idx.xml` or without."""

    index: str = "Index.idx.xml"

    def path(self, plate: Plate, spot: Spot) -> str:
        """Path of the file of a plane."""
        return f"{plate.experiment}/{plate.name}/Images/{file_name(spot)}"

    def write_index(self, plate: Plate, out: Path) -> None:
        """Write the index, unless its name is empty."""
        if self.index:
            folder = out / plate.experiment / plate.name / "Images"
            write_text(folder / self.index, _lines(plate), "utf-8-sig")


def file_name(spot: Spot) -> str:
    """Return the name of the file of a plane."""
    return (
        f"r{spot.well.row + 1:02d}c{spot.well.column + 1:02d}f{spot.site:02d}p{spot.plane:02d}"
        f"-ch{spot.channel + 1}sk{spot.time}fk1fl1.tiff"
    )


def _lines(plate: Plate) -> list[str]:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<EvaluationInputData Version="1" xmlns="{_NAMESPACE}">',
        f"<Plates><Plate><PlateID>{escape(plate.name)}</PlateID><Name>{escape(plate.name)}</Name>"
        f"<PlateRows>{plate.shape.rows}</PlateRows>"
        f"<PlateColumns>{plate.shape.columns}</PlateColumns></Plate></Plates>",
        "<Images>",
    ]
    lines += [_image(plate, spot) for spot in all_spots(plate)]
    return [*lines, "</Images>", "</EvaluationInputData>"]


def _image(plate: Plate, spot: Spot) -> str:
    channel = plate.channels[spot.channel]
    size = plate.pixel_size_um * 1e-6
    return (
        f'<Image Version="1"><State>Ok</State><URL>{escape(file_name(spot))}</URL>'
        f"<Row>{spot.well.row + 1}</Row><Col>{spot.well.column + 1}</Col>"
        f"<FieldID>{spot.site}</FieldID><PlaneID>{spot.plane}</PlaneID>"
        f"<TimepointID>{spot.time - 1}</TimepointID><ChannelID>{spot.channel + 1}</ChannelID>"
        f"<ChannelName>{escape(channel.name)}</ChannelName>"
        f'<ImageResolutionX Unit="m">{size!r}</ImageResolutionX>'
        f'<MainEmissionWavelength Unit="nm">{channel.emission_nm:g}</MainEmissionWavelength>'
        "</Image>"
    )
