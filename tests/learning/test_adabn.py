"""AdaBN: exact statistics of the plate, whatever the batches, and a network left as it was."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from deepnoise_app.learning.adabn import adapt
from deepnoise_app.learning.network import DeepNoiseNet

ROOM = 10**9


@pytest.fixture
def network(recipe) -> DeepNoiseNet:
    torch.manual_seed(1)
    made = DeepNoiseNet(recipe.network, 2, 6, 30, 0.1)
    with torch.no_grad():  # running statistics as after some training
        made.train()(torch.randn(16, 2, 16, 16))
    return made.eval()


@pytest.fixture
def plate() -> torch.Tensor:
    """Sites of a plate that is unlike what the network has seen."""
    return 1.5 + 2 * torch.randn(40, 2, 16, 16, generator=torch.Generator().manual_seed(2))


def in_batches(plate: torch.Tensor, size: int):
    return lambda: iter(plate.split(size))


def said(network: DeepNoiseNet, plate: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return network(plate)


def slow_reference(network: DeepNoiseNet, plate: torch.Tensor) -> DeepNoiseNet:
    """Layer after layer: listen to its input over the whole plate, set mean and variance."""
    made = copy.deepcopy(network)
    for layer in [m for m in made.modules() if isinstance(m, nn.BatchNorm2d | nn.BatchNorm1d)]:
        heard: list[torch.Tensor] = []
        handle = layer.register_forward_pre_hook(lambda _, given, heard=heard: heard.append(*given))
        said(made, plate)
        handle.remove()
        values = heard[0].double().transpose(0, 1).flatten(1)
        with torch.no_grad():
            layer.running_mean.copy_(values.mean(dim=1))
            layer.running_var.copy_(values.var(dim=1, correction=0))
    return made


@pytest.mark.parametrize("room", [0, ROOM], ids=["layer by layer", "whole plate"])
@pytest.mark.parametrize("size", [1, 7, 40])
def test_statistics_are_those_of_a_slow_reference(network, plate, room, size) -> None:
    expected = slow_reference(network, plate)
    adapted = adapt(network, in_batches(plate, size), len(plate), room)
    torch.testing.assert_close(said(adapted, plate), said(expected, plate), atol=1e-4, rtol=0)
    assert (said(adapted, plate) - said(network, plate)).abs().max() > 0.1


def test_the_order_of_sites_changes_no_logit(network, plate) -> None:
    turned = plate[torch.randperm(40, generator=torch.Generator().manual_seed(3))]
    a = adapt(network, in_batches(plate, 8), 40, 0)
    b = adapt(network, in_batches(turned, 16), 40, ROOM)
    torch.testing.assert_close(said(a, plate), said(b, plate), atol=1e-4, rtol=0)


def test_the_given_network_is_left_as_it_was(network, plate) -> None:
    before = copy.deepcopy(network.state_dict())
    adapt(network, in_batches(plate, 8), 40, ROOM)
    adapt(network, in_batches(plate, 8), 40, 0)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert not any(layer._forward_pre_hooks or layer._forward_hooks for layer in network.modules())


def test_the_adapted_network_listens_no_more(network, plate) -> None:
    adapted = adapt(network, in_batches(plate, 8), 40, ROOM)
    alone = said(adapted, plate[:1])
    torch.testing.assert_close(said(adapted, plate)[:1], alone, atol=1e-4, rtol=0)
    assert not any(layer._forward_pre_hooks for layer in adapted.modules())
    assert not adapted.training


def test_a_gain_of_the_whole_plate_is_taken_out(network, plate) -> None:
    brighter = 3 * plate
    a = adapt(network, in_batches(plate, 8), 40, ROOM)
    b = adapt(network, in_batches(brighter, 8), 40, ROOM)
    torch.testing.assert_close(said(b, brighter), said(a, plate), atol=1e-2, rtol=0)
    assert (said(network, brighter) - said(network, plate)).abs().max() > 0.1


def test_memory_that_runs_out_leads_to_the_same_numbers(network, plate, monkeypatch) -> None:
    expected = said(adapt(network, in_batches(plate, 8), 40, ROOM), plate)

    def too_large(tensors: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("the card is full")

    monkeypatch.setattr(torch, "cat", too_large)
    found = said(adapt(network, in_batches(plate, 8), 40, ROOM), plate)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
