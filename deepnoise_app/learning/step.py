"""One step of the training: gradients of a batch in as many parts as the memory asks for.

Parts of a batch and shares of other processes are the same to batch norm: each part starts from
the statistics before the step, and the means of what they gathered are kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from deepnoise_app.errors import RunError
from deepnoise_app.learning.batches import Batch
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.schedule import step_seed
from deepnoise_app.learning.stage import Stage
from deepnoise_app.learning.teacher import norm_statistics
from deepnoise_app.runs.events import Event, Warned

# Smallest part: batch norm cannot tell from one site.
FEWEST = 2


class NotFiniteError(Exception):
    """Loss or gradients are no numbers any more; the weights are still those before the step."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step gave: the terms of the loss, and whether the training shall stop behind it."""

    losses: dict[str, float]
    stop: bool


@dataclass(slots=True, eq=False)
class Stepper:
    """Takes steps; out of memory, it goes on with smaller parts of the same batch.

    `parts` is in how many each process divides its share of a batch; `slower` is what learning
    rates are multiplied with.
    """

    stage: Stage
    ranks: Ranks
    seed: int
    tell: Callable[[Event], None]
    should_stop: Callable[[], bool]
    clip_norm: float = 0.0
    parts: int = 1
    slower: float = 1.0

    def take(self, batch: Batch, epoch: int, step: int, number: int) -> Stepped:
        """Take one step.

        Parameters
        ----------
        epoch, step
            Of the stage, and of the epoch: they choose the learning rate.
        number
            Of the step among all of the training: it seeds what torch draws.

        Raises
        ------
        NotFiniteError
            If loss or gradients are no numbers; no weight has changed then.
        RunError
            If not even the smallest parts fit into memory.
        """
        stage = self.stage
        before = [statistic.clone() for statistic in self._statistics()]
        while True:
            stage.optimizer.zero_grad()
            sums = dict.fromkeys(stage.terms, 0.0)
            full = self._gradients(batch, epoch, number, before, sums)
            stop = self.ranks.rank == 0 and self.should_stop()
            told = self.ranks.sum([full, stop, *sums.values()])
            if not told[0]:
                break
            self._set_statistics(before)
            self._halve(len(batch.examples))
        losses = dict(zip(sums, told[2:], strict=True))
        self.ranks.mean(self._statistics())
        trained = list(next(iter(stage.networks.values())).parameters())
        self.ranks.sum_gradients(trained)
        norm = float(nn.utils.clip_grad_norm_(trained, self.clip_norm or math.inf))
        total = sum(losses.values())
        if not math.isfinite(total + norm):
            self._set_statistics(before)
            stage.optimizer.zero_grad()
            what = f"gradient is {norm}" if math.isfinite(total) else f"loss is {total}"
            raise NotFiniteError(f"the {what}")
        for group in stage.optimizer.param_groups:
            group["lr"] = stage.rate(epoch, step) * self.slower
        stage.optimizer.step()
        return Stepped(losses, bool(told[1]))

    def _gradients(
        self,
        batch: Batch,
        epoch: int,
        number: int,
        before: list[Tensor],
        sums: dict[str, float],
    ) -> bool:
        """Add up gradients and losses of all parts; True where the memory does not suffice."""
        parts = max(1, min(self.parts, len(batch.items) // FEWEST))
        gathered = [torch.zeros_like(statistic) for statistic in before]
        try:
            for part in range(parts):
                self._set_statistics(before)
                seed = step_seed(self.seed, number, self.ranks.rank + part * self.ranks.count)
                torch.manual_seed(seed)
                with self.ranks.fabric.autocast():
                    items = batch.items[part::parts]
                    losses = self.stage.losses(batch.examples, items, epoch)
                torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
                for name, loss in losses.items():
                    sums[name] += float(loss.detach())
                for mean, statistic in zip(gathered, self._statistics(), strict=True):
                    mean.add_(statistic, alpha=1 / parts)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            return True
        if parts > 1:
            self._set_statistics(gathered)
        return False

    def _halve(self, size: int) -> None:
        """Go on with parts of half the size; `size` is that of the whole batch."""
        self.parts *= 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        part = size // (self.parts * self.ranks.count)
        if part < FEWEST:
            raise RunError(
                f"the memory does not suffice for {FEWEST} sites at once: choose a smaller"
                " input_size or a smaller backbone"
            )
        self.tell(
            Warned(
                message=f"the memory does not suffice for so many sites at once: going on with"
                f" {part} at a time, {size} in each step as before; batch norm now sees {part}"
                " instead, which can change the result a little"
            )
        )

    def _statistics(self) -> list[Tensor]:
        """What batch norm has gathered in all networks of the stage."""
        networks = self.stage.networks.values()
        return [one for network in networks for one in norm_statistics(network)]

    def _set_statistics(self, values: list[Tensor]) -> None:
        for statistic, value in zip(self._statistics(), values, strict=True):
            statistic.copy_(value)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a device, or the computer, has no memory left."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    said = str(error).casefold()
    return any(words in said for words in ("out of memory", "not enough memory", "can't allocate"))
