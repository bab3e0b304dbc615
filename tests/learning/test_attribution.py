"""Attributions add up to what they explain, and find what a network looks at."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.attribution import attribute
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.work import work
from deepnoise_app.runs.explanation import Explanation
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Network, Recipe
from deepnoise_app.runs.work import Ending
from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.writers.rxrx import write_rxrx


def test_of_a_linear_network_each_pixel_gets_its_weight_times_its_value():
    torch.manual_seed(0)
    linear = nn.Sequential(nn.Flatten(), nn.Linear(2 * 4 * 4, 3))
    image = torch.randn(2, 4, 4)
    found = attribute(linear, image, 1)
    wanted = (linear[1].weight[1].reshape(2, 4, 4) * image).detach().numpy()
    assert np.allclose(found.values, wanted, atol=1e-5)
    assert found.end - found.start == pytest.approx(float(wanted.sum()), abs=1e-4)


def test_attributions_of_a_real_network_add_up_to_the_difference_of_the_logits():
    torch.manual_seed(1)
    network = DeepNoiseNet(Network(backbone="resnet10t", input_size=32), 3, 5, 30.0, 0.0).eval()
    network.requires_grad_(False)
    image = torch.randn(3, 32, 32)
    found = attribute(network, image, 2)
    with torch.no_grad():
        both = network(torch.stack([torch.zeros_like(image), image]))[:, 2]
    assert (found.start, found.end) == pytest.approx(tuple(both.tolist()), abs=1e-4)
    away = found.end - found.start
    assert float(found.values.sum()) == pytest.approx(away, abs=0.02 * max(abs(away), 1))
    assert found.missing < 0.02


def test_what_the_network_does_not_look_at_gets_nothing():
    weights = torch.zeros(1, 1, 6, 6)
    weights[..., :3] = 1

    def left_half(images: torch.Tensor) -> torch.Tensor:
        return (images * weights).relu().sum(dim=(1, 2, 3))[:, None] ** 2

    found = attribute(left_half, torch.rand(1, 6, 6), 0)
    assert not found.values[..., 3:].any()
    assert (found.values[..., :3] > 0).all()


def test_a_stop_ends_it_between_steps():
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) > 1:
            raise Interrupted("stop")

    with pytest.raises(Interrupted):
        attribute(nn.Flatten(), torch.ones(1, 2, 2), 0, check)
    assert len(calls) == 2


@pytest.fixture(scope="module")
def screen(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("why") / "screen"
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=8, sites=2, size=64)
    made = simulate_screen(design)
    write_rxrx(made.screen, made.truth, path)
    return path


def recipe(screen: Path, **explaining: object) -> Recipe:
    return Recipe.model_validate(
        {
            "task": "explain",
            "screen": [str(screen)],
            "plates": ["HUVEC-01/Plate1"],
            "scoring": {"model": "demo"},
            "explaining": explaining,
            "device": "cpu",
        }
    )


def test_a_worker_explains_a_well_and_says_what_it_means(screen, tmp_path):
    run = RunFolder.create(tmp_path / "run", recipe(screen, well="A02", target="sirna_3"))
    ended = work(run)
    assert ended.ending is Ending.FINISHED
    told = Explanation.read(run.path / "explanation.json")
    assert (told.well, told.target, [one.site for one in told.sites]) == ("A02", "sirna_3", [1, 2])
    assert sum(told.channels.values()) == pytest.approx(1)
    for one, values in zip(told.sites, told.maps(run.path).values(), strict=True):
        assert values.shape == (64, 64)
        assert one.attributed == pytest.approx(float(values.sum()), abs=1e-2)
        assert one.attributed == pytest.approx(one.end - one.start, abs=0.05 * abs(one.end) + 0.5)
    assert "Red speaks for sirna_3 in A02" in told.sentence
    assert ended.message == told.sentence


@pytest.mark.parametrize(
    ("explaining", "sentence"),
    [
        ({"well": "P24"}, "was not imaged"),
        ({"well": "A02", "target": "nobody"}, "does not know 'nobody'"),
        ({"well": "x"}, "is not a well"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_a_sentence(screen, tmp_path, explaining, sentence):
    run = RunFolder.create(tmp_path / "run", recipe(screen, **explaining))
    ended = work(run)
    assert ended.ending in (Ending.FAILED, Ending.REFUSED)
    assert sentence in ended.message
    assert not (run.path / "explanation.json").exists()


def test_a_damaged_explanation_is_no_explanation(tmp_path):
    from deepnoise_app.errors import RunError

    path = tmp_path / "explanation.json"
    path.write_text(json.dumps({"well": "A01"}))
    with pytest.raises(RunError, match="no explanation"):
        Explanation.read(path)
