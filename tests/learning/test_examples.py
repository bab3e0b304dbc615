import pytest

from deepnoise_app.errors import RecipeError
from deepnoise_app.learning.examples import (
    find_classes,
    find_examples,
    most_copies,
    natural,
    split,
)

NAMES = [f"HUVEC-{n:02d}" for n in range(1, 12)]


def test_one_labelled_experiment_in_five_is_held_out() -> None:
    training, held_out = split(NAMES, [])
    assert len(held_out) == 2
    assert sorted(training + held_out) == NAMES
    assert not set(training) & set(held_out)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_at_least_one_experiment_is_held_out(count: int) -> None:
    training, held_out = split(NAMES[:count], [])
    assert len(held_out) == 1
    assert len(training) == count - 1


def test_a_wish_is_followed() -> None:
    assert split(NAMES, ["HUVEC-03"])[1] == ["HUVEC-03"]


@pytest.mark.parametrize("wish", ["HUVEC-03/Plate1", "HUVEC-03 Plate1", "HUVEC-03/Plate1/B02"])
def test_a_split_through_an_experiment_is_refused_with_the_reason(wish: str) -> None:
    with pytest.raises(RecipeError, match="only whole experiments"):
        split(NAMES, [wish])


def test_an_unknown_experiment_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="HUVEC-11"):
        split(NAMES, ["U2OS-01"])


@pytest.mark.parametrize("names", [[], ["HUVEC-01"]])
def test_too_few_experiments_are_refused(names: list[str]) -> None:
    with pytest.raises(RecipeError, match="at least 2"):
        split(names, [])


def test_holding_out_everything_is_refused() -> None:
    with pytest.raises(RecipeError, match="none is left"):
        split(NAMES, NAMES)


def test_names_are_sorted_as_people_count() -> None:
    names = ["sirna_10", "sirna_2", "b", "12", "7"]
    assert sorted(names, key=natural) == ["7", "12", "b", "sirna_2", "sirna_10"]


def test_controls_are_classes_apart(screen) -> None:
    classes = find_classes(screen.plates, include_controls=True)
    assert classes.names == (
        "sirna_0", "sirna_1", "sirna_2", "sirna_3", "UNTREATED", "sirna_9",
    )  # fmt: skip
    assert set(classes.controls) == {"UNTREATED", "sirna_9"}
    assert find_classes(screen.plates, include_controls=False).controls == ()


def test_every_labelled_well_is_an_example(screen) -> None:
    classes = find_classes(screen.plates, include_controls=True)
    examples = find_examples(screen.plates, classes)
    assert len(examples) == 8 * 6
    for one in examples:
        plate = screen.plates[one.plate]
        assert plate.map[plate.wells[one.well]].perturbation == classes.names[one.label]


def test_copies_count_treated_wells_of_one_plate(screen) -> None:
    assert most_copies(screen.plates) == {f"sirna_{n}": 2 for n in range(4)}
