"""Shares of variance: unbiased, with intervals that hold what was put in, and modest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.analysis.variance import NAMES, variance_shares

from .made_plates import VARIANCES, made_screen

TOTAL = sum(VARIANCES.values())


@pytest.mark.parametrize("same_places", [False, True])
def test_the_variances_that_were_put_in_come_out_without_bias(same_places) -> None:
    found = [variance_shares(made_screen(s, same_places=same_places), 2) for s in range(24)]
    for name, expected in VARIANCES.items():
        values = np.array([one.of(name).variance for one in found])
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert abs(values.mean() - expected) < 3.5 * error, name
        assert error < 0.25 * expected or name == "experiment"


def test_shares_add_up_to_1_and_lie_within_their_intervals() -> None:
    found = variance_shares(made_screen(1))
    assert [one.name for one in found.components] == list(NAMES)
    assert sum(one.share for one in found.components) == pytest.approx(1)
    assert all(0 <= one.low <= one.high <= 1 for one in found.components)
    assert found.plates == 24


def test_nothing_put_in_is_nothing_found() -> None:
    quiet = VARIANCES | {"row": 0.0, "experiment": 0.0, "perturbation": 0.0}
    found = [variance_shares(made_screen(s, quiet), 2) for s in range(12)]
    for name in ("row", "perturbation"):
        assert np.mean([one.of(name).variance for one in found]) == pytest.approx(0, abs=0.03)
        assert np.mean([one.of(name).share for one in found]) < 0.03


def test_intervals_do_not_depend_on_chance_beyond_the_seed() -> None:
    screen = made_screen(2)
    assert variance_shares(screen, 50) == variance_shares(screen, 50)


def test_one_experiment_and_perturbations_never_repeated_are_said() -> None:
    screen = [replace(p, perturbations=tuple(f"{p.plate}{i}" for i in range(len(p))))
              for p in made_screen(0, experiments=1)]  # fmt: skip
    found = variance_shares(screen, 20)
    assert found.of("experiment") is None
    assert found.of("perturbation") is None
    assert found.of("residual").share > 0.3
    assert any("one experiment" in note for note in found.notes)
    assert any("counted as residual" in note for note in found.notes)


def test_replicates_on_the_same_plate_alone_tell_the_perturbation_too() -> None:
    screen = []
    for plate in made_screen(5, perturbations=24):
        names = tuple(f"{plate.key}{name}" for name in plate.perturbations)
        screen.append(replace(plate, perturbations=names))
    found = variance_shares(screen, 20)
    assert found.of("perturbation").variance == pytest.approx(0.64, rel=0.35)


def test_one_plate_per_experiment_is_counted_as_its_experiment() -> None:
    found = variance_shares(made_screen(0, plates=1, experiments=8), 20)
    assert found.of("plate") is None
    assert found.of("experiment").variance > 0
    assert any("one plate per experiment" in note for note in found.notes)


def test_a_screen_without_values_says_so() -> None:
    blank = [p.with_values(np.full(len(p), np.nan)) for p in made_screen(0)]
    assert variance_shares(blank).components == ()
    assert "too few" in variance_shares(blank).notes[0]


@pytest.mark.slow
def test_the_intervals_of_what_plates_vary_in_hold_the_truth_nine_times_in_ten() -> None:
    found = [variance_shares(made_screen(s), 300) for s in range(100)]
    for name in ("plate", "row", "column"):
        expected = VARIANCES[name] / TOTAL
        held = np.mean([one.of(name).low <= expected <= one.of(name).high for one in found])
        assert held >= 0.85, (name, held)
