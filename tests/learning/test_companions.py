"""Two processes that train together equal one that adds up two micro-batches."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file
from second_stage import learn
from two_processes import classroom, free_port, learn_as

from deepnoise_app.errors import RecipeError
from deepnoise_app.learning import device
from deepnoise_app.learning.work import work
from deepnoise_app.runs.events import EpochEnded
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import StageTwo
from deepnoise_app.runs.work import Ending


@pytest.mark.slow
def test_two_processes_equal_one_with_two_micro_batches(recipe, folder, tmp_path) -> None:
    """Weights, batch norm, teacher, pseudo-labels and validation, through both stages.

    With SGD, whose steps are as long as the gradient: Adam makes whole steps of what rounding
    leaves of a gradient that is zero, as those of weights before batch norm are along themselves.
    """
    training = recipe.training.model_copy(
        update={
            "epochs": 2,
            "batch_size": 8,
            "optimizer": "sgd",
            "learning_rate": 0.03,
            "clip_norm": 1.0,
        }
    )
    second = StageTwo(
        epochs=3,
        batch_size=8,
        learning_rate=0.03,
        fresh_head=False,
        learn_held_out="yes",
        pseudo_from=2,
        pseudo_weight=0.3,
        pseudo_passes=2,
    )
    asked = recipe.model_copy(
        update={
            "screen": [str(folder)],
            "device": "cpu",
            "training": training,
            "stage_two": second,
        }
    )
    halves = training.model_copy(update={"micro_batch": 4})
    runs = [
        RunFolder.create(tmp_path / "one", asked.model_copy(update={"training": halves})),
        RunFolder.create(tmp_path / "two", asked.model_copy(update={"devices": 2})),
    ]
    for run in runs:
        ended = work(run)
        assert ended.ending is Ending.FINISHED, (ended.message, run.log_tail())
    one, two = (
        load_file(next((run.checkpoint / "stage-two").glob("state-*.safetensors"))) for run in runs
    )
    assert one.keys() == two.keys()
    for name in one:
        if "num_batches_tracked" not in name:
            torch.testing.assert_close(
                one[name], two[name], rtol=1e-3, atol=1e-4, equal_nan=True,
                msg=lambda text, name=name: f"{name}: {text}",
            )  # fmt: skip
    told = [[e for e in run.events() if isinstance(e, EpochEnded)] for run in runs]
    for a, b in zip(*told, strict=True):
        assert (a.free, a.teacher_free, a.pseudo_labels) == (
            b.free,
            b.teacher_free,
            b.pseudo_labels,
        )
        assert a.loss == pytest.approx(b.loss, rel=1e-3)
    summaries = [json.loads((run.path / "summary.json").read_text()) for run in runs]
    assert summaries[0]["accuracy"] == summaries[1]["accuracy"]
    assert len([e for e in runs[1].events() if type(e).__name__ == "Started"]) == 1


@pytest.mark.slow
def test_memory_that_ends_in_one_process_halves_the_parts_of_both(tmp_path) -> None:
    """Two processes in two parts each equal one process in four; nothing of the step is lost."""
    context = torch.multiprocessing.get_context("spawn")
    port = free_port()
    processes = [context.Process(target=learn_as, args=(n, port, tmp_path, 4)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(240)
        assert process.exitcode == 0
    plain = classroom(tmp_path / "plain")
    expected, state = learn(plain, parts=4), plain.state()
    for rank in range(2):
        losses, learned, told, seen = torch.load(tmp_path / f"{rank}.pt")
        assert losses == pytest.approx(expected, rel=1e-4)
        assert sum("with 2 at a time, 11 in each step" in one for one in told) == 1
        assert seen == ([5, 3, 2] if rank else [])
        for name in state.keys() - {n for n in state if n.endswith("num_batches_tracked")}:
            torch.testing.assert_close(
                learned[name], state[name], rtol=1e-4, atol=1e-5, equal_nan=True
            )


def test_more_cards_than_there_are_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    device.check_devices("cuda", 2)
    with pytest.raises(RecipeError, match="devices is 3, but this computer has 2"):
        device.check_devices("cuda", 3)
