import csv
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from deepnoise_app.analysis.assignment import assign
from deepnoise_app.analysis.library import candidates_of, infer_library_order
from deepnoise_app.screen import Library

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "rxrx1"


def library_of(plates: int, each: int) -> Library:
    names = [[f"p{k}_{i}" for i in range(each)] for k in range(plates)]
    return Library({f"L{k}": dict.fromkeys(names[k], 1) for k in range(plates)})


def noisy_plate(library: Library, name: str, noise: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    classes = library.perturbations
    wells = rng.permutation([i for i, c in enumerate(classes) if c in library.plates[name]])
    scores = rng.normal(size=(len(wells), len(classes))) * noise
    scores[np.arange(len(wells)), wells] += 1
    return scores


def test_order_is_found_under_noise_that_hides_single_wells() -> None:
    library = library_of(4, 30)
    truth = ("L2", "L3", "L0", "L1")
    plates = [noisy_plate(library, name, 0.6, seed) for seed, name in enumerate(truth)]
    found = infer_library_order(plates, library.perturbations, library)
    assert found.names == truth
    assert found.margin > 0


def test_margin_is_the_distance_to_the_runner_up_of_all_orders() -> None:
    library = library_of(3, 4)
    plates = [noisy_plate(library, f"L{k}", 3.0, k) for k in range(3)]
    classes = library.perturbations
    value = np.empty((3, 3))
    for p in range(3):
        for k in range(3):
            columns, copies = candidates_of(classes, library, f"L{k}")
            value[p, k] = assign(plates[p][:, columns], copies).value
    totals = sorted(value[range(3), order].sum() for order in permutations(range(3)))
    found = infer_library_order(plates, classes, library)
    assert found.margin == pytest.approx(totals[-1] - totals[-2])


def test_an_experiment_with_more_plates_than_the_library_repeats_library_plates() -> None:
    library = library_of(2, 10)
    truth = ("L0", "L1", "L1", "L0")
    plates = [noisy_plate(library, name, 0.1, i) for i, name in enumerate(truth)]
    assert infer_library_order(plates, library.perturbations, library).names == truth


def test_a_single_possible_order_has_an_infinite_margin() -> None:
    library = library_of(1, 3)
    plates = [noisy_plate(library, "L0", 0.1, 0)]
    assert infer_library_order(plates, library.perturbations, library).margin == np.inf


@pytest.mark.skipif(not REAL.is_dir(), reason="needs the RxRx1 tables in ../shared/data")
@pytest.mark.parametrize("column", ["p0", "p1", "p2", "p3"])
def test_every_real_order_of_library_plates_is_found_from_noisy_labels(column: str) -> None:
    with (REAL / "library_plates.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    held: dict[str, dict[str, int]] = {str(k): {} for k in (1, 2, 3, 4)}
    for row in rows:
        held[row["p0"]][row["class"]] = 1
    assert sorted(map(len, held.values())) == [277, 277, 277, 277]
    group = {row["class"]: row["p0"] for row in rows}
    truth = tuple(next(group[r["class"]] for r in rows if r[column] == str(k)) for k in range(1, 5))
    library = Library(held)
    noisy = [noisy_plate(library, name, 0.6, k) for k, name in enumerate(truth)]
    assert infer_library_order(noisy, library.perturbations, library).names == truth
