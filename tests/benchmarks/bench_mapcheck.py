"""How often planted errors of the bench are found, and how often a right plate raises an alarm.

`python -m pytest tests/benchmarks/bench_mapcheck.py -m benchmark -s` prints the table.
"""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.analysis.evidence import PlateEvidence
from deepnoise_app.analysis.mapcheck import Verdict, check_maps
from deepnoise_app.screen import WellId

from ..analysis.made_evidence import ERRORS, made_screen, plant  # noqa: TID252 (no package)

pytestmark = pytest.mark.benchmark
WRONG = [error for error in ERRORS if error != "none"]
EXCHANGES = {"exchange", "between"}


@pytest.mark.parametrize(("noise", "least"), [(1.0, 0.98), (1.5, 0.95), (2.0, 0.9), (3.0, 0.75)])
def test_of_a_hundred_right_plates_at_most_one_raises_an_alarm(noise, least, say) -> None:
    alarms = plates = agreeing = wells = 0
    said: list[float] = []
    right: list[bool] = []
    caught: dict[str, list[bool]] = {error: [] for error in WRONG}
    for seed in range(12):
        screen, library = made_screen(seed, noise)
        for error in ERRORS:
            planted, _ = plant(screen, error, np.random.default_rng(seed))
            checks = check_maps(planted, library).plates
            for before, after, check in zip(screen, planted, checks, strict=True):
                alarm = check.verdict is Verdict.DIFFERS
                said += [one.probability for one in check.exchanged]
                right += [_planted(before, after, one.first) for one in check.exchanged]
                if error == "none":
                    agreeing, wells = agreeing + check.agreeing, wells + check.wells
                if before.map.contents == after.map.contents:
                    plates += 1
                    alarms += alarm or bool(check.exchanged)
                else:
                    caught[error].append(bool(check.exchanged) if error in EXCHANGES else alarm)
    shares = {error: float(np.mean(found)) for error, found in caught.items()}
    told = ", ".join(f"{error} {share:.2f}" for error, share in shares.items())
    say(f"noise {noise}: {alarms} false alarms on {plates} right plates; found: {told}")
    say(
        f"free accuracy {agreeing / wells:.2f}; {len(said)} wells called exchanged with mean"
        f" probability {np.mean(said) if said else 0:.3f}, rightly {np.mean(right or [0]):.3f}"
    )
    assert alarms <= plates / 100
    whole = [share for error, share in shares.items() if error not in {*EXCHANGES, "library"}]
    assert min(whole) >= least


def _planted(before: PlateEvidence, after: PlateEvidence, well: WellId) -> bool:
    return before.map[well] != after.map[well]
