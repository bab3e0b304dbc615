"""How many labels may be wrong before the library plates of real experiments are not found.

`python -m pytest tests/benchmarks/bench_library.py -m benchmark -s` prints the table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepnoise_app.analysis.library import infer_library_order
from deepnoise_app.readers import open_screen
from deepnoise_app.screen import Role

REAL = Path(__file__).parents[3] / "shared" / "data" / "rxrx1"
RATES = (0.5, 0.8, 0.9, 0.95, 0.98, 1.0)

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real RxRx1 tables are not in ../shared/data"),
]


def test_library_plates_are_found_though_most_labels_are_wrong(say) -> None:
    screen = open_screen(REAL)
    library = screen.library
    assert library is not None
    classes = library.perturbations
    code = {name: i for i, name in enumerate(classes)}
    experiments: dict[str, list[np.ndarray]] = {}
    for plate in screen.plates:
        names = [c.perturbation for c in plate.map.contents.values() if c.role is Role.TREATMENT]
        if all(name in code for name in names) and names:
            experiments.setdefault(plate.experiment, []).append(np.array([code[n] for n in names]))
    rng = np.random.default_rng(0)
    found = {}
    for rate in RATES:
        right = 0
        for plates in experiments.values():
            scores = [one_hot(corrupted(labels, rate, len(classes), rng), len(classes))
                      for labels in plates]  # fmt: skip
            truth = infer_library_order(
                [one_hot(p, len(classes)) for p in plates], classes, library
            )
            right += infer_library_order(scores, classes, library).names == truth.names
        found[rate] = right / len(experiments)
    told = ", ".join(f"{rate:.0%} wrong: {share:.2f}" for rate, share in found.items())
    say(f"library plates of {len(experiments)} real experiments, all four found; labels {told}")
    assert found[0.8] == 1
    assert found[1.0] < 0.2


def corrupted(
    labels: np.ndarray, rate: float, classes: int, rng: np.random.Generator
) -> np.ndarray:
    """Replace so many labels at random by any class."""
    wrong = rng.random(len(labels)) < rate
    return np.where(wrong, rng.integers(0, classes, len(labels)), labels)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Scores of 1 for the label and 0 for all else."""
    made = np.zeros((len(labels), classes), dtype=np.float32)
    made[np.arange(len(labels)), labels] = 1
    return made
