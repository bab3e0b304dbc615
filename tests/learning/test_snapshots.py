"""Snapshots of a training: kept, gone on with, scored with, trained on from."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from deepnoise_app.learning import train
from deepnoise_app.learning.outcome import Outcome
from deepnoise_app.learning.package import load_package
from deepnoise_app.learning.stage import STUDENT, TEACHER
from deepnoise_app.learning.work import work
from deepnoise_app.runs import files
from deepnoise_app.runs.card import ModelCard, load_card
from deepnoise_app.runs.events import EpochEnded, Saved, Warned
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.snapshots import kept_snapshots
from deepnoise_app.runs.work import Ended, Ending


@pytest.fixture(scope="module")
def asked(recipe, folder) -> Recipe:
    """Four epochs, of which the second and the fourth are validated, and a snapshot of each."""
    training = recipe.training.model_copy(
        update={"epochs": 4, "validate_every": 2, "snapshot_every": 1}
    )
    card = recipe.card.model_copy(update={"name": "cells", "warning": "Made up."})
    changes = {"screen": [str(folder)], "training": training, "card": card}
    return recipe.model_copy(update=changes)


@pytest.fixture(scope="module")
def trained(asked, tmp_path_factory) -> RunFolder:
    run = RunFolder.create(tmp_path_factory.mktemp("snapshots") / "run", asked)
    assert work(run).ending is Ending.FINISHED
    return run


def told(run: RunFolder) -> list[str]:
    return [Path(e.path).name for e in run.events() if isinstance(e, Saved) and "snap" in e.what]


def same_snapshots(one: RunFolder, other: RunFolder) -> bool:
    """Whether two runs have the same snapshots, bit for bit."""
    pairs = [
        [load_file(run.snapshot(epoch) / "model.safetensors") for run in (one, other)]
        for epoch in kept_snapshots(one)
    ]
    alike = all(torch.equal(a[name], b[name]) for a, b in pairs for name in a)
    return alike and kept_snapshots(one) == kept_snapshots(other)


def gone_on_with(run: RunFolder) -> Ended:
    return work(RunFolder.create(run.path, resume=True))


def test_each_snapshot_is_a_whole_model_that_says_what_it_is(trained) -> None:
    assert kept_snapshots(trained) == (4, 3, 2, 1)
    assert told(trained) == ["epoch-001", "epoch-002", "epoch-003", "epoch-004"]
    ended = {e.epoch: e for e in trained.events() if isinstance(e, EpochEnded)}
    for epoch in (1, 2):
        card, _ = load_package(trained.snapshot(epoch))
        assert card.name == f"cells, epoch {epoch}"
        assert card.provenance.epoch == epoch
        assert card.calibration is None
        assert card.accuracy.keys() == ({"free", "one_per_well", "plate_prior"} if epoch == 2
                                        else set())  # fmt: skip
    assert card.accuracy["free"].value == ended[2].free
    assert card.warning == (
        "Made up. This is a snapshot after epoch 2, judged on the held-out experiments: its"
        " confidence is not calibrated, and it does not tell wells that hold nothing of its"
        " library."
    )
    assert "epoch 1, not judged: " in load_card(trained.snapshot(1)).warning
    best = load_card(trained.model)
    assert (best.name, best.provenance.epoch, best.warning) == ("cells", 0, "Made up.")


def test_stopped_and_gone_on_with_a_training_has_the_same_snapshots(asked, trained, tmp_path):
    run = RunFolder.create(tmp_path / "run", asked)

    def stop(event: object) -> None:
        if isinstance(event, Saved) and event.what == "snapshot" and len(told(run)) == 2:
            run.request_stop()

    assert work(run, listen=stop).ending is Ending.STOPPED
    assert kept_snapshots(run) == (2, 1)
    assert gone_on_with(run).ending is Ending.FINISHED
    assert same_snapshots(run, trained)
    assert told(run) == told(trained)


def test_a_snapshot_that_a_full_disk_cut_off_is_none_and_comes_later(
    asked, trained, tmp_path, monkeypatch
) -> None:
    run, rename = RunFolder.create(tmp_path / "run", asked), files._rename

    def no_room(beside: Path, path: Path) -> None:
        if path == run.snapshot(2) / "model.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(beside, path)

    monkeypatch.setattr(files, "_rename", no_room)
    ended = work(run)
    assert ended.ending is Ending.FAILED
    assert ended.message.startswith(f"the disk is full: {run.snapshot(2) / 'model.json'}")
    assert kept_snapshots(run) == (1,)
    monkeypatch.undo()
    assert gone_on_with(run).ending is Ending.FINISHED
    assert same_snapshots(run, trained)


def test_a_snapshot_is_not_written_twice_where_the_training_ended_right_behind_it(
    asked, tmp_path, monkeypatch
) -> None:
    run, save = RunFolder.create(tmp_path / "run", asked), train.save_checkpoint

    def no_room(folder, mark, reached, *rest) -> None:
        if (reached.epoch, reached.step) == (2, 0):
            raise OSError(errno.ENOSPC, "No space left on device")
        save(folder, mark, reached, *rest)

    monkeypatch.setattr(train, "save_checkpoint", no_room)
    assert work(run).ending is Ending.FAILED
    assert kept_snapshots(run) == (2, 1)
    before = (run.snapshot(2) / "model.json").stat()
    monkeypatch.undo()
    assert gone_on_with(run).ending is Ending.FINISHED
    assert (run.snapshot(2) / "model.json").stat() == before
    assert told(run) == ["epoch-001", "epoch-002", "epoch-003", "epoch-004"]


def test_a_training_goes_on_from_a_snapshot(asked, trained, tmp_path) -> None:
    training = asked.training.model_copy(update={"epochs": 1, "snapshot_every": 0})
    changes = {"training": training, "start_from": str(trained.snapshot(1))}
    run = RunFolder.create(tmp_path / "run", asked.model_copy(update=changes))
    assert work(run).ending is Ending.FINISHED
    card = load_card(run.model)
    assert card.provenance.started_from == "cells, epoch 1"
    assert card.warning == "Made up."
    assert not run.snapshots.exists()


def test_a_snapshot_scores_and_its_doubts_are_told(asked, trained, tmp_path) -> None:
    scoring = asked.scoring.model_copy(update={"model": str(trained.snapshot(2)), "views": 1})
    asked = asked.model_copy(update={"task": "score", "scoring": scoring})
    run = RunFolder.create(tmp_path / "run", asked)
    assert work(run).ending is Ending.FINISHED
    summary = json.loads((run.path / "summary.json").read_text())
    assert (summary["model"], summary["temperature"]) == ("cells, epoch 2", 1.0)
    warned = [event.message for event in run.events() if isinstance(event, Warned)]
    assert any("a snapshot after epoch 2" in message for message in warned)


def test_of_student_and_teacher_the_better_is_kept_and_the_student_where_nobody_knows(
    classroom,
) -> None:
    room = classroom(training={"snapshot_every": 1, "validate_every": 2})
    scores = {STUDENT: 0.25, TEACHER: 0.5}
    kept = []
    by_network = {id(network): name for name, network in room.stage.networks.items()}

    class Judged(Outcome):
        def score(self, name: str) -> float:
            return scores[by_network[self.wells]]

    def validate(epoch, networks):
        return {name: Judged({}, id(network), 0) for name, network in networks.items()}

    room.course = replace(
        room.course,
        validate=validate,
        snap=lambda epoch, network, outcome: kept.append((epoch, by_network[id(network)])),
    )
    room.go()
    assert kept == [(5, STUDENT), (6, TEACHER), (7, TEACHER)]


def test_cards_of_earlier_versions_are_no_snapshots() -> None:
    assert load_card("demo").provenance.epoch == 0
    assert ModelCard.model_validate_json(load_card("demo").model_dump_json()).provenance.epoch == 0
