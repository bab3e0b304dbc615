"""Control anchoring: the untreated wells come to lie where those of the training lay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.learning.anchor import anchored, control_anchors, count_controls
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.material import prepare
from deepnoise_app.screen import PlateMap, Role


@pytest.fixture
def ready(reading):
    def make(plates):
        store = SiteStore(plates, [(0, 1)] * len(plates), 16, 10**8)
        return prepare(store, "plate", reading)

    return make


def test_without_a_card_the_controls_get_mean_0_and_deviation_1(screen, ready) -> None:
    plate = screen.plates[0]
    survey = ready([plate]).surveys[0]
    found = anchored(plate, survey, plate.map, [])
    control = plate.pixels.planes[5].astype(float) / 255  # the only untreated well
    np.testing.assert_allclose(found.mean, control.mean(axis=(0, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(found.std, control.std(axis=(2, 3)).mean(axis=0), rtol=1e-5)


def test_on_the_training_plates_anchoring_is_the_plate_normalisation_on_average(
    screen, ready
) -> None:
    plate = screen.plates[0]
    material = ready([plate])
    anchors = control_anchors([plate], material.surveys, material.groups)
    found = anchored(plate, material.surveys[0], plate.map, anchors)
    np.testing.assert_allclose(found.mean, material.groups[0].mean, rtol=1e-5)
    np.testing.assert_allclose(found.std, material.groups[0].std, rtol=1e-5)


def test_a_plate_full_of_hits_is_normalised_as_the_training_plates_were(screen, ready) -> None:
    """Wells without an effect give way to bright ones: the plate's own mean moves, ours stays."""
    plate = screen.plates[0]
    material = ready([plate])
    anchors = control_anchors([plate], material.surveys, material.groups)
    planes = plate.pixels.planes.copy()
    planes[2:5] = np.minimum(planes[2:5].astype(int) + 90, 255)
    hits = replace(plate, pixels=replace(plate.pixels, planes=planes))
    full = ready([hits])
    found = anchored(hits, full.surveys[0], hits.map, anchors)
    np.testing.assert_allclose(found.mean, material.groups[0].mean, rtol=1e-5)
    assert (full.groups[0].mean > material.groups[0].mean + 0.1).all()


def test_the_anchor_is_the_mean_over_plates_that_have_controls(screen, ready) -> None:
    plates = screen.plates[:3]
    material = ready(plates)
    each = [
        control_anchors([p], [s], [g])
        for p, s, g in zip(plates, material.surveys, material.groups, strict=True)
    ]
    bare = replace(plates[2], map=PlateMap())
    some = control_anchors([*plates[:2], bare], material.surveys, material.groups)
    assert some[0].offset == pytest.approx((each[0][0].offset + each[1][0].offset) / 2)
    assert control_anchors([bare], material.surveys[2:], material.groups[2:]) == []


def test_a_plate_without_a_readable_control_has_no_anchor(screen, ready, spoil) -> None:
    plate = screen.plates[0]
    assert count_controls(plate, plate.map) == 1
    bare = PlateMap({w: c for w, c in plate.map.contents.items() if c.role is not Role.NEGATIVE})
    survey = ready([plate]).surveys[0]
    assert anchored(plate, survey, bare, []) is None
    assert count_controls(plate, bare) == 0
    dark = spoil(plate, broken=((5, 0, 0), (5, 1, 1)))
    assert anchored(dark, ready([dark]).surveys[0], plate.map, []) is None
