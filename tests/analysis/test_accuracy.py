import pytest

from deepnoise_app.analysis.accuracy import accuracy


def test_interval_equals_wilson_when_plates_do_not_differ() -> None:
    found = accuracy([True] * 8 + [False] * 2, ["a"] * 10)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-3)


def test_plates_that_differ_widen_the_interval() -> None:
    plates = ["a"] * 50 + ["b"] * 50
    alike = accuracy([True, False] * 50, plates)
    apart = accuracy([True] * 50 + [False] * 50, plates)
    assert alike is not None
    assert apart is not None
    assert apart.high - apart.low > 3 * (alike.high - alike.low)


def test_all_right_does_not_mean_certain() -> None:
    found = accuracy([True] * 20, ["a", "b"] * 10)
    assert found is not None
    assert found.value == found.high == pytest.approx(1.0)
    assert found.low < 0.9


def test_no_wells_have_no_accuracy() -> None:
    assert accuracy([], []) is None
