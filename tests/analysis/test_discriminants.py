"""Linear discriminants of features from which each plate's mean and deviation were taken."""

from __future__ import annotations

import numpy as np
from scipy.special import log_softmax
from sklearn.covariance import ledoit_wolf

from deepnoise_app.analysis.baselines import LEAST, within
from deepnoise_app.analysis.discriminants import Discriminants, fit_discriminants


def wells(seed: int = 0, classes: int = 6, each: int = 8, noise: float = 3.0):
    """Features of which the first five tell the class, and one strong direction is only noise."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    features = random.normal(size=(classes * each, 10)) * 0.5
    centres = np.random.default_rng(99).normal(size=(classes, 5))
    features[:, :5] += centres[labels]
    direction = np.ones(10) / np.sqrt(10)
    return features + noise * random.normal(size=(len(labels), 1)) * direction, labels


def fitted(features, labels, classes: int = 6) -> Discriminants:
    found = fit_discriminants(features, labels, classes)
    assert found is not None
    return found


def test_shares_are_those_of_normal_densities_with_the_pooled_covariance() -> None:
    features, labels = wells()
    asked, _ = wells(1)
    means = np.array([features[labels == k].mean(axis=0) for k in range(6)])
    residual = np.array([row - means[k] for row, k in zip(features, labels, strict=True)])
    covariance = ledoit_wolf(residual, assume_centered=True)[0] * len(labels) / (len(labels) - 6)
    inverse = np.linalg.inv(covariance)
    distance = [[(row - mean) @ inverse @ (row - mean) for mean in means] for row in asked]
    expected = log_softmax(-np.array(distance) / 2, axis=1)
    np.testing.assert_allclose(fitted(features, labels).shares(asked), expected, atol=1e-4)


def test_a_direction_that_is_only_noise_counts_little() -> None:
    features, labels = wells()
    asked, truth = wells(1)
    means = np.array([features[labels == k].mean(axis=0) for k in range(6)])
    nearest = ((asked[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    named = fitted(features, labels).shares(asked).argmax(axis=1)
    assert (named == truth).mean() > (nearest == truth).mean() + 0.2


def test_what_a_plate_does_to_all_its_wells_is_taken_out() -> None:
    features, labels = wells()
    asked, truth = wells(1)
    model = fitted(within(features), labels)
    plain = model.shares(within(asked))
    np.testing.assert_allclose(model.shares(within(asked * 3 + 20)), plain, atol=1e-4)
    assert (plain.argmax(axis=1) == truth).mean() > 0.8


def test_a_class_without_a_well_is_never_likely() -> None:
    features, labels = wells()
    shares = fitted(features, labels, classes=7).shares(features)
    assert (shares[:, 6] < LEAST / 2).all()
    assert np.isfinite(shares).all()


def test_one_well_of_each_class_tells_nothing_of_how_wells_differ() -> None:
    features, labels = wells(each=1)
    assert fit_discriminants(features, labels, 6) is None


def test_features_that_never_differ_within_a_class_change_nothing() -> None:
    features, labels = wells()
    same = np.column_stack([features, np.zeros(len(features))])
    plain, shares = fitted(features, labels).shares(features), fitted(same, labels).shares(same)
    assert np.isfinite(shares).all()
    assert (shares.argmax(axis=1) == plain.argmax(axis=1)).all()


def test_wells_of_a_class_that_are_all_alike_leave_every_class_as_likely() -> None:
    shares = fitted(np.zeros((6, 3)), np.array([0, 0, 1, 1, 2, 2]), classes=3).shares(
        np.ones((1, 3))
    )
    np.testing.assert_allclose(shares, np.log(1 / 3), atol=1e-5)


def test_a_well_without_features_stays_without_a_share() -> None:
    features, labels = wells()
    asked = features.copy()
    asked[3] = np.nan
    shares = fitted(features, labels).shares(within(asked))
    assert np.isnan(shares[3]).all()
    assert np.isfinite(np.delete(shares, 3, axis=0)).all()


def test_the_order_of_the_wells_changes_nothing() -> None:
    features, labels = wells()
    order = np.random.default_rng(4).permutation(len(labels))
    one, other = fitted(features, labels), fitted(features[order], labels[order])
    np.testing.assert_allclose(one.shares(features), other.shares(features), atol=1e-4)
