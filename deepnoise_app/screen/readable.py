"""What of a site can be read: a missing or damaged plane never hides the others."""

from __future__ import annotations

from deepnoise_app.errors import PixelError
from deepnoise_app.screen.plate import Plane, Plate
from deepnoise_app.screen.well import WellId


def readable_planes(
    plate: Plate, well: WellId, site: int, level: int = 0
) -> tuple[dict[int, Plane], list[str]]:
    """Return the readable planes of a site by channel, and of the others why not.

    All channels are read at once where that goes; else one by one.
    """
    everything = range(len(plate.channels))
    try:
        planes = plate.read(well, site, level=level)
    except PixelError:
        pass
    else:
        return dict(zip(everything, planes, strict=True)), []
    found: dict[int, Plane] = {}
    faults: list[str] = []
    for channel in everything:
        try:
            found[channel] = plate.read(well, site, [channel], level)[0]
        except PixelError as error:
            faults.append(str(error))
    return found, faults
