"""Errors of the bench planted in plate maps are found, named and undone; right maps are left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deepnoise_app.analysis.evidence import Calibration, fit_calibration
from deepnoise_app.analysis.exchanges import TOLD, find_exchanges
from deepnoise_app.analysis.hypotheses import WEIGHT
from deepnoise_app.analysis.mapcheck import ALARM, Verdict, check_maps
from deepnoise_app.analysis.rearranged import rearrangements
from deepnoise_app.screen import Content, PlateMap, PlateShape, Role, WellId

from .made_evidence import ERRORS, made_screen, plant
from .reliability import Setting, calibration_error, reliability, trials

WRONG = [error for error in ERRORS if error != "none"]
EXCHANGES = {"exchange", "between"}


@pytest.fixture(scope="module")
def made():
    return made_screen(0, noise=1.5, experiments=2, each=40)


@pytest.mark.parametrize("error", WRONG)
def test_each_error_is_found_where_it_is_and_nowhere_else(made, error) -> None:
    screen, library = made
    planted, _ = plant(screen, error, np.random.default_rng(3))
    found = check_maps(planted, library)
    for before, after, check in zip(screen, planted, found.plates, strict=True):
        wrong = before.map.contents != after.map.contents
        told = bool(check.exchanged) if error in EXCHANGES else check.verdict is Verdict.DIFFERS
        assert told is wrong, (error, check.sentence)
        if check.proposal is not None and error not in {"shift", "library"}:
            assert check.proposal.contents == before.map.contents


def test_a_well_exchanged_with_another_plate_is_told_on_both_with_its_partner(made) -> None:
    screen, library = made
    planted, _ = plant(screen, "between", np.random.default_rng(3))
    checks = check_maps(planted, library).plates
    one, other = (check for check in checks if check.exchanged)
    (here,), (there,) = one.exchanged, other.exchanged
    assert one.experiment == other.experiment
    assert (here.plate, there.plate) == (other.key, one.key)
    assert (here.first, here.second) == (there.second, there.first)
    assert here.probability == there.probability > TOLD
    assert f"{here.first} and {here.second} of {other.plate}" in one.sentence


def test_wells_are_not_looked_for_on_plates_of_other_experiments(made) -> None:
    screen, library = made
    apart = [replace(plate, experiment=plate.key[0] + plate.plate) for plate in screen]
    planted, _ = plant(screen, "between", np.random.default_rng(3))
    moved = [replace(plate, map=wrong.map) for plate, wrong in zip(apart, planted, strict=True)]
    assert not any(check.exchanged for check in check_maps(moved, library).plates)


def test_exchanges_are_found_whatever_the_order_of_a_plates_classes(made) -> None:
    screen, _ = made
    planted, at = plant(screen, "between", np.random.default_rng(3))
    near = [plate for plate in planted if plate.experiment == planted[at].experiment]
    turned = [
        replace(p, scores=p.scores[:, ::-1], classes=p.classes[::-1]) if i % 2 else p
        for i, p in enumerate(near)
    ]
    trust = fit_calibration(screen, [plate.codes(plate.map) for plate in screen])
    found, again = (
        find_exchanges(plates, [trust.ratios(p) for p in plates]) for plates in (near, turned)
    )
    assert found == again
    assert sum(map(len, found)) == 2


def test_an_unreadable_well_has_not_changed_places(made) -> None:
    screen, library = made
    planted, _ = plant(screen, "exchange", np.random.default_rng(3))
    (at,) = (i for i, c in enumerate(check_maps(planted, library).plates) if c.exchanged)
    well = check_maps(planted, library).plates[at].exchanged[0].first
    scores = planted[at].scores.copy()
    scores[planted[at].wells.index(well)] = np.nan
    planted[at] = replace(planted[at], scores=scores)
    assert not any(check.exchanged for check in check_maps(planted, library).plates)


def test_maps_are_about_as_often_wrong_as_is_said() -> None:
    settings = [Setting(4.0, 0.5, 1, 4, 24), Setting(3.0, 1.3, 1, 4, 24)]
    found = list(trials(settings, range(300, 303)))
    error = calibration_error(reliability(found, WEIGHT))
    assert error < 0.06
    assert error < calibration_error(reliability(found, WEIGHT / 4)) / 2


def test_right_maps_fit_and_nothing_is_proposed(made) -> None:
    screen, library = made
    for check in check_maps(screen, library).plates:
        assert check.verdict is Verdict.FITS
        assert check.proposal is None
        assert check.fits[0].kind == "as-mapped"
        assert check.sentence == (
            f"fits: {check.agreeing} of {check.wells} wells look like what the map says"
        )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("swap", "is swapped with E"),
        ("rotated", "is turned by 180 degrees (probability 1.00)"),
        ("mirrored", "in reverse order (probability 1.00)"),
        ("shift", "is shifted"),
        ("library", "in an arrangement that no map tells"),
    ],
)
def test_what_happened_is_said_in_words(made, error, words) -> None:
    screen, library = made
    planted, at = plant(screen, error, np.random.default_rng(5))
    assert words in check_maps(planted, library).plates[at].sentence


def test_a_shifted_plate_is_given_back_its_map_but_for_what_fell_off(made) -> None:
    screen, library = made
    way = next(way for way in rearrangements() if way.name == "columns+1")
    shifted = way.apply(screen[2].map, screen[2].shape)
    planted = [*screen[:2], replace(screen[2], map=shifted), *screen[3:]]
    proposal = check_maps(planted, library).plates[2].proposal
    kept = {w: c for w, c in screen[2].map.contents.items() if w.column < 11}
    assert proposal.contents == kept


def test_probabilities_add_up_to_one_at_most_and_come_best_first(made) -> None:
    screen, library = made
    for check in check_maps(screen, library).plates:
        chances = [fit.probability for fit in check.fits]
        assert chances == sorted(chances, reverse=True)
        assert 1 - ALARM < sum(chances) <= 1 + 1e-9


def test_scores_that_say_nothing_raise_no_alarm() -> None:
    screen, library = made_screen(1, experiments=1, each=40)
    rng = np.random.default_rng(0)
    blind = [replace(p, scores=rng.normal(size=p.scores.shape)) for p in screen]
    for check in check_maps(blind, library).plates:
        assert check.verdict is Verdict.UNTOLD
        assert check.sentence.startswith("cannot be told")


def test_wells_without_an_image_and_unknown_perturbations_do_not_count(made) -> None:
    screen, library = made
    scores = screen[0].scores.copy()
    scores[:5] = np.nan
    contents = dict(screen[0].map.contents)
    contents[screen[0].wells[7]] = Content("never learned", Role.TREATMENT)
    contents[screen[0].wells[8]] = Content("", Role.EMPTY)
    odd = replace(screen[0], scores=scores, map=PlateMap(contents))
    (check, *_) = check_maps([odd, *screen[1:]], library).plates
    assert check.verdict is Verdict.FITS
    assert check.wells == len(screen[0].wells) - 7


def test_a_map_of_other_perturbations_says_that_nothing_can_be_checked(made) -> None:
    screen, _ = made
    strange = PlateMap({w: Content("x", Role.TREATMENT) for w in screen[0].wells})
    (check,) = check_maps([replace(screen[0], map=strange)]).plates
    assert check.verdict is Verdict.UNTOLD
    assert "no well holds a perturbation that is known here" in check.sentence


def test_plates_of_the_same_layout_are_not_told_apart_and_raise_no_alarm(made) -> None:
    screen, library = made
    twin = replace(screen[0], plate="twin")
    checks = check_maps([screen[0], twin], library).plates
    assert all(check.verdict is Verdict.FITS for check in checks)
    assert all(fit.kind != "other-plate" for check in checks for fit in check.fits)


def test_the_calibration_is_the_most_likely_of_a_plain_search(made) -> None:
    screen, _ = made
    codes = [plate.codes(plate.map) for plate in screen]
    found = fit_calibration(screen, codes)

    def likelihood(one: Calibration) -> float:
        return sum(one.ratios(p)[np.arange(len(c)), c].sum()
                   for p, c in zip(screen, codes, strict=True))  # fmt: skip

    best = likelihood(found)
    for temperature in (found.temperature / 1.42, found.temperature * 1.42):
        assert likelihood(replace(found, temperature=temperature)) <= best + 1e-6
    assert likelihood(replace(found, doubt=min(0.9, found.doubt * 3))) <= best + 1e-6


def test_every_rearrangement_moves_wells_as_it_says() -> None:
    ways = {way.name: way for way in rearrangements()}
    shape = PlateShape(2, 3)
    one = PlateMap({WellId(0, 0): Content("a")})
    where = {name: list(way.apply(one, shape)) for name, way in ways.items()}
    assert where["rotated"] == [WellId(1, 2)]
    assert where["mirrored-columns"] == [WellId(0, 2)]
    assert where["mirrored-rows"] == [WellId(1, 0)]
    assert where["rows+1"] == [WellId(1, 0)]
    assert where["rows-1"] == []
    assert where["columns+2"] == [WellId(0, 2)]
    assert ways["rows-1"].words == "is shifted up by 1 row"
    assert ways["columns+2"].words == "is shifted to the right by 2 columns"
