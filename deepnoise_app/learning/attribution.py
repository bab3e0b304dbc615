"""Why a network names a site as it does: integrated gradients (Sundararajan et al. 2017).

The share of each pixel in the step from the baseline's logit to the image's. The baseline is the
mean of the plate everywhere, which is 0 in normalised pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FEWEST_STEPS, MOST_STEPS = 32, 512
# Steps are doubled until the attributions miss the difference of the logits by less than this.
TOLERANCE = 0.02
AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """`values` (C, S, S) add up to `end - start`, but for `missing` of it.

    `start` and `end` are the logits of the class for the baseline and for the image, `steps` how
    many gradients were averaged.
    """

    values: NDArray[np.float32]
    start: float
    end: float
    steps: int

    @property
    def missing(self) -> float:
        """Share of the difference that the attributions miss (against 1 where it is small)."""
        away = self.end - self.start
        return abs(float(self.values.sum(dtype=np.float64)) - away) / max(abs(away), 1.0)


def attribute(
    logits: Callable[[Tensor], Tensor],
    image: Tensor,
    target: int,
    check: Callable[[], None] = lambda: None,
) -> Attribution:
    """Attribute the logit of a class to the pixels of one image.

    Parameters
    ----------
    logits
        (B, C, S, S) -> (B, classes), differentiable, each image on its own.
    image
        (C, S, S), normalised.
    check
        Called between steps; may raise to stop.
    """
    with torch.no_grad():
        both = torch.stack([torch.zeros_like(image), image])
        start, end = (float(one) for one in logits(both)[:, target])
    steps = FEWEST_STEPS
    while True:
        values = (image * _mean_gradient(logits, image, target, steps, check)).cpu().numpy()
        made = Attribution(np.asarray(values, np.float32), start, end, steps)
        if made.missing < TOLERANCE or steps >= MOST_STEPS:
            return made
        steps *= 2


def _mean_gradient(
    logits: Callable[[Tensor], Tensor],
    image: Tensor,
    target: int,
    steps: int,
    check: Callable[[], None],
) -> Tensor:
    """Mean gradient at the middles of `steps` equal parts of the way from the baseline."""
    shares = (torch.arange(steps, device=image.device) + 0.5) / steps  # (steps,)
    total = torch.zeros_like(image, dtype=torch.float64)
    for first in range(0, steps, AT_ONCE):
        check()
        some = shares[first : first + AT_ONCE]
        points = (some[:, None, None, None] * image).requires_grad_()  # (B, C, S, S)
        (gradient,) = torch.autograd.grad(logits(points)[:, target].sum(), points)
        total += gradient.sum(dim=0, dtype=torch.float64)
    return (total / steps).to(image.dtype)
