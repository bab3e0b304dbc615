"""Where everything lies: library plates, their order in each experiment, and the wells.

Follows the layout of RxRx1: each plate of an experiment holds one library plate, the orders are
cyclic shifts of one another, perturbations lie on other wells in every experiment, positive
controls keep their wells and change places among themselves, B02 is untreated.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import (
    STANDARD_SHAPES,
    Content,
    Library,
    PlateMap,
    PlateShape,
    Role,
    WellId,
)
from deepnoise_app.simulate.design import ScreenDesign
from deepnoise_app.simulate.draws import Level, draws

UNTREATED = "UNTREATED"
# RxRx1: 30 positive controls beside the 277 treatments of a plate.
POSITIVES_PER_TREATMENT = 30 / 277
NEGATIVE = WellId.parse("B02")
# Where the positive controls of a 384-well plate lie in RxRx1.
POSITIVE_ROWS, POSITIVE_COLUMNS = "CFHJM", (3, 7, 11, 15, 19, 22)


def perturbation_name(number: int) -> str:
    """`sirna_12`; numbers from `design.perturbations` on are positive controls."""
    return f"sirna_{number}"


def library_groups(design: ScreenDesign) -> tuple[tuple[int, ...], ...]:
    """Numbers of the perturbations on each library plate."""
    order = draws(design.seed, Level.LIBRARY).permutation(design.perturbations)
    return tuple(tuple(map(int, np.sort(g))) for g in np.array_split(order, design.plates))


def library(design: ScreenDesign) -> Library:
    """Return the library plates `p0`, `p1`, ...: one copy of each perturbation on its plate."""
    groups = library_groups(design)
    return Library(
        {f"p{i}": {perturbation_name(n): 1 for n in group} for i, group in enumerate(groups)}
    )


def library_plate_on(design: ScreenDesign, experiment: int, plate: int) -> int:
    """Which library plate (from 0) lies on a plate: a cyclic shift, another each experiment."""
    block, place = divmod(experiment, design.plates)
    shifts = draws(design.seed, Level.ORDER, block).permutation(design.plates)
    return int((plate + shifts[place]) % design.plates)


def positive_count(design: ScreenDesign) -> int:
    """Return how many positive controls a plate holds, as in RxRx1 in proportion; at least 1."""
    treated = -(-design.perturbations // design.plates)
    return max(1, round(treated * POSITIVES_PER_TREATMENT))


def usable_wells(shape: PlateShape) -> tuple[WellId, ...]:
    """Wells that are used: on plates of 96 and more the outer ring stays empty."""
    ring = 1 if shape.wells >= 96 else 0
    return tuple(
        WellId(row, column)
        for row in range(ring, shape.rows - ring)
        for column in range(ring, shape.columns - ring)
    )


def plate_shape(design: ScreenDesign) -> PlateShape:
    """Return the plate size asked for, or the smallest standard plate that holds all wells.

    Raises
    ------
    ScreenError
        If the wells do not fit.
    """
    needed = -(-design.perturbations // design.plates) + positive_count(design) + 1
    for shape in STANDARD_SHAPES:
        fits = needed <= len(usable_wells(shape))
        if fits and design.wells in (None, shape.wells):
            return shape
    room = len(usable_wells(STANDARD_SHAPES[-1]))
    if design.wells is not None:
        room = next(len(usable_wells(s)) for s in STANDARD_SHAPES if s.wells == design.wells)
    raise ScreenError(
        f"{design.perturbations} perturbations on {design.plates} plates need {needed} wells on"
        f" each with controls, but such a plate has room for {room}: ask for more plates"
        " or larger ones"
    )


def positive_wells(shape: PlateShape, count: int) -> tuple[WellId, ...]:
    """Where the positive controls lie: the grid of RxRx1 where it serves, else evenly spread."""
    names = [f"{row}{column}" for row in POSITIVE_ROWS for column in POSITIVE_COLUMNS]
    if shape.wells == 384 and count <= len(names):
        grid = [WellId.parse(name) for name in names]
    else:
        grid = [well for well in usable_wells(shape) if well != NEGATIVE]
    chosen = ((np.arange(count) + 0.5) * len(grid) / count).astype(int)
    return tuple(grid[i] for i in chosen)


@lru_cache(maxsize=512)
def plate_contents(design: ScreenDesign, experiment: int, plate: int) -> dict[WellId, int]:
    """Well -> number of its perturbation, -1 for untreated; sorted by well."""
    shape, count = plate_shape(design), positive_count(design)
    positives = positive_wells(shape, count)
    free = [w for w in usable_wells(shape) if w != NEGATIVE and w not in positives]
    treated = library_groups(design)[library_plate_on(design, experiment, plate)]
    rng = draws(design.seed, Level.PLACEMENT, experiment, plate)
    controls = rng.permutation(count) + design.perturbations
    placed = dict(zip(free, map(int, rng.permutation(treated)), strict=False))
    placed |= dict(zip(positives, map(int, controls), strict=True))
    placed[NEGATIVE] = -1
    return dict(sorted(placed.items()))


def plate_map(design: ScreenDesign, experiment: int, plate: int) -> PlateMap:
    """Return the whole truth about one plate."""
    contents = plate_contents(design, experiment, plate)
    return PlateMap({well: _content(design, number) for well, number in contents.items()})


def blinded(truth: PlateMap) -> PlateMap:
    """Return the map without the names of its treatments; controls stay known."""
    hidden = Content("", Role.TREATMENT)
    return PlateMap({w: hidden if truth[w].role is Role.TREATMENT else truth[w] for w in truth})


def _content(design: ScreenDesign, number: int) -> Content:
    if number < 0:
        return Content(UNTREATED, Role.NEGATIVE)
    role = Role.TREATMENT if number < design.perturbations else Role.POSITIVE
    return Content(perturbation_name(number), role)
