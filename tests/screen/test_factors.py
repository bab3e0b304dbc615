"""Further columns of plate maps, joined to rows of wells."""

from __future__ import annotations

import numpy as np

from deepnoise_app.screen import Content, PlateMap, Role, TextColumn, WellId, join_factors

MAPS = {
    ("E1", "P1"): PlateMap(
        {
            WellId(0, 0): Content("a", Role.TREATMENT, (("Dose (µM)", "0.5"), ("Gene", "KIF11"))),
            WellId(0, 1): Content("b", Role.TREATMENT, (("Dose (µM)", "10"),)),
        }
    ),
    ("E1", "P2"): PlateMap(
        {WellId(0, 0): Content("c", Role.TREATMENT, (("Dose (µM)", "n/a"), ("Gene", "PLK1")))}
    ),
}


def joined(*rows: str):
    columns = zip(*(row.split() for row in rows), strict=True)
    return {one.name: one for one in join_factors(MAPS, *map(TextColumn.of, columns))}


def test_each_row_gets_what_the_map_of_its_plate_says() -> None:
    found = joined("E1 P2 A01", "E1 P1 A02", "E1 P1 A01", "E1 P1 H12", "E2 P1 A01")
    assert list(found) == ["Dose (µM)", "Gene"]
    assert [found["Gene"].texts[row] for row in range(5)] == ["PLK1", "", "KIF11", "", ""]
    assert [found["Dose (µM)"].texts[row] for row in range(5)] == ["n/a", "10", "0.5", "", ""]


def test_numbers_are_known_as_numbers_and_names_are_not() -> None:
    found = joined("E1 P1 A01", "E1 P1 A02", "E1 P2 A01")
    np.testing.assert_equal(found["Dose (µM)"].numbers, [0.5, 10, np.nan])
    assert found["Gene"].numbers is None
    assert [factor.short for factor in found.values()] == ["Dose", "Gene"]


def test_plates_without_a_map_have_no_further_columns() -> None:
    assert joined("E9 P1 A01") == {}
    assert join_factors(MAPS, *(TextColumn.of([]) for _ in range(3))) == ()
