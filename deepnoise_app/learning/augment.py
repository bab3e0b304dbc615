"""Altered views of sites: drawn per sample, applied to a whole batch at once where it lies.

The views are those of Yang et al. 2023: *easy* (flips, quarter turns, then in half of the cases
shift, scale and aspect of up to 10 %), *normal* (easy and random erasing), *hard* (normal and a
crop that keeps 80 to 99 % of the side). All geometry of one sample is a single resampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from deepnoise_app.learning.survey import Normalisation

View = Literal["easy", "normal", "hard"]
Rectangle = tuple[float, float, float, float]
MOVE = 0.1
ERASED_AREA = (0.02, 0.4)
ERASED_ASPECT = (0.3, 1 / 0.3)
KEPT_SIDE = (0.8, 0.99)


@dataclass(frozen=True, slots=True)
class ViewDraw:
    """One sample's fate.

    `matrix` is (2, 3): where the picture is sampled, in coordinates from -1 to 1. `erased` is
    (top, bottom, left, right) in shares of the side, all 0 where nothing is erased.
    """

    matrix: NDArray[np.float32]
    erased: Rectangle


def draw_view(rng: np.random.Generator, view: View) -> ViewDraw:
    """Draw the geometry and the erased rectangle of one sample."""
    matrix = np.eye(3)
    for axis in range(2):
        if rng.random() < 0.5:
            matrix[axis] *= -1
    if rng.random() < 0.5:
        matrix = matrix @ np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    if rng.random() < 0.5:
        matrix = matrix @ _moved(rng)
    erased = (0.0, 0.0, 0.0, 0.0)
    if view != "easy" and rng.random() < 0.5:
        erased = _rectangle(rng)
    if view == "hard":
        matrix = matrix @ _crop(rng)
    return ViewDraw(matrix[:2].astype(np.float32), erased)


def _moved(rng: np.random.Generator) -> NDArray[np.float64]:
    shift = rng.uniform(-MOVE, MOVE, 2) * 2  # the coordinates run over a length of 2
    scale = 1 + rng.uniform(-MOVE, MOVE)
    aspect = np.sqrt(1 + rng.uniform(-MOVE, MOVE))
    return np.array([[scale * aspect, 0, shift[0]], [0, scale / aspect, shift[1]], [0, 0, 1]])


def _crop(rng: np.random.Generator) -> NDArray[np.float64]:
    side = rng.uniform(*KEPT_SIDE)
    shift = rng.uniform(-1, 1, 2) * (1 - side)
    return np.array([[side, 0, shift[0]], [0, side, shift[1]], [0, 0, 1]])


def _rectangle(rng: np.random.Generator) -> Rectangle:
    area = rng.uniform(*ERASED_AREA)
    aspect = np.exp(rng.uniform(*np.log(ERASED_ASPECT)))
    height, width = min(1.0, np.sqrt(area * aspect)), min(1.0, np.sqrt(area / aspect))
    top, left = rng.uniform(0, 1 - height), rng.uniform(0, 1 - width)
    return top, top + height, left, left + width


def draw_jitter(
    rng: np.random.Generator, group: Normalisation, amount: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and deviation, each changed by up to `amount` (relative) per channel; (C,) each."""
    change = 1 + rng.uniform(-amount, amount, (2, len(group.mean)))
    mean, std = group.mean * change[0], group.std * change[1]
    return mean.astype(np.float32), std.astype(np.float32)


def normalise(pixels: Tensor, mean: Tensor, std: Tensor, there: Tensor) -> Tensor:
    """Return (pixels - mean) / std, and 0, the mean, for channels that are not there.

    Parameters
    ----------
    pixels
        (B, C, H, W), shares 0 to 1.
    mean, std, there
        (B, C); `there` is boolean.
    """
    made = (pixels - mean[:, :, None, None]) / std[:, :, None, None]
    return torch.where(there[:, :, None, None], made, 0.0)


def apply_views(pixels: Tensor, draws: Sequence[ViewDraw]) -> Tensor:
    """Alter a batch of normalised sites, (B, C, H, W); what comes from outside is 0, the mean."""
    matrices = torch.from_numpy(np.stack([d.matrix for d in draws])).to(pixels.device)
    grid = F.affine_grid(matrices, list(pixels.shape), align_corners=False)  # (B, H, W, 2)
    moved = F.grid_sample(pixels, grid, padding_mode="zeros", align_corners=False)
    return moved * ~_inside([d.erased for d in draws], pixels)


def draw_cut(rng: np.random.Generator, share: float) -> Rectangle:
    """Draw what another image covers (CutMix, Yun et al. 2019), in `share` of the cases.

    The covered area is uniform between 0 and 1, its centre anywhere.
    """
    if rng.random() >= share:
        return 0.0, 0.0, 0.0, 0.0
    half = np.sqrt(rng.random()) / 2
    y, x = rng.random(2)
    return max(0.0, y - half), min(1.0, y + half), max(0.0, x - half), min(1.0, x + half)


def cut_mix(sites: Tensor, cuts: Sequence[Rectangle]) -> tuple[Tensor, Tensor]:
    """Cover a rectangle of each site by that of the site before it.

    Returns
    -------
    mixed
        (B, C, H, W).
    kept
        (B,), the share of each site's pixels that are its own.
    """
    covered = _inside(cuts, sites)  # (B, 1, H, W)
    mixed = torch.where(covered, sites.roll(1, dims=0), sites)
    return mixed, 1 - covered.float().mean(dim=(1, 2, 3))


def _inside(rectangles: Sequence[Rectangle], pixels: Tensor) -> Tensor:
    """(B, 1, H, W): whether a pixel's centre lies in the rectangle of its sample."""
    edges = torch.tensor(rectangles, dtype=torch.float32, device=pixels.device)
    height, width = pixels.shape[2:]
    y = (torch.arange(height, device=pixels.device) + 0.5) / height
    x = (torch.arange(width, device=pixels.device) + 0.5) / width
    inside_y = (y >= edges[:, 0:1]) & (y < edges[:, 1:2])  # (B, H)
    inside_x = (x >= edges[:, 2:3]) & (x < edges[:, 3:4])  # (B, W)
    return inside_y[:, None, :, None] & inside_x[:, None, None, :]


def dihedral(pixels: Tensor, number: int) -> Tensor:
    """Return one of the eight flips and quarter turns of square sites; number 0 changes nothing."""
    turned = torch.rot90(pixels, number % 4, dims=(2, 3))
    return turned.flip(3) if number >= 4 else turned
