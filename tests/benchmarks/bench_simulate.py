"""How fast sites are made and written, and how close simulated plates come to those of RxRx1.

`python -m pytest tests/benchmarks/bench_simulate.py -m benchmark -s` prints the speed;
`python tests/benchmarks/bench_simulate.py --statistics` prints the table of docs/simulation.md.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from deepnoise_app.simulate import ScreenDesign, simulate_screen
from deepnoise_app.simulate.celltypes import CELL_TYPES
from deepnoise_app.simulate.stains import CHANNELS
from deepnoise_app.simulate.statistics import SPREADS, plate_target
from deepnoise_app.writers import write_rxrx

WANTED_SITES_PER_S = 20


def sites_per_s(cell_type, size):
    """Sites of six channels that one core makes in a second of its own time."""
    design = ScreenDesign(experiments=1, unlabelled=0, size=size, cell_types=(cell_type,))
    first, second = simulate_screen(design).screen.plates
    second.read(second.wells[0], 1)
    first.read(first.wells[0], 1)
    began = time.process_time()
    for well in second.wells[1:17]:
        second.read(well, 1)
    return 16 / (time.process_time() - began)


@pytest.mark.benchmark
@pytest.mark.parametrize("cell_type", sorted(CELL_TYPES))
def test_sites_that_a_core_makes_in_a_second(cell_type, say):
    speed = sites_per_s(cell_type, 128)
    ratio = speed / WANTED_SITES_PER_S
    say(f"{cell_type}: {speed:.0f} sites/s/core at 128 px, {ratio:.1f} times what is wanted")


@pytest.mark.benchmark
def test_writing_beside_making(tmp_path, say):
    design = ScreenDesign(experiments=1, unlabelled=1, sites=1)
    made = simulate_screen(design)
    began = time.process_time()
    write_rxrx(made.screen, made.truth, tmp_path / "made")
    both = time.process_time() - began
    began = time.process_time()
    write_rxrx(made.screen, made.truth, tmp_path / "kept")
    writing = time.process_time() - began
    say(f"writing takes {writing / both:.2f} of making and writing")


def plate_statistics(design, index):
    """(2, channels): mean and deviation of a plate's sites, as published for RxRx1."""
    plate = simulate_screen(design).screen.plates[index]
    sites = np.stack([plate.read(w, s) for w in plate.wells for s in plate.sites]).astype(float)
    return np.stack([sites.mean(axis=(2, 3)).mean(axis=0), sites.std(axis=(2, 3)).mean(axis=0)])


def spreads(logs):
    """Median (as a number) and log deviations between and within experiments; logs are (e, p)."""
    within = logs.std(axis=1, ddof=1) if logs.shape[1] > 1 else np.zeros(len(logs))
    within = np.sqrt(np.mean(within**2))
    between = np.sqrt(max(logs.mean(axis=1).var(ddof=1) - within**2 / logs.shape[1], 0))
    return float(np.exp(np.median(logs))), between, within


def aims(design):
    """(plates, 2, channels): the statistics that each plate was made to have."""
    plates = [divmod(index, design.plates) for index in range(design.experiments * design.plates)]
    kind = design.cell_types[0]
    return np.array([plate_target(design.seed, kind, *plate) for plate in plates])


def statistics_table(cell_type, experiments, size):
    """Lines of a table: RxRx1 first, simulated second, in each cell."""
    design = ScreenDesign(experiments, 0, 2, 32, 1, size, 0, cell_types=(cell_type,))
    with ProcessPoolExecutor(2) as pool:
        plates = range(2 * experiments)
        rows = list(pool.map(plate_statistics, [design] * len(plates), plates))
    missed = np.log(np.stack(rows) / aims(design))
    missed = np.sqrt(np.mean(missed**2, axis=0))
    logs = np.log(np.stack(rows)).reshape(experiments, 2, 2, len(CHANNELS))
    for c, (channel, real) in enumerate(zip(CHANNELS, SPREADS[cell_type], strict=True)):
        level, between, within = spreads(logs[:, :, 0, c])
        width, between_width, within_width = spreads(logs[:, :, 1, c])
        yield (
            f"| {cell_type} | {channel.name} | {real.mean:.1f} / {level:.1f}"
            f" | {real.experiment_mean:.2f} / {between:.2f} | {real.plate_mean:.2f} / {within:.2f}"
            f" | {real.deviation:.1f} / {width:.1f}"
            f" | {real.experiment_deviation:.2f} / {between_width:.2f}"
            f" | {real.plate_deviation:.2f} / {within_width:.2f}"
            f" | {missed[0, c]:.2f}, {missed[1, c]:.2f} |"
        )


def print_lines(*lines):
    sys.stdout.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--statistics", nargs="*", choices=sorted(CELL_TYPES), required=True)
    parser.add_argument("--experiments", type=int, default=24)
    parser.add_argument("--size", type=int, default=128)
    asked = parser.parse_args()
    print_lines(
        "| Cell type | Channel | Mean | between experiments | between plates"
        " | Deviation | between experiments | between plates"
        " | Off the aim |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    for cell_type in asked.statistics or CELL_TYPES:
        print_lines(*statistics_table(cell_type, asked.experiments, asked.size))


if __name__ == "__main__":
    main()
