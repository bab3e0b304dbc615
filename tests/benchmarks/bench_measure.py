"""How long measuring takes beside the bare decoding of the same files, and how long effects take.

`python -m pytest tests/benchmarks/bench_measure.py -m benchmark -s` prints the ratios.
"""

from __future__ import annotations

import time

import pytest

from deepnoise_app.analysis.controls import control_pairs
from deepnoise_app.analysis.correction import Correction, correct
from deepnoise_app.analysis.drift import drift
from deepnoise_app.analysis.measures import measure_well
from deepnoise_app.analysis.position import plate_effects
from deepnoise_app.analysis.variance import variance_shares
from deepnoise_app.readers import open_screen
from deepnoise_app.screen import PixelSource

from ..analysis.kcviab import ABSENT, FOLDER, read_kcviab  # noqa: TID252 (no package)

pytestmark = pytest.mark.benchmark
BASIC, ALL = 1.5, 6.0
PLATE_SITES = 384 * 2


def decode_all(pixels: PixelSource) -> None:
    """Read every plane and do nothing with it."""
    for well, site, channel in zip(*pixels.present.nonzero(), strict=True):
        pixels.read(int(well), int(site), int(channel))


def test_measures_take_a_few_times_what_decoding_takes(big_plate, fastest, say) -> None:
    """One thread on both sides: both let go of the interpreter lock in the same places."""
    plate = open_screen(big_plate).plates[0]
    wells = plate.wells[:16]
    part = {
        depth: fastest(lambda d=depth: [measure_well(plate, w, d) for w in wells], 3)  # type: ignore[misc]
        for depth in ("basic", "all")
    }
    bare = fastest(lambda: decode_all(plate.pixels), 3) * len(wells) / len(plate.wells)
    ratios = {depth: seconds / bare for depth, seconds in part.items()}
    whole = PLATE_SITES / (len(wells) * len(plate.sites))
    say(
        f"384 x 2 x 6 planes of 512 x 512, one thread: decoding {bare * whole:.1f} s, basic"
        f" measures {ratios['basic']:.2f} x, all measures {ratios['all']:.2f} x"
    )
    assert ratios["basic"] < BASIC
    assert ratios["all"] < ALL


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_all_effects_of_a_real_screen_take_seconds(say) -> None:
    plates = read_kcviab()
    began = time.perf_counter()
    for plate in plates:
        plate_effects(plate)
    drift(plates)
    variance_shares(plates)
    control_pairs(correct(plates, Correction.PLATE_MEDIAN))
    correct(plates, Correction.B_SCORE)
    seconds = time.perf_counter() - began
    say(f"all effects of the {len(plates)} plates of KcViab: {seconds:.1f} s")
    assert seconds < 30
