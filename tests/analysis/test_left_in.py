"""What embeddings still know of plates: before and after plates are centred, on drawn wells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepnoise_app.analysis.left_in import left_in
from deepnoise_app.screen import WellId


def table(wells: int = 60) -> pd.DataFrame:
    """Four plates that lie far apart, and one well that could not be read."""
    rng = np.random.default_rng(1)
    parts = []
    for plate in range(4):
        values = rng.normal(size=(wells, 5))
        values[:, 0] += 20 * plate
        part = pd.DataFrame(values, columns=[f"Embedding_{at:04d}" for at in range(5)])
        names = [WellId(at // 12, at % 12).name for at in range(wells)]
        parts.append(
            part.assign(
                Metadata_Experiment=f"E{plate // 2}",
                Metadata_Plate=f"P{plate % 2}",
                Metadata_Well=names,
                Metadata_Role="treatment",
                Metadata_Perturbation="x",
            )
        )
    made = pd.concat(parts, ignore_index=True)
    made.loc[3, "Embedding_0002"] = np.nan
    return made


def test_the_plate_is_read_before_and_no_more_after_centring():
    found = left_in(table())
    assert found is not None
    before, after = ({one.target: one for one in some} for some in (found.before, found.after))
    assert before["plate"].knows > 0.95
    assert after["plate"].knows < 0.2
    assert before["plate"].chance == 0.25
    assert abs(before["row"].knows) < 0.2
    assert (found.wells, found.all_wells) == (239, 240)


def test_of_many_wells_the_same_ones_are_drawn_each_time():
    first, again = left_in(table(), most=100), left_in(table(), most=100)
    assert first == again
    assert first is not None
    assert first.wells <= 100 < first.all_wells


def test_nothing_is_told_where_no_well_has_an_embedding():
    assert left_in(table().assign(Embedding_0001=np.nan)) is None
