"""Further processes that train along with a worker, one for each further device.

The worker is the first of them and alone owns the run folder: companions write nothing into it but
their log, tell nothing, and end when the worker does.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch
from lightning_fabric import Fabric

from deepnoise_app.learning.device import arithmetic, pick_device
from deepnoise_app.learning.ranks import PRECISIONS, Ranks
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.process import worker_command
from deepnoise_app.runs.recipe import Recipe

RANK = "DEEPNOISE_RANK"
HOST, PORT, LOCAL = "MASTER_ADDR", "MASTER_PORT", "LOCAL_RANK"
PATIENCE_S = 20


def companion_rank() -> int:
    """Number of this process among those that train together; 0 for the worker itself."""
    return int(os.environ.get(RANK, "0"))


@contextmanager
def together(run: RunFolder, recipe: Recipe) -> Iterator[Ranks]:
    """Join the processes that train together; the worker starts the others first."""
    device = pick_device(recipe.device)
    precision = arithmetic(recipe.training.precision, device)
    if recipe.devices == 1:
        yield Ranks.alone(device, precision)
        return
    rank = companion_rank()
    companions: list[subprocess.Popen[bytes]] = []
    before = dict(os.environ)
    try:
        if not rank:
            os.environ.update({HOST: "127.0.0.1", PORT: str(_free_port()), LOCAL: "0"})
            companions = [_start(run, number) for number in range(1, recipe.devices)]
        fabric = Fabric(
            accelerator=device.type,
            devices=recipe.devices,
            strategy="ddp",
            precision=PRECISIONS[precision],
        )
        fabric.launch()
        yield Ranks(fabric)
        for process in companions:
            process.wait(PATIENCE_S)
    finally:
        for process in companions:
            with suppress(OSError):
                process.kill()
            process.wait()
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
        os.environ.clear()
        os.environ.update(before)


def _start(run: RunFolder, number: int) -> subprocess.Popen[bytes]:
    mine = {**os.environ, RANK: str(number), LOCAL: str(number)}
    with run.log_path.open("ab") as log:
        return subprocess.Popen(
            worker_command(run.path), env=mine, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
