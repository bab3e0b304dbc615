"""What AdaBN and ensembles cost beside plain scoring, in the same process.

`python -m pytest tests/benchmarks/bench_corrections.py -s` prints the ratios.
"""

from __future__ import annotations

import time
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
from deepnoise_app.runs.recipe import Recipe

CPU = torch.device("cpu")

pytestmark = pytest.mark.benchmark


def test_cost_of_adapting_and_of_a_second_model(big_plate, say, monkeypatch) -> None:
    """In CPU seconds of all threads: what else the computer does counts little."""
    plate = open_screen(big_plate).plates[0]
    torch.manual_seed(0)
    network = Recipe.load("laptop").network
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
        plain = Member(card, Scorer(made, CPU, 8, 32, pool))
        adapting = replace(plain, adapt=True)

        def cost(*members: Member) -> float:
            began = time.process_time()
            materials = Materials(reading)  # nothing decoded before
            for member in members:
                material = materials.of(member.card, [plate], [range(6)])
                member.score(material, 0, plate.map)
            return time.process_time() - began

        cost(plain)
        alone, both, whole = cost(plain), cost(plain, plain), cost(adapting)
        monkeypatch.setattr(score, "activation_room", lambda device: 0)
        layer_by_layer = cost(adapting)
    sites = int(plate.present.any(axis=2).sum())
    say(
        f"laptop network, 8 views, {sites} sites of 6 x 512 x 512 from PNG: plain {alone:.2f} s;"
        f" --adapt x {whole / alone:.2f} (layer by layer, where memory is short,"
        f" x {layer_by_layer / alone:.2f}); ensemble of two folds x {both / alone:.2f}"
    )
