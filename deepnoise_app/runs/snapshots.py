"""Snapshots: the models of single epochs that a training keeps beside its best one."""

from __future__ import annotations

import os
from pathlib import Path

from deepnoise_app.runs.card import CARD
from deepnoise_app.runs.folder import RunFolder


def snapshot_epochs(every: int, first: int, epochs: int) -> list[int]:
    """Return the epochs of a stage that get a snapshot, counted from 1 through all stages.

    Parameters
    ----------
    every
        Each epoch that this divides, and the last one, gets one; with 0 none.
    first, epochs
        Numbers of epochs of the stages before, and of the stage itself.
    """
    last = first + epochs
    through = range(first + 1, last + 1) if every else ()
    return [epoch for epoch in through if epoch % every == 0 or epoch == last]


def kept_snapshots(run: RunFolder) -> tuple[int, ...]:
    """Return the epochs of which a run has a whole snapshot, the last one first.

    The card is written last: a folder without it holds no model yet.
    """
    folder = run.snapshots
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except OSError:
        return ()  # most runs have none
    found = {name: epoch for name in names if (epoch := _epoch_of(folder / name)) is not None}
    whole = (epoch for name, epoch in found.items() if (folder / name / CARD).is_file())
    return tuple(sorted(whole, reverse=True))


def kept_models(run: RunFolder) -> tuple[Path, ...]:
    """Return the folders of the models that a run has: the best one, then the snapshots."""
    best = (run.model,) if (run.model / CARD).is_file() else ()
    return (*best, *(run.snapshot(epoch) for epoch in kept_snapshots(run)))


def model_title(model: str | Path) -> str:
    """Return what people call a model: `demo`, `cells-01`, or `cells-01, epoch 20`.

    What a training keeps lies in the folder of its run and bears that one's name.
    """
    folder = Path(model)
    if folder == RunFolder(folder.parent).model:
        return folder.parent.name or folder.name
    epoch = _epoch_of(folder)
    return folder.name if epoch is None else f"{folder.parent.parent.name}, epoch {epoch}"


def _epoch_of(folder: Path) -> int | None:
    """Epoch of which a folder is the snapshot; None if it is none."""
    number = folder.name.removeprefix("epoch-")
    run = RunFolder(folder.parent.parent)
    return int(number) if number.isdecimal() and folder == run.snapshot(int(number)) else None
