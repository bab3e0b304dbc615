"""What of a site can be read: a missing or damaged plane never hides the others."""

from __future__ import annotations

from deepnoise_app.errors import PixelError
from deepnoise_app.screen.plate import Plane, Plate
from deepnoise_app.screen.well import WellId


def readable_planes(
    plate: Plate, well: WellId, site: int, level: int = 0
) -> tuple[dict[int, Plane], list[str]]:
    """Return the readable planes of a site by channel, and of the others why not.

    What lies together is decoded together.
    """
    read = plate.read_each(well, site, level=level)
    found: dict[int, Plane] = {}
    faults: list[str] = []
    for channel, name in enumerate(plate.channels):
        plane = read.get(channel)
        if plane is None:
            faults.append(f"{plate.experiment} {plate.name} {well} site {site} lacks {name.name}")
        elif isinstance(plane, PixelError):
            faults.append(str(plane))
        else:
            found[channel] = plane
    return found, list(dict.fromkeys(faults))
