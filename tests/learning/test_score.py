"""Scoring depends on the plate alone: not on batches, order or threads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from deepnoise_app.errors import Interrupted
from deepnoise_app.learning.augment import dihedral
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.material import Reading, prepare
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.score import Scorer
from deepnoise_app.screen import Plate

CPU = torch.device("cpu")


@pytest.fixture
def network(recipe) -> DeepNoiseNet:
    torch.manual_seed(1)
    made = DeepNoiseNet(recipe.network, 2, 6, 30, 0.1)
    with torch.no_grad():  # running statistics as after some training
        made.train()(torch.randn(16, 2, 16, 16))
    return made.eval()


def scored(network, plate: Plate, batch_size=4, views=8, threads=2, stop=lambda: False):
    store = SiteStore([plate], [(0, 1)], 16, 10**8)
    with ThreadPoolExecutor(threads) as pool:
        reading = Reading(pool, lambda event: None, lambda: False)
        material = prepare(store, "plate", reading)
        scorer = Scorer(network, CPU, views, batch_size, pool)
        return scorer.score(store, material.surveys[0], 0, material.groups[0], stop)


@pytest.mark.parametrize("batch_size", [1, 3, 64])
@pytest.mark.parametrize("threads", [1, 4])
def test_batch_size_and_threads_change_no_prediction(network, screen, batch_size, threads) -> None:
    reference = scored(network, screen.plates[0])
    other = scored(network, screen.plates[0], batch_size, threads=threads)
    np.testing.assert_allclose(other.logits, reference.logits, atol=1e-4)
    assert (other.logits.argmax(axis=1) == reference.logits.argmax(axis=1)).all()
    assert other.wells == reference.wells


def test_order_of_wells_changes_no_prediction(network, screen) -> None:
    plate = screen.plates[0]
    turned = np.arange(len(plate.wells))[::-1]
    pixels = replace(plate.pixels, planes=plate.pixels.planes[turned])
    shuffled = replace(plate, wells=tuple(plate.wells[i] for i in turned), pixels=pixels)
    a, b = scored(network, plate), scored(network, shuffled)
    assert b.wells == tuple(reversed(a.wells))
    np.testing.assert_allclose(b.logits[::-1], a.logits, atol=1e-4)


def test_logits_are_the_mean_over_sites_and_views(network, screen) -> None:
    plate = screen.plates[0]
    found = scored(network, plate)
    raw = np.stack([[plate.read(w, s) for s in plate.sites] for w in plate.wells]) / 255
    mean = raw.mean(axis=(3, 4)).mean(axis=(0, 1))[:, None, None]
    std = raw.std(axis=(3, 4)).mean(axis=(0, 1))[:, None, None]
    sites = torch.from_numpy(((raw[2] - mean) / std).astype(np.float32))
    with torch.inference_mode():
        views = [network.head(network.features(dihedral(sites, v))) for v in range(8)]
    expected = torch.stack(views).mean(dim=(0, 1)).numpy()
    np.testing.assert_allclose(found.logits[2], expected, atol=1e-4)
    assert found.sites.tolist() == [2] * 6


def test_an_incomplete_site_is_left_out_where_the_well_has_a_complete_one(
    network, screen, spoil
) -> None:
    whole = screen.plates[0]
    plate = spoil(whole, missing=((0, 1, 1),))
    found = scored(network, plate)
    assert found.sites.tolist() == [1, 2, 2, 2, 2, 2]
    assert found.flags[0] == ("site-left-out",)
    assert found.flags[1] == ()
    assert np.isfinite(found.logits).all()


def test_a_channel_that_no_site_of_a_well_has_is_filled_with_the_plate_mean(
    network, screen, spoil
) -> None:
    plate = spoil(screen.plates[0], missing=((0, 0, 1), (0, 1, 1)))
    nuclei = plate.pixels.planes[:, :, 0] / 255
    std = nuclei.std(axis=(2, 3)).mean()
    sites = torch.zeros(2, 2, 16, 16)
    sites[:, 0] = torch.from_numpy((nuclei[0] - nuclei.mean()) / std)
    with torch.inference_mode():
        expected = network.head(network.features(sites)).mean(dim=0).numpy()
    found = scored(network, plate, views=1)
    np.testing.assert_allclose(found.logits[0], expected, atol=1e-4)
    assert found.flags[0] == ("channel-filled",)
    assert found.sites[0] == 2


def test_a_site_that_other_wells_have_is_flagged_where_it_is_missing(
    network, screen, spoil
) -> None:
    plate = spoil(screen.plates[0], missing=((2, 1, 0), (2, 1, 1)))
    found = scored(network, plate)
    assert found.flags[2] == ("site-missing",)
    assert found.sites.tolist() == [2, 2, 1, 2, 2, 2]
    assert {flags for at, flags in enumerate(found.flags) if at != 2} == {()}


def test_an_unreadable_well_keeps_its_row_and_is_flagged(network, screen, spoil) -> None:
    everything = tuple((3, site, channel) for site in (0, 1) for channel in (0, 1))
    found = scored(network, spoil(screen.plates[0], broken=everything))
    assert found.flags[3] == ("no-image", "unreadable")
    assert np.isnan(found.logits[3]).all()
    assert found.sites[3] == 0
    assert np.isfinite(np.delete(found.logits, 3, axis=0)).all()


def test_a_stop_is_honoured_between_batches(network, screen) -> None:
    asked = iter([False, True])
    with pytest.raises(Interrupted, match="stopped while a plate was scored"):
        scored(network, screen.plates[0], stop=lambda: next(asked))
