"""A three-view training item beside decoding its planes; a training step beside ready tensors,
from PNG files and from a pack of them.

`python -m pytest tests/benchmarks/bench_train.py -s` prints the ratios.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import imagecodecs
import pytest
import torch

from deepnoise_app.learning.batches import Batches, Drawing, Item, Lesson, prepared, view_of
from deepnoise_app.learning.data import SiteRef, SiteStore
from deepnoise_app.learning.examples import UNLABELLED, Example
from deepnoise_app.learning.material import Reading, prepare
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.objective import Views
from deepnoise_app.learning.pseudo import Prior
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.step import Stepper
from deepnoise_app.learning.student import School, StudentStage, views_of
from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.recipe import Network, StageTwo, Training
from deepnoise_app.screen import Plate

CPU = torch.device("cpu")
BATCH, CLASSES, ITEMS = 32, 1108, 16
VIEWS = views_of(StageTwo())

pytestmark = pytest.mark.benchmark


@pytest.fixture
def plate(big_plate):
    return open_screen(big_plate).plates[0]


@pytest.fixture(scope="module")
def packed(big_plate, tmp_path_factory):
    """Return the same plate from a pack that does not lie beside it."""
    place = tmp_path_factory.mktemp("packed") / "pack"
    pack_screen(plan_packing(open_screen(big_plate), place, "zstd"))
    return open_screen(place).plates[0]


@pytest.fixture
def lesson(plate):
    """Make a plate ready at a size, keeping no site in memory; half of its wells are labelled."""

    def make(size: int, pool: ThreadPoolExecutor, plate: Plate = plate) -> Lesson:
        store = SiteStore([plate], [range(6)], size, 0)
        material = prepare(store, "plate", Reading(pool, lambda event: None, lambda: False))
        examples = [
            Example(0, well, well if well % 2 else UNLABELLED) for well in range(len(plate.wells))
        ]
        return Lesson(store, material.surveys, material.groups, examples)

    return make


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def cpu_seconds(work: Callable[[], object], times: int) -> float:
    """Processor time of the least disturbed of several tries, whatever else the computer does."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


@pytest.mark.parametrize("size", [64, 128, 512])
def test_a_three_view_item_takes_little_more_than_decoding_its_planes(plate, lesson, say, size):
    """One core, 6 x 512 x 512 PNG; nothing is kept in memory from one item to the next."""
    refs = [SiteRef(0, index, index % 2) for index in range(ITEMS)]
    paths = [plate.pixels.path(ref.well, ref.site, c) for ref in refs for c in range(6)]
    with torch_threads(1), ThreadPoolExecutor(1) as pool:
        batches = Batches(lesson(size, pool), Drawing(ITEMS, VIEWS), 0, pool)

        def decode() -> None:
            for path in paths:
                imagecodecs.png_decode(path.read_bytes())

        def read() -> list[Item]:
            return [batches.item(0, index) for index in range(ITEMS)]

        def views() -> None:
            made_views(read())

        least, reading, whole = (cpu_seconds(w, 5) / ITEMS for w in (decode, read, views))
    say(
        f"three-view item of 6 x 512 x 512 at {size} px, one core: {1e3 * reading:.1f} ms until it"
        f" goes to the device, {1e3 * whole:.1f} ms with its views made here too; decoding its"
        f" planes {1e3 * least:.1f} ms; ratio {reading / least:.2f} and {whole / least:.2f}"
        " (aim 1.3)"
    )


@pytest.mark.parametrize("source", ["PNG", "pack"])
@pytest.mark.parametrize(("backbone", "size"), [("resnet10t", 64), ("resnet18", 128)])
def test_a_step_from_files_is_nearly_as_fast_as_on_ready_tensors(
    plate, packed, lesson, fastest, say, backbone, size, source
) -> None:
    """Stage two, batches of 32, two decoding threads, 512 px read anew for each item."""
    torch.manual_seed(0)
    network = Network(backbone=backbone, input_size=size, embedding=128)
    with ThreadPoolExecutor(2) as pool:
        made = lesson(size, pool, packed if source == "pack" else plate)
        course = Lessons(Batches(made, Drawing(BATCH, VIEWS, mixed=True), 0, pool), network)
        files, tensors = fastest(course.from_files, 3), fastest(course.on_tensors, 3)
    sites = sum(len(batch.items) for batch, _ in course.ready)
    say(
        f"stage two with {backbone} at {size} px on this CPU: {sites / files:.0f} sites/s from"
        f" {source}, {sites / tensors:.0f} on ready tensors: {tensors / files:.0%} (aim 90 %);"
        f" {course.waited / course.took:.0%} of the time spent waiting for data"
    )


class Lessons:
    """An epoch of stage two, from files and from tensors that lie ready."""

    def __init__(self, batches: Batches, network: Network) -> None:
        teacher = DeepNoiseNet(network, 6, CLASSES, 30, 0.1)
        settings = StageTwo(epochs=10, batch_size=BATCH, pseudo_weight=0)
        prior = Prior(tuple(map(str, range(CLASSES))), None, {})
        ranks = Ranks.alone(CPU)
        school = School(
            copy.deepcopy(teacher), teacher, batches, settings, Training(), prior, ["X"], 0, ranks
        )
        self.batches, self.stage = batches, StudentStage(school)
        self.stepper = Stepper(self.stage, ranks, 0, lambda event: None, lambda: False)
        self.ready = [(batch, made_views(batch.items)) for batch in batches.epoch(0)]
        for one in self.stage.networks.values():
            one.train()
        self.waited = self.took = 0.0

    def from_files(self) -> None:
        """Teach as trainings do; note how long batches were waited for."""
        self.waited, began = 0.0, time.perf_counter()
        batches, asked = self.batches.epoch(0), began
        for step, batch in enumerate(batches):
            self.waited += time.perf_counter() - asked
            self.stepper.take(batch, 0, step, step)
            self.stage.stepped(0, step)
            asked = time.perf_counter()
        self.took = time.perf_counter() - began

    def on_tensors(self) -> None:
        """Teach the plain way, with views made before."""
        stage = self.stage
        for step, (batch, views) in enumerate(self.ready):
            targets = stage.targets(batch.examples, batch.items)
            stage.optimizer.zero_grad()
            losses = stage.objective(views, targets, 1.0, 0.0)
            torch.stack(list(losses.values())).sum().backward()
            stage.optimizer.step()
            stage.stepped(0, step)


def made_views(items: list[Item]) -> Views:
    sites = prepared(items, CPU)
    return Views(*(view_of(sites, items, number) for number in range(len(VIEWS))))
