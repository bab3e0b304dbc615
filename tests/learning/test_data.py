from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from deepnoise_app.learning.data import SiteRef, SiteStore, read_ahead, shrink


def test_whole_blocks_are_averaged() -> None:
    planes = np.random.default_rng(0).integers(0, 256, (2, 12, 12)).astype(np.uint8)
    expected = planes.reshape(2, 4, 3, 4, 3).mean(axis=(2, 4)) * 257
    assert np.abs(shrink(planes, 4) - expected).max() <= 0.51


@pytest.mark.parametrize("side", [256, 512])
def test_the_brightest_pixels_stay_the_brightest_in_blocks_of_any_size(side) -> None:
    planes = np.full((1, side, side), 65_535, dtype=np.uint16)
    assert (shrink(planes, 1) == 65_535).all()


@pytest.mark.parametrize(("kind", "factor"), [(np.uint8, 257), (np.uint16, 1)])
def test_pixels_of_the_right_size_are_kept_exactly(kind, factor) -> None:
    top = np.iinfo(kind).max
    planes = np.array([[[0, 1], [top - 1, top]]], dtype=kind)
    assert np.array_equal(shrink(planes, 2), planes.astype(np.uint16) * factor)


def test_other_sizes_keep_range_and_mean() -> None:
    planes = np.random.default_rng(0).integers(50, 200, (1, 25, 40)).astype(np.uint8)
    made = shrink(planes, 16) / 257
    assert made.shape == (1, 16, 16)
    assert made.min() >= 50 - 1
    assert made.max() <= 200 + 1
    assert made.mean() == pytest.approx(planes.mean(), rel=0.02)


def test_reading_ahead_keeps_the_order() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(read_ahead(pool, range(50), lambda n: n * n, 7)) == [n * n for n in range(50)]


def test_a_fault_while_reading_ahead_comes_out() -> None:
    def read(n: int) -> float:
        return 1 / (n - 3)

    with ThreadPoolExecutor(2) as pool, pytest.raises(ZeroDivisionError):
        list(read_ahead(pool, range(10), read, 4))


def test_store_keeps_no_more_than_its_budget(screen) -> None:
    plate = screen.plates[0]
    one = 2 * 16 * 16 * 2
    store = SiteStore([plate], [(0, 1)], 16, budget_bytes=3 * one)
    refs = [SiteRef(0, well, 0) for well in range(6)]
    first = [store.read(ref) for ref in refs]
    again = [store.read(ref) for ref in refs]
    same = [a is b for a, b in zip(first, again, strict=True)]
    assert same == [True] * 3 + [False] * 3
    assert all(np.array_equal(a.planes, b.planes) for a, b in zip(first, again, strict=True))


def test_channels_are_taken_in_the_order_of_the_network(screen) -> None:
    plate = screen.plates[0]
    here = SiteStore([plate], [(0, 1)], 16, 0).read(SiteRef(0, 0, 0))
    turned = SiteStore([plate], [(1, 0)], 16, 0).read(SiteRef(0, 0, 0))
    assert np.array_equal(here.planes, turned.planes[::-1])


def test_missing_and_unreadable_channels_are_named_and_zero(screen, spoil) -> None:
    plate = spoil(screen.plates[0], missing=((0, 0, 1),), broken=((1, 0, 0),))
    store = SiteStore([plate], [(0, 1)], 16, 0)
    missing, broken = store.read(SiteRef(0, 0, 0)), store.read(SiteRef(0, 1, 0))
    assert missing.there.tolist() == [True, False]
    assert missing.faults[1] == "Actin is missing"
    assert not missing.planes[1].any()
    assert broken.there.tolist() == [False, True]
    assert "cut off" in broken.faults[0]
    assert "A02" in broken.faults[0]
