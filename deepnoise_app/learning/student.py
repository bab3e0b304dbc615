"""The second stage: a student learns from labels, from its teacher, and from pseudo-labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deepnoise_app.learning.augment import View
from deepnoise_app.learning.batches import Batches, Item, prepared, view_of
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.objective import Losses, Targets, TeacherObjective, Views
from deepnoise_app.learning.pseudo import Prior, assign_labels, look_at, mix
from deepnoise_app.learning.ranks import Ranks
from deepnoise_app.learning.schedule import cycle_rate, make_optimizer
from deepnoise_app.learning.stage import STUDENT, TEACHER, ShouldStop, Tell, laid_out
from deepnoise_app.learning.teacher import consistency_weight, teacher_keep, update_teacher
from deepnoise_app.runs.stages import StageTwo, Training


def views_of(settings: StageTwo) -> tuple[View, ...]:
    """Return the views of each example: with its label, by the student, by the teacher."""
    return "normal", settings.student_view, settings.teacher_view


@dataclass(frozen=True, slots=True, eq=False)
class School:
    """What the second stage works with.

    `experiments` has the experiment of each plate of the store; `first_epoch` is the number of
    epochs before this stage.
    """

    student: DeepNoiseNet
    teacher: DeepNoiseNet
    batches: Batches
    settings: StageTwo
    training: Training
    prior: Prior
    experiments: Sequence[str]
    first_epoch: int
    ranks: Ranks


class StudentStage:
    """Labelled and unlabelled wells together (second stage of Yang et al. 2023)."""

    number, phase = 2, "Training with a teacher"
    terms: tuple[str, ...] = ("classification", "consistency", "pseudo_labels")

    def __init__(self, school: School) -> None:
        self.school = school
        self.networks = {STUDENT: school.student, TEACHER: school.teacher}
        self.epochs, self.first_epoch = school.settings.epochs, school.first_epoch
        self.batches = school.batches
        self.optimizer = make_optimizer(school.student, school.settings)
        # `due`: pseudo-labels are to be made when the next epoch begins.
        self.notes: dict[str, Tensor] = {
            "teacher_best": torch.tensor(-1.0, dtype=torch.float64),
            "due": torch.tensor(1),
        }
        self._steady = school.settings.teacher_norm == "average"
        self.objective = TeacherObjective(
            school.student, school.teacher, school.settings.consistency_form, self._steady
        )
        self._device = school.student.head.weight.device

    @property
    def pseudo_labels(self) -> int:
        """How many wells have a pseudo-label now."""
        return int((self._pseudo >= 0).sum())

    def begin(self, epoch: int, should_stop: ShouldStop, tell: Tell) -> None:
        """Make pseudo-labels where it is time, and again when the teacher has become better."""
        settings = self.school.settings
        wanted = settings.pseudo_weight > 0 and epoch + 1 >= settings.pseudo_from - 1
        if wanted and int(self.notes["due"]):
            self._make_pseudo_labels(epoch, should_stop, tell)

    def losses(self, whole: NDArray[np.intp], items: Sequence[Item], epoch: int) -> Losses:
        """Return the losses of a part of a batch."""
        settings = self.school.settings
        sites = prepared(items, self._device)
        views = [
            laid_out(view_of(sites, items, number), self.school.training)
            for number in range(len(views_of(settings)))
        ]
        used = epoch + 1 >= settings.pseudo_from and bool((self._pseudo >= 0).any())
        losses: Losses = self.objective(
            Views(*views),
            self.targets(whole, items),
            consistency_weight(epoch + 1, settings.consistency, settings.consistency_epochs),
            settings.pseudo_weight if used else 0.0,
        )
        return losses

    def rate(self, epoch: int, step: int) -> float:
        """Return the learning rate, the same for all steps of an epoch."""
        del step
        return cycle_rate(self.school.settings, epoch)

    def stepped(self, epoch: int, steps: int) -> None:
        """Let the teacher follow the student."""
        keep = teacher_keep(steps, epoch + 1, self.school.settings.teacher_decay)
        update_teacher(self.school.teacher, self.school.student, keep, self._steady)

    def validated(self, epoch: int, scores: Mapping[str, float]) -> None:
        """Note whether the teacher is better than ever: its pseudo-labels are then made anew."""
        del epoch
        if scores[TEACHER] > float(self.notes["teacher_best"]):
            self.notes["teacher_best"] = torch.tensor(scores[TEACHER], dtype=torch.float64)
            self.notes["due"] = torch.tensor(1)

    @property
    def _pseudo(self) -> NDArray[np.int64]:
        """(examples,): pseudo-labels, -1 where there is none."""
        found = self.notes.get("pseudo_labels")
        if found is None:
            return np.full(len(self.batches.examples), -1, dtype=np.int64)
        return np.asarray(found.numpy())

    def _make_pseudo_labels(self, epoch: int, should_stop: ShouldStop, tell: Tell) -> None:
        school, old = self.school, self.notes.get("pseudo_logits")
        new = look_at(
            school.teacher,
            self.batches,
            self.first_epoch + epoch,
            school.settings.pseudo_passes,
            school.settings.batch_size,
            school.ranks,
            should_stop,
            tell,
        )
        logits = mix(new, None if old is None else old.numpy(), school.settings.pseudo_keep)
        labels = assign_labels(logits, self.batches, school.experiments, school.prior)
        self.notes |= {
            "pseudo_logits": torch.from_numpy(logits),
            "pseudo_labels": torch.from_numpy(labels),
            "due": torch.tensor(0),
        }

    def targets(self, whole: NDArray[np.intp], items: Sequence[Item]) -> Targets:
        """Labels and weights of a part of a batch; the weights of a batch add up to 1."""
        mine = np.array([item.example for item in items])
        pseudo = self._pseudo
        labels = np.array([item.label for item in items])
        known, guessed = labels >= 0, pseudo[mine] >= 0
        count = int(self.batches.labelled[whole].sum())
        guesses = max(1, int((pseudo[whole] >= 0).sum()))

        def there(values: NDArray[np.generic]) -> Tensor:
            return torch.from_numpy(values).to(self._device)

        return Targets(
            there(labels),
            there((known / max(1, count)).astype(np.float32)),
            there(pseudo[mine]),
            there((guessed / guesses).astype(np.float32)),
            torch.full((len(mine),), 1 / len(whole), device=self._device),
        )
