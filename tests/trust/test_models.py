"""What a model package, a checkpoint or a recipe of a stranger cannot do."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import torch

from deepnoise_app.assets import shipped_models
from deepnoise_app.errors import ModelError, RunError
from deepnoise_app.learning.checkpoint import load_checkpoint
from deepnoise_app.learning.network import make_backbone
from deepnoise_app.learning.package import load_package
from deepnoise_app.readers import open_screen, registry
from deepnoise_app.runs.card import load_card, resolve_model, sha256
from deepnoise_app.runs.recipe import Network


class Attack:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.sign),)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a copy of the shipped model, free to be changed."""
    return Path(shutil.copytree(shipped_models()["demo"], tmp_path / "model"))


def rewrite(package: Path, **values: object) -> None:
    card = json.loads((package / "model.json").read_text())
    card.update(values)
    (package / "model.json").write_text(json.dumps(card))


@pytest.mark.parametrize("protocol", range(6))
def test_pickled_weights_are_never_loaded(package: Path, tmp_path: Path, protocol: int) -> None:
    weights, sign = package / "model.safetensors", tmp_path / "attacked"
    weights.write_bytes(pickle.dumps(Attack(sign), protocol))
    rewrite(package, sha256=sha256(weights))
    with pytest.raises(ModelError, match=r"pickle|not a safetensors"):
        load_package(package)
    assert not sign.exists()


def test_weights_that_torch_has_pickled_are_never_loaded(package: Path, tmp_path: Path) -> None:
    weights, sign = package / "model.safetensors", tmp_path / "attacked"
    torch.save(Attack(sign), weights)
    rewrite(package, sha256=sha256(weights))
    with pytest.raises(ModelError, match="pickles can run programs"):
        load_package(package)
    with pytest.raises(ModelError, match="pickles can run programs"):
        make_backbone(Network(weights=str(weights)), 3)
    assert not sign.exists()


def test_weights_with_another_hash_than_the_card_says_are_refused(package: Path) -> None:
    weights = package / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelError, match="expected SHA-256"):
        load_package(package)


@pytest.mark.parametrize("said", ["", "0" * 64])
def test_a_card_without_the_right_hash_is_refused(package: Path, said: str) -> None:
    rewrite(package, sha256=said)
    with pytest.raises(ModelError, match="expected SHA-256"):
        load_card(package)


@pytest.mark.parametrize(
    "options",
    [
        {"checkpoint_path": "evil.pth"},
        {"pretrained_cfg_overlay": {"file": "evil.pth"}},
        {"pretrained_cfg": {"url": "https://server/evil.pth"}},
        {"pretrained_strict": False},
        {"cache_dir": "/"},
    ],
)
def test_a_card_cannot_make_timm_load_further_weights(package: Path, options: dict) -> None:
    rewrite(package, backbone_options=options)
    with pytest.raises(ModelError, match="would load further weights"):
        load_package(package)


@pytest.mark.parametrize(
    "name", ["hf-hub:stranger/model", "local-dir:/tmp", "resnet10t.hf-hub:a/b", "../resnet10t"]
)
def test_a_card_cannot_name_a_network_elsewhere(package: Path, name: str) -> None:
    rewrite(package, backbone=name)
    with pytest.raises(ModelError, match=r"timm has no network|cannot be made"):
        load_package(package)


@pytest.mark.parametrize(
    "values",
    [{"input_size": 10**6}, {"embedding": 10**9}, {"channels": ["c"] * 5000}, {"input_size": 0}],
)
def test_a_card_of_absurd_sizes_is_refused_before_a_network_is_made(
    package: Path, values: dict
) -> None:
    rewrite(package, **values)
    with pytest.raises(ModelError, match="is not a model card"):
        load_package(package)


def test_a_card_that_claims_other_classes_than_its_weights_is_refused(package: Path) -> None:
    rewrite(package, classes=[f"sirna_{i}" for i in range(1_000_000)])
    with pytest.raises(ModelError, match="do not fit their card"):
        load_package(package)


def test_a_folder_cannot_stand_in_for_a_shipped_model(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package.rename(package.parent / "demo")
    monkeypatch.chdir(package.parent)
    assert resolve_model("demo") == shipped_models()["demo"]


@pytest.mark.parametrize("name", ["../secret.safetensors", "/secret.safetensors", "C:\\secret"])
def test_a_checkpoint_names_no_file_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    state = {"tensors": name, "mark": "m", "reached": {}}
    (folder / "state.json").write_text(json.dumps(state))
    layer = torch.nn.Linear(1, 1)
    with pytest.raises(RunError, match="leads out of"):
        load_checkpoint(folder, "m", {}, torch.optim.SGD(layer.parameters(), 0.1))


def test_another_package_adds_readers_and_replaces_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    points = [
        EntryPoint("rxrx", "nowhere:Evil", registry.GROUP),
        EntryPoint("broken", "nowhere:Gone", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda **_: points)
    makers = registry.reader_makers()
    assert type(makers["rxrx"]()).__module__ == "deepnoise_app.readers.rxrx"
    assert "broken" not in makers
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(ValueError, match="broken: cannot be loaded"):
        open_screen(tmp_path)
