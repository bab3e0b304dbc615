"""One site from its address alone: cells, stains, optics, exposure, camera.

Every random number depends on the seed and the address, so a site has the same bytes whichever
was made before, in whichever thread or process.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import WellId
from deepnoise_app.simulate.cells import draw_cells
from deepnoise_app.simulate.celltypes import CELL_TYPES, CellType
from deepnoise_app.simulate.design import ScreenDesign
from deepnoise_app.simulate.draws import Level, draws
from deepnoise_app.simulate.layout import plate_contents
from deepnoise_app.simulate.optics import PLATE_BLUR, Optics, add_debris
from deepnoise_app.simulate.position import well_position
from deepnoise_app.simulate.stains import CHANNELS, paint
from deepnoise_app.simulate.statistics import plate_target
from deepnoise_app.simulate.traits import (
    INDEX,
    STRENGTH,
    Traits,
    direction,
    experiment_drift,
    perturbation_effect,
    plate_drift,
    well_drift,
)

Stack = NDArray[np.float32]
# Sites by which the exposure of a plate is set, an even number, and their largest size.
REFERENCE_SITES, REFERENCE_PX = 6, 256
# Light of one grey value, in electrons, for a pixel of a 512-pixel site; noise of reading one out,
# in grey values.
ELECTRONS, READ_NOISE = 30.0, 0.25
CAMERA_PX = 512

_setting_exposure = threading.Lock()


@dataclass(frozen=True, slots=True)
class Exposure:
    """How light becomes grey values on one plate: `gain` and `offset` are (channels,)."""

    gain: Stack
    offset: Stack
    blur: float


def render_site(
    design: ScreenDesign, experiment: int, plate: int, well: WellId, site: int
) -> NDArray[np.uint8]:
    """Return all channels of one site (from 0), (6, size, size)."""
    with _setting_exposure:
        exposure = plate_exposure(design, experiment, plate)
    address = (experiment, plate, well.row, well.column, site)
    position = well_position(design, experiment, plate, well)
    kind = CELL_TYPES[design.cell_type(experiment)]
    z = well_traits(design, experiment, plate, well)
    z[INDEX["density"]] += position.density
    seen = _light(design, address, kind, z, exposure.blur)
    gain = exposure.gain * position.light
    grey = seen * gain[:, None, None] + exposure.offset[:, None, None]
    return photograph(grey, draws(design.seed, Level.SITE_CAMERA, *address))


def well_traits(design: ScreenDesign, experiment: int, plate: int, well: WellId) -> Traits:
    """(traits,): z of the average cell of one well, but for the place of the well."""
    number = plate_contents(design, experiment, plate)[well]
    kind = design.cell_type(experiment)
    z = batch_traits(design, experiment, plate)
    z = z + well_drift(draws(design.seed, Level.WELL_TRAITS, experiment, plate, *_place(well)))
    if number >= 0:
        z += perturbation_effect(
            design.seed, number, list(CELL_TYPES).index(kind), design.difficulty
        )
    return np.asarray(z, dtype=np.float32)


def batch_traits(design: ScreenDesign, experiment: int, plate: int) -> Traits:
    """(traits,): z of an untreated cell on one plate."""
    return experiment_drift(design.seed, experiment) + plate_drift(design.seed, experiment, plate)


@lru_cache(maxsize=512)
def plate_exposure(design: ScreenDesign, experiment: int, plate: int) -> Exposure:
    """Return gain and offset that give the plate the mean and deviation of a real one.

    They are set by reference sites, whose cells and perturbations are the same draws for every
    plate, so that they add no spread of their own.
    """
    kind = CELL_TYPES[design.cell_type(experiment)]
    z = batch_traits(design, experiment, plate)
    drawn = draws(design.seed, Level.PLATE_FOCUS, experiment, plate).normal(0, PLATE_BLUR)
    blur = abs(float(drawn))
    coarse = replace(design, size=min(design.size, REFERENCE_PX))
    shifts = [shift / design.difficulty for shift in _reference_effects()]
    seen = [_light(coarse, (-1, i), kind, z + shift, blur) for i, shift in enumerate(shifts)]
    usual_mean = np.mean([light.mean(axis=(1, 2)) for light in seen], axis=0)
    usual_deviation = np.mean([light.std(axis=(1, 2)) for light in seen], axis=0)
    mean, deviation = plate_target(design.seed, design.cell_type(experiment), experiment, plate)
    # Rounding to whole grey values has its part in the deviation.
    gain = np.sqrt(np.maximum(deviation**2 - 1 / 12, 0.1)) / usual_deviation
    offset = mean - gain * usual_mean
    return Exposure(gain.astype(np.float32), offset.astype(np.float32), blur)


@lru_cache(maxsize=1)
def _reference_effects() -> tuple[Traits, ...]:
    """Perturbations in pairs of opposites, (traits,) each."""
    rngs = [draws(0, Level.REFERENCE, 3, i) for i in range(REFERENCE_SITES // 2)]
    effects = [STRENGTH * direction(rng) for rng in rngs]
    return tuple(sign * effect for effect in effects for sign in (np.float32(1), np.float32(-1)))


def _light(
    design: ScreenDesign, address: tuple[int, ...], kind: CellType, z: Traits, blur: float
) -> Stack:
    """Light that reaches the camera; addresses that begin with -1 are reference sites."""
    if address[0] < 0:
        cells, debris, optics = (draws(0, Level.REFERENCE, i, address[1]) for i in range(3))
    else:
        levels = (Level.SITE_CELLS, Level.SITE_DEBRIS, Level.SITE_OPTICS)
        cells, debris, optics = (draws(design.seed, level, *address) for level in levels)
    light = paint(draw_cells(cells, kind, z), kind, design.size)
    add_debris(light, debris)
    return Optics.drawn(optics, blur, kind.haze, len(CHANNELS)).see(light)


def photograph(grey: Stack, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shot noise, read noise, 8 bits; a coarser pixel gathers more light and is less noisy."""
    binned = grey.shape[-1] / CAMERA_PX
    variance = np.maximum(grey, 0) / ELECTRONS + READ_NOISE**2
    noise = rng.standard_normal(grey.shape, dtype=np.float32) * np.sqrt(variance)
    made = np.rint(grey + np.float32(min(binned, 1.0)) * noise)
    return np.clip(made, 0, 255).astype(np.uint8)


def _place(well: WellId) -> tuple[int, int]:
    return well.row, well.column
