"""Small screens in memory, whose perturbations are plain to see."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deepnoise_app.errors import PixelError
from deepnoise_app.learning.material import Reading
from deepnoise_app.runs.recipe import Network, Recipe, Scoring, Training
from deepnoise_app.screen import (
    Channel,
    Content,
    Library,
    Plate,
    PlateMap,
    PlateShape,
    Role,
    Screen,
    WellId,
)
from deepnoise_app.writers.rxrx import write_rxrx

# Lets the tests import `second_stage`, whichever way pytest imports them.
sys.path.insert(0, str(Path(__file__).parent))

SIZE = 16
CHANNELS = (Channel("Nuclei"), Channel("Actin"))
NAMES = tuple(f"sirna_{n}" for n in range(4))


@dataclass(frozen=True)
class ArrayPixels:
    """Planes (wells, sites, C, H, W) in memory; `broken` are those that cannot be read."""

    planes: NDArray[np.uint8]
    present: NDArray[np.bool_]
    broken: tuple[tuple[int, int, int], ...] = ()

    def read(self, well: int, site: int, channel: int, level: int = 0) -> NDArray[np.uint8]:
        if (well, site, channel) in self.broken:
            raise PixelError("the image is cut off")
        return self.planes[well, site, channel]


def make_plate(experiment: str, name: str, seed: int, size: int = SIZE) -> Plate:
    """Six wells: two of each of the library plate's perturbations, two controls; two sites."""
    rng = np.random.default_rng(seed)
    wells = tuple(WellId(row, column) for row in range(2) for column in range(3))
    mine = NAMES[:2] if name == "Plate1" else NAMES[2:]
    contents = dict.fromkeys(wells[:2], Content(mine[0], Role.TREATMENT))
    contents |= dict.fromkeys(wells[2:4], Content(mine[1], Role.TREATMENT))
    contents[wells[4]] = Content("sirna_9", Role.POSITIVE)
    contents[wells[5]] = Content("UNTREATED", Role.NEGATIVE)
    planes = rng.normal(60, 8, (6, 2, 2, size, size)) * rng.uniform(0.7, 1.4)
    y, x = np.mgrid[:size, :size] // 4 % 2
    looks = {NAMES[0]: (x, 0), NAMES[1]: (0, x * y), NAMES[2]: (x * y, x * y), NAMES[3]: (0, x)}
    for index, well in enumerate(wells):
        for channel, look in enumerate(looks.get(contents[well].perturbation, (0, 0))):
            planes[index, :, channel] += 70 * look
    pixels = ArrayPixels(
        np.clip(planes, 0, 255).astype(np.uint8), np.ones((6, 2, 2), dtype=np.bool_)
    )
    return Plate(
        experiment, name, PlateShape(2, 3), CHANNELS, (1, 2), wells, pixels, PlateMap(contents)
    )


LIBRARY = Library({"p0": {NAMES[0]: 2, NAMES[1]: 2}, "p1": {NAMES[2]: 2, NAMES[3]: 2}})


def make_screen() -> Screen:
    """Four experiments of two plates."""
    plates = tuple(
        make_plate(f"X-{e}", f"Plate{p}", 10 * e + p) for e in range(1, 5) for p in (1, 2)
    )
    return Screen("memory/tiny", "made", CHANNELS, plates, library=LIBRARY)


@pytest.fixture(scope="session")
def screen() -> Screen:
    """Four experiments of two plates."""
    return make_screen()


@pytest.fixture(scope="session")
def folder(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the same screen on disk."""
    path = tmp_path_factory.mktemp("disk") / "tiny"
    write_rxrx(screen, {plate.key: plate.map for plate in screen.plates}, path)
    return path


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    """A recipe that trains in a second."""
    return make_recipe()


def make_recipe() -> Recipe:
    """Return a recipe that trains in a second."""
    return Recipe(
        screen=["memory/tiny"],
        seed=3,
        workers=2,
        network=Network(
            backbone="resnet10t",
            input_size=SIZE,
            embedding=8,
            drop_rate=0.1,
            options={"channels": [8, 8, 16, 16], "stem_width": 8},
        ),
        training=Training(epochs=6, batch_size=8, view="easy", warmup_epochs=1, save_every_steps=3),
        scoring=Scoring(views=2, batch_size=4),
    )


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Two decoding threads."""
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.fixture
def reading(pool: ThreadPoolExecutor) -> Reading:
    """Reads quietly and never stops."""
    return Reading(pool, lambda event: None, lambda: False)


@pytest.fixture
def spoil() -> Callable[..., Plate]:
    """Change the pixels of a plate: `missing` and `broken` are (well, site, channel) indices."""

    def change(
        plate: Plate,
        missing: tuple[tuple[int, int, int], ...] = (),
        broken: tuple[tuple[int, int, int], ...] = (),
    ) -> Plate:
        assert isinstance(plate.pixels, ArrayPixels)
        present = plate.present.copy()
        for place in missing:
            present[place] = False
        return replace(plate, pixels=replace(plate.pixels, present=present, broken=broken))

    return change


@pytest.fixture
def classroom(screen: Screen, recipe: Recipe, reading: Reading, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Make a second stage; `stage_two` and `training` change knobs of its recipe."""
    from second_stage import SETTINGS, Classroom

    def make(
        name: str = "second",
        training: dict[str, object] | None = None,
        drop_rate: float = 0.1,
        size: int = SIZE,
        **stage_two: object,
    ) -> Classroom:
        changes = {
            "training": recipe.training.model_copy(update=training or {}),
            "stage_two": SETTINGS.model_copy(update=stage_two),
            "network": recipe.network.model_copy(
                update={"drop_rate": drop_rate, "input_size": size}
            ),
        }
        return Classroom(screen, recipe.model_copy(update=changes), reading, tmp_path / name)

    return make
