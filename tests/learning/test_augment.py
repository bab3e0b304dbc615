import numpy as np
import pytest
import torch

from deepnoise_app.learning.augment import (
    View,
    ViewDraw,
    apply_views,
    cut_mix,
    dihedral,
    draw_cut,
    draw_jitter,
    draw_view,
    normalise,
)
from deepnoise_app.learning.survey import Normalisation

NONE = (0.0, 0.0, 0.0, 0.0)


def matrix(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


IDENTITY = matrix((1, 0, 0), (0, 1, 0))


def test_the_eight_views_are_eight_different_pictures() -> None:
    picture = torch.rand(1, 2, 6, 6)
    views = [dihedral(picture, number) for number in range(8)]
    assert torch.equal(views[0], picture)
    for i in range(8):
        for j in range(i):
            assert not torch.equal(views[i], views[j])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (((1, 0, 0), (0, 1, 0)), lambda x: x),
        (((-1, 0, 0), (0, 1, 0)), lambda x: x.flip(3)),
        (((1, 0, 0), (0, -1, 0)), lambda x: x.flip(2)),
        (((0, -1, 0), (1, 0, 0)), lambda x: torch.rot90(x, 1, (2, 3)).flip(2).flip(3)),
    ],
)
def test_flips_and_turns_move_pixels_and_change_none(rows, expected) -> None:
    picture = torch.rand(1, 3, 8, 8)
    moved = apply_views(picture, [ViewDraw(matrix(*rows), NONE)])
    allowed = [expected(picture), expected(picture).flip(2).flip(3)]
    assert any(torch.allclose(moved, one, atol=1e-5) for one in allowed)


def test_each_sample_has_its_own_view() -> None:
    pictures = torch.rand(2, 1, 8, 8)
    flip = ViewDraw(matrix((-1, 0, 0), (0, 1, 0)), NONE)
    moved = apply_views(pictures, [ViewDraw(IDENTITY, NONE), flip])
    assert torch.allclose(moved[0], pictures[0], atol=1e-5)
    assert torch.allclose(moved[1], pictures[1].flip(2), atol=1e-5)


def test_what_comes_from_outside_is_the_mean() -> None:
    pictures = torch.ones(1, 1, 8, 8)
    shifted = apply_views(pictures, [ViewDraw(matrix((1, 0, 1), (0, 1, 0)), NONE)])
    assert torch.allclose(shifted[0, 0, :, :3], torch.ones(8, 3))
    assert torch.equal(shifted[0, 0, :, 5:], torch.zeros(8, 3))


def test_erased_rectangle_is_the_mean_in_all_channels() -> None:
    moved = apply_views(torch.ones(1, 2, 8, 8), [ViewDraw(IDENTITY, (0.0, 0.5, 0.25, 1.0))])
    expected = torch.ones(8, 8)
    expected[:4, 2:] = 0
    assert torch.allclose(moved[0, 0], expected, atol=1e-5)
    assert torch.allclose(moved[0, 1], expected, atol=1e-5)


@pytest.mark.parametrize("view", ["easy", "normal", "hard"])
def test_draws_keep_to_the_published_ranges(view: View) -> None:
    draws = [draw_view(np.random.default_rng(i), view) for i in range(2000)]
    areas = np.array([(d.erased[1] - d.erased[0]) * (d.erased[3] - d.erased[2]) for d in draws])
    if view == "easy":
        assert (areas == 0).all()
    else:
        assert 0.45 < (areas > 0).mean() < 0.55
        assert areas[areas > 0].min() >= 0.015
        assert areas.max() <= 0.4 + 1e-6
    scales = np.array([np.sqrt(abs(np.linalg.det(d.matrix[:, :2]))) for d in draws])
    unmoved = np.isclose(scales, 1).mean()
    if view == "hard":
        assert unmoved < 0.05
        assert scales.min() >= 0.8 * 0.9 - 1e-6
        assert scales.max() <= 0.99 * 1.1 + 1e-6
    else:
        assert 0.45 < unmoved < 0.55
        assert scales.min() >= 0.9 - 1e-6
        assert scales.max() <= 1.1 + 1e-6


def test_a_draw_depends_on_its_generator_alone() -> None:
    one, two = (draw_view(np.random.default_rng((1, 2, 3)), "hard") for _ in range(2))
    assert np.array_equal(one.matrix, two.matrix)
    assert one.erased == two.erased


def test_jitter_is_relative_and_without_amount_nothing() -> None:
    group = Normalisation(np.full(3, 0.5, np.float32), np.full(3, 0.1, np.float32))
    mean, std = draw_jitter(np.random.default_rng(0), group, 0.0)
    assert np.array_equal(mean, group.mean)
    assert np.array_equal(std, group.std)
    draws = [draw_jitter(np.random.default_rng(i), group, 0.1) for i in range(500)]
    means = np.array([mean for mean, _ in draws])
    assert 0.45 <= means.min() < 0.46
    assert 0.54 < means.max() <= 0.55
    assert (means[:, 0] != means[:, 1]).all()


def test_missing_channels_become_the_mean() -> None:
    pixels = torch.full((1, 2, 4, 4), 0.6)
    found = normalise(
        pixels, torch.full((1, 2), 0.5), torch.full((1, 2), 0.1), torch.tensor([[True, False]])
    )
    assert torch.allclose(found[0, 0], torch.ones(4, 4), atol=1e-5)
    assert torch.equal(found[0, 1], torch.zeros(4, 4))


def test_cutmix_covers_a_rectangle_by_the_site_before_and_tells_the_share_that_is_left() -> None:
    sites = torch.arange(3.0).reshape(3, 1, 1, 1).expand(3, 1, 10, 10)
    cuts = [(0.0, 0.5, 0.0, 1.0), (0.0, 0.0, 0.0, 0.0), (0.2, 0.4, 0.5, 1.0)]
    mixed, kept = cut_mix(sites, cuts)
    assert kept.tolist() == pytest.approx([0.5, 1.0, 0.9])
    assert (mixed[0, 0, :5] == 2).all()
    assert (mixed[0, 0, 5:] == 0).all()
    assert (mixed[1] == 1).all()
    assert (mixed[2, 0, 2:4, 5:] == 1).all()
    assert (mixed[2] == 1).sum() == 10


def test_cuts_come_in_the_share_that_is_asked_for() -> None:
    cuts = [draw_cut(np.random.default_rng(n), 0.3) for n in range(2000)]
    areas = [(b - t) * (r - x) for t, b, x, r in cuts]
    assert np.mean([area > 0 for area in areas]) == pytest.approx(0.3, abs=0.04)
    assert all(0 <= t <= b <= 1 and 0 <= x <= r <= 1 for t, b, x, r in cuts)
