"""Training batches: every draw comes from (seed, epoch, index), so any step can be made again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deepnoise_app.learning.augment import (
    ViewDraw,
    apply_views,
    draw_jitter,
    draw_view,
    normalise,
)
from deepnoise_app.learning.data import FULL, SitePixels, SiteRef, SiteStore, read_ahead
from deepnoise_app.learning.examples import Example
from deepnoise_app.learning.survey import Normalisation, PlateSurvey
from deepnoise_app.runs.recipe import Training

# Names of the independent streams of random numbers; part of what a seed means.
ORDER, ITEM, STEP = 1, 2, 3


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is learned from: per plate of the store its survey and its normalisation."""

    store: SiteStore
    surveys: Sequence[PlateSurvey]
    groups: Sequence[Normalisation]
    examples: Sequence[Example]

    def sites(self) -> dict[tuple[int, int], list[SiteRef]]:
        """(plate, well) -> sites that may be drawn: the complete ones where there are any."""
        return {
            (plate, well): [survey.refs[at] for at in places]
            for plate, survey in enumerate(self.surveys)
            for well, places in survey.chosen().items()
        }


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One drawn site with its fate."""

    site: SitePixels
    mean: NDArray[np.float32]
    std: NDArray[np.float32]
    view: ViewDraw
    label: int


class Batches:
    """The batches of any epoch of a lesson.

    Wells without a readable image are left out. The last batch is not smaller than the others by
    more than one, so that batch norm never meets a single site.
    """

    def __init__(
        self, lesson: Lesson, settings: Training, seed: int, pool: ThreadPoolExecutor
    ) -> None:
        self._store = lesson.store
        self._groups = lesson.groups
        self._sites = lesson.sites()
        self._examples = [e for e in lesson.examples if (e.plate, e.well) in self._sites]
        self._settings, self._seed, self._pool = settings, seed, pool

    def __len__(self) -> int:
        return max(1, -(-len(self._examples) // self._settings.batch_size))

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[list[Item]]:
        """Yield the batches of an epoch (from 0), without the first `skip`."""
        rng = np.random.default_rng((self._seed, ORDER, epoch))
        order = rng.permutation(len(self._examples))
        parts = np.array_split(order, len(self))[skip:]
        keys = [int(index) for part in parts for index in part]
        ahead = 2 * self._settings.batch_size
        items = read_ahead(self._pool, keys, lambda index: self.item(epoch, index), ahead)
        for part in parts:
            yield [next(items) for _ in part]

    def item(self, epoch: int, index: int) -> Item:
        """Draw site, jitter and view of one example."""
        example = self._examples[index]
        rng = np.random.default_rng((self._seed, ITEM, epoch, index))
        sites = self._sites[example.plate, example.well]
        site = self._store.read(sites[int(rng.integers(len(sites)))])
        mean, std = draw_jitter(rng, self._groups[example.plate], self._settings.jitter)
        return Item(site, mean, std, draw_view(rng, self._settings.view), example.label)


def collate(items: Sequence[Item], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return altered sites (B, C, S, S) and class numbers (B,), both on the device."""

    def stacked(arrays: list[NDArray[np.generic]]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).to(device)

    pixels = stacked([item.site.planes for item in items]).float() / FULL
    sites = normalise(
        pixels,
        stacked([item.mean for item in items]),
        stacked([item.std for item in items]),
        stacked([item.site.there for item in items]),
    )
    labels = torch.tensor([item.label for item in items], device=device)
    return apply_views(sites, [item.view for item in items]), labels
