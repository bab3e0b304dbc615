"""Traits: the few numbers that make one cell look unlike another, and what moves them.

A cell's look is `usual value * exp(spread * z)` for each trait, z being 0 for the average cell of
its type. A perturbation is a direction in the space of z.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.simulate.draws import Level, draws

Traits = NDArray[np.float32]

# Trait -> by how much (log scale) one unit of z changes it.
SPREAD: dict[str, float] = {
    "density": 0.16,
    "nucleus_size": 0.09,
    "elongation": 0.09,
    "body_size": 0.12,
    "dna": 0.14,
    "chromatin": 0.30,
    "er": 0.16,
    "er_reach": 0.25,
    "actin": 0.14,
    "fibres": 0.30,
    "rna": 0.14,
    "nucleoli": 0.30,
    "mitochondria": 0.18,
    "mitochondria_network": 0.35,
    "golgi": 0.30,
    "membrane": 0.14,
}
NAMES = tuple(SPREAD)
INDEX = {name: i for i, name in enumerate(NAMES)}

# Length of a typical perturbation's vector, and how unlike each other their lengths are (log sd).
STRENGTH, STRENGTH_SPREAD = 2.3, 0.25
# Part of a perturbation's effect (in length) that depends on the cell type.
CELL_TYPE_SHARE = 0.35
# Standard deviations of z: cell to cell in a well, and well to well with the same perturbation.
CELL_SD, WELL_SD = 0.9, 0.25
# Standard deviation of z between experiments and between the plates of one.
EXPERIMENT_SD, PLATE_SD = 0.45, 0.12


def direction(rng: np.random.Generator) -> Traits:
    """(traits,): a random unit vector."""
    z = rng.standard_normal(len(NAMES))
    return (z / np.linalg.norm(z)).astype(np.float32)


@lru_cache(maxsize=8192)
def perturbation_effect(
    seed: int, perturbation: int, cell_type: int, difficulty: float = 1.0
) -> Traits:
    """(traits,): what perturbation number `perturbation` does to cells of one type.

    The same in every experiment: this is the signal. The smaller `difficulty`, the stronger.
    """
    rng = draws(seed, Level.PERTURBATION, perturbation)
    shared = direction(rng)
    strength = STRENGTH * np.exp(STRENGTH_SPREAD * np.clip(rng.standard_normal(), -2, 2))
    own = direction(draws(seed, Level.CELL_TYPE_RESPONSE, perturbation, cell_type))
    mixed = np.sqrt(1 - CELL_TYPE_SHARE**2) * shared + CELL_TYPE_SHARE * own
    return np.asarray(mixed * (strength / difficulty), dtype=np.float32)


def experiment_drift(seed: int, experiment: int) -> Traits:
    """(traits,): how the cells of one experiment differ (passage, medium, staining)."""
    rng = draws(seed, Level.EXPERIMENT_TRAITS, experiment)
    return rng.normal(0, EXPERIMENT_SD, len(NAMES)).astype(np.float32)


def plate_drift(seed: int, experiment: int, plate: int) -> Traits:
    """(traits,): how the cells of one plate differ from those of its experiment."""
    rng = draws(seed, Level.PLATE_TRAITS, experiment, plate)
    return rng.normal(0, PLATE_SD, len(NAMES)).astype(np.float32)


def well_drift(rng: np.random.Generator) -> Traits:
    """(traits,): how one well differs from another that got the same."""
    return rng.normal(0, WELL_SD, len(NAMES)).astype(np.float32)


def look(z: Traits) -> dict[str, NDArray[np.float32]]:
    """Return factor by which each trait differs from usual; z is (..., traits)."""
    return {name: np.exp(SPREAD[name] * z[..., i]) for i, name in enumerate(NAMES)}
