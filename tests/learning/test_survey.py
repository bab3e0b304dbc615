import numpy as np
import pytest

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.survey import normalisations, survey_plate


def test_normalisation_is_the_mean_of_the_sites_own_moments(screen, pool) -> None:
    plate = screen.plates[0]
    store = SiteStore([plate], [(0, 1)], 16, 0)
    found = normalisations([survey_plate(store, 0, pool, 8)], [0])[0]
    for channel in range(2):
        means, stds = [], []
        for well in plate.wells:
            for site in plate.sites:
                pixels = plate.read(well, site)[channel] / 255
                means.append(pixels.mean())
                stds.append(pixels.std())
        assert found.mean[channel] == pytest.approx(np.mean(means), rel=1e-5)
        assert found.std[channel] == pytest.approx(np.mean(stds), rel=1e-5)


def test_missing_channels_take_no_part(screen, pool, spoil) -> None:
    whole = screen.plates[0]
    gaps = spoil(whole, missing=((0, 0, 1), (3, 1, 1)))
    store = SiteStore([whole, gaps], [(0, 1)] * 2, 16, 0)
    surveys = [survey_plate(store, plate, pool, 8) for plate in range(2)]
    assert np.isnan(surveys[1].means).sum() == 2
    full, part = normalisations(surveys, [0, 1])
    known = np.delete(surveys[0].means[:, 1], [0, 7])
    assert part.mean[0] == full.mean[0]
    assert part.mean[1] == pytest.approx(known.mean(), rel=1e-6)


def test_a_blank_channel_divides_by_no_zero(screen, pool) -> None:
    plate = screen.plates[0]
    plate.pixels.planes.flags.writeable = True
    store = SiteStore([plate], [(0, 0)], 16, 0)
    survey = survey_plate(store, 0, pool, 8)
    survey.stds[:] = 0
    assert (normalisations([survey], [0])[0].std > 0).all()


def test_plates_of_one_group_share_their_normalisation(screen, pool) -> None:
    store = SiteStore(screen.plates[:3], [(0, 1)] * 3, 16, 0)
    surveys = [survey_plate(store, plate, pool, 8) for plate in range(3)]
    groups = normalisations(surveys, ["a", "a", "b"])
    assert groups[0] is groups[1]
    assert groups[0].mean[0] == pytest.approx(
        np.concatenate([surveys[0].means, surveys[1].means])[:, 0].mean(), rel=1e-6
    )
    assert groups[2].mean[0] == pytest.approx(surveys[2].means[:, 0].mean(), rel=1e-6)


def test_complete_sites_are_chosen_where_there_are_any(screen, pool, spoil) -> None:
    every = tuple((2, site, 0) for site in range(2))
    plate = spoil(
        screen.plates[0],
        missing=((0, 1, 1), *every),
        broken=tuple((5, site, channel) for site in range(2) for channel in range(2)),
    )
    survey = survey_plate(SiteStore([plate], [(0, 1)], 16, 0), 0, pool, 8)
    chosen = {w: [survey.refs[at].site for at in places] for w, places in survey.chosen().items()}
    assert chosen[0] == [0]
    assert chosen[1] == [0, 1]
    assert chosen[2] == [0, 1]
    assert 5 not in chosen


def test_a_stop_is_honoured_between_sites(screen, pool) -> None:
    store = SiteStore(screen.plates[:1], [(0, 1)], 16, 0)
    with pytest.raises(Interrupted):
        survey_plate(store, 0, pool, 8, lambda: True)
