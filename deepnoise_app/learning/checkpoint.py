"""Checkpoints: all that a stage needs to go on at the exact step, as tensors and JSON.

Random numbers come from (seed, epoch, index), so no generator state is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn

from deepnoise_app.errors import RunError
from deepnoise_app.runs.files import remove, write_whole
from deepnoise_app.untrusted import read_json, within

STATE = "state.json"
NETWORK, OPTIMIZER, NOTE = "network", "optimizer", "note"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a stage is: `step` batches of `epoch` (from 0) are done, `steps` since its start.

    `loss_sums` are over the batches of the epoch, by name; `best` is the highest validated
    accuracy, -1 before any; `seconds` those spent on the epoch; `parts` in how many a batch is
    divided; `retreats` how often the loss was not finite.
    """

    epoch: int = 0
    step: int = 0
    steps: int = 0
    loss_sums: dict[str, float] = field(default_factory=dict)
    best: float = -1.0
    seconds: float = 0.0
    parts: int = 1
    retreats: int = 0

    def after_step(self, losses: Mapping[str, float], seconds: float, parts: int) -> Reached:
        """Return the state after one more step of the epoch."""
        sums = {name: self.loss_sums.get(name, 0.0) + value for name, value in losses.items()}
        return replace(
            self,
            step=self.step + 1,
            steps=self.steps + 1,
            loss_sums=sums,
            seconds=seconds,
            parts=parts,
        )

    def after_epoch(self) -> Reached:
        """Return the state at the start of the next epoch."""
        return replace(self, epoch=self.epoch + 1, step=0, loss_sums={}, seconds=0.0)


def has_checkpoint(folder: Path) -> bool:
    """Whether a stage has begun."""
    return (folder / STATE).is_file()


def check_checkpoint(folder: Path, mark: str) -> None:
    """Refuse a checkpoint that cannot be gone on with, before any work; none at all is fine.

    Raises
    ------
    RunError
        If it cannot be read, is cut short, or belongs to another recipe.
    """
    path = folder / STATE
    if not path.is_file():
        return
    try:
        found = read_json(path)
        if found["mark"] != mark:
            raise RunError(
                f"the checkpoint in {folder} belongs to another recipe: begin a new run for this"
                " one"
            )
        with safe_open(within(folder, str(found["tensors"])), "pt") as tensors:
            tensors.keys()
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise RunError(
            f"the checkpoint in {folder} cannot be gone on with: {error}; begin a new run"
        ) from error


def save_checkpoint(
    folder: Path,
    mark: str,
    reached: Reached,
    networks: Mapping[str, nn.Module],
    optimizer: torch.optim.Optimizer,
    notes: Mapping[str, Tensor],
) -> None:
    """Write a checkpoint; the one before stays valid until the new one is whole.

    Parameters
    ----------
    mark
        Of the recipe: a checkpoint of another one is not gone on with.
    notes
        Further tensors that the stage needs.
    """
    name = f"state-{reached.epoch:05d}-{reached.step:06d}-{reached.retreats}.safetensors"
    tensors = {
        f"{NETWORK}.{which}.{key}": value
        for which, network in networks.items()
        for key, value in network.state_dict().items()
    }
    tensors |= _optimizer_tensors(optimizer)
    tensors |= {f"{NOTE}.{key}": value for key, value in notes.items()}
    whole = {key: value.detach().cpu().clone(memory_format=torch.contiguous_format)
             for key, value in tensors.items()}  # fmt: skip
    write_whole(folder / name, save(whole))
    state = {"tensors": name, "mark": mark, "reached": asdict(reached)}
    write_whole(folder / STATE, json.dumps(state))
    for old in folder.glob("state-*.safetensors"):
        if old.name != name:
            remove(old)


def load_checkpoint(
    folder: Path,
    mark: str,
    networks: Mapping[str, nn.Module],
    optimizer: torch.optim.Optimizer,
) -> tuple[Reached, dict[str, Tensor]] | None:
    """Bring networks and optimizer to where the checkpoint was; None where there is none.

    Returns
    -------
    reached, notes
        How far the stage is, and its further tensors.

    Raises
    ------
    RunError
        If the checkpoint cannot be read, or belongs to another recipe or network.
    """
    path = folder / STATE
    if not path.is_file():
        return None
    try:
        found = read_json(path)
        if found["mark"] != mark:
            raise RunError(
                f"the checkpoint in {folder} belongs to another recipe: begin a new run for this"
                " one"
            )
        reached = Reached(**found["reached"])
        tensors = load_file(within(folder, str(found["tensors"])))
        for which, network in networks.items():
            network.load_state_dict(_within(tensors, f"{NETWORK}.{which}."))
        _restore(optimizer, _within(tensors, f"{OPTIMIZER}."))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(f"the checkpoint in {folder} cannot be gone on with: {error}") from error
    return reached, _within(tensors, f"{NOTE}.")


def _within(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{OPTIMIZER}.{number}.{key}": torch.as_tensor(value)
        for number, values in state.items()
        for key, value in values.items()
        if value is not None
    }


def _restore(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        number, key = name.split(".", 1)
        state.setdefault(int(number), {})[key] = value
    whole = optimizer.state_dict()
    optimizer.load_state_dict({"state": state, "param_groups": whole["param_groups"]})
