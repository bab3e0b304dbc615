"""Names from files are shown, and do nothing: in the terminal, in drawings, in the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepnoise_app.cli import run
from deepnoise_app.cli.console import complain, visible
from deepnoise_app.reports.heatmap import draw_heatmap
from deepnoise_app.reports.layout import draw_layout
from deepnoise_app.screen import (
    Channel,
    Plate,
    PlateMap,
    PlateOverlay,
    PlateShape,
    Scale,
    WellId,
)

MATHS = r"$\frac{1}{$ \badcommand $x^$"


def test_control_characters_of_names_are_spelled_out() -> None:
    assert visible("a\x1b[31mb\x9b0m\x07") == r"a\x1b[31mb\x9b0m\x07"
    assert visible("Größe µm\tB07\n") == "Größe µm\tB07\n"


def test_a_complaint_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    complain("there is no folder \x1b]0;owned\x07")
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["[/bold]", "[red]x[/nothing]", "[link=file:///]x", "\x1b[31mx"])
def test_a_plate_with_a_hostile_name_is_listed_as_it_is_called(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    folder = tmp_path / name.replace("/", "") / "Plate1"
    folder.mkdir(parents=True)
    for channel in range(1, 7):
        pixels = np.arange(64, dtype=np.uint8).reshape(8, 8) + channel
        Image.fromarray(pixels).save(folder / f"B02_s1_w{channel}.png")
    assert run(["inspect", str(tmp_path)]) == 0
    out, err = capfd.readouterr()
    assert "\x1b" not in out
    assert "\x1b" not in err
    assert "Plate1" in out


def test_formulas_in_names_are_drawn_as_text(tmp_path: Path) -> None:
    class Nothing:
        present = np.ones((1, 1, 1), dtype=bool)

        def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
            raise NotImplementedError

    wells = (WellId(0, 0),)
    plate = Plate(MATHS, MATHS, PlateShape(16, 24), (Channel(MATHS),), (1,), wells, Nothing(),
                  PlateMap({}))  # fmt: skip
    overlay = PlateOverlay(MATHS, MATHS, Scale.SEQUENTIAL, {wells[0]: 1.0})
    draw_heatmap(plate, overlay, (0, 1)).savefig(tmp_path / "map.png")
    draw_layout(plate, {wells[0]: MATHS}).savefig(tmp_path / "layout.png")
    for name in ("map.png", "layout.png"):
        assert (tmp_path / name).stat().st_size > 1000
