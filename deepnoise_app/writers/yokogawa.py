"""Names and measurement files of a Yokogawa CellVoyager."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from deepnoise_app.screen import Plate
from deepnoise_app.writers.files import Spot, all_spots, write_text

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NAMESPACE = 'xmlns:bts="http://www.yokogawa.co.jp/BTS/BTSSchema/1.0"'


@dataclass(frozen=True, slots=True)
class YokogawaLayout:
    """`EXPERIMENT/PLATE/PLATE_C05_T0001F001L01A01Z01C01.tif` and the three files beside."""

    def path(self, plate: Plate, spot: Spot) -> str:
        """Path of the file of a plane."""
        return f"{plate.experiment}/{plate.name}/{_name(plate, spot)}"

    def write_index(self, plate: Plate, out: Path) -> None:
        """Write what was measured, how, and with which channels."""
        folder = out / plate.experiment / plate.name
        records = [_record(plate, spot) for spot in all_spots(plate)]
        write_text(
            folder / "MeasurementData.mlf",
            [_HEAD, f"<bts:MeasurementData {_NAMESPACE}>", *records, "</bts:MeasurementData>"],
        )
        size = plate.pixel_size_um
        details = [
            f'<bts:MeasurementChannel bts:Ch="{i}" bts:HorizontalPixelDimension="{size}"'
            f' bts:VerticalPixelDimension="{size}" />'
            for i in range(1, len(plate.channels) + 1)
        ]
        write_text(
            folder / "MeasurementDetail.mrf",
            [_HEAD, f"<bts:MeasurementDetail {_NAMESPACE}>", *details, "</bts:MeasurementDetail>"],
        )
        channels = [
            f'<bts:Channel bts:Ch="{i}" bts:Target={quoteattr(channel.name)}'
            f' bts:Color="#FF{channel.colour.lstrip("#").upper()}" />'
            for i, channel in enumerate(plate.channels, start=1)
        ]
        inside = ["<bts:ChannelList>", *channels, "</bts:ChannelList>"]
        write_text(
            folder / f"{plate.name}.mes",
            [_HEAD, f"<bts:MeasurementSetting {_NAMESPACE}>", *inside, "</bts:MeasurementSetting>"],
        )


def _name(plate: Plate, spot: Spot) -> str:
    return (
        f"{plate.name}_{spot.well}_T{spot.time:04d}F{spot.site:03d}L01A01"
        f"Z{spot.plane:02d}C{spot.channel + 1:02d}.tif"
    )


def _record(plate: Plate, spot: Spot) -> str:
    return (
        f'<bts:MeasurementRecord bts:Type="IMG" bts:Row="{spot.well.row + 1}"'
        f' bts:Column="{spot.well.column + 1}" bts:FieldIndex="{spot.site}"'
        f' bts:ZIndex="{spot.plane}" bts:Ch="{spot.channel + 1}">'
        f"{escape(_name(plate, spot))}</bts:MeasurementRecord>"
    )
