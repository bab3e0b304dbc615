"""From the sites of a plate to one vector of logits per well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.adabn import adapt
from deepnoise_app.learning.augment import dihedral, normalise
from deepnoise_app.learning.data import FULL, SitePixels, SiteStore, read_ahead
from deepnoise_app.learning.device import activation_room
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.survey import Normalisation, PlateSurvey
from deepnoise_app.screen import WellId


@dataclass(frozen=True, slots=True, eq=False)
class PlateScores:
    """What the network says about each imaged well of a plate, in the plate's order of wells.

    `logits` are (wells, classes) and `embeddings` (wells, D), means over sites and views; NaN for
    a well without a readable image. `sites` is how many sites took part; `flags` says per well
    what was wrong with its images; `correction` names what was corrected. `discriminants` are
    logarithms of shares, (wells, treatments), where wells are to be named by them.
    """

    experiment: str
    plate: str
    wells: tuple[WellId, ...]
    logits: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    sites: NDArray[np.intp]
    flags: tuple[tuple[str, ...], ...]
    correction: str = "none"
    discriminants: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """A network ready to score: where it computes, in how many views, how many sites at once.

    `most_sites` limits how many sites of each well take part; 0: all. `heard` is told after each
    batch how many sites of the plate are scored, of how many, and gets what returns the scores of
    the wells that are whole by then.
    """

    network: DeepNoiseNet
    device: torch.device
    views: int
    batch_size: int
    pool: ThreadPoolExecutor
    most_sites: int = 0
    heard: Callable[[int, int, Callable[[], PlateScores]], None] = field(default=lambda *_: None)

    def score(
        self,
        store: SiteStore,
        survey: PlateSurvey,
        plate: int,
        group: Normalisation,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> PlateScores:
        """Score one plate; incomplete sites are left out where the well has a complete one.

        The result does not depend on batch size, order or number of threads (beyond rounding).

        Raises
        ------
        Interrupted
            If `should_stop` says so.
        """
        wells = np.array([survey.refs[at].well for at in self._places(survey)], dtype=np.intp)
        logits: list[NDArray[np.float32]] = []
        embeddings: list[NDArray[np.float32]] = []
        name, (classes, width) = store.plates[plate], self.network.head.weight.shape
        count = len(name.wells)

        def made_of(wells: NDArray[np.intp]) -> PlateScores:
            return PlateScores(
                name.experiment,
                name.name,
                name.wells,
                _well_means(logits, wells, count, classes),
                _well_means(embeddings, wells, count, width),
                np.bincount(wells, minlength=count),
                _flags(survey, survey.chosen(), count),
            )

        self.network.eval()
        for sites in self.sites(store, survey, group, should_stop):
            made = self.describe(sites)
            logits.append(made[0])
            embeddings.append(made[1])
            done = sum(map(len, logits))
            whole = done if done == len(wells) else int(np.searchsorted(wells, wells[done]))
            self.heard(done, len(wells), partial(made_of, wells[:whole]))
        return made_of(wells)

    def adapted(
        self,
        store: SiteStore,
        survey: PlateSurvey,
        group: Normalisation,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Scorer:
        """Return a scorer whose network has the batch-norm statistics of this plate.

        They are those of the sites that are scored, unturned (view 0).

        Raises
        ------
        Interrupted
            If `should_stop` says so.
        """
        network = adapt(
            self.network,
            lambda: self.sites(store, survey, group, should_stop),
            len(self._places(survey)),
            activation_room(self.device),
        )
        return replace(self, network=network)

    def sites(
        self,
        store: SiteStore,
        survey: PlateSurvey,
        group: Normalisation,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Tensor]:
        """Yield the sites that are scored, by well, normalised, in batches (B, C, S, S)."""
        refs = [survey.refs[at] for at in self._places(survey)]
        sites = read_ahead(self.pool, refs, store.read, 2 * self.batch_size)
        for batch in _batches(sites, self.batch_size):
            if should_stop():
                raise Interrupted("stopped while a plate was scored")
            yield self.prepared(batch, group)

    def describe(self, sites: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return logits (B, classes) and embeddings (B, D), means over the views."""
        with torch.inference_mode():
            features = [self.network.features(dihedral(sites, v)) for v in range(self.views)]
            logits = torch.stack([self.network.head(one) for one in features]).mean(dim=0)
            embeddings = torch.stack(features).mean(dim=0)
        return _numpy(logits), _numpy(embeddings)

    def _chosen(self, survey: PlateSurvey) -> dict[int, list[int]]:
        """Well -> positions of the sites of it that are scored."""
        most = self.most_sites or None
        return {well: places[:most] for well, places in survey.chosen().items()}

    def _places(self, survey: PlateSurvey) -> list[int]:
        """Positions of the sites that are scored, by well."""
        chosen = self._chosen(survey)
        return [at for well in sorted(chosen) for at in chosen[well]]

    def prepared(self, sites: list[SitePixels], group: Normalisation) -> Tensor:
        """Return sites as the network gets them, (B, C, S, S)."""
        pixels = torch.from_numpy(np.stack([site.planes for site in sites])).to(self.device)
        there = torch.from_numpy(np.stack([site.there for site in sites])).to(self.device)
        mean = torch.from_numpy(group.mean).to(self.device).expand(len(sites), -1)
        std = torch.from_numpy(group.std).to(self.device).expand(len(sites), -1)
        return normalise(pixels.float() / FULL, mean, std, there)


def _batches(sites: Iterable[SitePixels], size: int) -> Iterator[list[SitePixels]]:
    waiting = iter(sites)
    while batch := list(islice(waiting, size)):
        yield batch


def _numpy(tensor: Tensor) -> NDArray[np.float32]:
    return np.asarray(tensor.float().cpu().numpy(), dtype=np.float32)


def _well_means(
    parts: list[NDArray[np.float32]], wells: NDArray[np.intp], count: int, width: int
) -> NDArray[np.float32]:
    """Mean over the sites of each well, (count, width); NaN for wells without sites.

    Sites behind the last of `wells` do not count.
    """
    total = np.zeros((count, width))
    for part, start in zip(parts, np.cumsum([0, *map(len, parts)]), strict=False):
        there = wells[start : start + len(part)]
        np.add.at(total, there, part[: len(there)])
    sites = np.bincount(wells, minlength=count).astype(float)
    sites[sites == 0] = np.nan
    return np.asarray(total / sites[:, None], dtype=np.float32)


def _flags(
    survey: PlateSurvey, chosen: dict[int, list[int]], count: int
) -> tuple[tuple[str, ...], ...]:
    """Per well: what is wrong with its images.

    `site-missing`, `site-left-out`, `channel-filled`, `unreadable`, `size`, `no-image`.
    """
    found: list[set[str]] = [set() for _ in range(count)]
    size = survey.size if len(survey.refs) else (0, 0)
    for at, ref in enumerate(survey.refs):
        used = at in chosen.get(ref.well, ())
        faults = survey.faults[at]
        if faults:
            found[ref.well].add("channel-filled" if used else "site-left-out")
        if any(not fault.endswith("is missing") for fault in faults):
            found[ref.well].add("unreadable")
        if survey.mixed[at] or (survey.sizes[at].any() and tuple(survey.sizes[at]) != size):
            found[ref.well].add("size")
    sites = np.bincount([ref.well for ref in survey.refs], minlength=count)
    for well in range(count):
        if sites[well] < sites.max():
            found[well].add("site-missing")
        if well not in chosen:
            found[well] = (found[well] - {"site-left-out", "site-missing"}) | {"no-image"}
    return tuple(tuple(sorted(flags)) for flags in found)
