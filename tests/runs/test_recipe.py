"""Recipes: shipped ones load, wrong ones are refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepnoise_app.errors import RecipeError
from deepnoise_app.runs.recipe import Network, Recipe, Scoring, StageTwo, Training, shipped_recipes


@pytest.mark.parametrize("name", ["quick-look", "laptop", "standard", "as-published"])
def test_shipped_recipe_loads_by_name_explains_itself_and_has_two_stages(name: str) -> None:
    recipe = Recipe.load(name)
    assert recipe.task == "train"
    assert recipe.stage_two.epochs > 0
    text = shipped_recipes()[name].read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert recipe.stage_two.pseudo_from <= recipe.stage_two.epochs


def test_the_published_recipe_has_the_published_numbers() -> None:
    recipe = Recipe.load("as-published")
    first, second = recipe.training, recipe.stage_two
    assert (first.epochs, first.batch_size, first.micro_batch) == (160, 64, 16)
    assert (first.optimizer, first.learning_rate, first.weight_decay) == ("adam", 3e-4, 2e-4)
    assert first.rate_steps == [(100, 1e-4), (140, 1e-5)]
    assert not first.held_out_controls
    assert (second.epochs, second.cycles, second.tail_epochs) == (165, 4, 5)
    assert (second.optimizer, second.learning_rate) == ("sgd", 0.1)
    assert second.teacher_decay == [(1, 0.5), (2, 0.9), (11, 0.99), (21, 0.999)]
    assert (second.consistency, second.pseudo_weight, second.pseudo_from) == (100, 0.05, 20)


def test_about_twenty_knobs_of_a_training_are_for_everybody() -> None:
    shown = [
        f"{model.__name__}.{name}"
        for model in (Network, Training, StageTwo)
        for name, knob in model.model_json_schema()["properties"].items()
        if not knob["rare"]
    ]
    assert 15 <= len(shown) <= 24, shown


def test_recipe_survives_json() -> None:
    recipe = Recipe(screen=["somewhere"], training=Training(hold_out=["HUVEC-02"], margin=0.2))
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_recipe_loads_from_a_toml_and_from_a_json_file(tmp_path: Path) -> None:
    toml = tmp_path / "mine.toml"
    toml.write_text("seed = 7\n[scoring]\nviews = 2\n", encoding="utf-8")
    recipe = Recipe.load(toml)
    assert (recipe.seed, recipe.scoring.views) == (7, 2)
    kept = tmp_path / "recipe.json"
    kept.write_text(recipe.to_json(), encoding="utf-8")
    assert Recipe.load(str(kept)) == recipe


def test_file_called_like_a_shipped_recipe_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "laptop").mkdir()
    monkeypatch.chdir(tmp_path)
    assert Recipe.load("laptop").training.epochs == 16


def test_unknown_recipe_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match=r"'desktop'.*laptop, quick-look"):
        Recipe.load("desktop")


def test_recipe_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.toml"
    path.write_bytes(b"\xff\xd8\xff")
    with pytest.raises(RecipeError, match="cannot be read"):
        Recipe.load(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("seed = -1", r"seed is -1, expected a whole number from 0 to 4294967295"),
        ("[scoring]\nviews = 9", r"scoring\.views is 9, expected a whole number from 1 to 8 views"),
        ("[training]\nepochs = 'x'", r"training\.epochs is 'x', expected a whole number from 0"),
        ("[training]\nlearning_rate = nan", r"learning_rate is nan, expected a number above 0"),
        ("[training]\nlabel_smoothing = 1.0", r"is 1\.0, expected a number from 0 and below 1"),
        ("[training]\noptimizer = 'sdg'", r"optimizer is 'sdg', expected 'adamw', 'sgd' or 'adam'"),
        ("[network]\nbackbones = 'x'", r"no knob 'network\.backbones', expected one of backbone,"),
        ("network = 1", r"network is 1, expected"),
        ("seed =", r"not valid TOML"),
    ],
)
def test_wrong_recipe_names_field_value_and_range(text: str, sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence) as error:
        Recipe.from_toml(text, "mine.toml")
    assert str(error.value).startswith("mine.toml")
    assert "\n" not in str(error.value)


def test_broken_json_is_refused() -> None:
    with pytest.raises(RecipeError, match="not valid JSON"):
        Recipe.from_json('{"task": ')


def test_every_knob_has_a_sentence_and_every_number_a_range() -> None:
    for model in (Recipe, Network, Training, StageTwo, Scoring):
        for name, knob in model.model_json_schema()["properties"].items():
            assert knob["description"].strip(), name
            if knob.get("type") in {"integer", "number"}:
                assert {"minimum", "exclusiveMinimum"} & set(knob), name
                assert {"maximum", "exclusiveMaximum"} & set(knob), name


def test_recipe_files_are_part_of_the_package() -> None:
    assert set(shipped_recipes()) >= {"quick-look", "laptop"}
