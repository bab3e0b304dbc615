"""Checkpoints: all that a training needs to go on at the exact step, as tensors and JSON.

Random numbers come from (seed, epoch, index), so no generator state is kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from deepnoise_app.errors import RunError
from deepnoise_app.runs.files import remove, write_whole

STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a training is: `step` batches of `epoch` (from 0) are done.

    `loss_sum` is over those batches; `best` the highest validated free accuracy, -1 before any;
    `seconds` those spent on the epoch.
    """

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    best: float = -1.0
    seconds: float = 0.0

    def after_epoch(self, best: float) -> Reached:
        """Return the state at the start of the next epoch."""
        return replace(self, epoch=self.epoch + 1, step=0, loss_sum=0.0, seconds=0.0, best=best)


def save_checkpoint(
    folder: Path, reached: Reached, network: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Write a checkpoint; the one before stays valid until the new one is whole."""
    name = f"state-{reached.epoch:05d}-{reached.step:06d}.safetensors"
    tensors = {f"network.{key}": value for key, value in network.state_dict().items()}
    tensors |= _optimizer_tensors(optimizer)
    whole = {key: value.detach().cpu().clone() for key, value in tensors.items()}
    write_whole(folder / name, save(whole))
    write_whole(folder / STATE, json.dumps({"tensors": name, "reached": asdict(reached)}))
    for old in folder.glob("state-*.safetensors"):
        if old.name != name:
            remove(old)


def load_checkpoint(
    folder: Path, network: nn.Module, optimizer: torch.optim.Optimizer
) -> Reached | None:
    """Bring network and optimizer to where the checkpoint was; None where there is none.

    Raises
    ------
    RunError
        If the checkpoint cannot be read or belongs to another network.
    """
    path = folder / STATE
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        reached = Reached(**found["reached"])
        tensors = load_file(folder / str(found["tensors"]))
        network.load_state_dict(
            {k.removeprefix("network."): v for k, v in tensors.items() if k.startswith("network.")}
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise RunError(f"the checkpoint in {folder} cannot be gone on with: {error}") from error
    _restore(optimizer, tensors)
    return reached


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"optimizer.{number}.{key}": torch.as_tensor(value)
        for number, values in state.items()
        for key, value in values.items()
        if value is not None
    }


def _restore(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, number, key = name.split(".", 2)
            state.setdefault(int(number), {})[key] = value
    whole = optimizer.state_dict()
    optimizer.load_state_dict({"state": state, "param_groups": whole["param_groups"]})
