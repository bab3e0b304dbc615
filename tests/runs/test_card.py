"""Model packages: what they say, and what is refused before anything is loaded."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from deepnoise_app import assets
from deepnoise_app.errors import ModelError
from deepnoise_app.runs.card import ModelCard, load_card, resolve_model, save_card
from deepnoise_app.runs.card_parts import ChannelRange, Distribution, Interval, Provenance

CARD = ModelCard(
    name="demo",
    warning="A demonstration.",
    classes=["sirna_1", "sirna_2", "EMPTY"],
    control_classes=["EMPTY"],
    channels=["nuclei", "actin"],
    input_size=64,
    backbone="resnet10t",
    embedding=2,
    library={"L1": {"sirna_1": 1, "sirna_2": 2}},
    provenance=Provenance(screen="simulated", experiments=["E1"], held_out=["E2"]),
    accuracy={"free": Interval(value=0.5, low=0.4, high=0.6)},
    training_embedding=Distribution(centre=[0.0, 1.0], spread=[1.0, 1.0], limit=3.0),
    channel_ranges=[ChannelRange(log_mean=(-3.0, -2.0), log_std=(-4.0, -3.0))] * 2,
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    folder.mkdir()
    save_file({"weight": np.ones(4, np.float32)}, folder / "model.safetensors")
    save_card(CARD, folder)
    return folder


def test_card_survives_its_file(model: Path) -> None:
    found = load_card(model)
    assert len(found.sha256) == 64
    assert found == CARD.model_copy(update={"sha256": found.sha256})


def test_model_is_found_by_folder_by_its_files_and_by_shipped_name(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resolve_model(model) == model
    assert resolve_model(model / "model.json") == model
    monkeypatch.setattr(assets, "models_folder", lambda: model.parent)
    assert resolve_model("demo") == model


def test_model_that_is_not_there_names_the_shipped_ones(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "models_folder", lambda: model.parent)
    with pytest.raises(ModelError, match=r"no model 'nowhere'.*shipped models: demo"):
        load_card("nowhere")


def test_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.pth").write_bytes(b"PK")
    with pytest.raises(ModelError, match="is a file, expected a model folder"):
        load_card(tmp_path / "model.pth")


def test_folder_without_card_or_weights_is_refused(model: Path) -> None:
    (model / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        load_card(model)
    (model / "model.json").unlink()
    with pytest.raises(ModelError, match=r"no model\.json"):
        load_card(model)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_in_place_of_weights_is_refused(model: Path, protocol: int) -> None:
    (model / "model.safetensors").write_bytes(pickle.dumps({"weight": [1.0]}, protocol))
    with pytest.raises(ModelError, match="is a pickle"):
        load_card(model)


def test_zip_as_torch_writes_it_is_refused(model: Path) -> None:
    with zipfile.ZipFile(model / "model.safetensors", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02.")
    with pytest.raises(ModelError, match="is a pickle"):
        load_card(model)


@pytest.mark.parametrize("head", [0x80 + 0x100 * n for n in (1, 2, 4, 5)])
def test_header_as_long_as_a_pickle_looks_is_no_pickle(model: Path, head: int) -> None:
    header = json.dumps({"__metadata__": {"note": ""}})
    raw = head.to_bytes(8, "little") + header.ljust(head).encode()
    (model / "model.safetensors").write_bytes(raw)
    save_card(CARD, model)
    assert load_card(model).name == "demo"


@pytest.mark.parametrize("raw", [b"", b"\x10", b"\x00" * 64, b"\xff" * 8 + b"{}"])
def test_weights_that_are_no_safetensors_are_refused(model: Path, raw: bytes) -> None:
    (model / "model.safetensors").write_bytes(raw)
    with pytest.raises(ModelError, match="is not a safetensors file"):
        load_card(model)


def test_wrong_hash_is_refused(model: Path) -> None:
    save_file({"weight": np.zeros(4, np.float32)}, model / "model.safetensors")
    with pytest.raises(ModelError, match="expected SHA-256"):
        load_card(model)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format_version": 99}, "update the app"),
        ({"classes": []}, "classes"),
        ({"input_size": "big"}, "input_size"),
        ({"training_embedding": {"centre": [1], "spread": [], "limit": 1}}, "differ in length"),
    ],
)
def test_card_that_makes_no_sense_is_refused(
    model: Path, change: dict[str, object], sentence: str
) -> None:
    path = model / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ModelError, match=sentence):
        load_card(model)


def test_field_of_a_newer_card_is_passed_over(model: Path) -> None:
    path = model / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mood": "good"}))
    assert load_card(model).name == "demo"


def test_card_that_is_not_json_is_refused(model: Path) -> None:
    (model / "model.json").write_text("{")
    with pytest.raises(ModelError, match="is not a model card"):
        load_card(model)
