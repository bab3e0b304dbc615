"""Which epochs get a snapshot, which a run has, and what people call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.snapshots import kept_snapshots, model_title, snapshot_epochs


@pytest.mark.parametrize(
    ("every", "first", "epochs", "found"),
    [
        (0, 0, 10, []),
        (4, 0, 10, [4, 8, 10]),
        (4, 10, 5, [12, 15]),
        (5, 10, 5, [15]),
        (100, 0, 3, [3]),
        (1, 2, 3, [3, 4, 5]),
        (2, 0, 0, []),
    ],
)
def test_every_so_many_epochs_and_the_last_of_a_stage_get_one(every, first, epochs, found) -> None:
    assert snapshot_epochs(every, first, epochs) == found


def test_only_whole_snapshots_are_found_the_last_one_first(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "cells-01")
    assert kept_snapshots(run) == ()
    for epoch in (20, 100, 1000):
        write_whole(run.snapshot(epoch) / "model.json", "{}")
    write_whole(run.snapshot(40) / "model.safetensors", "weights whose card was not written")
    write_whole(run.snapshots / "mine" / "model.json", "{}")
    write_whole(run.snapshots / "epoch-7" / "model.json", "{}")
    assert kept_snapshots(run) == (1000, 100, 20)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("demo", "demo"),
        ("/runs/cells-01/model", "cells-01"),
        ("/runs/cells-01/snapshots/epoch-020", "cells-01, epoch 20"),
        ("/runs/cells-01/snapshots/epoch-1200", "cells-01, epoch 1200"),
        ("/models/epoch-020", "epoch-020"),
        ("/models/mine", "mine"),
        ("model", "model"),
    ],
)
def test_a_model_is_called_by_its_run(model: str, said: str) -> None:
    assert model_title(model) == said
