"""What plate maps from files change, and the sentence that says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepnoise_app.errors import ScreenError
from deepnoise_app.gui.map_change import read_changes
from deepnoise_app.gui.map_desk import together
from deepnoise_app.gui.words import listed
from deepnoise_app.readers import read_plate_map
from deepnoise_app.screen import Content, Plate, PlateMap, PlateShape, Role, WellId
from deepnoise_app.session import MapFinding

WELLS = tuple(WellId(0, column) for column in range(3))


class NoPixels:
    """Planes that are never read."""

    present = np.ones((3, 1, 1), dtype=bool)


def plate(name: str, experiment: str = "E1", **wells: Content) -> Plate:
    held = PlateMap({WellId.parse(well): content for well, content in wells.items()})
    return Plate(experiment, name, PlateShape(2, 3), (), (1,), WELLS, NoPixels(), held)


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def plates() -> tuple[Plate, ...]:
    held = Content("siA", Role.TREATMENT, (("dose", "1 uM"), ("batch", "7")))
    return plate("Plate1", A01=held), plate("Plate2"), plate("Plate1", "E2")


def test_maps_are_joined_one_after_the_other_and_the_later_one_counts(plates, tmp_path) -> None:
    one = table(tmp_path / "a.csv", "plate,well,perturbation", "Plate1,A01,siB", "Plate1,A02,siC")
    two = table(tmp_path / "b.csv", "experiment,plate,well,perturbation", "E1,1,A02,siD")
    change = read_changes([one, two], plates, tmp_path / "maps")
    first = change.maps["E1", "Plate1"]
    assert [first[well].perturbation for well in WELLS] == ["siB", "siD", ""]
    assert change.maps["E2", "Plate1"][WELLS[1]].perturbation == "siC"
    assert "a.csv: 4 wells named on 2 plates; 3 that nothing was known of; 1 held" in (
        change.sentence
    )
    assert "b.csv: 2 wells named on 1 plate; 1 held something else before" in change.sentence
    told = read_plate_map(change.file)
    assert {key: told[key].contents for key in change.maps} == {
        key: found.contents for key, found in change.maps.items()
    }


def test_a_file_that_says_all_there_is_serves_the_workers_itself(tmp_path) -> None:
    one = table(tmp_path / "a.csv", "plate,well,perturbation", "Plate1,A01,siB")
    change = read_changes([one], [plate("Plate1")], tmp_path / "maps")
    assert change.file == one
    assert not (tmp_path / "maps").exists()


@pytest.mark.parametrize("name", ["Plate2.csv", "plate 2.csv", "E1 Plate2.csv"])
def test_one_file_per_plate_may_tell_its_plate_by_its_name(plates, tmp_path, name) -> None:
    one = table(tmp_path / name, "well,perturbation", "A01,siB")
    change = read_changes([one], plates, tmp_path)
    assert set(change.maps) == {("E1", "Plate2")}
    assert "plate taken from the name of the file" in change.sentence


def test_a_table_without_plates_counts_for_all_and_says_so(plates, tmp_path) -> None:
    one = table(tmp_path / "layout.csv", "well,perturbation", "A01,siB")
    change = read_changes([one], plates, tmp_path)
    assert len(change.maps) == 3
    assert "it names no plate: taken for all 3" in change.sentence


def test_what_does_not_fit_is_said_with_names_and_numbers(plates, tmp_path) -> None:
    one = table(
        tmp_path / "a.csv",
        "experiment,plate,well,perturbation,Gene,gene,",
        "E1,Plate1,A01,siB,x,y,z",
        "E1,Plate1,B02,siC,x,y,",
        "E1,Plate1,Q9Q,siC,x,y,",
        "E1,Plate7,A01,siC,x,y,",
        "E1,Plate8,A01,siC,x,y,",
    )
    said = read_changes([one], plates, tmp_path).sentence
    assert "2 open plates not listed" in said
    assert "2 listed plates not open (E1 Plate7 and E1 Plate8)" in said
    assert "1 listed well not imaged (Plate1 B02)" in said
    assert "dose of 1 well is lost, as they hold something else now" in said
    assert "kept beside: gene" in said
    assert "not kept: the first 'Gene', as 'gene' comes later and column 7, which has no name" in (
        said
    )
    assert "1 row left out" in said


def test_what_a_well_that_holds_the_same_was_known_by_stays(plates, tmp_path) -> None:
    one = table(tmp_path / "a.csv", "plate,well,perturbation,dose", "Plate1,A01,siA,2 uM")
    change = read_changes([one], plates, tmp_path)
    content = change.maps["E1", "Plate1"][WELLS[0]]
    assert dict(content.factors) == {"dose": "2 uM", "batch": "7"}
    assert "lost" not in change.sentence


def test_of_several_files_those_that_fit_are_taken(plates, tmp_path) -> None:
    one = table(tmp_path / "a.csv", "plate,well,perturbation", "Plate1,A01,siB")
    other = table(tmp_path / "b.csv", "plate,well,perturbation", "Plate9,A01,siB")
    change = read_changes([other, one], plates, tmp_path)
    assert len(change.maps) == 2
    assert "left out: b.csv lists none of the open plates (it lists Plate9)" in change.sentence
    with pytest.raises(ScreenError, match="lists none of the open plates"):
        read_changes([other], plates, tmp_path)


def test_plates_that_are_exchanged_change_together() -> None:
    file = Path("/p.csv")
    a, b, c, d = (("E", name) for name in "abcd")
    findings = (
        MapFinding(a, "", True, True, file, (b,)),
        MapFinding(b, "", True, True, file, (c,)),
        MapFinding(c, "", True, True, file, (a,)),
        MapFinding(d, "", False),
    )
    assert together(findings[0], findings) == (a, b, c)
    assert together(MapFinding(a, "", True, True, file, (d,)), findings[3:]) == ()


@pytest.mark.parametrize(
    ("names", "said"),
    [(["a"], "a"), (["a", "b"], "a and b"), (list("abcde"), "a, b, c and 2 more"), ([], "")],
)
def test_names_are_listed_as_people_do(names: list[str], said: str) -> None:
    assert listed(names) == said
