"""A simulated screen: plates with pixels that are made on reading, and the whole truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deepnoise_app.screen import Plate, PlateMap, Screen
from deepnoise_app.simulate.design import ScreenDesign
from deepnoise_app.simulate.layout import (
    blinded,
    library,
    library_plate_on,
    plate_map,
    plate_shape,
)
from deepnoise_app.simulate.pixels import SimulatedPixels
from deepnoise_app.simulate.stains import CHANNELS

Key = tuple[str, str]


@dataclass(frozen=True)
class SimulatedScreen:
    """A screen as a user would open it, and what it does not tell.

    `truth` and `library_plates` have an entry for each plate, by experiment and plate name: the
    whole plate map, also where the screen's is blinded, and the name of the library plate.
    """

    design: ScreenDesign
    screen: Screen
    truth: Mapping[Key, PlateMap]
    library_plates: Mapping[Key, str]


def simulate_screen(design: ScreenDesign) -> SimulatedScreen:
    """Lay out a screen; no pixel is made yet.

    Raises
    ------
    ScreenError
        If the wells do not fit on the plates.
    """
    shape = plate_shape(design)
    plates: list[Plate] = []
    truth: dict[Key, PlateMap] = {}
    library_plates: dict[Key, str] = {}
    for experiment in range(design.all_experiments):
        for plate in range(design.plates):
            key = design.experiment_name(experiment), design.plate_name(plate)
            truth[key] = plate_map(design, experiment, plate)
            library_plates[key] = f"p{library_plate_on(design, experiment, plate)}"
            shown = truth[key] if design.is_labelled(experiment) else blinded(truth[key])
            pixels = SimulatedPixels(design, experiment, plate)
            sites = tuple(range(1, design.sites + 1))
            plates.append(Plate(*key, shape, CHANNELS, sites, tuple(shown), pixels, shown))
    plates.sort(key=lambda p: p.key)
    path = f"simulated, seed {design.seed}"
    screen = Screen(path, "simulated", CHANNELS, tuple(plates), library=library(design))
    return SimulatedScreen(design, screen, truth, library_plates)
