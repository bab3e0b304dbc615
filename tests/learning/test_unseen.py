"""Labelled experiments that a training takes for new ones, and scoring with fewer sites."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.errors import RecipeError
from deepnoise_app.learning.lesson_plan import plan_training, without_labels
from deepnoise_app.learning.work import work
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe, Scoring
from deepnoise_app.runs.work import Ending
from deepnoise_app.screen import Predictions, Role


def _asking(recipe, **training):
    return recipe.model_copy(
        update={"training": recipe.training.model_copy(update={"hold_out": [], **training})}
    )


def _labelled(screens):
    return sorted(
        {plate.experiment for s in screens for plate in s.imaged if plate.map.perturbations}
    )


def test_an_unseen_experiment_is_learned_from_only_without_labels(screen, recipe):
    screens = (screen,)
    name = _labelled(screens)[-1]
    asked = _asking(recipe, unseen=[name])
    asked = asked.model_copy(update={"stage_two": asked.stage_two.model_copy(update={"epochs": 1})})

    plan = plan_training(asked, screens)

    assert name not in [*plan.experiments, *plan.held_out_experiments]
    assert name in plan.unlabelled_experiments
    mine = [plate for plate in plan.unlabelled if plate.experiment == name]
    assert mine
    assert all(not plate.map.perturbations for plate in mine)


def test_labels_go_and_roles_and_controls_stay(screen):
    plate = next(plate for plate in screen.plates if plate.map.perturbations)

    bare = without_labels(plate)

    for well in plate.wells:
        assert bare.map[well].role is plate.map[well].role
        if plate.map[well].role is Role.TREATMENT:
            assert bare.map[well].perturbation == ""
        else:
            assert bare.map[well] == plate.map[well]


def test_an_unseen_experiment_that_is_not_there_is_refused(screen, recipe):
    with pytest.raises(RecipeError, match="no labelled experiment 'RPE-99' to take for a new one"):
        plan_training(_asking(recipe, unseen=["RPE-99"]), (screen,))


def test_fewer_sites_can_be_asked_for_and_the_table_says_so(folder, recipe, tmp_path):
    here = recipe.model_copy(update={"screen": [str(folder)]})
    trained = RunFolder.create(tmp_path / "run", here)
    assert work(trained).ending is Ending.FINISHED
    tables = {}
    for sites in (0, 1):
        scoring = Scoring(model=str(trained.model), sites=sites, views=1)
        run = RunFolder.create(
            tmp_path / f"scored-{sites}",
            Recipe(task="score", screen=here.screen, scoring=scoring),
        )
        assert work(run).ending is Ending.FINISHED
        tables[sites] = Predictions.read(run.predictions_path).table

    assert set(tables[0]["Sites"]) == {2}
    assert set(tables[1]["Sites"]) == {1}
    assert not np.allclose(tables[0]["Confidence"], tables[1]["Confidence"])
