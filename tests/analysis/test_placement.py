"""A design in which the place tells the perturbation is found; a random one is not accused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.analysis.placement import guess_by_position
from deepnoise_app.screen import Content, Plate, PlateMap, PlateShape, Role, WellId
from deepnoise_app.simulate import ScreenDesign, simulate_screen

WELLS = tuple(WellId(row, column) for row in range(8) for column in range(12))


def plate(experiment: str, name: str, order: np.ndarray) -> Plate:
    held = {w: Content(f"sirna_{n}", Role.TREATMENT) for w, n in zip(WELLS, order, strict=True)}
    return Plate(experiment, name, PlateShape(8, 12), (), (1,), WELLS, None, PlateMap(held))


def test_the_same_layout_in_every_experiment_is_confounded() -> None:
    found = guess_by_position([plate(f"X-{e}", "1", np.arange(96)) for e in range(4)])
    assert found.share == 1.0
    assert found.chance < 0.05
    assert found.confounded
    assert "names its perturbation in 100% of 384 wells" in str(found)


def test_four_library_plates_in_fixed_layouts_are_confounded_too() -> None:
    """Position leaves four candidates: right in a quarter of the wells."""
    plates = [plate(f"X-{e}", str(p), np.arange(96) + 96 * p) for e in range(4) for p in range(4)]
    found = guess_by_position(plates)
    assert found.share == pytest.approx(0.25)
    assert found.confounded


@pytest.mark.parametrize("seed", range(5))
def test_a_random_layout_is_not_accused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = guess_by_position([plate(f"X-{e}", "1", rng.permutation(96)) for e in range(5)])
    assert not found.confounded


def test_simulated_screens_are_not_accused() -> None:
    made = simulate_screen(ScreenDesign(experiments=6, unlabelled=0, perturbations=40))
    assert not guess_by_position(made.screen.plates).confounded


def test_replicates_within_one_experiment_tell_nothing() -> None:
    """Only other experiments count: within one, a fixed layout is what a replicate is."""
    same = [plate("X-1", str(p), np.arange(96)) for p in range(3)]
    assert guess_by_position(same) is None
    rng = np.random.default_rng(0)
    other = plate("X-2", "1", rng.permutation(96))
    assert not guess_by_position([*same, other]).confounded


def test_controls_in_fixed_wells_are_no_confounding() -> None:
    rng = np.random.default_rng(1)
    plates = []
    for e in range(5):
        made = plate(f"X-{e}", "1", rng.permutation(96))
        control = dict.fromkeys(WELLS[:12], Content("sirna_999", Role.POSITIVE))
        plates.append(replace(made, map=made.map | PlateMap(control)))
    assert not guess_by_position(plates).confounded
