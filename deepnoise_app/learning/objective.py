"""What training makes small: named losses, so that each can be seen on its own."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class SupervisedObjective(nn.Module):
    """Cross entropy of the logits with margin (first stage of Yang et al. 2023)."""

    def __init__(self, network: nn.Module, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.network = network
        self.label_smoothing = label_smoothing

    def forward(self, sites: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Return the losses by name, for (B, C, S, S) sites and (B,) class numbers."""
        logits = self.network(sites, labels)
        loss = F.cross_entropy(logits, labels, label_smoothing=self.label_smoothing)
        return {"classification": loss}
