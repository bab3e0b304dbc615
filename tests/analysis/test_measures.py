"""Measures of a plane against plain references, and on planes that go wrong in known ways."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from deepnoise_app.analysis.detail import count_nuclei, focus, texture
from deepnoise_app.analysis.kinds import KINDS, kinds_of, measure_plane, nuclei_channel
from deepnoise_app.analysis.levels import Levels
from deepnoise_app.analysis.measures import measure_well
from deepnoise_app.screen import Channel
from deepnoise_app.simulate import ScreenDesign, simulate_screen


@pytest.fixture(scope="module")
def plane():
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=2, size=256)
    plate = simulate_screen(design).screen.plates[0]
    return plate.read(plate.wells[0], 1)[0]


def blobs(count: int, side: int = 300, radius: float = 6.0) -> np.ndarray:
    """Round spots on a loose grid, on a noisy background."""
    rng = np.random.default_rng(count)
    made = np.zeros((side, side))
    per_row = int(np.ceil(np.sqrt(count)))
    step = side / per_row
    places = [(r, c) for r in range(per_row) for c in range(per_row)][:count]
    y, x = np.mgrid[:side, :side]
    for row, column in places:
        dy = y - (row + 0.5) * step - rng.uniform(-2, 2)
        dx = x - (column + 0.5) * step - rng.uniform(-2, 2)
        made += 120 * (np.hypot(dy, dx) < radius)
    return np.clip(ndimage.gaussian_filter(made, 1) + rng.normal(20, 3, made.shape), 0, 255)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32, np.float32])
def test_levels_agree_with_numpy_on_every_kind_of_pixel(plane, kind) -> None:
    odd = (plane[:, :-1] * (1 if kind is np.uint8 else 7)).astype(kind)
    levels = Levels.of(odd)
    assert levels.pixels == odd.size
    assert levels.mean == pytest.approx(odd.mean(dtype=np.float64))
    assert levels.deviation == pytest.approx(odd.std(dtype=np.float64))
    for percent in (1, 50, 99):
        expected = np.percentile(odd, percent, method="inverted_cdf")
        assert levels.percentile(percent) == pytest.approx(expected)


def test_saturation_is_told_from_the_camera_not_from_the_file_format() -> None:
    plane = np.full((20, 20), 700, np.uint16)
    plane[:2] = 4095  # a 12-bit camera in a 16-bit file
    assert Levels.of(plane).saturated == pytest.approx(0.1)
    plane[:2] = 3000
    assert Levels.of(plane).saturated == 0
    assert Levels.of(plane.astype(np.float32)).saturated == 0


def test_foreground_is_the_share_of_cells_and_none_in_an_empty_well() -> None:
    rng = np.random.default_rng(0)
    empty = np.clip(rng.normal(12, 2, (200, 200)), 0, 255).astype(np.uint8)
    cells = empty.copy()
    cells[:50] += 80
    assert Levels.of(empty).foreground < 0.005
    assert Levels.of(cells).foreground == pytest.approx(0.25, abs=0.01)


def test_debris_glares(plane) -> None:
    clean = Levels.of(plane).glare
    dirty = (plane // 4).copy()
    dirty[10:20, 10:20] = 255
    assert Levels.of(dirty).glare > clean + 100 / plane.size * 0.9


def test_blur_lowers_the_focus_and_brightness_does_not(plane) -> None:
    blurred = ndimage.gaussian_filter(plane.astype(float), 2)
    assert focus(blurred) < 0.2 * focus(plane.astype(float))
    assert focus(plane.astype(np.uint16) * 3 + 50) == pytest.approx(focus(plane), rel=1e-3)


def test_texture_is_that_of_a_plain_co_occurrence_matrix(plane) -> None:
    levels = Levels.of(plane)
    low, high = levels.percentile(1), levels.percentile(99)
    scaled = ((plane.astype(float) - low) * 32 / (high - low)).clip(0, 31).astype(int)
    contrasts, homogeneities = [], []
    for dr, dc in ((0, 1), (-1, 1), (-1, 0), (-1, -1)):
        there = ndimage.shift(np.ones(plane.shape), (-dr, -dc), order=0)
        r, c = np.nonzero(there)
        difference = scaled[r, c] - scaled[r + dr, c + dc]
        contrasts.append((difference**2).mean())
        homogeneities.append((1 / (1 + difference**2)).mean())
    contrast, homogeneity, energy, correlation = texture(plane, levels)
    assert contrast == pytest.approx(np.mean(contrasts), rel=1e-3)
    assert homogeneity == pytest.approx(np.mean(homogeneities), rel=1e-3)
    assert 0 < energy < 1
    assert 0 < correlation < 1


@pytest.mark.parametrize("count", [9, 40, 90])
def test_nuclei_are_counted_within_a_tenth(count) -> None:
    found = count_nuclei(blobs(count).astype(np.uint8))
    assert abs(found - count) <= max(1, 0.1 * count)


def test_touching_nuclei_are_told_apart() -> None:
    y, x = np.mgrid[:200, :200]
    made = np.zeros((200, 200))
    for cy in range(20, 200, 40):
        for cx in (50, 61, 140, 151):
            made[np.hypot(y - cy, x - cx) < 6.5] = 150
    assert count_nuclei(made.astype(np.uint8)) == 20


def test_no_nuclei_in_noise_nor_in_a_blank_plane() -> None:
    rng = np.random.default_rng(1)
    assert count_nuclei(np.full((64, 64), 9, np.uint8)) == 0
    noise = rng.normal(20, 3, (256, 256)).clip(0).astype(np.uint8)
    assert count_nuclei(noise) < 15


def test_a_plane_of_one_level_has_no_focus_and_no_texture_but_is_measured() -> None:
    values = dict(zip([k.name for k in KINDS], measure_plane(np.full((9, 9), 7, np.uint8), "all"),
                      strict=True))  # fmt: skip
    assert values["Mean"] == values["Background"] == 7
    assert values["Std"] == values["Foreground"] == values["Saturated"] == 0
    assert np.isnan(values["Focus"])
    assert np.isnan(values["Contrast"])


def test_pixels_that_are_not_numbers_are_left_out() -> None:
    plane = np.array([[1.0, np.nan], [3.0, np.inf]], np.float32)
    assert Levels.of(plane).mean == 2
    assert np.isnan(measure_plane(np.full((4, 4), np.nan, np.float32))).all()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Actin", "DNA"), 1),
        (("Nucleoli and RNA", "Nuclei"), 1),
        (("Brightfield", "w2"), 1),
        (("w1", "w2"), 0),
        (("Bright field",), None),
    ],
)
def test_the_channel_of_the_nuclei_is_found_by_its_name(names, expected) -> None:
    assert nuclei_channel(tuple(map(Channel, names))) == expected


def test_only_the_nuclei_are_counted_and_only_on_demand() -> None:
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=2, size=64)
    plate = simulate_screen(design).screen.plates[0]
    whole = measure_well(plate, plate.wells[0], "all")
    assert whole.values.shape == (2, 6, len(KINDS))
    counts = whole.mean[:, [k.name for k in KINDS].index("Count")]
    assert counts[0] > 20
    assert np.isnan(counts[1:]).all()
    brief = measure_well(plate, plate.wells[0])
    assert np.array_equal(brief.values, whole.values[..., : len(kinds_of("basic"))])
