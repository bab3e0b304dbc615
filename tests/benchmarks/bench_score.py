"""Scoring from PNG, beside decoding plus the pure forward pass.

`python -m pytest tests/benchmarks/bench_score.py -s` prints the ratios.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np
import pytest
import torch

from deepnoise_app.learning.augment import dihedral
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.material import Reading, prepare
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.score import Scorer
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.recipe import Network, Recipe

CPU = torch.device("cpu")
THREADS, BATCH = 2, 32
BUDGET = 2 * 10**9

# The second network takes minutes where two cores are shared.
pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]


@pytest.fixture
def plate(big_plate):
    return open_screen(big_plate).plates[0]


def files_of(plate):
    return [plate.pixels.path(*place) for place in plate.pixels.planes()]


@pytest.mark.parametrize(
    ("name", "network", "views"),
    [
        ("laptop", Recipe.load("laptop").network, 8),
        ("resnet18 at 224 px", Network(backbone="resnet18", input_size=224, embedding=256), 1),
    ],
)
def test_scoring_takes_little_more_than_decoding_and_forward_pass(
    plate, fastest, say, name, network, views
) -> None:
    torch.manual_seed(0)
    made = DeepNoiseNet(network, 6, 1108, 30, 0.0).eval()
    files = files_of(plate)
    size = network.input_size
    ready = torch.randn(BATCH, 6, size, size)
    sites = len(plate.wells) * len(plate.sites)

    def decode() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            for _ in pool.map(lambda path: imagecodecs.png_decode(path.read_bytes()), files):
                pass

    def forward() -> None:
        with torch.inference_mode():
            for _ in range(sites // BATCH):
                for view in range(views):
                    made(dihedral(ready, view))

    def score() -> None:
        store = SiteStore([plate], [range(6)], size, BUDGET)
        with ThreadPoolExecutor(THREADS) as pool:
            material = prepare(store, "plate", Reading(pool, lambda event: None, lambda: False))
            scorer = Scorer(made, CPU, views, BATCH, pool)
            found = scorer.score(store, material.surveys[0], 0, material.groups[0])
        assert np.isfinite(found.logits).all()

    least = fastest(decode, 3) + fastest(forward, 3)
    ours = fastest(score, 3)
    say(
        f"scoring {sites} sites of 6 x 512 x 512 with {name}, {views} views: {ours:.2f} s;"
        f" decoding and pure forward pass {least:.2f} s; ratio {ours / least:.2f} (aim 1.25)"
    )
