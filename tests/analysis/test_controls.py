"""Z', robust Z' and SSMD by their definitions, and what is said where controls are lacking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.analysis.controls import control_pairs, no_pairs
from deepnoise_app.analysis.values import PlateValues
from deepnoise_app.screen import PlateShape, Role


def plate(positive: list[float], negative: list[float], name: str = "P1") -> PlateValues:
    values = np.array([*positive, *negative, 5.0])
    roles = [Role.POSITIVE] * len(positive) + [Role.NEGATIVE] * len(negative) + [Role.TREATMENT]
    names = ["kill"] * len(positive) + ["water"] * len(negative) + ["s1"]
    at = np.arange(len(values))
    return PlateValues("E1", name, PlateShape(8, 12), at // 12, at % 12, values, tuple(roles),
                       tuple(names))  # fmt: skip


def test_the_figures_are_those_of_a_calculation_by_hand() -> None:
    # Deviations 1 and 2, means 10 and 40; medians 10 and 40, absolute deviations 1 and 2.
    (found,) = control_pairs([plate([9, 10, 11], [38, 40, 42])])
    assert (found.positive, found.negative) == ("kill", "water")
    assert found.z_prime == pytest.approx(1 - 3 * 3 / 30)
    assert found.robust_z_prime == pytest.approx(1 - 3 * 1.4826 * 3 / 30, abs=1e-4)
    assert found.ssmd == pytest.approx(-30 / np.sqrt(5))


def test_one_outlier_spoils_z_prime_and_not_the_robust_one() -> None:
    clean = [9.0, 10.0, 11.0, 10.5, 9.5]
    (found,) = control_pairs([plate([*clean, 90.0], [38, 40, 42, 41, 39])])
    assert found.z_prime < 0
    assert found.robust_z_prime > 0.5


def test_plates_of_one_control_each_are_pooled_over_the_experiment() -> None:
    plates = [plate([10.0 + i], [40.0 - i], f"P{i}") for i in range(4)]
    found = control_pairs(plates)
    assert [pair.plate for pair in found] == ["P0", "P1", "P2", "P3", ""]
    assert np.isnan(found[0].z_prime)
    assert "two of each are needed" in found[0].note
    pooled = found[-1]
    assert (pooled.positives, pooled.negatives) == (4, 4)
    first, second = np.array([10, 11, 12, 13.0]), np.array([40, 39, 38, 37.0])
    spread = first.std(ddof=1) + second.std(ddof=1)
    assert pooled.z_prime == pytest.approx(1 - 3 * spread / abs(first.mean() - second.mean()))


def test_every_pair_of_controls_is_compared() -> None:
    two = plate([1, 2, 3, 4], [8, 9, 10])
    names = ("a", "a", "b", "b", *two.perturbations[4:])
    found = control_pairs([replace(two, perturbations=names)])
    assert [(pair.positive, pair.negative) for pair in found] == [("a", "water"), ("b", "water")]


def test_a_control_that_does_not_vary_is_said() -> None:
    (found,) = control_pairs([plate([10, 10, 10], [40, 41, 42])])
    assert found.note == "a control does not vary"
    (same,) = control_pairs([plate([10, 10], [10, 10])])
    assert np.isnan(same.z_prime)
    assert np.isnan(same.ssmd)


def test_what_is_lacking_is_said() -> None:
    assert no_pairs([plate([1, 2], [3, 4])]) == ""
    assert "no well is a control" in no_pairs([plate([], [])])
    assert "only positive controls are there" in no_pairs([plate([1, 2], [])])
    assert control_pairs([plate([1, 2], [])]) == ()


def test_wells_without_a_value_do_not_count() -> None:
    (found,) = control_pairs([plate([9, 10, 11, np.nan], [38, 40, 42])])
    assert found.positives == 3
