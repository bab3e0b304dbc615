import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from deepnoise_app.analysis.calibration import calibrate, calibration_error, fit_temperature


def drawn(temperature: float, wells: int = 4000, classes: int = 5, seed: int = 0):
    """Logits whose labels really follow softmax(logits / temperature)."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 4, (wells, classes))
    shares = softmax(logits / temperature, axis=1)
    labels = (rng.random((wells, 1)) > shares.cumsum(axis=1)).sum(axis=1)
    return logits, labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(temperature) -> None:
    assert fit_temperature(*drawn(temperature)) == pytest.approx(temperature, rel=0.06)


def test_no_temperature_of_a_fine_grid_is_better() -> None:
    logits, labels = drawn(1.7, wells=60)
    found = fit_temperature(logits, labels)

    def loss(t: float) -> float:
        log_p = log_softmax(logits / t, axis=1)
        return -(log_p[np.arange(60), labels].sum() + log_p.mean())

    grid = np.exp(np.linspace(np.log(0.05), np.log(20), 400))
    assert loss(found) <= min(map(loss, grid)) + 1e-6


def test_a_network_that_is_always_right_does_not_become_infinitely_sure() -> None:
    logits = np.full((30, 4), 0.0)
    labels = np.arange(30) % 4
    logits[np.arange(30), labels] = 3.0
    temperature = fit_temperature(logits, labels)
    assert softmax(logits / temperature, axis=1).max() < 0.999


def test_calibration_error_is_the_mean_distance_in_bins() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False, True, False])
    expected = (4 * abs(0.95 - 0.75) + 2 * abs(0.55 - 0.5)) / 6
    assert calibration_error(confidence, right, bins=10) == pytest.approx(expected)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0


def test_calibration_takes_out_overconfidence_and_says_by_how_much() -> None:
    logits, labels = drawn(3.0)
    found = calibrate(logits, labels, np.arange(4000) % 4)
    assert found.error_before > 0.15
    assert found.error_after < 0.04
    assert found.crossed


def test_the_error_after_is_that_of_groups_that_the_temperature_has_not_seen() -> None:
    """One group is overconfident, the other is not: each is tempered as the other needs it."""
    hot, cold = drawn(4.0, 2000, seed=1), drawn(1.0, 2000, seed=2)
    logits, labels = (np.concatenate(parts) for parts in zip(hot, cold, strict=True))
    groups = np.repeat([0, 1], 2000)
    apart = calibrate(logits, labels, groups)
    seen = calibrate(logits, labels, np.zeros(4000, int))
    assert apart.temperature == seen.temperature
    assert not seen.crossed
    assert apart.error_after > seen.error_after + 0.05
