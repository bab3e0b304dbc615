"""What training makes small: named losses, so that each can be seen on its own.

Each sample brings its weight in the whole batch, so that the losses of the parts of a batch, be
they micro-batches or those of several processes, add up to that of the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.runs.stages import Disagreement

Losses = dict[str, Tensor]


class SupervisedObjective(nn.Module):
    """Cross entropy of the logits with margin (first stage of Yang et al. 2023)."""

    def __init__(self, network: DeepNoiseNet, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.network = network
        self.label_smoothing = label_smoothing

    def forward(
        self,
        sites: Tensor,
        labels: Tensor,
        weights: Tensor | None = None,
        kept: Tensor | None = None,
    ) -> Losses:
        """Return the losses by name.

        Parameters
        ----------
        sites, labels, weights
            (B, C, S, S), (B,), (B,); without weights the mean over the samples is taken.
        kept
            (B,), with CutMix: the share of each sample's own label; the rest is that of the sample
            before it.
        """
        if weights is None:
            weights = torch.full_like(labels, 1 / len(labels), dtype=torch.float32)
        features = self.network.features(sites)
        each = self._cross_entropy(features, labels)
        if kept is not None:
            each = kept * each + (1 - kept) * self._cross_entropy(features, labels.roll(1))
        return {"classification": (weights * each).sum()}

    def _cross_entropy(self, features: Tensor, labels: Tensor) -> Tensor:
        logits = self.network.head(features, labels)
        return F.cross_entropy(
            logits, labels, label_smoothing=self.label_smoothing, reduction="none"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """The three views of each sample, (B, C, S, S): same site, same jitter.

    `normal` is named with its label, the others are what student and teacher shall agree on.
    """

    normal: Tensor
    student: Tensor
    teacher: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What is known of each sample, (B,): class numbers or `UNLABELLED`, and weights in the batch.

    `label_weights` and `pseudo_weights` are 0 for samples without label or pseudo-label.
    """

    labels: Tensor
    label_weights: Tensor
    pseudo: Tensor
    pseudo_weights: Tensor
    all_weights: Tensor


class TeacherObjective(nn.Module):
    """What the student of the second stage makes small (Yang et al. 2023).

    (1 - w) cross entropy (labelled, normal view, with margin)
    + c consistency (all: student on its view, easy as published, teacher on its own, hard)
    + w cross entropy (unlabelled, the student's view, pseudo-label)

    Student and teacher both run in training mode; no gradient flows through the teacher.

    Parameters
    ----------
    form
        What consistency is.
    steady
        The teacher's batch norm goes by what it has gathered, instead of by each batch.
    """

    def __init__(
        self,
        student: DeepNoiseNet,
        teacher: DeepNoiseNet,
        form: Disagreement = "squares",
        steady: bool = False,
    ) -> None:
        super().__init__()
        self.student, self.teacher = student, teacher
        self._steady = steady
        self._disagreement = {"squares": consistency, "divergence": divergence}[form]

    def forward(self, views: Views, targets: Targets, c: float, w: float) -> Losses:
        """Return the losses by name, with their weights c and w."""
        if self._steady:
            self.teacher.eval()
        with torch.no_grad():
            taught = self.teacher(views.teacher)
        known, companions = _labelled_rows(targets)
        losses: Losses = {}
        if len(known):
            logits = self._with_margin(views.normal, targets.labels, known, companions)
            each = F.cross_entropy(logits, targets.labels[known], reduction="none")
            losses["classification"] = (1 - w) * (targets.label_weights[known] * each).sum()
        logits = self.student(views.student)
        losses["consistency"] = c * self._disagreement(logits, taught, targets.all_weights)
        if w:
            each = F.cross_entropy(logits, targets.pseudo.clamp(min=0), reduction="none")
            losses["pseudo_labels"] = w * (targets.pseudo_weights * each).sum()
        return losses

    def _with_margin(
        self, sites: Tensor, labels: Tensor, known: Tensor, companions: Tensor
    ) -> Tensor:
        features = self.student.features(sites[torch.cat([known, companions])])
        logits: Tensor = self.student.head(features[: len(known)], labels[known])
        return logits


def consistency(student: Tensor, teacher: Tensor, weights: Tensor) -> Tensor:
    """Weighted sum over samples of the mean over classes of the squared difference of shares.

    Parameters
    ----------
    student, teacher
        Logits, (B, classes).
    weights
        (B,); all 1 / B for the mean over a batch.
    """
    difference = student.float().softmax(dim=1) - teacher.float().softmax(dim=1)
    return (weights * difference.square().mean(dim=1)).sum()


def divergence(student: Tensor, teacher: Tensor, weights: Tensor) -> Tensor:
    """Weighted sum over samples of the Kullback-Leibler divergence of shares, in nats.

    Parameters
    ----------
    student, teacher, weights
        As in `consistency`; what is summed over classes is t log(t / s).
    """
    said, taught = student.float().log_softmax(dim=1), teacher.float().log_softmax(dim=1)
    return (weights * (taught.exp() * (taught - said)).sum(dim=1)).sum()


def _labelled_rows(targets: Targets) -> tuple[Tensor, Tensor]:
    """Rows with a label, and who goes along with one alone: batch norm cannot tell from one."""
    rows = torch.arange(len(targets.labels), device=targets.labels.device)
    known = rows[targets.labels >= 0]
    lonely = len(known) == 1 and len(rows) > 1
    return known, (known + 1) % len(rows) if lonely else known[:0]
