"""The frame of every worker: however the work ends, the run folder says so."""

from __future__ import annotations

import pytest

from deepnoise_app.errors import Interrupted, RecipeError, RunError
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState
from deepnoise_app.runs.work import Ending, carry_out


@pytest.fixture
def run(tmp_path):
    return RunFolder.create(tmp_path / "run", Recipe())


@pytest.mark.parametrize(
    ("fault", "ending", "state", "message"),
    [
        (Interrupted("stopped in epoch 3"), Ending.STOPPED, RunState.STOPPED, "stopped in epoch 3"),
        (KeyboardInterrupt(), Ending.STOPPED, RunState.STOPPED, "stopped at once; what was saved"),
        (RunError("the disk is full"), Ending.FAILED, RunState.FAILED, "the disk is full"),
        (ZeroDivisionError("a slip"), Ending.FAILED, RunState.FAILED, "an unexpected fault"),
    ],
)
def test_work_that_ends_early_is_told_and_lets_go_of_the_folder(run, fault, ending, state, message):
    def do(*_: object) -> str:
        raise fault

    ended = carry_out(run, lambda: None, do)
    assert ended.ending is ending
    assert ended.message.startswith(message)
    assert (run.status().state, run.status().message) == (state, ended.message)
    assert run.holder is None


def test_what_is_refused_before_any_work_is_a_refusal(run) -> None:
    def prepare() -> None:
        raise RecipeError("no screen")

    ended = carry_out(run, prepare, lambda *_: pytest.fail("nothing was prepared"))
    assert (ended.ending, ended.message) == (Ending.REFUSED, "no screen")


def test_finished_work_tells_its_closing_sentence(run) -> None:
    ended = carry_out(run, lambda: 7, lambda plan, *_: f"all {plan} done")
    assert (ended.ending, ended.message) == (Ending.FINISHED, "all 7 done")
    assert run.status().state is RunState.FINISHED
