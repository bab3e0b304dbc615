import numpy as np
import pytest

from deepnoise_app.analysis.strangers import draw_limit

RNG = np.random.default_rng(0)
MEMBERS = RNG.normal(0.8, 0.1, 200)


def test_with_strangers_no_other_limit_parts_the_two_kinds_better() -> None:
    strangers = RNG.normal(0.4, 0.1, 40)
    limit = draw_limit(MEMBERS, strangers)
    assert limit is not None
    assert limit.source == "held-out classes"

    def parted(score: float) -> float:
        return float((score <= MEMBERS).mean() + (strangers < score).mean())

    assert parted(limit.score) >= max(map(parted, np.linspace(0, 1.2, 2000))) - 1e-12
    assert limit.members_flagged == pytest.approx((limit.score > MEMBERS).mean())
    assert limit.strangers_flagged == pytest.approx((strangers < limit.score).mean())


def test_without_strangers_one_member_in_twenty_is_given_up() -> None:
    limit = draw_limit(MEMBERS, np.array([]))
    assert limit is not None
    assert limit.source == "known classes"
    assert limit.members_flagged == pytest.approx(0.05, abs=0.006)
    assert limit.strangers_flagged is None


def test_a_handful_of_strangers_does_not_draw_the_limit_but_is_counted() -> None:
    limit = draw_limit(MEMBERS, np.array([0.1, 0.2]))
    assert limit is not None
    assert limit.source == "known classes"
    assert limit.strangers_flagged == 1


def test_too_few_members_give_no_limit() -> None:
    assert draw_limit(MEMBERS[:19], np.zeros(100)) is None
