"""What can still be read out of embeddings of experiment, plate, row and column, on some wells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from deepnoise_app.analysis.embedding_map import FEATURE, centre_plates
from deepnoise_app.errors import ScreenError

if TYPE_CHECKING:
    import pandas as pd

    from deepnoise_app.analysis.probes import Probe

# So many wells are probed within seconds, whatever the size of the screen.
MOST = 2000


@dataclass(frozen=True, slots=True)
class LeftIn:
    """Probes in the order of `TARGETS`, as scored and with each plate centred.

    `wells` were probed, of `all_wells` that have an embedding.
    """

    before: tuple[Probe, ...]
    after: tuple[Probe, ...]
    wells: int
    all_wells: int


def left_in(table: pd.DataFrame, most: int = MOST, seed: int = 0) -> LeftIn | None:
    """Probe embeddings (`Embedding_...`) of wells; None where no well has one.

    Of more than `most` wells some are drawn, always the same ones.
    """
    # Slow to load, and the window starts without them.
    from deepnoise_app.analysis.probes import TARGETS, probe
    from deepnoise_app.analysis.profiles import Profiles

    drawn = table
    if len(table) > most:
        rows = np.random.default_rng(seed).choice(len(table), most, replace=False)
        drawn = table.iloc[np.sort(rows)]
    try:
        profiles = Profiles.of(drawn, "embeddings")
    except ScreenError:
        return None
    complete = np.isfinite(drawn.filter(like=FEATURE).to_numpy(np.float64)).all(axis=1)
    metadata = drawn.iloc[np.flatnonzero(complete)]
    centred = replace(profiles, features=centre_plates(metadata, profiles.features)[0])
    before, after = (
        tuple(probe(one, target, seed) for target in TARGETS) for one in (profiles, centred)
    )
    return LeftIn(before, after, len(profiles), len(table))
