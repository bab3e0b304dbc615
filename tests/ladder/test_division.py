"""Which experiments a ladder learns from, chooses by, and names."""

from __future__ import annotations

import pytest

from deepnoise_app.errors import RecipeError
from deepnoise_app.ladder.division import Divided, divide, without
from deepnoise_app.runs.ladder import Division

NAMES = [f"HUVEC-{n:02d}" for n in range(1, 8)]


def test_the_last_experiments_are_named_and_each_is_in_one_group():
    found = divide(NAMES, Division(validation=1, at_hand=2, fresh=1))

    assert found.learned == ("HUVEC-01", "HUVEC-02", "HUVEC-03")
    assert found.validation == ("HUVEC-04",)
    assert found.at_hand == ("HUVEC-05", "HUVEC-06")
    assert found.fresh == ("HUVEC-07",)
    assert found.group("HUVEC-05") == "at hand"
    assert found.group("HUVEC-07") == "fresh"


def test_too_few_experiments_are_refused_with_the_numbers():
    with pytest.raises(RecipeError, match="has 3 labelled experiments, the ladder needs 5"):
        divide(NAMES[:3], Division(validation=1, at_hand=2, fresh=1))


def test_experiments_to_name_can_be_chosen():
    found = without(Divided(tuple(NAMES), (), ()), ["HUVEC-02"], ["HUVEC-01"])

    assert found.at_hand == ("HUVEC-02",)
    assert found.fresh == ("HUVEC-01",)
    assert found.validation == ("HUVEC-07",)
    assert found.learned == ("HUVEC-03", "HUVEC-04", "HUVEC-05", "HUVEC-06")


@pytest.mark.parametrize(
    ("at_hand", "fresh", "said"),
    [
        (["RPE-01"], [], "no labelled experiment 'RPE-01'"),
        (["HUVEC-01"], ["HUVEC-01"], "at hand and fresh at once"),
        (NAMES[:6], [], "only 1 experiments are left"),
    ],
)
def test_a_choice_that_cannot_be_served_is_refused(at_hand, fresh, said):
    with pytest.raises(RecipeError, match=said):
        without(Divided(tuple(NAMES), (), ()), at_hand, fresh)
