"""ArcFace (Deng et al. 2019): classes as directions, kept apart by a margin of angle."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ArcFace(nn.Module):
    """Logits from the angles between features and one direction per class.

    Without labels: `s cos(theta)`. With labels, the true class gets `s cos(theta + m)`, and beyond
    `theta > pi - m`, where that would rise again, `s (cos(theta) - m sin(m))`.

    Parameters
    ----------
    features, classes
        Length of the input vectors; number of directions.
    scale, margin
        s, and m in radians.
    """

    def __init__(
        self, features: int, classes: int, scale: float = 30.0, margin: float = 0.1
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(classes, features))
        nn.init.xavier_uniform_(self.weight)
        self.scale, self.margin = scale, margin

    def forward(self, features: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return logits, (B, D) -> (B, classes); `labels` are (B,) class numbers.

        Always in 32 bits: with fewer, angles near 0 could not be told apart.
        """
        with torch.autocast(features.device.type, enabled=False):
            return self._logits(features.float(), labels)

    def _logits(self, features: Tensor, labels: Tensor | None) -> Tensor:
        unit = F.normalize(features)
        directions = F.normalize(self.weight.float())
        cosine = unit @ directions.T  # (B, D) x (D, classes) -> (B, classes)
        if labels is None:
            return self.scale * cosine
        true = cosine.gather(1, labels[:, None])  # (B, 1)
        moved = self._with_margin(unit, directions[labels], true)
        return self.scale * cosine.scatter(1, labels[:, None], moved)

    def _with_margin(self, unit: Tensor, direction: Tensor, cosine: Tensor) -> Tensor:
        """cos(theta + m) for the true class, (B, 1).

        sin(theta) is the length of what is left of the feature beside its class's direction: no
        root of 1 - cos^2, so value and gradient are finite up to and at |cos| = 1.
        """
        sine = torch.linalg.vector_norm(unit - cosine * direction, dim=1, keepdim=True)
        moved = cosine * math.cos(self.margin) - sine * math.sin(self.margin)
        guard = cosine - self.margin * math.sin(self.margin)
        return torch.where(cosine > -math.cos(self.margin), moved, guard)
