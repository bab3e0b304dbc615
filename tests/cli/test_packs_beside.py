"""A pack that lies beside the originals is read by every command, of itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.pack_text import plate_text
from deepnoise_app.readers.pixels import FilePixels


@pytest.fixture
def packed(screen, tmp_path, monkeypatch) -> Path:
    """Copy the screen, pack it beside, and let no pixel of the originals be read any more."""
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path / "home"))
    originals = Path(shutil.copytree(screen, tmp_path / "screen"))
    pack_screen(plan_packing(open_screen(originals), tmp_path / "screen.zarr"))

    def refuse(*_: object) -> None:
        raise AssertionError("an original was read")

    for name in ("read", "read_site"):
        if hasattr(FilePixels, name):
            monkeypatch.setattr(FilePixels, name, refuse)
    return originals


def test_train_and_score_read_the_pack_and_name_wells_as_from_the_originals(
    deepnoise, packed, trained, tmp_path
) -> None:
    recipe = trained.parent / "recipe.toml"
    said = deepnoise("train", packed, "--recipe", recipe, "--out", tmp_path / "run")
    assert said.code == 0, said.err
    for name in ("model/model.safetensors", "predictions.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (trained / name).read_bytes()
    said = deepnoise("score", trained / "model", packed / "test", "--out", tmp_path / "scored")
    assert said.code == 0, said.err
    assert (tmp_path / "scored" / "predictions.csv").is_file()


@pytest.mark.parametrize("command", ["measure", "check-map", "report"])
def test_other_commands_read_the_pack(deepnoise, packed, tmp_path, command: str) -> None:
    out = tmp_path / ("page.html" if command == "report" else "out")
    said = deepnoise(command, packed, "--out", out)
    assert said.code == 0, said.err
    assert out.exists()


def test_the_pack_knows_where_it_comes_from(packed) -> None:
    text = plate_text(packed.with_name("screen.zarr") / "HUVEC-01" / "Plate1.ome.zarr")
    assert (text.origin.path, text.origin.reader) == (str(packed), "rxrx")
    assert text.origin.stamp
    assert text.origin.packed.endswith("+00:00")
    assert text.origin.version
