"""Well addresses and plate shapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepnoise_app.errors import DeepNoiseError, ScreenError
from deepnoise_app.screen import STANDARD_SHAPES, PlateShape, WellId, row_letters

LARGEST = [WellId(row, column) for row in range(32) for column in range(48)]
wells = st.builds(WellId, st.integers(0, 31), st.integers(0, 47))


@given(wells)
def test_a_well_is_read_from_its_own_name(well: WellId) -> None:
    assert WellId.parse(well.name) == well
    assert str(well) == well.name


@given(wells, st.integers(0, 3), st.booleans(), st.sampled_from(["", " ", "\t"]))
def test_zeros_case_and_blanks_do_not_matter(
    well: WellId, zeros: int, lower: bool, blank: str
) -> None:
    name = f"{row_letters(well.row)}{'0' * zeros}{well.column + 1}"
    assert WellId.parse(blank + (name.lower() if lower else name) + blank) == well


@given(wells, wells)
def test_wells_are_in_reading_order(one: WellId, other: WellId) -> None:
    assert (one < other) == ((one.row, one.column) < (other.row, other.column))


@given(st.from_regex(r"[A-Z]{1,3}-?[0-9]{1,3}", fullmatch=True))
def test_what_looks_like_a_well_lies_on_the_largest_plate_or_is_refused(text: str) -> None:
    inside = [w for w in LARGEST if text in (w.name, f"{row_letters(w.row)}{w.column + 1}")]
    try:
        found = [WellId.parse(text)]
    except ScreenError:
        found = []
    assert found == inside or (found and "0" in text)


@pytest.mark.parametrize(
    ("name", "row", "column"),
    [("A1", 0, 0), ("B07", 1, 6), ("Z1", 25, 0), ("AA02", 26, 1), ("AF48", 31, 47)],
)
def test_rows_go_on_with_two_letters_after_z(name: str, row: int, column: int) -> None:
    assert WellId.parse(name) == WellId(row, column)


@pytest.mark.parametrize("name", ["", "7", "B", "B0", "B00", "7B", "B-1", "AAA1", "B1.5", "Ä1"])
def test_what_is_no_well_is_told_with_an_example(name: str) -> None:
    with pytest.raises(ScreenError, match="expected a row letter and a column number, like 'B07'"):
        WellId.parse(name)


@pytest.mark.parametrize("name", ["AG1", "A49", "ZZ99"])
def test_wells_beyond_the_largest_plate_are_told(name: str) -> None:
    with pytest.raises(DeepNoiseError, match="the largest plates end at AF48"):
        WellId.parse(name)


def test_no_two_rows_share_their_letters() -> None:
    assert len({row_letters(row) for row in range(32)}) == 32


def test_standard_plates_have_the_usual_numbers_of_wells() -> None:
    assert [shape.wells for shape in STANDARD_SHAPES] == [6, 12, 24, 48, 96, 384, 1536]


@given(st.lists(wells, max_size=5))
def test_the_smallest_plate_that_holds_all_wells_is_chosen(some: list[WellId]) -> None:
    shape = PlateShape.holding(some)
    assert all(well in shape for well in some)
    smaller = STANDARD_SHAPES[: STANDARD_SHAPES.index(shape)]
    assert all(any(well not in other for well in some) for other in smaller)


@pytest.mark.parametrize(
    ("well", "size"), [("B3", 6), ("C1", 12), ("H12", 96), ("H13", 384), ("I1", 384), ("Q1", 1536)]
)
def test_one_well_tells_the_least_plate(well: str, size: int) -> None:
    assert PlateShape.holding([WellId.parse(well)]).wells == size


def test_no_plate_holds_a_well_beyond_the_largest() -> None:
    with pytest.raises(ScreenError, match="no standard plate has 40 rows"):
        PlateShape.holding([WellId(39, 0)])
