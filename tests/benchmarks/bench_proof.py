"""How long the proof of disentanglement takes with the wells of a large screen: 20,000 of them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from deepnoise_app.analysis.mixing import NEIGHBOURS, mixing_indices
from deepnoise_app.analysis.profiles import Profiles
from deepnoise_app.analysis.retrieval import retrieval
from deepnoise_app.screen import Role, WellId

pytestmark = pytest.mark.benchmark
WELLS, FEATURES, NAMES, PLATES = 20_000, 128, 400, 52
PART = 500


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    """Wells of 52 plates that hold 400 perturbations."""
    rng = np.random.default_rng(0)
    held, plate = rng.integers(0, NAMES, WELLS), np.arange(WELLS) * PLATES // WELLS
    features = rng.normal(size=(NAMES, FEATURES))[held] + rng.normal(size=(WELLS, FEATURES))
    return Profiles(
        "made", features, ("E",) * WELLS, tuple(f"P{i}" for i in plate),
        (WellId(0, 0),) * WELLS, (Role.TREATMENT,) * WELLS, tuple(f"k{i}" for i in held),
    )  # fmt: skip


def test_ranking_replicates_takes_little_longer_than_the_bare_ranking(
    profiles: Profiles, fastest, say
) -> None:
    features = profiles.features

    def bare() -> None:
        for first in range(0, WELLS, PART):
            np.sort(features[first : first + PART] @ features.T, axis=1)

    own, least = fastest(lambda: retrieval(profiles), 1), fastest(bare, 1)
    say(f"replicates of {WELLS:,} wells: {own:.1f} s, {own / least:.2f} x the bare ranking")


def test_mixing_takes_little_longer_than_finding_the_neighbours(
    profiles: Profiles, fastest, say
) -> None:
    finder = NearestNeighbors(n_neighbors=NEIGHBOURS + 1)

    def bare() -> None:
        finder.fit(profiles.features).kneighbors(profiles.features)

    own = fastest(lambda: mixing_indices(profiles.features, profiles.plates), 1)
    least = fastest(bare, 1)
    say(f"mixing of {WELLS:,} wells: {own:.1f} s, {own / least:.2f} x finding the neighbours")
