"""Patterns learned from names in which the parts were marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader_layouts import write_image

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.learn import Mark, learn_pattern, preview
from deepnoise_app.screen import WellId

IMAGE = np.zeros((4, 4), np.uint8)


def marked(name: str, **parts: str) -> tuple[str, list[Mark]]:
    """Mark each part where it first stands in the name."""
    starts = {field: name.index(part) for field, part in parts.items()}
    return name, [Mark(start, start + len(parts[f]), f) for f, start in starts.items()]


def test_one_name_is_enough_where_nothing_else_varies() -> None:
    name, marks = marked("exp B07 pos3 DAPI.tif", well="B07", site="3", channel="DAPI")
    assert learn_pattern({name: marks}) == "exp {well} pos{site} {channel}.tif"


def test_what_varies_and_is_not_marked_becomes_a_star(tmp_path: Path) -> None:
    names = ["run_20240117_B07-2=DAPI.tif", "run_20251203_C11-1=GFP.tif"]
    examples = {
        name: [*marked(name, well=name[13:16])[1], Mark(17, 18, "site"), Mark(19, end, "channel")]
        for name, end in zip(names, (23, 22), strict=True)
    }
    pattern = learn_pattern(examples)
    assert pattern == "run_*_{well}-{site}={channel}.tif"
    for name in names:
        write_image(tmp_path / "P1" / name, IMAGE)
    (plate,) = open_screen(tmp_path, f"pattern:{pattern}").plates
    assert plate.wells == (WellId.parse("B07"), WellId.parse("C11"))
    assert plate.sites == (1, 2)


def test_a_pattern_is_shown_on_real_names_before_it_is_used(tmp_path: Path) -> None:
    for well in range(1, 25):
        write_image(tmp_path / "P1" / f"A{well:02d}-DAPI.png", IMAGE)
    write_image(tmp_path / "P1" / "overview.png", IMAGE)
    shown = preview(tmp_path, "{plate}/{well}-{channel}")
    assert len(shown) == 10
    assert shown[0].name == "P1/A01-DAPI.png"
    assert shown[0].parsed is not None
    assert (shown[0].parsed.plate, shown[0].parsed.channel) == ("P1", "DAPI")
    assert {s.parsed is None for s in preview(tmp_path, "{well}-{channel}", 25)} == {False, True}


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ({}, "mark the well"),
        ({"B07_1.tif": []}, "does not tell the well"),
        ({"B07.tif": [Mark(0, 3, "well"), Mark(2, 3, "site")]}, "overlap"),
        ({"B07.tif": [Mark(0, 3, "spot")]}, "'spot' is not a part of a name"),
        ({"B07.tif": [Mark(0, 3, "well")], "B08_1.tif": [Mark(0, 3, "well"), Mark(4, 5, "site")]},
         "marked differently"),
        ({"B07.tif": [Mark(0, 9, "well")]}, "overlap or are empty"),
    ],
)  # fmt: skip
def test_marks_that_make_no_pattern_are_told(examples: dict[str, list[Mark]], message: str) -> None:
    with pytest.raises(ScreenError, match=message):
        learn_pattern(examples)


@given(
    before=st.from_regex(r"[a-z {}*]{0,5}", fullmatch=True),
    wells=st.lists(st.from_regex(r"[A-H](0[1-9]|1[0-2])", fullmatch=True), min_size=1, max_size=4),
    middle=st.lists(st.from_regex(r"[a-z0-9]{0,4}", fullmatch=True), min_size=4, max_size=4),
    site=st.integers(1, 99),
)
def test_a_learned_pattern_reads_what_was_marked_or_says_that_it_cannot(
    before: str, wells: list[str], middle: list[str], site: int
) -> None:
    examples = {}
    for well, text in zip(wells, middle, strict=False):
        name = f"{before}{well}_{text}_{site}.tif"
        at = len(before)
        start = at + len(well) + len(text) + 2
        examples[name] = [
            Mark(at, at + len(well), "well"), Mark(start, start + len(str(site)), "site")
        ]  # fmt: skip
    try:
        pattern = learn_pattern(examples)
    except ScreenError as error:
        assert "mark one more name" in str(error)  # noqa: PT017 (either outcome is right)
        return
    from deepnoise_app.readers.template import Template

    for name, marks in examples.items():
        parsed = Template.compile(pattern).parse(name)
        assert parsed is not None
        assert parsed.well == WellId.parse(name[marks[0].start : marks[0].stop])
        assert parsed.site == site
