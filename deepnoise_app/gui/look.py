"""What the canvas gets: the sites of wells side by side, and how channels look at first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepnoise_app.errors import PixelError
from deepnoise_app.screen import Channel, Plane, Plate, WellId, own_colours
from deepnoise_app.session import Look, Picture

# Colours of the channels, in the order of RxRx1; further channels go round.
PALETTES: dict[str, tuple[str, ...]] = {
    "Cell Painting": ("#4f7cff", "#35d07f", "#ff5a4d", "#3fd3e6", "#d65cf0", "#f2b632"),
    "Blue and orange": ("#4c9be8", "#f0a04b", "#4c9be8", "#f0a04b", "#4c9be8", "#f0a04b"),
    "Magenta and green": ("#e25fd0", "#4fd06a", "#e25fd0", "#4fd06a", "#e25fd0", "#4fd06a"),
    "Grey": ("#ffffff",),
}
GAP = 8
MOST_SITES = 16


def first_looks(channels: Sequence[Channel], palette: str | None = None) -> tuple[Look, ...]:
    """Return the looks of channels in a palette, all of them shown.

    Without one they have their own colours, or where they have none those of the first palette.
    """
    own = own_colours(channels) if palette is None else None
    colours = own or PALETTES[palette or next(iter(PALETTES))]
    return tuple(Look(colours[i % len(colours)]) for i in range(len(channels)))


def read_picture(plate: Plate, wells: Sequence[WellId], site: int | None = None) -> Picture:
    """Read the sites of wells, or one site of each, and set them side by side.

    What is missing or unreadable stays black and is named in `faults`; at most `MOST_SITES` sites
    are read.
    """
    places = [
        (well, s)
        for well in wells
        if well in plate.well_index
        for s in plate.sites_of(well)
        if site in (None, s)
    ][:MOST_SITES]
    faults: list[str] = []
    sites = [_read_site(plate, well, s, faults) for well, s in places]
    kinds = {plane.dtype for planes in sites for plane in planes.values()} or {np.dtype(np.uint8)}
    heights = [max((p.shape[0] for p in planes.values()), default=1) for planes in sites]
    widths = [max((p.shape[1] for p in planes.values()), default=1) for planes in sites]
    edges = np.cumsum([0, *(width + GAP for width in widths)])
    whole = max(int(edges[-1]) - GAP, 1)
    pixels = np.zeros(
        (len(plate.channels), max(heights, default=1), whole), dtype=np.result_type(*kinds)
    )
    for planes, left in zip(sites, edges, strict=False):
        for channel, plane in planes.items():
            pixels[channel, : plane.shape[0], left : left + plane.shape[1]] = plane
    return Picture(
        plate.key,
        pixels,
        tuple((well, s, int(x)) for (well, s), x in zip(places, edges, strict=False)),
        tuple(faults),
    )


def _read_site(plate: Plate, well: WellId, site: int, faults: list[str]) -> dict[int, Plane]:
    """Readable planes of a site by channel; the others are noted."""
    planes: dict[int, Plane] = {}
    for channel in range(len(plate.channels)):
        try:
            planes[channel] = plate.read(well, site, [channel])[0]
        except PixelError as error:
            faults.append(str(error))
    return planes
