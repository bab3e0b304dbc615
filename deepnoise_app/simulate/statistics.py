"""How bright and how varied the plates of RxRx1 are: what simulated plates shall look like.

Derived from the plate statistics published with RxRx1 (Sypetkowski et al. 2023): for each of 204
plates and each channel the mean over sites of the site's mean and of its standard deviation, on
the 8-bit scale. Here stand, for each cell type and channel, the median over plates and how the
logarithms vary between experiments and between the plates of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.simulate.draws import Level, draws

Numbers = NDArray[np.float64]
# A draw ends here (in standard deviations), so that no plate is dark or saturated.
LIMIT = 2.2


@dataclass(frozen=True, slots=True)
class Spread:
    """One channel of one cell type; `mean` and `deviation` are medians over plates (0 to 255).

    The rest are standard deviations of the logarithm of the two and their correlation, first
    between experiments, then between the plates of one.
    """

    mean: float
    deviation: float
    experiment_mean: float
    experiment_deviation: float
    experiment_correlation: float
    plate_mean: float
    plate_deviation: float
    plate_correlation: float


# In the order of the channels.
SPREADS: dict[str, tuple[Spread, ...]] = {
    "HEPG2": (
        Spread(5.46, 7.17, 0.90, 0.73, 0.99, 0.121, 0.122, 0.98),
        Spread(14.97, 11.58, 0.38, 0.18, 0.97, 0.089, 0.083, 0.96),
        Spread(9.81, 5.97, 0.60, 0.51, 0.99, 0.079, 0.073, 0.96),
        Spread(9.32, 6.69, 0.78, 0.61, 0.99, 0.055, 0.054, 0.91),
        Spread(4.47, 4.02, 0.94, 0.77, 0.99, 0.065, 0.066, 0.90),
        Spread(8.29, 4.83, 0.68, 0.61, 0.98, 0.058, 0.054, 0.91),
    ),
    "HUVEC": (
        Spread(4.14, 5.40, 0.26, 0.21, 0.00, 0.116, 0.128, 0.97),
        Spread(16.15, 13.25, 0.27, 0.22, 0.97, 0.100, 0.111, 0.96),
        Spread(6.96, 3.57, 0.19, 0.20, 0.92, 0.107, 0.118, 0.87),
        Spread(8.25, 6.83, 0.25, 0.23, 0.97, 0.044, 0.049, 0.81),
        Spread(2.58, 2.71, 0.32, 0.34, 0.97, 0.086, 0.115, 0.77),
        Spread(5.57, 2.72, 0.36, 0.41, 0.97, 0.070, 0.082, 0.80),
    ),
    "RPE": (
        Spread(2.67, 3.47, 0.17, 0.14, 0.92, 0.128, 0.128, 0.98),
        Spread(13.28, 12.53, 0.20, 0.22, 0.95, 0.105, 0.102, 0.98),
        Spread(11.76, 7.48, 0.17, 0.15, 0.87, 0.101, 0.108, 0.96),
        Spread(7.01, 5.88, 0.10, 0.11, 0.75, 0.049, 0.048, 0.88),
        Spread(4.47, 4.36, 0.42, 0.40, 0.98, 0.068, 0.072, 0.92),
        Spread(7.66, 4.46, 0.27, 0.26, 0.95, 0.058, 0.064, 0.89),
    ),
    "U2OS": (
        Spread(9.20, 11.03, 0.36, 0.26, 0.93, 0.076, 0.079, 0.97),
        Spread(12.35, 8.69, 0.72, 0.57, 0.99, 0.052, 0.047, 0.95),
        Spread(11.58, 5.35, 0.38, 0.21, 0.94, 0.044, 0.041, 0.92),
        Spread(9.01, 5.85, 0.60, 0.45, 0.99, 0.047, 0.045, 0.96),
        Spread(3.25, 3.98, 0.98, 0.64, 1.00, 0.058, 0.040, 0.92),
        Spread(14.05, 8.08, 0.50, 0.45, 0.96, 0.049, 0.046, 0.95),
    ),
}


def plate_target(seed: int, cell_type: str, experiment: int, plate: int) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation (channels,) that the sites of a plate shall have on average."""
    spreads = SPREADS[cell_type]
    batch = draws(seed, Level.EXPERIMENT_EXPOSURE, experiment)
    own = draws(seed, Level.PLATE_EXPOSURE, experiment, plate)
    mean, deviation = (np.log([getattr(s, n) for s in spreads]) for n in ("mean", "deviation"))
    for level, rng in (("experiment", batch), ("plate", own)):
        first, second = np.clip(rng.standard_normal((2, len(spreads))), -LIMIT, LIMIT)
        of_mean, of_deviation, shared = (
            np.array([getattr(s, f"{level}_{name}") for s in spreads])
            for name in ("mean", "deviation", "correlation")
        )
        mean += of_mean * first
        deviation += of_deviation * (shared * first + np.sqrt(1 - shared**2) * second)
    return np.exp(mean), np.exp(deviation)
