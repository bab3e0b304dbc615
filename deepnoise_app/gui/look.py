"""What the canvas gets: the sites of wells side by side, and how channels look at first."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

import numpy as np

from deepnoise_app.gui.sight import SEEN_RANGE, seen_planes
from deepnoise_app.screen import Channel, Plane, Plate, WellId, own_colours, readable_planes
from deepnoise_app.session import Look, Picture, Place, Sight

# Colours of the channels, in the order of RxRx1; further channels go round.
PALETTES: dict[str, tuple[str, ...]] = {
    "Cell Painting": ("#4f7cff", "#35d07f", "#ff5a4d", "#3fd3e6", "#d65cf0", "#f2b632"),
    "Blue and orange": ("#4c9be8", "#f0a04b", "#4c9be8", "#f0a04b", "#4c9be8", "#f0a04b"),
    "Magenta and green": ("#e25fd0", "#4fd06a", "#e25fd0", "#4fd06a", "#e25fd0", "#4fd06a"),
    "Grey": ("#ffffff",),
}
GAP = 8
# So many sites are shown always; more, up to all that have a plane of this many pixels together.
SURE_SITES, MOST_PIXELS = 16, 32 * 2**20
# More sites than these lie in rows, with room above each for a label of two lines, a share of its
# height.
IN_A_ROW = 4
ROOM_ABOVE = 0.36


def first_looks(channels: Sequence[Channel], palette: str | None = None) -> tuple[Look, ...]:
    """Return the looks of channels in a palette, all of them shown.

    Without one they have their own colours, or where they have none those of the first palette.
    """
    own = own_colours(channels) if palette is None else None
    colours = own or PALETTES[palette or next(iter(PALETTES))]
    return tuple(Look(colours[i % len(colours)]) for i in range(len(channels)))


def read_picture(
    plate: Plate, wells: Sequence[WellId], site: int | None = None, sight: Sight | None = None
) -> Picture:
    """Read the sites of wells, or one site of each, and set them side by side.

    What is missing or unreadable stays black and is named in `faults`; of more sites than memory
    bears only the first are read, and the others counted. With a sight they are shown as a model
    sees them.
    """
    wanted = [
        (well, s)
        for well in wells
        if well in plate.well_index
        for s in plate.sites_of(well)
        if site in (None, s)
    ]
    faults: list[str] = []
    sites: list[dict[int, Plane]] = []
    whole = (1, 1)
    for well, s in wanted:
        if len(sites) >= SURE_SITES and (len(sites) + 1) * whole[0] * whole[1] > MOST_PIXELS:
            break
        planes, said = readable_planes(plate, well, s)
        faults += said
        whole = max([whole, *(plane.shape for plane in planes.values())])
        sites.append(planes if sight is None else seen_planes(planes, sight))
    size = max([(1, 1), *(plane.shape for planes in sites for plane in planes.values())])
    shown, left_out = wanted[: len(sites)], len(wanted) - len(sites)
    places, extent = arranged(shown, size)
    kinds = {plane.dtype for planes in sites for plane in planes.values()} or {np.dtype(np.uint8)}
    ground = 0 if sight is None else SEEN_RANGE[0]
    pixels = np.full((len(plate.channels), *extent), ground, dtype=np.result_type(*kinds))
    places = tuple(
        place._replace(lost=not planes) for place, planes in zip(places, sites, strict=True)
    )
    for planes, place in zip(sites, places, strict=True):
        for channel, plane in planes.items():
            rows, columns = plane.shape
            there = pixels[channel, place.top : place.top + rows, place.left :]
            there[:, :columns] = plane
    step = (whole[0] / size[0], whole[1] / size[1])
    return Picture(plate.key, pixels, places, tuple(faults), step, sight, left_out)


def arranged(
    wanted: Sequence[tuple[WellId, int]], size: tuple[int, int]
) -> tuple[tuple[Place, ...], tuple[int, int]]:
    """Return the places of sites of one size, and the rows and columns that they take.

    A few lie side by side. Many lie in rows, those of a well together, with room for a
    label above each.
    """
    wells = list(dict.fromkeys(well for well, _ in wanted))
    most = max((sum(w == well for w, _ in wanted) for well in wells), default=1)
    height, width = size
    if len(wanted) <= IN_A_ROW:
        corners = [(0, at * (width + GAP)) for at in range(len(wanted))]
        rows = (height, max(len(wanted), 1) * (width + GAP) - GAP)
        return tuple(Place(*one, x, y) for one, (y, x) in zip(wanted, corners, strict=True)), rows
    across = ceil(sqrt(len(wanted)))
    across = ceil(across / most) * most if most <= IN_A_ROW else across
    above = ceil(height * ROOM_ABOVE)
    places, row, column, last = [], 0, 0, wanted[0][0]
    for well, site in wanted:
        if column and (column == across or (well != last and column + most > across)):
            row, column = row + 1, 0
        left, top = column * (width + GAP), row * (height + above) + above
        places.append(Place(well, site, left, top))
        column, last = column + 1, well
    return tuple(places), ((row + 1) * (height + above), across * (width + GAP) - GAP)
