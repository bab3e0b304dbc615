"""Whether the signal is there and the noise hides it: what the network shall learn from."""

import numpy as np

from deepnoise_app.screen import Role
from deepnoise_app.simulate import ScreenDesign, simulate_screen

DESIGN = ScreenDesign(experiments=4, unlabelled=0, plates=1, perturbations=32, sites=2, size=48)


def described(site):
    """A few numbers for each channel: its level, spread, tails and fine structure."""
    fine = np.abs(np.diff(site, axis=1)).mean(axis=(1, 2))
    tails = np.percentile(site, [5, 50, 95], axis=(1, 2)).ravel()
    return np.concatenate([site.mean(axis=(1, 2)), site.std(axis=(1, 2)), tails, fine])


def features(normalised):
    """(experiments, perturbations, features) of all treated wells."""
    made = simulate_screen(DESIGN)
    rows = []
    for plate in made.screen.plates:
        wells = [w for w in plate.wells if plate.map[w].role is Role.TREATMENT]
        wells.sort(key=lambda w: plate.map[w].perturbation)
        sites = np.stack([[plate.read(w, s) for s in plate.sites] for w in wells]).astype(float)
        if normalised:
            axes = (0, 1, 3, 4)
            sites = sites - sites.mean(axis=axes, keepdims=True)
            sites = sites / sites.std(axis=axes, keepdims=True)
        rows.append([np.mean([described(site) for site in well], axis=0) for well in sites])
    return np.array(rows)


def accuracy(values):
    """Nearest mean of the other experiments, each feature in units of its deviation."""
    right = []
    for held_out in range(len(values)):
        known = np.delete(values, held_out, axis=0)
        means = known.mean(axis=0)
        scale = (known - means).std(axis=(0, 1)) + 1e-9
        away = ((values[held_out][:, None] - means[None]) / scale) ** 2
        right.append(away.sum(axis=2).argmin(axis=1) == np.arange(len(means)))
    return np.mean(right)


def test_perturbations_show_once_plates_are_made_alike_and_hide_before():
    normalised, raw = accuracy(features(True)), accuracy(features(False))
    assert 0.55 < normalised < 0.85  # measured: 0.70
    assert raw < 0.35  # measured: 0.24
