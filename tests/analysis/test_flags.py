"""Wells with planted faults are flagged with the reason, and good ones are not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from deepnoise_app.analysis.flags import Reason, flag_wells
from deepnoise_app.analysis.measures import Measures, measure_well
from deepnoise_app.screen import PixelSource, Plate
from deepnoise_app.simulate import ScreenDesign, simulate_screen


@dataclass(frozen=True)
class Spoiled:
    """Pixels of which some wells are spoiled: well number -> fault."""

    good: PixelSource
    faults: dict[int, str]

    @property
    def present(self) -> NDArray[np.bool_]:
        return self.good.present

    def read(self, well: int, site: int, channel: int, level: int = 0) -> NDArray[np.uint8]:
        plane = self.good.read(well, site, channel, level).copy()
        match self.faults.get(well):
            case "blurred":
                plane = ndimage.gaussian_filter(plane, 3)
            case "empty":
                rng = np.random.default_rng(well)
                low = np.percentile(plane, 5)
                plane = np.clip(rng.normal(low, 0.6, plane.shape), 0, 255).round().astype(np.uint8)
            case "saturated":
                plane = np.clip(plane.astype(int) * 12, 0, 255).astype(np.uint8)
            case "debris":
                plane[5:25, 5:25] = 250
        return plane


FAULTS = {2: "blurred", 7: "empty", 11: "saturated", 15: "debris"}


@pytest.fixture(scope="module")
def plate() -> Plate:
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=30, sites=1, size=96)
    made = simulate_screen(design).screen.plates[0]
    return replace(made, pixels=Spoiled(made.pixels, FAULTS))


@pytest.fixture(scope="module")
def measures(plate) -> Measures:
    found = [measure_well(plate, well, "all") for well in plate.wells]
    return Measures.of(plate, plate.wells, found, "all")


def test_each_fault_is_named_and_nothing_else(plate, measures) -> None:
    flags = flag_wells(measures, plate.channels)
    told: dict[int, set[Reason]] = {}
    for flag in flags:
        told.setdefault(plate.well_index[flag.well], set()).add(flag.reason)
    assert Reason.BLURRED in told[2]
    assert Reason.EMPTY in told[7]
    assert Reason.SATURATED in told[11]
    assert Reason.DEBRIS in told[15]
    assert not set(told) - set(FAULTS)


def test_a_flag_says_the_channel_the_value_and_what_is_usual(plate, measures) -> None:
    flag = next(f for f in flag_wells(measures, plate.channels) if f.reason is Reason.BLURRED)
    assert flag.channel in {channel.name for channel in plate.channels}
    assert flag.value < 0.6 * flag.usual
    assert str(flag).startswith(f"{flag.well}: out of focus in {flag.channel} (")


def test_a_well_without_a_readable_image_is_flagged(plate, measures) -> None:
    table = measures.table.copy()
    table.loc[3, "Sites"] = 0
    table.loc[3, list(measures.names)] = np.nan
    flags = flag_wells(Measures(table), plate.channels)
    assert [f.reason for f in flags if f.well == plate.wells[3]] == [Reason.UNREADABLE]


def test_a_plate_without_cells_is_empty_in_every_well(plate) -> None:
    blank = replace(plate, pixels=Spoiled(plate.pixels, dict.fromkeys(range(34), "empty")))
    found = [measure_well(blank, well) for well in blank.wells]
    flags = flag_wells(Measures.of(blank, blank.wells, found, "basic"), plate.channels)
    empty = {flag.well for flag in flags if flag.reason is Reason.EMPTY}
    assert len(empty) >= 0.8 * len(blank.wells)
