"""The training loop, whole and visible, the same for both stages.

Knows nothing of run folders and windows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deepnoise_app.errors import Interrupted, RunError
from deepnoise_app.learning.checkpoint import Reached, load_checkpoint, save_checkpoint
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.outcome import Outcome
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.stage import STUDENT, TEACHER, Stage
from deepnoise_app.learning.step import NotFiniteError, Stepper
from deepnoise_app.runs.events import EpochEnded, Event, Progress, Warned
from deepnoise_app.runs.snapshots import snapshot_epochs
from deepnoise_app.runs.stages import Training

SAY_EVERY_S = 0.3
# How often a training goes back and on at half the learning rate, before it gives up.
MOST_RETREATS = 3

Networks = Mapping[str, DeepNoiseNet]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """All that one stage of a training needs.

    `validate` gives the outcome of each network on the held-out experiments after an epoch
    (counted from 1, through all stages); `keep` saves a network, with its outcome if it was
    validated, and `snap` saves it apart, as that of an epoch. `best` is the accuracy that a
    network must beat to be kept. `mark` tells the checkpoints of one recipe from those of another.
    `stages` and `epochs` are those of the whole training.
    """

    stage: Stage
    settings: Training
    seed: int
    ranks: Ranks
    checkpoint: Path
    mark: str
    stages: int
    epochs: int
    best: float
    validate: Callable[[int, Networks], dict[str, Outcome]]
    keep: Callable[[DeepNoiseNet, Outcome | None], None]
    snap: Callable[[int, DeepNoiseNet, Outcome | None], None]


def train(course: Course, tell: Callable[[Event], None], should_stop: Callable[[], bool]) -> None:
    """Train one stage, or go on where its checkpoint is.

    A stop is honoured after the batch under way: the checkpoint is written, and where no network
    was ever validated, the trained one is kept as it is.

    Raises
    ------
    Interrupted
        If `should_stop` says so.
    RunError
        If the loss is not finite again and again, or the memory does not suffice at all.
    """
    _Loop(course, tell, should_stop).run()


class _Loop:
    """Begun or gone on with -> epoch by epoch -> over; back to the last checkpoint on NaN."""

    def __init__(
        self, course: Course, tell: Callable[[Event], None], should_stop: Callable[[], bool]
    ) -> None:
        self.course, self.stage, self.tell = course, course.stage, tell
        self.should_stop = should_stop
        self.said = 0.0
        settings = course.settings
        share = -(-settings.batch_size // course.ranks.count)
        parts = -(-share // settings.micro_batch) if settings.micro_batch else 1
        self.stepper = Stepper(
            self.stage, course.ranks, course.seed, tell, should_stop, settings.clip_norm, parts
        )
        self.reached = Reached(best=course.best, parts=parts)

    def run(self) -> None:
        if not self.load():
            self.save()
        while self.reached.epoch < self.stage.epochs:
            try:
                self.epoch()
            except NotFiniteError as fault:
                self.go_back(str(fault))

    def epoch(self) -> None:
        """Teach one epoch, or what is left of it, and judge it."""
        stage, course, number = self.stage, self.course, self.reached.epoch
        began = time.monotonic() - self.reached.seconds
        if self.reached.step == 0:
            stage.begin(number, self.should_stop, self.tell)
        for network in stage.networks.values():
            network.train()
        through = stage.first_epoch + number
        for batch in stage.batches.epoch(through, skip=self.reached.step):
            at = through * len(stage.batches) + self.reached.step
            done = self.stepper.take(batch, number, self.reached.step, at)
            stage.stepped(number, self.reached.steps)
            seconds = time.monotonic() - began
            self.reached = self.reached.after_step(done.losses, seconds, self.stepper.parts)
            if done.stop:
                self.stop()
            if self.reached.steps % course.settings.save_every_steps == 0:
                self.save()
            self.say()
        self.save()  # so that a stop while the epoch is judged loses no step
        outcomes = self.judge()
        self.snap(outcomes)
        self.reached = replace(self.reached, seconds=time.monotonic() - began)
        self.tell(self.ended(outcomes))
        self.reached = self.reached.after_epoch()
        self.save()

    def judge(self) -> dict[str, Outcome]:
        """Validate where it is time, and keep the best network that there ever was."""
        stage, settings, number = self.stage, self.course.settings, self.reached.epoch + 1
        if number % settings.validate_every and number != stage.epochs:
            return {}
        outcomes = self.course.validate(stage.first_epoch + number, stage.networks)
        scores = {name: outcome.score(settings.select_by) for name, outcome in outcomes.items()}
        stage.validated(self.reached.epoch, scores)
        name = self.better(outcomes)
        # Of equally good epochs of the second stage the last: it learned longest from new plates.
        level = stage.number == 2 and scores[name] == self.reached.best
        if level or scores[name] > self.reached.best:
            self.reached = replace(self.reached, best=scores[name])
            self.course.keep(stage.networks[name], outcomes[name])
        return outcomes

    def better(self, outcomes: Mapping[str, Outcome]) -> str:
        """Name of the network that does better; the student's where none was validated."""
        wish = self.course.settings.select_by
        return max(outcomes, key=lambda one: outcomes[one].score(wish), default=STUDENT)

    def snap(self, outcomes: Mapping[str, Outcome]) -> None:
        """Keep the network of an epoch where it is time: the one that would be kept as the best.

        That is the better validated one, and the student after an epoch without validation. The
        checkpoint of the next epoch is written after it, so that none is passed over.
        """
        stage, course = self.stage, self.course
        epoch = stage.first_epoch + self.reached.epoch + 1
        every = course.settings.snapshot_every
        if epoch in snapshot_epochs(every, stage.first_epoch, stage.epochs):
            name = self.better(outcomes)
            course.snap(epoch, stage.networks[name], outcomes.get(name))

    def stop(self) -> None:
        self.save()
        if self.reached.best < 0:
            self.course.keep(self.stage.networks[STUDENT], None)
        now = self.stage.first_epoch + self.reached.epoch + 1
        raise Interrupted(f"stopped in epoch {now} of {self.course.epochs}")

    def go_back(self, fault: str) -> None:
        """Take up the last checkpoint, and go on at half the learning rate."""
        at = f"in epoch {self.stage.first_epoch + self.reached.epoch + 1}"
        retreats = self.reached.retreats + 1
        if retreats > MOST_RETREATS:
            raise RunError(
                f"{fault} {at}, again after going back {MOST_RETREATS} times: try a lower"
                " learning_rate"
            )
        self.load()
        self.reached = replace(self.reached, retreats=retreats)
        self.stepper.slower = 0.5**retreats
        self.save()
        self.tell(
            Warned(
                message=f"{fault} {at}: back to the last good state, and on with"
                f" {self.stepper.slower:g} of the learning rate"
            )
        )

    def load(self) -> bool:
        """Take up the checkpoint; False where there is none.

        No process goes on, and the first one writes nothing, before all have looked.
        """
        stage = self.stage
        found = load_checkpoint(
            self.course.checkpoint, self.course.mark, stage.networks, stage.optimizer
        )
        self.course.ranks.wait()
        if found is None:
            return False
        self.reached, notes = found
        stage.notes = dict(notes)
        self.stepper.parts = self.reached.parts
        self.stepper.slower = 0.5**self.reached.retreats
        return True

    def save(self) -> None:
        """Write a checkpoint; the first process does it for all."""
        if self.course.ranks.rank == 0:
            stage = self.stage
            save_checkpoint(
                self.course.checkpoint,
                self.course.mark,
                self.reached,
                stage.networks,
                stage.optimizer,
                stage.notes,
            )
        self.course.ranks.wait()

    def say(self) -> None:
        if time.monotonic() - self.said > SAY_EVERY_S:
            self.said = time.monotonic()
            steps = len(self.stage.batches)
            done = self.reached.epoch * steps + self.reached.step
            self.tell(Progress(phase=self.stage.phase, done=done, total=self.stage.epochs * steps))

    def ended(self, outcomes: Mapping[str, Outcome]) -> EpochEnded:
        stage, reached = self.stage, self.reached
        steps = max(1, reached.step)
        losses = {name: total / steps for name, total in reached.loss_sums.items()}
        student, teacher = outcomes.get(STUDENT), outcomes.get(TEACHER)
        return EpochEnded(
            epoch=stage.first_epoch + reached.epoch + 1,
            epochs=self.course.epochs,
            step=reached.steps,
            loss=sum(losses.values()),
            losses=losses,
            stage=stage.number,
            stages=self.course.stages,
            learning_rate=stage.rate(reached.epoch, 0) * self.stepper.slower,
            pseudo_labels=stage.pseudo_labels,
            seconds=reached.seconds,
            **(student.values() if student else {}),
            **({f"teacher_{k}": v for k, v in teacher.values().items()} if teacher else {}),
        )
