"""What AdaBN and ensembles cost beside plain scoring, in the same process.

`python -m pytest tests/benchmarks/bench_corrections.py -s` prints the ratios.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from deepnoise_app.learning import score
from deepnoise_app.learning.material import Materials, Reading
from deepnoise_app.learning.member import Member
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.score import Scorer
from deepnoise_app.readers import open_screen
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.recipe import Network, Recipe

CPU = torch.device("cpu")

pytestmark = pytest.mark.benchmark


@pytest.mark.parametrize(
    ("name", "network", "views"),
    [
        ("laptop", Recipe.load("laptop").network, 8),
        ("resnet18 at 224 px", Network(backbone="resnet18", input_size=224, embedding=256), 1),
    ],
)
def test_cost_of_adapting_and_of_a_second_model(
    big_plate, fastest, say, monkeypatch, name, network, views
) -> None:
    plate = open_screen(big_plate).plates[0]
    torch.manual_seed(0)
    card = ModelCard(
        name="m",
        classes=[f"c{n}" for n in range(1108)],
        channels=[channel.name for channel in plate.channels],
        input_size=network.input_size,
        backbone=network.backbone,
        embedding=network.embedding,
    )
    made = DeepNoiseNet(network, 6, 1108, 30, 0.0).eval()
    with ThreadPoolExecutor(2) as pool:
        reading = Reading(pool, lambda event: None, lambda: False)
        plain = Member(card, Scorer(made, CPU, views, 32, pool))
        adapting = replace(plain, adapt=True)

        def scoring(*members: Member) -> float:
            def work() -> None:
                materials = Materials(reading)  # nothing decoded before
                for member in members:
                    material = materials.of(member.card, [plate], [range(6)])
                    member.score(material, 0, plate.map)

            return fastest(work, 3)

        alone, both = scoring(plain), scoring(plain, plain)
        whole = scoring(adapting)
        monkeypatch.setattr(score, "activation_room", lambda device: 0)
        layer_by_layer = scoring(adapting)
    sites = int(plate.present.any(axis=2).sum())
    say(
        f"{name}, {views} views, {sites} sites of 6 x 512 x 512 from PNG: plain {alone:.2f} s;"
        f" --adapt x {whole / alone:.2f} (layer by layer, where memory is short,"
        f" x {layer_by_layer / alone:.2f}); ensemble of two folds x {both / alone:.2f}"
    )
