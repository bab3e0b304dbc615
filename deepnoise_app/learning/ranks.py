"""The processes that train together; usually one alone, and then nothing here does anything.

Gradients are added up by hand, once per step: losses carry their weight in the whole batch, so a
sum over micro-batches and processes is the gradient of the batch, and there is no second wrapper
around networks that run several times a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor

T = TypeVar("T")
PRECISIONS: dict[str, Literal["32-true", "bf16-mixed"]] = {"32": "32-true", "bf16": "bf16-mixed"}


class Ranks:
    """One of the processes that train together, and how it speaks with the others."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric

    @classmethod
    def alone(cls, device: torch.device, precision: str = "32") -> Ranks:
        """Return the only process."""
        return cls(Fabric(accelerator=device.type, devices=1, precision=PRECISIONS[precision]))

    @property
    def rank(self) -> int:
        """Number of this process, from 0; that one owns the run folder."""
        return self.fabric.global_rank

    @property
    def count(self) -> int:
        """How many processes there are."""
        return self.fabric.world_size

    def sum(self, values: Sequence[float]) -> list[float]:
        """Add up numbers over all processes."""
        if self.count == 1:
            return list(values)
        total = torch.tensor(values, dtype=torch.float64, device=self._device)
        return [float(value) for value in self._reduced(total)]

    def sum_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Add up the gradients over all processes."""
        gradients = [p.grad for p in parameters if p.grad is not None]
        if self.count > 1:
            self._reduce_all(gradients, 1)

    def mean(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors by their means over all processes."""
        if self.count > 1 and tensors:
            self._reduce_all(tensors, self.count)

    def gathered(self, mine: list[T]) -> list[T]:
        """Return the lists of all processes, one behind the other, everywhere."""
        if self.count == 1:
            return mine
        found: list[list[T]] = [[] for _ in range(self.count)]
        torch.distributed.all_gather_object(found, mine)
        return [one for part in found for one in part]

    def share(self, everything: Sequence[T]) -> list[T]:
        """Return what this process works on."""
        return list(everything[self.rank :: self.count])

    def wait(self) -> None:
        """Wait until all processes are here."""
        self.fabric.barrier()

    @property
    def _device(self) -> torch.device:
        return self.fabric.device

    def _reduced(self, values: Tensor) -> Tensor:
        return cast("Tensor", self.fabric.all_reduce(values, reduce_op="sum"))

    def _reduce_all(self, tensors: Sequence[Tensor], divisor: int) -> None:
        flat = self._reduced(torch.cat([tensor.reshape(-1) for tensor in tensors])) / divisor
        parts = torch.split(flat, [tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))
