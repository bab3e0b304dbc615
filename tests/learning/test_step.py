"""Nothing is lost: too little memory, a loss that is no number, parts of a batch."""

from __future__ import annotations

import pytest
import torch
from second_stage import learn, too_large_for

from deepnoise_app.errors import RunError
from deepnoise_app.learning.step import is_out_of_memory
from deepnoise_app.runs.events import Warned


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to"),
        MemoryError(),
    ],
)
def test_out_of_memory_goes_on_with_half_and_the_same_batch(classroom, error) -> None:
    small, plain = classroom("a", drop_rate=0.0), classroom("b", drop_rate=0.0)
    seen = too_large_for(small, 6, error)
    losses = learn(small)
    assert seen[0] > 6
    assert max(seen[-2:]) <= 6
    assert losses == learn(plain, parts=2)
    told = [event.message for event in small.events if isinstance(event, Warned)]
    assert len(told) == 1
    assert "at a time" in told[0]
    assert "batch norm now sees" in told[0]
    one, two = small.state(), plain.state()
    for name in one.keys() - {n for n in one if n.endswith("num_batches_tracked")}:
        assert torch.equal(one[name].nan_to_num(-9), two[name].nan_to_num(-9)), name


def test_what_the_memory_holds_is_kept_for_all_later_steps_and_after_resuming(classroom) -> None:
    room = classroom("a")
    seen = too_large_for(room, 6, MemoryError())
    room.go()
    assert sum(count > 6 for count in seen) == 1
    again = classroom("a")
    after = too_large_for(again, 6, MemoryError())
    again.go()
    assert after == []
    assert [e for e in again.events if isinstance(e, Warned)] == []


def test_a_memory_that_holds_nothing_is_said(classroom) -> None:
    room = classroom()
    too_large_for(room, 0, MemoryError())
    with pytest.raises(RunError, match="memory does not suffice for 2 sites"):
        room.go()


def test_other_errors_are_not_taken_for_a_lack_of_memory(classroom) -> None:
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
    room = classroom()
    too_large_for(room, 0, RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="shapes do not match"):
        room.go()


def test_parts_of_a_batch_add_up_to_the_losses_of_the_batch(classroom) -> None:
    """Without batch norm's dependence on the part, parts change nothing at all."""

    def fixed(name: str):
        room = classroom(name, drop_rate=0.0)
        for network in room.stage.networks.values():
            for module in network.modules():
                if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                    module.train = lambda mode=True: None
                    module.training = False
        return room

    whole, parts = fixed("a"), fixed("b")
    a, b = learn(whole), learn(parts, parts=3)
    assert a == pytest.approx(b, rel=1e-4)
    one, two = whole.state(), parts.state()
    for name in one:
        torch.testing.assert_close(one[name], two[name], rtol=1e-4, atol=1e-5, equal_nan=True)


def spoil(room, at: set[int]):
    """Make the loss of some calls no number."""
    losses, calls = room.stage.losses, iter(range(10**6))

    def take(whole, items, epoch):
        made = losses(whole, items, epoch)
        if next(calls) in at:
            made["consistency"] = made["consistency"] * float("nan")
        return made

    room.stage.losses = take


def test_a_loss_that_is_no_number_leads_back_to_the_last_good_state(classroom) -> None:
    room = classroom(training={"save_every_steps": 2})
    spoil(room, {4})
    found = room.go()
    told = [event.message for event in room.events if isinstance(event, Warned)]
    assert len(told) == 1
    assert "the loss is nan" in told[0]
    assert "back to the last good state, and on with 0.5 of the learning rate" in told[0]
    assert all(torch.isfinite(value.float()).all() or "pseudo" in name
               for name, value in found.items())  # fmt: skip


def test_a_loss_that_stays_no_number_ends_the_training_in_a_sentence(classroom) -> None:
    room = classroom()
    spoil(room, set(range(1, 100)))
    with pytest.raises(RunError, match="again after going back 3 times: try a lower learning_rate"):
        room.go()
