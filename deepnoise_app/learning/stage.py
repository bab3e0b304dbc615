"""What a stage is to the training loop, and the first stage: labelled wells alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from deepnoise_app.learning.augment import cut_mix, draw_cut
from deepnoise_app.learning.batches import CUT, Batches, Item, collate
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.objective import Losses, SupervisedObjective
from deepnoise_app.learning.schedule import learning_rate, make_optimizer
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.stages import Training

STUDENT, TEACHER = "student", "teacher"
Tell = Callable[[Event], None]
ShouldStop = Callable[[], bool]


class Stage(Protocol):
    """What the loop knows of a stage; epochs are counted from 0 within the stage.

    `networks` are all that have weights, the first one being trained. `notes` are further tensors
    that a checkpoint keeps; `terms` the names of the losses. `first_epoch` is the number of epochs
    of the stages before.
    """

    number: int
    phase: str
    terms: tuple[str, ...]
    epochs: int
    first_epoch: int
    batches: Batches
    optimizer: torch.optim.Optimizer
    networks: dict[str, DeepNoiseNet]
    notes: dict[str, Tensor]

    @property
    def pseudo_labels(self) -> int:
        """How many wells have a pseudo-label now."""

    def begin(self, epoch: int, should_stop: ShouldStop, tell: Tell) -> None:
        """Make ready for an epoch that starts now; not called when one is gone on with."""

    def losses(self, whole: NDArray[np.intp], items: Sequence[Item], epoch: int) -> Losses:
        """Return the losses of a part of a batch, whose examples are `whole`."""

    def rate(self, epoch: int, step: int) -> float:
        """Return the learning rate of a step of an epoch."""

    def stepped(self, epoch: int, steps: int) -> None:
        """Follow a step that was taken, the one after `steps` others of this stage."""

    def validated(self, epoch: int, scores: Mapping[str, float]) -> None:
        """Hear how well each network does on the held-out experiments."""


class SupervisedStage:
    """Labelled wells alone (first stage of Yang et al. 2023)."""

    number, phase, first_epoch, pseudo_labels = 1, "Training", 0, 0
    terms: tuple[str, ...] = ("classification",)

    def __init__(
        self,
        network: DeepNoiseNet,
        batches: Batches,
        settings: Training,
        seed: int,
        device: torch.device,
    ) -> None:
        self.networks = {STUDENT: network}
        self.notes: dict[str, Tensor] = {}
        self.epochs = settings.epochs
        self.batches, self.optimizer = batches, make_optimizer(network, settings)
        self._objective = SupervisedObjective(network, settings.label_smoothing)
        self._settings, self._seed, self._device = settings, seed, device

    def begin(self, epoch: int, should_stop: ShouldStop, tell: Tell) -> None:
        """Nothing to make ready."""

    def losses(self, whole: NDArray[np.intp], items: Sequence[Item], epoch: int) -> Losses:
        """Cross entropy, with CutMix where the recipe asks."""
        sites, labels = collate(items, self._device)
        weights = torch.full((len(items),), 1 / len(whole), device=self._device)
        kept = None
        if self._settings.cutmix:
            cuts = [
                draw_cut(
                    np.random.default_rng((self._seed, CUT, epoch, item.example)),
                    self._settings.cutmix,
                )
                for item in items
            ]
            sites, kept = cut_mix(sites, cuts)
        losses: Losses = self._objective(laid_out(sites, self._settings), labels, weights, kept)
        return losses

    def rate(self, epoch: int, step: int) -> float:
        """Return the learning rate of a step of an epoch."""
        count = len(self.batches)
        return learning_rate(self._settings, epoch * count + step, count)

    def stepped(self, epoch: int, steps: int) -> None:
        """Nothing follows a step."""

    def validated(self, epoch: int, scores: Mapping[str, float]) -> None:
        """Nothing depends on it."""


def laid_out(sites: Tensor, settings: Training) -> Tensor:
    """Return sites in the memory layout that the recipe asks for."""
    if not settings.channels_last:
        return sites
    return sites.contiguous(memory_format=torch.channels_last)


def lay_out(network: nn.Module, settings: Training) -> None:
    """Bring the weights into the memory layout that the recipe asks for."""
    if settings.channels_last:
        network.to(memory_format=torch.channels_last)
