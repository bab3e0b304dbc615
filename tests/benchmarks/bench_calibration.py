"""Whether what the map check calls probable is so: fits the weight of its evidence, and judges it.

`python -m pytest tests/benchmarks/bench_calibration.py -m benchmark -s` prints both tables. Half of
the simulated maps are wrong, so that probabilities of all sizes occur. The screens that judge are
of other accuracies, sizes, shared errors and seeds than those that the weight is fitted on.
"""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.analysis.hypotheses import WEIGHT

from ..analysis.reliability import (  # noqa: TID252 (no package)
    WRONG,
    Setting,
    calibration_error,
    loss,
    reliability,
    trials,
)

pytestmark = pytest.mark.benchmark
WEIGHTS = np.arange(1, 11) / 10
FITTED = [
    Setting(noise, shared, *size)
    for noise in (1.5, 3.0, 4.5, 6.0)
    for shared in (0.0, 1.0)
    for size in ((1, 3, 12), (2, 3, 40))
]
JUDGED = [
    Setting(noise, shared, *size)
    for noise in (1.0, 2.0, 4.0, 5.0, 7.0)
    for shared in (0.5, 1.3)
    for size in ((1, 2, 8), (1, 4, 24), (3, 4, 60))
]


def test_the_weight_of_the_evidence_is_the_one_that_fits_best(say) -> None:
    found = list(trials(FITTED, range(100, 104)))
    losses = {float(weight): loss(found, weight) for weight in WEIGHTS}
    for weight, value in losses.items():
        error = calibration_error(reliability(found, weight))
        say(f"weight {weight:.1f}: loss {value:.4f}, calibration error {error:.4f}")
    assert min(losses, key=losses.__getitem__) == WEIGHT


def test_maps_are_as_often_wrong_as_is_said(say) -> None:
    found = list(trials(JUDGED, range(200, 204)))
    bins = reliability(found, WEIGHT)
    for one in bins:
        say(f"said {one.said:.3f}, found {one.found:.3f}, plates {one.plates}")
    whole, rare = (calibration_error(reliability(found, WEIGHT, w)) for w in (0.5, WRONG))
    say(f"{len(found)} plates, calibration error {whole:.4f}; {rare:.4f} where {WRONG} are wrong")
    for name in ("noise", "shared", "each"):
        for value in sorted({getattr(t.setting, name) for t in found}):
            part = [t for t in found if getattr(t.setting, name) == value]
            error = calibration_error(reliability(part, WEIGHT))
            say(f"{name} {value}: calibration error {error:.4f}")
    assert whole < 0.03
    assert rare < 0.01
