"""What a plate's sites look like before the network: means, deviations, faults.

Normalisation follows Yang et al. 2023: (pixel - mean) / std, both the averages over all sites of
all wells, controls included, of each site's own mean and deviation; here of the resized sites, in
shares of the brightest storable value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.data import FULL, SitePixels, SiteRef, SiteStore, read_ahead

# A deviation below one step of 16 bits is that of a blank channel.
LEAST_STD = 1 / FULL


@dataclass(frozen=True, slots=True, eq=False)
class PlateSurvey:
    """All sites of one plate, in order of well and site.

    `means`, `stds` are (sites, C), shares 0 to 1, NaN where a channel is missing or unreadable;
    `sizes` is (sites, 2), rows and columns of the files; `faults` per site, empty where all is
    well; `mixed` says which sites have channels of several sizes.
    """

    refs: tuple[SiteRef, ...]
    means: NDArray[np.float64]
    stds: NDArray[np.float64]
    sizes: NDArray[np.intp]
    mixed: NDArray[np.bool_]
    faults: tuple[tuple[str, ...], ...]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """(sites,): which have every channel."""
        return np.asarray(~np.isnan(self.means).any(axis=1))

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of most sites."""
        sizes, counts = np.unique(self.sizes, axis=0, return_counts=True)
        rows, columns = sizes[int(counts.argmax())]
        return int(rows), int(columns)

    def chosen(self) -> dict[int, list[int]]:
        """Well -> positions of its sites: the complete ones, or all readable if none is."""
        found: dict[int, list[int]] = {}
        some = ~np.isnan(self.means).all(axis=1)
        complete = self.complete
        for at in np.flatnonzero(some):
            found.setdefault(self.refs[at].well, []).append(int(at))
        for well, places in found.items():
            found[well] = [at for at in places if complete[at]] or places
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Normalisation:
    """Mean and deviation of one group of wells, (C,) each, shares 0 to 1."""

    mean: NDArray[np.float32]
    std: NDArray[np.float32]


def survey_plate(
    store: SiteStore,
    plate: int,
    pool: ThreadPoolExecutor,
    ahead: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> PlateSurvey:
    """Read every site of a plate once (which also fills the store's memory).

    Raises
    ------
    Interrupted
        If `should_stop` says so.
    """
    return survey_sites(store, sites_of(store, plate), pool, ahead, should_stop)


def sites_of(store: SiteStore, plate: int) -> list[SiteRef]:
    """All sites of a plate that have at least one file, in order of well and site."""
    there = store.plates[plate].present.any(axis=2)
    return [SiteRef(plate, int(w), int(s)) for w, s in np.argwhere(there)]


def survey_sites(
    store: SiteStore,
    refs: Sequence[SiteRef],
    pool: ThreadPoolExecutor,
    ahead: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> PlateSurvey:
    """Read some sites of a plate once.

    Raises
    ------
    Interrupted
        If `should_stop` says so.
    """
    rows: list[tuple[NDArray[np.float64], NDArray[np.float64], SitePixels]] = []
    for site in read_ahead(pool, refs, lambda ref: _moments(store.read(ref)), ahead):
        rows.append(site)
        if should_stop():
            raise Interrupted("stopped while the images were read")
    return PlateSurvey(
        tuple(refs),
        np.array([mean for mean, _, _ in rows]).reshape(len(refs), -1),
        np.array([std for _, std, _ in rows]).reshape(len(refs), -1),
        np.array([site.size for _, _, site in rows], dtype=np.intp).reshape(-1, 2),
        np.array([site.mixed for _, _, site in rows], dtype=np.bool_),
        tuple(tuple(filter(None, site.faults)) for _, _, site in rows),
    )


def _moments(site: SitePixels) -> tuple[NDArray[np.float64], NDArray[np.float64], SitePixels]:
    flat = site.planes.reshape(len(site.planes), -1)
    gone = np.where(site.there, 0.0, np.nan)
    mean, std = flat.mean(axis=1, dtype=np.float64), flat.std(axis=1, dtype=np.float64)
    # The pixels themselves are not held on to: the store decides what stays in memory.
    bare = SitePixels(site.planes[:0], site.faults, site.size, site.mixed)
    return mean / FULL + gone, std / FULL + gone, bare


def normalisations(surveys: Sequence[PlateSurvey], groups: Sequence[object]) -> list[Normalisation]:
    """Return the normalisation of each plate, shared by the plates of one group."""
    made: dict[object, Normalisation] = {}
    for group in set(groups):
        mine = [s for s, g in zip(surveys, groups, strict=True) if g == group]
        means = np.concatenate([s.means for s in mine])
        stds = np.concatenate([s.stds for s in mine])
        made[group] = Normalisation(
            _average(means, 0.0), np.maximum(_average(stds, 1.0), np.float32(LEAST_STD))
        )
    return [made[group] for group in groups]


def _average(values: NDArray[np.float64], otherwise: float) -> NDArray[np.float32]:
    """Mean over sites, (C,); `otherwise` for a channel that no site has."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0).sum(axis=0)
    count = known.sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), otherwise)
    return np.asarray(mean, dtype=np.float32)
