"""A small ladder, climbed for real: runs, resuming, results, report."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.errors import Interrupted, RecipeError, RunError
from deepnoise_app.ladder import gather, plan_climb, write_results
from deepnoise_app.ladder.climb import is_finished
from deepnoise_app.ladder.results import rungs_of, step_below
from deepnoise_app.ladder.trivial import trivial_rungs
from deepnoise_app.reports.climbed import write_climbed
from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.events import Finished
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.ladder import Ladder
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx

SMALL = {
    "title": "Small",
    "base": "quick-look",
    "seeds": 1,
    "division": {"validation": 1, "at_hand": 1, "fresh": 1},
    "common": {"network": {"input_size": 16}, "training": {"epochs": 1}},
    "step": [
        {"name": "global", "title": "Global", "changes": {
            "training": {"normalisation": "global"}, "stage_two": {"epochs": 0}}},
        {"name": "plate", "title": "Plate", "changes": {"stage_two": {"epochs": 0}}},
        {"name": "pseudo", "title": "Pseudo-labels", "start_from": "plate", "changes": {
            "training": {"epochs": 0}, "stage_two": {"epochs": 2}}},
        {"name": "prior", "title": "Plate prior", "of": "pseudo", "reads": "plate_prior",
         "scoring": {"views": 2, "sites": 0}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    path = tmp_path_factory.mktemp("ladder") / "screen"
    design = ScreenDesign(experiments=4, unlabelled=0, plates=2, perturbations=6, size=16)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, path, lambda _done, _total: None)
    return path


@pytest.fixture(scope="module")
def climbed(screen, tmp_path_factory):
    out = tmp_path_factory.mktemp("ladder") / "out"
    climb = plan_climb(screen, out, Ladder.model_validate(SMALL))
    climb.work()
    return climb


def test_every_run_is_finished_and_named_by_seed_and_step(climbed):
    runs = [task.run for task in climbed.tasks()]

    assert all(is_finished(run) for run in runs)
    assert [run.path.relative_to(climbed.folder).as_posix() for run in runs] == [
        "seed-0/global/training", "seed-0/global/scoring",
        "seed-0/plate/training", "seed-0/plate/scoring",
        "seed-0/pseudo/training", "seed-0/pseudo/scoring",
        "seed-0/prior/scoring",
    ]  # fmt: skip


def test_no_training_has_heard_what_the_named_wells_hold(climbed):
    tested = set(climbed.divided.tested)
    for task in climbed.tasks():
        if task.recipe.task == "train":
            assert set(task.run.recipe.training.unseen) == tested
            validated = pd.read_parquet(sorted(task.run.validation.glob("*.parquet"))[0])
            assert not tested & set(validated["Metadata_Experiment"])


def test_the_second_stage_learns_from_plates_at_hand_and_not_from_fresh_ones(climbed):
    pseudo = next(task for task in climbed.tasks() if task.step.name == "pseudo")
    wanted = pseudo.run.recipe.stage_two.experiments

    assert set(climbed.divided.at_hand) <= set(wanted)
    assert not set(climbed.divided.fresh) & set(wanted)
    assert pseudo.run.recipe.start_from == str(climbed.folder / "seed-0/plate/training/model")


def test_a_step_may_learn_from_the_labels_of_some_experiments_alone(screen, tmp_path):
    told = {**SMALL, "division": {"validation": 1, "at_hand": 1}, "step": [
        {"name": "all", "title": "All", "changes": {"stage_two": {"epochs": 0}}},
        {"name": "one", "title": "One", "labelled": 1, "changes": {"stage_two": {"epochs": 2}}},
    ]}  # fmt: skip
    climb = plan_climb(screen, tmp_path, Ladder.model_validate(told))
    climb.work()
    learned, divided = {}, climb.divided
    for task in climb.tasks():
        if task.recipe.task == "train":
            learned[task.step.name] = load_card(task.run.model).provenance.experiments
            assert set(divided.learned) <= set(task.recipe.stage_two.experiments)

    assert learned == {"all": list(divided.learned), "one": [divided.learned[0]]}
    assert len(divided.learned) == 2


def test_what_is_finished_is_not_done_again(climbed):
    heard = []

    climbed.work(heard.append)

    assert heard == []


def test_a_ladder_goes_on_where_it_was_stopped(screen, climbed, tmp_path):
    half = tmp_path / "half"
    shutil.copytree(climbed.folder / "seed-0" / "global", half / "seed-0" / "global")
    again = plan_climb(screen, half, climbed.ladder)
    finished = []

    def stop() -> bool:
        return len(finished) > 1  # behind two runs

    with pytest.raises(Interrupted):
        again.work(lambda event: finished.append(1) if isinstance(event, Finished) else None, stop)
    done = [task.run.path for task in again.tasks() if is_finished(task.run)]

    assert [path.parts[-2] for path in done] == ["global", "global", "plate", "plate"]


def test_a_run_that_another_process_works_on_is_left_to_it(screen, climbed, tmp_path):
    climb = plan_climb(screen, tmp_path / "shared", climbed.ladder)
    first = next(iter(climb.tasks()))
    RunFolder.create(first.run.path, first.recipe)
    said = []

    with first.run.owned(), pytest.raises(Interrupted):
        climb.work(say=said.append, should_stop=lambda: len(said) > 0)

    assert said == ["Training, seed 0: Plate"]


def test_a_run_that_fails_stops_the_ladder_with_its_reason(screen, climbed, tmp_path):
    text = {**SMALL, "common": {"network": {"backbone": "no_such_network"}}}
    climb = plan_climb(screen, tmp_path / "failing", Ladder.model_validate(text))

    with pytest.raises(RunError, match=r"Training, seed 0: Global: .*no_such_network"):
        climb.work()


def test_results_tell_three_accuracies_in_both_groups_and_gains(climbed):
    table = write_results(gather(climbed), climbed.folder)

    assert set(table["metric"]) == {"free", "one_per_well", "plate_prior"}
    assert set(table["group"]) == {"at hand", "fresh"}
    assert table["value"].between(0, 1).all()
    assert table.equals(pd.read_parquet(climbed.folder / "ladder.parquet"))
    over_all = table[(table["seed"] < 0) & (table["group"] == "at hand")]
    free = over_all[over_all["metric"] == "free"].set_index("step")["value"]
    gains = over_all[over_all["metric"] == "free"].set_index("step")["gain_value"]
    assert np.isnan(gains["global"])
    assert gains["pseudo"] == pytest.approx(free["pseudo"] - free["plate"])


def test_a_step_of_another_accuracy_gains_over_what_the_step_before_stands_for(climbed):
    rungs = [rung for rung in gather(climbed) if rung.group == "fresh"]
    prior = next(r for r in rungs if (r.step, r.metric) == ("prior", "plate_prior"))
    free = next(r for r in rungs if (r.step, r.metric) == ("prior", "free"))

    assert (step_below(rungs, prior).step, step_below(rungs, prior).metric) == ("pseudo", "free")
    assert (step_below(rungs, free).step, step_below(rungs, free).metric) == ("pseudo", "free")


def test_values_are_shares_of_wells_in_the_predictions(climbed):
    table = pd.read_parquet(climbed.folder / "seed-0/plate/scoring/predictions.parquet")
    mine = table[(table["Metadata_Role"] == "treatment")
                 & (table["Metadata_Experiment"] == climbed.divided.fresh[0])]  # fmt: skip
    right = (mine["Prediction_Free"] == mine["Metadata_Perturbation"]).mean()

    rungs = gather(climbed)
    rung = next(r for r in rungs if (r.step, r.group, r.metric) == ("plate", "fresh", "free"))

    assert rung.mean.value == pytest.approx(right)


def test_compute_adds_up_along_the_models_that_a_training_begins_with(climbed):
    passes = {rung.step: rung.passes for rung in gather(climbed)}

    assert 0 < passes["global"] == passes["plate"] < passes["pseudo"] == passes["prior"]


def test_baselines_stand_beside_and_are_judged_by_the_same_rules(climbed):
    rungs = trivial_rungs(climbed)

    assert {rung.step for rung in rungs} >= {
        "well-position", "cell-count", "mean-intensities", "all-measures", "untrained-network",
    }  # fmt: skip
    assert all(rung.beside for rung in rungs)
    assert all(step_below(rungs, rung) is None for rung in rungs)
    assert {rung.metric for rung in rungs} == {"free", "one_per_well", "plate_prior"}


def test_the_page_holds_every_step_and_its_own_picture(climbed, tmp_path):
    table = write_results(gather(climbed), tmp_path)

    write_climbed(table, "A <small> ladder", climbed.divided.learned, tmp_path)

    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "A &lt;small&gt; ladder" in page
    assert all(step["title"] in page for step in SMALL["step"])
    assert "data:image/png;base64" in page
    assert (tmp_path / "ladder.png").stat().st_size > 1000


def test_a_screen_with_too_few_labelled_experiments_is_refused(screen, tmp_path):
    wish = {**SMALL, "division": {"validation": 2, "at_hand": 2, "fresh": 1}}

    with pytest.raises(RecipeError, match="4 labelled experiments, the ladder needs 6"):
        plan_climb(screen, tmp_path, Ladder.model_validate(wish))


def test_rungs_of_plates_of_unlike_size_weigh_wells_alike():
    table = pd.DataFrame({
        "Metadata_Experiment": "E1",
        "Metadata_Plate": ["a"] * 3 + ["b"],
        "Metadata_Role": "treatment",
        "Metadata_Perturbation": ["x", "y", "z", "x"],
        "Prediction_Free": ["x", "y", "z", "y"],
        "Prediction_OnePerWell": "",
        "Prediction_PlatePrior": "",
    })  # fmt: skip

    (rung,) = rungs_of("s", "S", "fresh", ["E1"], [table])

    assert rung.mean.value == pytest.approx(0.75)


def test_runs_of_another_ladder_are_not_mixed_in(screen, climbed):
    other = {**SMALL, "common": {**SMALL["common"], "training": {"epochs": 2}}}

    with pytest.raises(RunError, match=r"global.training holds a run of another ladder"):
        plan_climb(screen, climbed.folder, Ladder.model_validate(other)).work()


def test_where_plates_tell_too_little_for_discriminants_the_network_names(screen, tmp_path):
    steps = [
        *SMALL["step"],
        {"name": "discriminants", "title": "Discriminants", "of": "pseudo",
         "scoring": {"views": 2, "sites": 0, "discriminate": True}},
        {"name": "last", "title": "Plate prior", "of": "pseudo", "reads": "plate_prior",
         "scoring": {"views": 2, "sites": 0, "discriminate": True}},
    ]  # fmt: skip
    wanted = Ladder.model_validate({**SMALL, "step": steps})

    small = plan_climb(screen, tmp_path / "small", wanted).ladder
    large = tmp_path / "large"
    design = ScreenDesign(experiments=5, unlabelled=0, plates=1, perturbations=8, size=16)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, large, lambda _done, _total: None)

    assert [step.name for step in small.step] == [
        "global", "plate", "pseudo", "prior", "discriminants"
    ]  # fmt: skip
    assert not any(step.scoring.get("discriminate") for step in small.step)
    assert plan_climb(large, tmp_path / "out", wanted).ladder == wanted
