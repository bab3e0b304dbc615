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
    View,
    ViewDraw,
    apply_views,
    draw_jitter,
    draw_view,
    normalise,
)
from deepnoise_app.learning.data import FULL, SitePixels, SiteRef, SiteStore, read_ahead
from deepnoise_app.learning.examples import UNLABELLED, Example
from deepnoise_app.learning.survey import Normalisation, PlateSurvey

# Names of the independent streams of random numbers; part of what a seed means.
ORDER, ITEM, STEP, CUT, LOOK = 1, 2, 3, 4, 5
# Fewest labelled items of a batch that mixes both kinds: batch norm cannot tell from one.
FEWEST = 2


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


@dataclass(frozen=True, slots=True)
class Drawing:
    """How items are drawn: `views` of each, all of one site with one jitter.

    `mixed` batches hold labelled and unlabelled wells; those that lack a kind are left out.
    """

    batch_size: int
    views: tuple[View, ...] = ("normal",)
    jitter: float = 0.1
    mixed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One drawn site with its fate; `example` is its position among the examples."""

    site: SitePixels
    mean: NDArray[np.float32]
    std: NDArray[np.float32]
    views: tuple[ViewDraw, ...]
    label: int
    example: int


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One step: `examples` of the whole batch, labelled ones first; `items` of this process."""

    examples: NDArray[np.intp]
    items: list[Item]


class Batches:
    """The batches of any epoch of a lesson.

    Wells without a readable image are left out. The last batch is not smaller than the others by
    more than one, so that batch norm never meets a single site.

    Parameters
    ----------
    rank, ranks
        Which of how many processes this is: each reads its share of every batch.
    """

    def __init__(
        self,
        lesson: Lesson,
        drawing: Drawing,
        seed: int,
        pool: ThreadPoolExecutor,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        self._store, self._groups, self._sites = lesson.store, lesson.groups, lesson.sites()
        self.examples = [e for e in lesson.examples if (e.plate, e.well) in self._sites]
        self.labelled = np.array([e.label != UNLABELLED for e in self.examples], dtype=np.bool_)
        self._drawing, self._seed, self._pool = drawing, seed, pool
        self._rank, self._ranks = rank, ranks

    def __len__(self) -> int:
        """Most steps of an epoch; mixed ones may have fewer."""
        return max(1, -(-len(self.examples) // self._drawing.batch_size))

    def order(self, epoch: int) -> list[NDArray[np.intp]]:
        """Return the examples of each batch of an epoch (from 0), labelled ones first."""
        rng = np.random.default_rng((self._seed, ORDER, epoch))
        shuffled = rng.permutation(len(self.examples))
        parts = np.array_split(shuffled, len(self))
        parts = [part[np.argsort(~self.labelled[part], kind="stable")] for part in parts]
        if not self._drawing.mixed:
            return parts
        counts = [(int(self.labelled[part].sum()), len(part)) for part in parts]
        return [
            part
            for part, (known, size) in zip(parts, counts, strict=True)
            if FEWEST <= known < size
        ]

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[Batch]:
        """Yield the batches of an epoch (from 0), without the first `skip`."""
        parts = self.order(epoch)[skip:]
        mine = [part[self._rank :: self._ranks] for part in parts]
        keys = [int(index) for part in mine for index in part]
        ahead = 2 * -(-self._drawing.batch_size // self._ranks)
        items = read_ahead(self._pool, keys, lambda index: self.item(epoch, index), ahead)
        for part, share in zip(parts, mine, strict=True):
            yield Batch(part, [next(items) for _ in share])

    def item(self, epoch: int, index: int) -> Item:
        """Draw site, jitter and views of one example."""
        rng = np.random.default_rng((self._seed, ITEM, epoch, index))
        return self._drawn(rng, index, self._drawing.views)

    def looks(self, epoch: int, number: int, rows: NDArray[np.intp]) -> list[Item]:
        """Draw easy views of examples, apart from those they are trained on: look `number`."""

        def look(index: int) -> Item:
            rng = np.random.default_rng((self._seed, LOOK, epoch, number, index))
            return self._drawn(rng, index, ("easy",))

        return list(self._pool.map(look, map(int, rows)))

    def _drawn(self, rng: np.random.Generator, index: int, views: tuple[View, ...]) -> Item:
        """Draw an item: views share site and jitter, the rest is drawn anew for each."""
        example = self.examples[index]
        sites = self._sites[example.plate, example.well]
        site = self._store.read(sites[int(rng.integers(len(sites)))])
        mean, std = draw_jitter(rng, self._groups[example.plate], self._drawing.jitter)
        draws = tuple(draw_view(rng, view) for view in views)
        return Item(site, mean, std, draws, example.label, index)


def prepared(items: Sequence[Item], device: torch.device) -> Tensor:
    """Return normalised sites, (B, C, S, S), on the device."""

    def stacked(arrays: list[NDArray[np.generic]]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).to(device, non_blocking=True)

    pixels = stacked([item.site.planes for item in items]).float() / FULL
    return normalise(
        pixels,
        stacked([item.mean for item in items]),
        stacked([item.std for item in items]),
        stacked([item.site.there for item in items]),
    )


def view_of(sites: Tensor, items: Sequence[Item], number: int = 0) -> Tensor:
    """Return one of the drawn views of prepared sites, (B, C, S, S)."""
    return apply_views(sites, [item.views[number] for item in items])


def collate(items: Sequence[Item], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the first views (B, C, S, S) and class numbers (B,), both on the device."""
    labels = torch.tensor([item.label for item in items], device=device)
    return view_of(prepared(items, device), items), labels
