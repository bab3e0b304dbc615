"""Both stages through a run folder; going on with a model on another screen; what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import make_plate
from safetensors.torch import load_file

from deepnoise_app.errors import ModelError, RecipeError
from deepnoise_app.learning.lesson_plan import plan_training
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.package import load_package
from deepnoise_app.learning.start import stem_name, take_over
from deepnoise_app.learning.work import make_plan, work
from deepnoise_app.runs.card import load_card
from deepnoise_app.runs.events import EpochEnded, Saved
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import worker_command
from deepnoise_app.runs.recipe import Recipe, StageTwo
from deepnoise_app.runs.status import RunState
from deepnoise_app.runs.work import Ending
from deepnoise_app.screen import Channel, Content, Library, PlateMap, Role, Screen
from deepnoise_app.writers.rxrx import write_rxrx

SECOND = StageTwo(
    epochs=4,
    batch_size=12,
    learning_rate=0.02,
    fresh_head=False,
    consistency_epochs=1,
    pseudo_from=2,
    pseudo_weight=0.3,
    pseudo_passes=2,
)


def blinded(plate):
    hidden = {
        well: Content("", Role.TREATMENT) if plate.map[well].role is Role.TREATMENT else
        plate.map[well] for well in plate.map
    }  # fmt: skip
    return replace(plate, map=PlateMap(hidden))


@pytest.fixture(scope="module")
def mixed(screen) -> Screen:
    """Four labelled experiments and one of which nothing is known but the controls."""
    new = [blinded(make_plate("X-5", f"Plate{p}", 50 + p)) for p in (1, 2)]
    return replace(screen, plates=(*screen.plates, *new))


@pytest.fixture(scope="module")
def mixed_folder(mixed, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("mixed") / "both"
    write_rxrx(mixed, {plate.key: plate.map for plate in mixed.plates}, path)
    return path


@pytest.fixture(scope="module")
def asked(recipe, mixed_folder) -> Recipe:
    training = recipe.training.model_copy(update={"epochs": 4, "learning_rate": 1e-2})
    return recipe.model_copy(
        update={"screen": [str(mixed_folder)], "training": training, "stage_two": SECOND}
    )


@pytest.fixture(scope="module")
def finished(asked, tmp_path_factory) -> RunFolder:
    run = RunFolder.create(tmp_path_factory.mktemp("two") / "run", asked)
    ended = work(run)
    assert ended.ending is Ending.FINISHED, ended.message
    return run


def epochs(run: RunFolder) -> list[EpochEnded]:
    return [event for event in run.events() if isinstance(event, EpochEnded)]


def test_epochs_are_counted_through_both_stages(finished) -> None:
    told = epochs(finished)
    assert [(e.stage, e.epoch, e.epochs, e.stages) for e in told] == [
        (1 + (n > 4), n, 8, 2) for n in range(1, 9)
    ]
    assert [path.stem for path in sorted(finished.validation.iterdir())] == [
        f"epoch-{n:03d}" for n in range(1, 9)
    ]


def test_student_and_teacher_are_both_judged_and_of_the_best_the_last_is_kept(finished) -> None:
    first, second = epochs(finished)[:4], epochs(finished)[4:]
    assert all(e.teacher_free is None for e in first)
    assert all(None not in {e.free, e.teacher_free, e.teacher_plate_prior} for e in second)
    kept = [e for e in finished.events() if isinstance(e, Saved) and e.what == "model"]
    better, best = 0, -1.0
    for e in first:
        better, best = better + (e.free > best), max(best, e.free)
    for e in second:
        score = max(e.free, e.teacher_free)
        better, best = better + (score >= best), max(best, score)
    assert len(kept) == better


def test_pseudo_labels_are_made_an_epoch_before_they_are_used(finished) -> None:
    second = epochs(finished)[4:]
    assert [e.pseudo_labels for e in second] == [8] * 4
    assert [e.losses["pseudo_labels"] > 0 for e in second] == [False, True, True, True]


def test_the_model_of_two_stages_is_a_whole_package(finished) -> None:
    card, network = load_package(finished.model)
    assert set(card.accuracy) == {"free", "one_per_well", "plate_prior"}
    assert card.provenance.recipe["stage_two"]["epochs"] == 4
    assert not card.provenance.learned_from_held_out
    assert network.head.weight.shape == (6, 8)
    assert json.loads((finished.path / "summary.json").read_text())["wells"] == 12


@pytest.mark.slow
def test_killed_in_the_second_stage_and_gone_on_with_ends_like_the_run_that_was_not(
    finished, asked, tmp_path
) -> None:
    """`kill -9`: nothing can be written any more; the last checkpoint counts."""
    often = asked.model_copy(
        update={"training": asked.training.model_copy(update={"save_every_steps": 1})}
    )
    run = RunFolder.create(tmp_path / "run", often)
    process = subprocess.Popen(worker_command(run.path), env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 200
    while not any(e.stage == 2 for e in epochs(run)):
        assert process.poll() is None, run.log_tail()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert run.status().state is RunState.FAILED
    assert len(epochs(run)) < 8
    whole = RunFolder.create(tmp_path / "whole", often)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED
        assert work(whole).ending is Ending.FINISHED
    finally:
        torch.set_num_threads(threads)
    a, b = (load_file(one.model / "model.safetensors") for one in (run, whole))
    assert all(torch.equal(a[name], b[name]) for name in a)
    last = [epochs(one)[-1] for one in (run, whole)]
    assert last[0].losses == last[1].losses


def test_stopped_in_the_second_stage_and_gone_on_with_never_teaches_the_first_again(
    finished, asked, tmp_path
) -> None:
    run = RunFolder.create(tmp_path / "run", asked)

    def stop(event: object) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 6:
            run.request_stop()

    assert work(run, listen=stop).ending is Ending.STOPPED
    load_card(run.model)
    said = len(epochs(run))
    assert work(RunFolder.create(run.path, resume=True)).ending is Ending.FINISHED
    assert [e.epoch for e in epochs(run)[said:]] == [7, 8]
    a, b = (load_file(one.model / "model.safetensors") for one in (run, finished))
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_screen_without_new_plates_gets_the_first_stage_alone_and_is_told(asked, screen) -> None:
    plan = plan_training(asked, [screen])
    assert not plan.two_stages
    assert "the screen has none: the first stage alone is trained" in plan.notes[0]


def test_held_out_images_are_learned_from_only_where_the_recipe_says_so(asked, mixed) -> None:
    assert plan_training(asked, [mixed]).unlabelled_experiments == ["X-5"]
    wish = SECOND.model_copy(update={"learn_held_out": "yes"})
    plan = plan_training(asked.model_copy(update={"stage_two": wish}), [mixed])
    assert plan.unlabelled_experiments == [*plan.held_out_experiments, "X-5"]
    assert len(plan.plates) == 10


def test_held_out_images_may_go_along_with_new_plates_and_not_without(asked, mixed, screen) -> None:
    wish = SECOND.model_copy(update={"learn_held_out": "with new plates"})
    wanted = asked.model_copy(update={"stage_two": wish})
    plan = plan_training(wanted, [mixed])
    assert plan.unlabelled_experiments == [*plan.held_out_experiments, "X-5"]
    assert any("plates that were at hand" in note for note in plan.notes)
    assert not plan_training(wanted, [screen]).two_stages


def test_recipes_that_say_true_or_false_are_read_as_before() -> None:
    assert StageTwo.model_validate({"learn_held_out": True}).learn_held_out == "yes"
    assert StageTwo.model_validate({"learn_held_out": False}).learn_held_out == "no"


def test_a_stage_may_be_for_some_experiments_alone(asked, mixed) -> None:
    wish = SECOND.model_copy(update={"experiments": ["X-[145]"]})
    plan = plan_training(asked.model_copy(update={"stage_two": wish}), [mixed])
    assert {plate.experiment for plate in plan.second} == {"X-1"}
    assert {plate.experiment for plate in plan.judged} == {"X-4"}


def with_second(asked: Recipe, **changes: object) -> Recipe:
    return asked.model_copy(update={"stage_two": SECOND.model_copy(update=changes)})


def test_wishes_that_cannot_be_served_are_refused_in_a_sentence(asked, mixed) -> None:
    with pytest.raises(RecipeError, match="no labelled experiment of HUVEC-"):
        plan_training(with_second(asked, experiments=["HUVEC-*"]), [mixed])
    with pytest.raises(RecipeError, match="no experiment of X-1 is held out"):
        plan_training(with_second(asked, experiments=["X-1"]), [mixed])
    training = asked.training.model_copy(update={"epochs": 0})
    with pytest.raises(RecipeError, match="has to start from a model"):
        plan_training(asked.model_copy(update={"training": training}), [mixed])
    new = replace(mixed, plates=tuple(p for p in mixed.plates if p.experiment == "X-5"))
    with pytest.raises(RecipeError, match=r"no well of .* is known to hold a treatment"):
        plan_training(asked, [new])
    other = replace(mixed, library=Library({"p0": {"aspirin": 1}}))
    with pytest.raises(RecipeError, match=r"no perturbation of the library .* aspirin"):
        plan_training(asked, [other])


def test_one_perturbation_alone_is_no_lesson(asked, mixed) -> None:
    def only_one(plate):
        one = Content("sirna_1", Role.TREATMENT)
        return replace(plate, map=PlateMap(dict.fromkeys(plate.wells, one)))

    plates = tuple(map(only_one, mixed.plates))
    with pytest.raises(RecipeError, match="fewer than 2 perturbations to tell apart: only sirna_1"):
        plan_training(asked, [replace(mixed, plates=plates)])


@pytest.fixture
def stopped(asked, tmp_path) -> RunFolder:
    """A run that was stopped after its first epoch."""
    run = RunFolder.create(tmp_path / "run", asked)

    def stop(event: object) -> None:
        if isinstance(event, EpochEnded):
            run.request_stop()

    work(run, listen=stop)
    return run


def test_a_checkpoint_of_another_recipe_is_refused(stopped, asked) -> None:
    before = sorted(path.name for path in stopped.checkpoint.iterdir())
    other = asked.training.model_copy(update={"learning_rate": 0.5})
    stopped.recipe_path.write_text(asked.model_copy(update={"training": other}).to_json())
    ended = work(RunFolder.create(stopped.path, resume=True))
    assert ended.ending is Ending.REFUSED
    assert "belongs to another recipe" in ended.message
    assert sorted(path.name for path in stopped.checkpoint.iterdir()) == before


@pytest.mark.parametrize("kept", [0, 5, 0.5, 0.99])
def test_a_truncated_checkpoint_is_refused_and_left_as_it_is(stopped, kept: float) -> None:
    (path,) = stopped.checkpoint.glob("state-*.safetensors")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept) if isinstance(kept, float) else kept])
    ended = work(RunFolder.create(stopped.path, resume=True))
    assert ended.ending is Ending.REFUSED
    assert "cannot be gone on with" in ended.message
    assert path.exists()


def test_a_model_is_gone_on_with_on_a_screen_of_other_classes(finished, asked, tmp_path) -> None:
    """Its second stage alone, from the best of another run."""
    training = asked.training.model_copy(update={"epochs": 0})
    changes = {"training": training, "start_from": str(finished.model)}
    run = RunFolder.create(tmp_path / "run", asked.model_copy(update=changes))
    ended = work(run)
    assert ended.ending is Ending.FINISHED, ended.message
    assert [e.epoch for e in epochs(run)] == [1, 2, 3, 4]
    card = load_card(run.model)
    assert card.provenance.started_from == "run"
    assert max(0, *(e.teacher_free for e in epochs(run))) <= card.accuracy["free"].value + 0.5


def renamed(plan, names: tuple[str, ...], channels: tuple[str, ...], size: int = 16):
    classes = replace(plan.classes, names=names, controls=())
    network = plan.network.model_copy(update={"input_size": size})
    made = tuple(map(Channel, channels))
    return replace(plan, classes=classes, channels=made, network=network)


@pytest.fixture
def plan(asked, finished, mixed):
    return plan_training(asked.model_copy(update={"start_from": str(finished.model)}), [mixed])


def filled(plan, model: Path) -> tuple[DeepNoiseNet, list[str]]:
    network = DeepNoiseNet(plan.network, len(plan.channels), len(plan.classes.names), 30, 0.1)
    return network, take_over(network, plan, model)


def test_channels_are_found_by_name_and_new_ones_begin_as_the_mean(finished, plan) -> None:
    old = load_package(finished.model)[1]
    before = old.state_dict()[stem_name(old)]
    network, notes = filled(renamed(plan, ("a", "b"), ("W2", "Mito", "w1")), finished.model)
    after = network.state_dict()[stem_name(network)] * 3 / 2
    torch.testing.assert_close(after[:, 0], before[:, 1])
    torch.testing.assert_close(after[:, 1], before.mean(dim=1))
    torch.testing.assert_close(after[:, 2], before[:, 0])
    assert any("Mito is new to the model" in note for note in notes)
    assert any("2 of 2 classes are new" in note for note in notes)


def test_a_missing_channel_is_said_and_what_reaches_the_network_stays(finished, plan) -> None:
    network, notes = filled(renamed(plan, plan.classes.names, ("w2",)), finished.model)
    old = load_package(finished.model)[1]
    before = old.state_dict()[stem_name(old)]
    torch.testing.assert_close(network.state_dict()[stem_name(network)][:, 0], 2 * before[:, 1])
    assert any("lacks w1" in note for note in notes)


def test_known_classes_keep_their_directions(finished, plan) -> None:
    names = ("aspirin", "sirna_3", "sirna_0")
    network, notes = filled(renamed(plan, names, ("w1", "w2")), finished.model)
    old = load_package(finished.model)[1].head.weight
    known = load_card(finished.model).classes
    assert torch.equal(network.head.weight[1], old[known.index("sirna_3")])
    assert torch.equal(network.head.weight[2], old[known.index("sirna_0")])
    assert any("1 of 3 classes are new" in note for note in notes)


def test_another_size_is_said_and_channels_without_a_common_name_go_in_order(finished, plan):
    _, notes = filled(renamed(plan, plan.classes.names, ("DNA", "Actin"), 32), finished.model)
    assert any("trained at 16 pixels, this run works at 32" in note for note in notes)
    assert any("taken in order, DNA as w1, Actin as w2" in note for note in notes)


def test_channels_that_nothing_tells_apart_are_refused(finished, plan) -> None:
    with pytest.raises(ModelError, match="nothing tells which is which"):
        filled(renamed(plan, plan.classes.names, ("DNA", "RNA", "Actin")), finished.model)


def test_a_damaged_model_is_refused_before_anything_is_made(finished, asked, tmp_path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.json").write_bytes((finished.model / "model.json").read_bytes())
    weights = (finished.model / "model.safetensors").read_bytes()
    (broken / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(ModelError):
        make_plan(asked.model_copy(update={"start_from": str(broken)}))
