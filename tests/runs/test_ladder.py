"""Ladders as files: the shipped ones, and what is refused."""

from __future__ import annotations

import pytest

from deepnoise_app.errors import RecipeError
from deepnoise_app.runs.ladder import Ladder, shipped_ladders

STEP = '[[step]]\nname = "plate"\ntitle = "By plate"\n'


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "ladder.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("name", ["quick-look", "laptop", "second", "workstation", "full"])
def test_every_shipped_ladder_can_be_climbed(name):
    ladder = Ladder.load(name)

    steps = [step.name for step in ladder.step if not step.beside]
    assert steps[:4] == ["global", "experiment", "plate", "arcface"]
    assert steps[-2:] == ["assignment", "prior"]
    assert {step.reads for step in ladder.step} == {"free", "one_per_well", "plate_prior"}


def test_there_are_three_sizes_of_the_standard_screen_and_three_screens_beside_it():
    sizes = {"laptop", "workstation", "full"}
    assert set(shipped_ladders()) == sizes | {"second", "sweep", "quick-look"}
    assert Ladder.load("full").screen.perturbations == 1108


def test_changes_go_over_the_recipe_and_leave_the_rest(written):
    text = STEP + "changes.training = { margin = 0.0 }\n[common.training]\nepochs = 3\n"
    ladder = Ladder.load(written(text))

    made = ladder.recipe(ladder.step[0])

    assert (made.training.margin, made.training.epochs) == (0.0, 3)
    assert (
        made.network.backbone == Ladder.load(written(STEP)).recipe(ladder.step[0]).network.backbone
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[step]]\nname = 'a b'\ntitle = 'x'", "step.0.name is 'a b'"),
        (STEP + STEP, "two steps of the ladder are called 'plate'"),
        (STEP + "[[step]]\nname='v'\ntitle='v'\nof='other'", "stands on 'other'"),
        (STEP + "changes.training = { margin = 9 }", "the step plate: training.margin is 9"),
        (STEP + "changes.trainer = { margin = 0 }", "there is no knob 'trainer'"),
        ("seeds = 0\n" + STEP, "seeds is 0"),
        ("this is no TOML", "is not a ladder"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused_in_a_sentence(written, text, said):
    with pytest.raises(RecipeError, match=said):
        Ladder.load(written(text))


def test_an_unknown_ladder_names_those_that_there_are():
    known = "one of full, laptop, quick-look, second, sweep, workstation"
    with pytest.raises(RecipeError, match=known):
        Ladder.load("desktop")


def test_without_discriminants_no_step_repeats_another() -> None:
    ladder = Ladder.load("laptop")
    bare = ladder.without_discriminants()
    names = [step.name for step in ladder.step]
    left_out = {"discriminants", "discriminants-supervised"}
    assert [step.name for step in bare.step] == [name for name in names if name not in left_out]
    assert not any("discriminate" in step.scoring for step in bare.step)
    assert any(step.scoring.get("discriminate") for step in ladder.step)
    bare.check()
