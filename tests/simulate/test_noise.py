import numpy as np
import pytest

from deepnoise_app.screen import WellId
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.simulate.draws import Level, draws
from deepnoise_app.simulate.optics import Optics, add_debris
from deepnoise_app.simulate.position import well_position
from deepnoise_app.simulate.site import photograph
from deepnoise_app.simulate.statistics import SPREADS, plate_target
from deepnoise_app.simulate.traits import (
    EXPERIMENT_SD,
    NAMES,
    PLATE_SD,
    experiment_drift,
    perturbation_effect,
    plate_drift,
    well_drift,
)

CHANNELS = 6
LARGE = ScreenDesign(wells=384)


def rng(number=0):
    return draws(0, Level.REFERENCE, 99, number)


@pytest.mark.parametrize("cell_type", sorted(SPREADS))
def test_plates_aim_at_the_spread_of_real_ones(cell_type):
    aims = np.log([[plate_target(0, cell_type, e, p) for p in range(2)] for e in range(400)])
    for which, name in enumerate(("mean", "deviation")):
        real = np.array([getattr(s, name) for s in SPREADS[cell_type]])
        batch = np.array([getattr(s, f"experiment_{name}") for s in SPREADS[cell_type]])
        plate = np.array([getattr(s, f"plate_{name}") for s in SPREADS[cell_type]])
        values = aims[:, :, which]  # (experiments, plates, channels)
        within = np.sqrt(values.var(axis=1, ddof=1).mean(axis=0))
        between = np.sqrt(values.mean(axis=1).var(axis=0) - within**2 / 2)
        assert np.abs(np.median(values, axis=(0, 1)) - np.log(real)).max() < 0.15
        np.testing.assert_allclose(within, plate, rtol=0.15)
        np.testing.assert_allclose(between, batch, rtol=0.2)


@pytest.mark.parametrize("cell_type", sorted(SPREADS))
def test_made_plates_come_close_to_what_they_aim_at(cell_type):
    design = ScreenDesign(1, 0, 1, 12, 2, 48, cell_types=(cell_type,))
    plate = simulate_screen(design).screen.plates[0]
    sites = np.stack([plate.read(w, s) for w in plate.wells for s in plate.sites]).astype(float)
    mean, deviation = plate_target(0, cell_type, 0, 0)
    np.testing.assert_allclose(sites.mean(axis=(0, 2, 3)), mean, rtol=0.4)
    np.testing.assert_allclose(sites.std(axis=(2, 3)).mean(axis=0), deviation, rtol=0.5)


def test_traits_drift_more_between_experiments_than_between_plates():
    experiments = np.stack([experiment_drift(0, i) for i in range(60)])
    plates = np.stack([plate_drift(0, i, 0) for i in range(60)])
    assert experiments.std() == pytest.approx(EXPERIMENT_SD, rel=0.1)
    assert plates.std() == pytest.approx(PLATE_SD, rel=0.1)
    assert EXPERIMENT_SD > 2 * PLATE_SD


def test_two_wells_that_got_the_same_differ():
    assert np.abs(well_drift(rng(0)) - well_drift(rng(1))).max() > 0.1


def test_a_perturbation_does_the_same_wherever_it_is_used():
    effects = np.stack([perturbation_effect(0, i, 0) for i in range(200)])
    unit = effects / np.linalg.norm(effects, axis=1, keepdims=True)
    likeness = unit @ unit.T - np.eye(200)
    assert effects.shape == (200, len(NAMES))
    assert np.abs(likeness.mean()) < 0.02
    assert likeness.max() < 0.95


def test_cell_types_respond_alike_but_not_the_same():
    pairs = [(perturbation_effect(0, i, 0), perturbation_effect(0, i, 1)) for i in range(50)]
    likeness = [a @ b / np.linalg.norm(a) / np.linalg.norm(b) for a, b in pairs]
    assert 0.7 < np.mean(likeness) < 0.97


def test_difficulty_weakens_perturbations():
    easy, hard = (perturbation_effect(0, 3, 0, d) for d in (1.0, 2.0))
    np.testing.assert_allclose(easy, 2 * hard, rtol=1e-6)


def test_border_wells_are_brighter_and_have_fewer_cells():
    edges = [well_position(LARGE, e, 0, WellId(0, 11)) for e in range(40)]
    middles = [well_position(LARGE, e, 0, WellId(8, 11)) for e in range(40)]
    light = np.mean([a.light / b.light for a, b in zip(edges, middles, strict=True)])
    assert light > 1.04
    assert np.mean([a.density for a in edges]) < -0.4
    assert max(abs(a.density) for a in middles) < 0.02


def test_light_drifts_across_a_plate():
    places = WellId(7, 2), WellId(7, 21)
    first, last = (
        np.stack([well_position(LARGE, e, 0, w).light for e in range(60)]) for w in places
    )
    assert 0.04 < np.log(first / last).std() < 0.25


def test_the_camera_adds_shot_and_read_noise_and_clips():
    bright = photograph(np.full((CHANNELS, 512, 512), 120, dtype=np.float32), rng())
    dark = photograph(np.full((CHANNELS, 512, 512), 20, dtype=np.float32), rng())
    coarse = photograph(np.full((CHANNELS, 64, 64), 120, dtype=np.float32), rng())
    assert bright.std() > 1.5 * dark.std() > 0.6
    assert coarse.std() < 0.4 * bright.std()
    assert photograph(np.full((1, 8, 8), 900, dtype=np.float32), rng()).min() == 255
    assert photograph(np.full((1, 8, 8), -9, dtype=np.float32), rng()).max() == 0


def test_focus_haze_and_uneven_light_change_what_is_seen():
    field = (rng().random((CHANNELS, 96, 96)) < 0.05).astype(np.float32)
    none = np.zeros(CHANNELS, dtype=np.float32)
    flat, centre = np.zeros((CHANNELS, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
    sharp = Optics(0.0, 0.0, flat, none, centre).see(field)
    blurred = Optics(0.01, 0.0, flat, none, centre).see(field)
    hazy = Optics(0.0, 0.5, flat, none, centre).see(field)
    shaded = Optics(0.0, 0.0, flat, none + 0.3, centre).see(np.ones_like(field))
    assert blurred.std() < 0.7 * sharp.std()
    assert np.median(hazy) > np.median(sharp)
    assert shaded[0, 0, 0] < 0.5 < shaded[0, 48, 48]
    drawn = Optics.drawn(rng(), 0.001, 0.1, CHANNELS)
    assert drawn.tilt.shape == (CHANNELS, 2)


def test_debris_only_adds_light():
    light = np.zeros((CHANNELS, 64, 64), dtype=np.float32)
    for number in range(5):
        add_debris(light, rng(number))
    assert light.min() == 0
    assert light.max() > 0.5
