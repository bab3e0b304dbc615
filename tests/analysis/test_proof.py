"""Scores of disentanglement against copairs, scib-metrics, and profiles of known make."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from deepnoise_app.analysis.mixing import (
    batch_silhouette,
    gaussians,
    graph_connectivity,
    mixing_index,
)
from deepnoise_app.analysis.probes import probe
from deepnoise_app.analysis.profiles import Profiles, Profiling, correct_profiles
from deepnoise_app.analysis.proof import prove
from deepnoise_app.analysis.retrieval import average_precision, replication, retrieval
from deepnoise_app.errors import ScreenError


def table(
    biology: float = 1.0,
    plate: float = 0.0,
    row: float = 0.0,
    shared: bool = True,
    plates: int = 4,
    seed: int = 0,
) -> pd.DataFrame:
    """24 wells a plate, 8 features: perturbations, plates and rows each move them by so much."""
    rng = np.random.default_rng(seed)
    effects = rng.normal(size=(8 * plates + 9, 8))
    rows = []
    for p in range(plates):
        level = rng.normal(size=8)
        for well in range(24):
            got = well % 8 if shared else well % 8 + 8 * (p + 1)
            control = well >= 20
            values = biology * (effects[8] * 0 if control else effects[got])
            values = values + plate * level + row * (well // 6) + rng.normal(size=8) * 0.7
            rows.append(
                {
                    "Metadata_Experiment": f"E{p % 2}",
                    "Metadata_Plate": f"P{p}",
                    "Metadata_Well": f"{'ABCD'[well // 6]}{well % 6 + 1:02d}",
                    "Metadata_Role": "negative_control" if control else "treatment",
                    "Metadata_Perturbation": ("water" if shared else f"water{p}")
                    if control
                    else f"k{got}",
                    **{f"Embedding_{i}": value for i, value in enumerate(values)},
                }
            )
    return pd.DataFrame(rows)


def profiles(**kinds: object) -> Profiles:
    return Profiles.of(table(**kinds), "made")  # type: ignore[arg-type]


def test_average_precision_is_that_of_copairs() -> None:
    from copairs.map import average_precision as reference

    made = table(biology=0.8, plate=0.5)
    ours = retrieval(Profiles.of(made, "made"))
    features = made.filter(like="Embedding_").to_numpy()
    meta = pd.DataFrame(
        {"plate": made["Metadata_Plate"], "perturbation": made["Metadata_Perturbation"]}
    )
    theirs = reference(
        meta, features, pos_sameby=["perturbation"], pos_diffby=["plate"], neg_sameby=[],
        neg_diffby=["perturbation"], progress_bar=False,
    )  # fmt: skip
    assert np.allclose(ours.precision, theirs["average_precision"])
    by_name = theirs.groupby("perturbation")["average_precision"].mean()
    assert ours.mean == pytest.approx(by_name.mean())


@pytest.mark.parametrize("features", [1, 2, 8])
def test_average_precision_is_that_of_ranking_well_by_well(features: int) -> None:
    made = profiles(biology=0.8, plate=0.5)
    unknown = tuple("" if i % 7 == 0 else n for i, n in enumerate(made.perturbations))
    made = replace(made, features=made.features[:, :features], perturbations=unknown)
    unit = made.features
    if features > 1:
        unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    names, plates = np.array(made.perturbations), np.array(made.plates)
    for well, found in enumerate(retrieval(made).precision):
        same, known = names == names[well], names != ""
        positive = same & known & (plates != plates[well])
        if not known[well] or not positive.any():
            assert np.isnan(found)
            continue
        candidates = positive | (known & ~same)
        like = unit @ unit[well] if features > 1 else -np.abs(unit - unit[well])[:, 0]
        order = np.argsort(-like[candidates], kind="stable")
        assert found == pytest.approx(average_precision(positive[candidates][order]))


def test_replicates_among_equals_are_ranked_in_their_middle() -> None:
    alike = replace(profiles(plates=2), features=np.ones((48, 8)))
    half = retrieval(alike)
    assert np.isfinite(half.precision).all()
    assert half.mean < 2.5 * half.chance


def test_weights_of_neighbours_have_the_perplexity_that_is_wanted() -> None:
    distances = np.sort(np.random.default_rng(0).gamma(2, 3, (200, 30)), axis=1)
    weights = gaussians(distances, 10)
    assert np.allclose(weights.sum(axis=1), 1)
    entropy = -(weights * np.log(weights)).sum(axis=1)
    assert np.allclose(np.exp(entropy), 10, rtol=1e-3)
    assert np.allclose(gaussians(distances[3:4], 10), weights[3:4])


def test_average_precision_of_a_ranking_by_hand() -> None:
    assert average_precision(np.array([True, False, True])) == pytest.approx((1 + 2 / 3) / 2)


def test_mixing_is_that_of_scib_metrics() -> None:
    """The numbers are what scib-metrics 0.5.10 gives for these profiles."""
    rng = np.random.default_rng(0)
    labels = np.repeat([f"k{i}" for i in range(12)], 20)
    batches = np.tile(["a", "b", "c", "d"], 60)
    centres = rng.normal(size=(12, 8)) * 2
    features = centres[np.unique(labels, return_inverse=True)[1]] + rng.normal(size=(240, 8))
    features[batches == "b"] += 1
    assert batch_silhouette(features, list(batches), list(labels)) == pytest.approx(
        0.8672528, abs=1e-6
    )
    assert mixing_index(features, list(batches)) == pytest.approx(0.8320779, abs=1e-5)
    assert graph_connectivity(features, list(labels)) == 1.0


def test_a_perturbation_torn_apart_lowers_the_connectivity() -> None:
    rng = np.random.default_rng(1)
    features = np.repeat([[0.0], [100.0], [200.0]], 20, axis=0) + rng.normal(size=(60, 1))
    labels = ["a"] * 10 + ["b"] * 10 + ["a"] * 10 + ["b"] * 10 + ["c"] * 20
    found = graph_connectivity(features, labels)
    assert found == pytest.approx((0.5 + 0.5 + 1) / 3, abs=0.08)


def test_a_probe_reads_what_is_there_and_guesses_what_is_not() -> None:
    quiet = profiles()
    assert probe(profiles(plate=2.0), "plate").value > 0.9
    assert probe(profiles(biology=0.1, row=3.0), "row").value > 0.9
    for target in ("plate", "row"):
        found = probe(quiet, target)
        assert found.chance == 0.25
        assert abs(found.value - 0.25) < 0.15, target
        assert found.low <= found.value <= found.high
        assert abs(found.knows) < 0.2


def test_one_plate_has_no_plates_to_tell_apart() -> None:
    found = probe(profiles(plates=1), "plate")
    assert np.isnan(found.value)
    assert np.isnan(found.knows)


@pytest.mark.parametrize("correction", [Profiling.CENTRED, Profiling.SPHERED, Profiling.HARMONY])
def test_each_correction_takes_the_plate_out_and_leaves_the_biology(correction) -> None:
    before = profiles(plate=2.0)
    after = correct_profiles(before, correction)
    assert after.correction is correction
    assert probe(before, "plate").value > 0.95
    assert probe(after, "plate").value < probe(before, "plate").value - 0.2
    assert retrieval(after).mean > 1.5 * retrieval(before).mean


def test_harmony_is_refused_where_plates_share_nothing() -> None:
    with pytest.raises(ScreenError, match=r"harmony is refused: plate .* cannot be told apart"):
        correct_profiles(profiles(shared=False), Profiling.HARMONY)


def test_harmony_without_its_package_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "harmonypy", None)
    with pytest.raises(ScreenError, match=r"under the GPL .* 'deepnoise-app\[harmony\]'"):
        correct_profiles(profiles(plate=2.0), Profiling.HARMONY)
    others = {proof.correction: proof.refusal for proof in prove(profiles(plate=2.0))}
    assert others.pop(Profiling.HARMONY)
    assert not any(others.values())


def test_sphering_without_controls_on_a_plate_is_refused_with_its_name() -> None:
    made = table()
    made.loc[made["Metadata_Plate"] == "P2", "Metadata_Role"] = "treatment"
    with pytest.raises(ScreenError, match=r"E0 / P2 has none"):
        correct_profiles(Profiles.of(made, "made"), Profiling.SPHERED)


def test_sphered_controls_vary_alike_in_all_directions() -> None:
    after = correct_profiles(profiles(plate=1.0), Profiling.SPHERED)
    controls = after.features[[role.is_control for role in after.roles]]
    assert np.allclose(np.diag(controls.T @ controls / len(controls)), 1, atol=0.1)


def test_replicates_correlate_and_strangers_do_not() -> None:
    found = replication(profiles(biology=2.0))
    assert found.perturbations == 9
    assert found.median > 0.7
    assert found.replicating > 0.85
    assert replication(profiles(biology=0.0)).replicating < 0.35


def test_the_proof_tells_every_correction_and_why_one_is_refused() -> None:
    found = prove(profiles(shared=False, plate=1.0))
    by = {one.correction: one for one in found}
    assert list(by) == list(Profiling)
    assert "cannot be told apart" in by[Profiling.HARMONY].refusal
    assert np.isnan(by[Profiling.NONE].precision.value)  # no perturbation is on two plates
    assert by[Profiling.NONE].probes[1].value > by[Profiling.CENTRED].probes[1].value
    better = {one.correction: one for one in prove(profiles(plate=2.0))}
    for correction in (Profiling.CENTRED, Profiling.SPHERED):
        score, before = better[correction].precision, better[Profiling.NONE].precision
        assert score.low <= score.value <= score.high
        assert score.value > before.value > before.chance
        assert better[correction].mixing.value > better[Profiling.NONE].mixing.value
        for told in ("silhouette", "mixing", "connectivity"):
            one = getattr(better[correction], told)
            assert 0 <= one.low <= one.value <= one.high <= 1, told


def test_tables_without_features_or_complete_wells_are_refused() -> None:
    with pytest.raises(ScreenError, match="has no features"):
        Profiles.of(table().filter(like="Metadata"), "made")
    blank = table()
    blank["Embedding_0"] = np.nan
    with pytest.raises(ScreenError, match="no well of made has all features"):
        Profiles.of(blank, "made")


@pytest.mark.parametrize("wells", [1, 2, 5, 12])
@pytest.mark.parametrize("plates", [1, 2])
def test_a_handful_of_wells_is_judged_or_refused_but_never_fails(wells, plates) -> None:
    made = table(plates=plates).groupby("Metadata_Plate").head(wells)
    for one in prove(Profiles.of(made, "few")):
        assert one.refusal or one.wells == len(made)
    if plates == 2:
        with pytest.raises(ScreenError, match="wells form no clusters, at least 30 are needed"):
            correct_profiles(Profiles.of(made, "few"), Profiling.HARMONY)


def test_a_row_with_a_single_well_is_passed_over_without_a_warning() -> None:
    made = table(plates=4)
    odd = made[(made["Metadata_Well"].str[0] != "D") | (made.index == made.index[-1])]
    found = probe(Profiles.of(odd, "odd"), "row")
    assert found.classes == 4
    assert 0 <= found.value <= 1
