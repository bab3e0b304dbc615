"""Batch norm with the statistics of a plate's own sites (AdaBN: Li et al. 2018).

Exact, layer by layer: the statistics of a layer are those of its input over all sites of the plate,
every layer before it using the plate's statistics already. They do not depend on the batch size,
the order of sites or the number of threads (beyond rounding).

Two ways lead to the same numbers: the plate as one batch where its activations fit into memory,
else one pass over the plate per layer.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.hooks import RemovableHandle

from deepnoise_app.learning.network import DeepNoiseNet

# Activations of the largest layer's size that are alive at once: shortcut, input, output, scratch.
ALIVE = 4

Batches = Callable[[], Iterable[Tensor]]
Hook = Callable[[_BatchNorm, Tensor], None]


class _FarEnoughError(Exception):
    """The layer that a pass was for has been reached."""


def adapt(network: DeepNoiseNet, batches: Batches, sites: int, room_bytes: int) -> DeepNoiseNet:
    """Return a copy of a network whose batch norms use the statistics of these sites.

    Parameters
    ----------
    batches
        Gives all sites anew at each call, normalised, (B, C, S, S) where the network computes.
    sites
        How many there are, at least 2.
    room_bytes
        How much memory the activations of the whole plate may fill at once.
    """
    made = copy.deepcopy(network).eval()
    with torch.inference_mode():
        order, largest = _probe(made, next(iter(batches()))[:1])
        if ALIVE * largest * sites <= room_bytes:
            with suppress(torch.OutOfMemoryError):
                _whole(made, order, torch.cat(list(batches())))
                return made
        for layer in order:
            _one_layer(made, layer, batches)
    return made


def _probe(network: DeepNoiseNet, site: Tensor) -> tuple[list[_BatchNorm], int]:
    """Batch norms in the order in which they run, and bytes of the largest activation of a site."""
    order: list[_BatchNorm] = []
    largest = site.nbytes

    def measure(_: nn.Module, __: tuple[object, ...], made: object) -> None:
        nonlocal largest
        if isinstance(made, Tensor):
            largest = max(largest, made.nbytes)

    leaves = [layer for layer in network.modules() if not list(layer.children())]
    handles = [leaf.register_forward_hook(measure) for leaf in leaves]
    try:
        with _watched(_batch_norms(network), lambda layer, _: order.append(layer)):
            network.features(site)
    finally:
        for handle in handles:
            handle.remove()
    return list(dict.fromkeys(order)), largest


def _whole(network: DeepNoiseNet, layers: list[_BatchNorm], sites: Tensor) -> None:
    """Set the statistics of every layer on the way of all sites through the network."""

    def settle(layer: _BatchNorm, given: Tensor) -> None:
        _Moments.of(given).put_into(layer)

    with _watched(layers, settle):
        network.features(sites)


def _one_layer(network: DeepNoiseNet, layer: _BatchNorm, batches: Batches) -> None:
    """Set the statistics of one layer; those before it are set."""
    gathered: list[_Moments] = []

    def gather(_: _BatchNorm, given: Tensor) -> None:
        gathered.append(_Moments.of(given))
        raise _FarEnoughError

    with _watched([layer], gather):
        for batch in batches():
            with suppress(_FarEnoughError):
                network.features(batch)
    total = gathered[0]
    for part in gathered[1:]:
        total = total.joined(part)
    total.put_into(layer)


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Per channel: number of values, their mean, and their mean squared distance from it."""

    count: int
    mean: Tensor
    variance: Tensor

    @classmethod
    def of(cls, values: Tensor) -> _Moments:
        """Moments over all but the second axis, (B, C, ...) -> (C,)."""
        axes = [axis for axis in range(values.ndim) if axis != 1]
        variance, mean = torch.var_mean(values.float(), dim=axes, correction=0)
        count = values.numel() // values.shape[1]
        # On the CPU: not every device has numbers of 64 bits.
        return cls(count, mean.cpu().double(), variance.cpu().double())

    def joined(self, other: _Moments) -> _Moments:
        """Moments of the values of both (Chan et al. 1983)."""
        count = self.count + other.count
        share = other.count / count
        away = other.mean - self.mean
        mean = self.mean + share * away
        variance = (
            (1 - share) * self.variance + share * other.variance + share * (1 - share) * away**2
        )
        return _Moments(count, mean, variance)

    def put_into(self, layer: _BatchNorm) -> None:
        """Make these the statistics of a layer."""
        for kept, new in ((layer.running_mean, self.mean), (layer.running_var, self.variance)):
            if kept is not None:
                kept.copy_(new)


def _batch_norms(network: nn.Module) -> list[_BatchNorm]:
    return [
        layer
        for layer in network.modules()
        if isinstance(layer, _BatchNorm) and layer.running_mean is not None
    ]


@contextmanager
def _watched(layers: Iterable[_BatchNorm], tell: Hook) -> Iterator[None]:
    """Call `tell` with layer and input before each of these layers runs."""

    def before(layer: _BatchNorm, given: tuple[Tensor, ...]) -> None:
        tell(layer, given[0])

    handles: list[RemovableHandle] = [layer.register_forward_pre_hook(before) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
