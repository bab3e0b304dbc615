"""A step of the second stage by two processes, the memory of one of which is too small."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from conftest import make_recipe, make_screen
from lightning_fabric import Fabric
from second_stage import SETTINGS, Classroom, learn, too_large_for

from deepnoise_app.learning.material import Reading
from deepnoise_app.learning.ranks import Ranks

COUNT = 2


def classroom(folder: Path, ranks: Ranks | None = None) -> Classroom:
    """Return the same second stage in every process, without dropout."""
    reading = Reading(ThreadPoolExecutor(1), lambda event: None, lambda: False)
    recipe = make_recipe()
    changes = {
        "stage_two": SETTINGS,
        "network": recipe.network.model_copy(update={"drop_rate": 0.0}),
    }
    return Classroom(make_screen(), recipe.model_copy(update=changes), reading, folder, ranks)


def learn_as(rank: int, port: int, folder: Path, most: int) -> None:
    """Take a step as one of two processes; the last cannot hold more than `most` sites."""
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "LOCAL_RANK": str(rank)}
    fabric = Fabric(accelerator="cpu", devices=COUNT, strategy="ddp", precision="32-true")
    fabric.launch()
    room = classroom(folder, Ranks(fabric))
    seen = too_large_for(room, most, MemoryError()) if rank == COUNT - 1 else []
    losses = learn(room)
    told = [getattr(event, "message", "") for event in room.events]
    torch.save((losses, room.state(), told, seen), folder / f"{rank}.pt")
    torch.distributed.destroy_process_group()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
