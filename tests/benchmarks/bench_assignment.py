"""Assignment of a whole RxRx1 plate, and of an experiment with its library order, beside argmax."""

from __future__ import annotations

import numpy as np
import pytest

from deepnoise_app.analysis.assignment import assign
from deepnoise_app.analysis.library import infer_library_order
from deepnoise_app.screen import Library

pytestmark = pytest.mark.benchmark

WELLS, CLASSES = 277, 1108
NAMES = tuple(f"sirna_{n}" for n in range(CLASSES))


def scores(plate: int, noise: float, classes: int = CLASSES):
    """(wells, classes): log shares in which the truth is somewhat likelier than the rest."""
    rng = np.random.default_rng((plate, int(10 * noise)))
    logits = rng.normal(0, noise, (WELLS, classes))
    logits[np.arange(WELLS), np.arange(WELLS) + (WELLS * plate if classes == CLASSES else 0)] += 3
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("noise", [0.5, 1.0, 3.0])
def test_assignment_of_a_plate_takes_milliseconds(fastest, say, noise) -> None:
    values = scores(0, noise, WELLS)
    ours = fastest(lambda: assign(values, [1] * WELLS), 20)
    plain = fastest(lambda: values.argmax(axis=1), 20)
    say(
        f"assignment {WELLS} x {WELLS}, noise {noise}: {1e3 * ours:.2f} ms (aim 10);"
        f" argmax {1e3 * plain:.2f} ms; ratio {ours / plain:.0f}"
    )


def test_library_order_of_an_experiment(fastest, say) -> None:
    library = Library(
        {f"p{p}": dict.fromkeys(NAMES[p * WELLS : (p + 1) * WELLS], 1) for p in range(4)}
    )
    plates = [scores(plate, 2.0) for plate in (1, 2, 3, 0)]
    found = infer_library_order(plates, NAMES, library)
    assert found.names == ("p1", "p2", "p3", "p0")
    ours = fastest(lambda: infer_library_order(plates, NAMES, library), 5)
    one = fastest(lambda: assign(plates[0][:, :WELLS], [1] * WELLS), 5)
    say(
        f"order of 4 library plates among 4! : {1e3 * ours:.0f} ms; one assignment"
        f" {1e3 * one:.1f} ms; ratio {ours / one:.0f} (16 are needed)"
    )
