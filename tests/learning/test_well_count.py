"""A scoring says how many wells are scored, also on a single plate and with several models."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from deepnoise_app.learning import well_count
from deepnoise_app.learning.well_count import WellCount


@pytest.fixture
def plates():
    return [SimpleNamespace(wells=range(10)), SimpleNamespace(wells=range(30))]


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr(well_count, "SECONDS_BETWEEN", 0.0)
    return []


def test_wells_count_by_the_sites_that_each_model_has_scored(plates, told):
    count = WellCount(lambda event: told.append((event.done, event.total)), plates, models=2)
    count.start()
    for plate in plates:
        for model in range(2):
            count.begin(plate, model)
            count.heard(5, 10)
            count.heard(10, 10)
        count.end()
    assert [done for done, _ in told] == [0, 2, 5, 7, 10, 10, 17, 25, 32, 40, 40]
    assert {total for _, total in told} == {40}


def test_it_speaks_no_more_often_than_one_can_read(plates, told, monkeypatch):
    monkeypatch.setattr(well_count, "SECONDS_BETWEEN", 1000.0)
    count = WellCount(told.append, plates, models=1)
    count.start()
    count.begin(plates[0], 0)
    for done in range(10):
        count.heard(done, 10)
    count.end()
    assert [event.done for event in told] == [0, 10]
