import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from deepnoise_app.errors import Interrupted, RunError
from deepnoise_app.learning.batches import Batches, Drawing, Lesson, collate
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.examples import find_classes, find_examples
from deepnoise_app.learning.material import Reading, prepare
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.outcome import Outcome
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.schedule import learning_rate
from deepnoise_app.learning.stage import STUDENT, SupervisedStage, lay_out
from deepnoise_app.learning.train import Course, train
from deepnoise_app.learning.training_run import mark_of
from deepnoise_app.runs.events import EpochEnded, Event
from deepnoise_app.runs.recipe import Recipe, Training
from deepnoise_app.screen import Screen

CPU = torch.device("cpu")

Weights = dict[str, torch.Tensor]


class School:
    """Everything for one training in memory."""

    def __init__(self, screen: Screen, recipe: Recipe, reading: Reading, folder: Path) -> None:
        plates = screen.plates[:4]
        classes = find_classes(plates, include_controls=True)
        store = SiteStore(plates, [(0, 1)] * 4, 16, 10**8)
        material = prepare(store, "plate", reading)
        examples = find_examples(plates, classes)
        lesson = Lesson(store, material.surveys, material.groups, examples)
        settings = recipe.training
        drawing = Drawing(settings.batch_size, (settings.view,), settings.jitter)
        self.batches = Batches(lesson, drawing, recipe.seed, reading.pool)
        torch.manual_seed(recipe.seed)
        self.network = DeepNoiseNet(recipe.network, 2, len(classes.names), 30, 0.1)
        lay_out(self.network, settings)
        self.kept: list[Outcome | None] = []
        self.snapped: dict[int, Weights] = {}
        self.events: list[Event] = []
        stage = SupervisedStage(self.network, self.batches, settings, recipe.seed, CPU)
        self.course = Course(
            stage,
            settings,
            recipe.seed,
            Ranks.alone(CPU, settings.precision),
            folder,
            mark_of(recipe),
            1,
            settings.epochs,
            -1.0,
            lambda epoch, networks: {STUDENT: Outcome({}, 0, 0)},
            lambda network, outcome: self.kept.append(outcome),
            lambda epoch, network, outcome: self.snapped.update({epoch: copied(network)}),
        )

    def go(self, should_stop: Callable[[], bool] = lambda: False) -> Weights:
        train(self.course, self.events.append, should_stop)
        return copied(self.network)


def copied(network: DeepNoiseNet) -> Weights:
    return {name: value.clone() for name, value in network.state_dict().items()}


@pytest.fixture
def school(screen, recipe, reading, tmp_path) -> Callable[..., School]:
    def make(name: str = "checkpoint", **changes: object) -> School:
        training = recipe.training.model_copy(update=changes)
        return School(
            screen, recipe.model_copy(update={"training": training}), reading, tmp_path / name
        )

    return make


def stop_after(steps: int) -> Callable[[], bool]:
    asked = iter(range(10**6))
    return lambda: next(asked) + 1 >= steps


@pytest.mark.parametrize("steps", [1, 3, 4, 7])
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_stopped_and_resumed_equals_never_stopped_bit_for_bit(school, steps, optimizer) -> None:
    whole = school("a", epochs=3, optimizer=optimizer).go()
    first = school("b", epochs=3, optimizer=optimizer)
    with pytest.raises(Interrupted, match="stopped in epoch"):
        first.go(stop_after(steps))
    again = school("b", epochs=3, optimizer=optimizer).go()
    assert whole.keys() == again.keys()
    assert all(torch.equal(whole[name], again[name]) for name in whole)


FAST = {"channels_last": True, "cutmix": 0.5, "clip_norm": 1.0}


def test_with_all_that_makes_it_fast_it_learns_and_resumes_bit_for_bit(school) -> None:
    whole = school("a", epochs=4, learning_rate=1e-2, **FAST)
    weights = whole.go()
    ended = [event for event in whole.events if isinstance(event, EpochEnded)]
    assert ended[-1].loss < 0.8 * ended[0].loss
    with pytest.raises(Interrupted):
        school("b", epochs=4, learning_rate=1e-2, **FAST).go(stop_after(5))
    again = school("b", epochs=4, learning_rate=1e-2, **FAST).go()
    assert all(torch.equal(weights[name], again[name]) for name in weights)


def test_losses_told_after_resuming_are_those_of_the_whole_run(school) -> None:
    whole, first, again = school("a", epochs=2), school("b", epochs=2), school("b", epochs=2)
    whole.go()
    with pytest.raises(Interrupted):
        first.go(stop_after(2))
    again.go()

    def losses(one: School) -> list[float]:
        return [e.loss for e in one.events if isinstance(e, EpochEnded)]

    assert losses(whole) == losses(again)


def test_the_network_learns(school) -> None:
    made = school(epochs=8, learning_rate=1e-2)
    made.go()
    ended = [event for event in made.events if isinstance(event, EpochEnded)]
    assert [event.epoch for event in ended] == list(range(1, 9))
    assert ended[-1].loss < 0.7 * ended[0].loss


def test_a_stop_before_any_validation_keeps_the_network_as_it_is(school) -> None:
    made = school()
    with pytest.raises(Interrupted):
        made.go(stop_after(2))
    assert made.kept == [None]


def test_a_snapshot_is_what_the_network_was_when_its_epoch_ended(school) -> None:
    whole = school("a", epochs=5, snapshot_every=2)
    weights = whole.go()
    assert list(whole.snapped) == [2, 4, 5]
    stopped = school("b", epochs=5)
    with pytest.raises(Interrupted):
        stopped.go(stop_after(2 * len(stopped.batches)))
    assert not stopped.snapped
    for found, right in ((whole.snapped[2], copied(stopped.network)), (whole.snapped[5], weights)):
        assert all(torch.equal(found[name], right[name]) for name in right)


def test_snapshots_change_nothing_of_what_is_learned_nor_where_a_training_can_go_on(school) -> None:
    without, often = school("a", epochs=2), school("b", epochs=2, snapshot_every=1)
    learned = without.go()
    assert all(torch.equal(learned[name], value) for name, value in often.go().items())
    assert often.course.mark == without.course.mark


def test_a_damaged_checkpoint_is_said(school, tmp_path) -> None:
    made = school()
    with pytest.raises(Interrupted):
        made.go(stop_after(2))
    weights = next((tmp_path / "checkpoint").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(RunError, match="cannot be gone on with"):
        school().go()


def test_a_loss_that_is_no_number_ends_the_training(school) -> None:
    made = school()
    with torch.no_grad():
        made.network.head.weight.fill_(math.nan)
    with pytest.raises(RunError, match="the loss is nan in epoch 1, again after going back"):
        made.go()


def test_batches_depend_on_seed_epoch_and_index_alone(school) -> None:
    one, two = school("a").batches, school("b").batches

    def batch(batches: Batches, epoch: int, number: int) -> torch.Tensor:
        items = next(iter(batches.epoch(epoch, skip=number))).items
        return collate(items, torch.device("cpu"))[0]

    assert torch.equal(batch(one, 2, 1), batch(two, 2, 1))
    assert not torch.equal(batch(one, 2, 1), batch(one, 3, 1))


def test_an_epoch_holds_every_labelled_well_once(school) -> None:
    labels = [item.label for batch in school().batches.epoch(0) for item in batch.items]
    assert len(labels) == 24
    sizes = [len(batch.items) for batch in school().batches.epoch(0)]
    assert max(sizes) - min(sizes) <= 1


def test_number_of_threads_changes_no_batch(screen, recipe, tmp_path) -> None:
    made = []
    for threads in (1, 4):
        with ThreadPoolExecutor(threads) as pool:
            reading = Reading(pool, lambda event: None, lambda: False)
            batches = School(screen, recipe, reading, tmp_path).batches
            made.append([collate(b.items, torch.device("cpu"))[0] for b in batches.epoch(0)])
    assert all(torch.equal(a, b) for a, b in zip(*made, strict=True))


def test_learning_rate_rises_then_falls_along_half_a_cosine() -> None:
    settings = Training(epochs=10, warmup_epochs=2, learning_rate=1.0)
    rates = [learning_rate(settings, step, 5) for step in range(50)]
    assert rates[:10] == pytest.approx([(step + 1) / 11 for step in range(10)])
    assert rates[10] == 1.0
    assert rates[30] == pytest.approx(0.5)
    assert rates[49] < 0.01
    flat = settings.model_copy(update={"schedule": "constant"})
    assert learning_rate(flat, 40, 5) == 1.0
