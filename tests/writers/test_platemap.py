"""Plate maps as tables: read back as they were."""

from __future__ import annotations

from deepnoise_app.readers import read_plate_map
from deepnoise_app.screen import Content, PlateMap, Role, WellId
from deepnoise_app.screen.formulas import write_csv
from deepnoise_app.writers.platemap import plate_map_table

A1, A2, B1 = map(WellId.parse, ("A01", "A02", "B01"))


def test_all_that_is_known_of_a_well_comes_back(tmp_path) -> None:
    maps = {
        ("E1", "Plate 1"): PlateMap({
            A1: Content("=siA", Role.TREATMENT, (("Dose", "1,5"), ("gene", "TP53"))),
            A2: Content("DMSO", Role.POSITIVE),
            B1: Content(),
        }),
        ("E2", "x"): PlateMap({A1: Content("siB", Role.NEGATIVE, (("gene", "-"),))}),
    }  # fmt: skip
    write_csv(plate_map_table(maps), tmp_path / "map.csv")
    found = read_plate_map(tmp_path / "map.csv")
    assert {key: found[key].contents for key in maps} == {k: m.contents for k, m in maps.items()}
    assert not found.problems
    assert found.lost == ()


def test_a_well_without_content_takes_away_what_another_map_says() -> None:
    old = PlateMap({A1: Content("siA", Role.TREATMENT)})
    assert (old | PlateMap({A1: Content()}))[A1].perturbation == ""
