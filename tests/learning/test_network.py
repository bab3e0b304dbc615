from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from deepnoise_app.errors import ModelError
from deepnoise_app.learning.network import DeepNoiseNet, make_backbone
from deepnoise_app.runs.recipe import Network

SMALL = {"channels": [8, 8, 16, 16], "stem_width": 8}


def small(**changes: object) -> Network:
    return Network(**{"input_size": 32, "embedding": 8, "options": SMALL, **changes})


@pytest.mark.parametrize("channels", [1, 2, 6, 11])
def test_any_number_of_channels_is_taken(channels: int) -> None:
    net = DeepNoiseNet(small(), channels, classes=5, scale=30, margin=0.1).eval()
    sites = torch.randn(2, channels, 32, 32)
    assert net.features(sites).shape == (2, 8)
    assert net(sites).shape == (2, 5)
    assert net(sites).abs().max() <= 30


@pytest.mark.parametrize(
    ("backbone", "size", "options"),
    [
        ("vit_tiny_patch16_224", 48, {"depth": 1}),
        ("convnext_atto", 40, {"depths": [1, 1, 1, 1]}),
        ("legacy_xception", 64, {}),
    ],
)
def test_other_families_of_networks_serve(backbone: str, size: int, options: dict) -> None:
    network = Network(backbone=backbone, input_size=size, embedding=8, options=options)
    net = DeepNoiseNet(network, 6, classes=3, scale=30, margin=0.1).eval()
    assert net(torch.randn(1, 6, size, size)).shape == (1, 3)


def test_an_unknown_network_is_refused_with_similar_names() -> None:
    with pytest.raises(ModelError, match="resnet10t"):
        make_backbone(small(backbone="resnet10x"), 6)


def test_settings_that_a_network_does_not_know_are_refused() -> None:
    with pytest.raises(ModelError, match="cannot be made"):
        make_backbone(small(options={"no_such_setting": 1}), 6)


def local_weights(path: Path) -> dict[str, torch.Tensor]:
    """Weights for three channels, as ImageNet's are."""
    torch.manual_seed(1)
    weights = timm.create_model("resnet10t", num_classes=0, **SMALL).state_dict()
    save_file(weights, path)
    return weights


def test_weights_of_three_channels_start_a_network_of_six(tmp_path: Path) -> None:
    weights = local_weights(tmp_path / "w.safetensors")
    torch.manual_seed(2)
    made = make_backbone(small(weights=str(tmp_path / "w.safetensors")), 6).state_dict()
    assert made["conv1.0.weight"].shape[1] == 6
    same = [k for k in weights if not k.startswith("conv1.0.") and "num_batches" not in k]
    assert len(same) > 20
    assert all(torch.equal(made[key], weights[key]) for key in same)
    mean = weights["conv1.0.weight"].mean(dim=1)
    assert torch.allclose(made["conv1.0.weight"].mean(dim=1), mean / 2, atol=1e-6)


def test_a_pickle_is_no_source_of_weights(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    torch.save({"a": torch.zeros(1)}, path)
    with pytest.raises(ModelError, match="pickle"):
        make_backbone(small(weights=str(path)), 6)


def test_missing_weights_are_refused() -> None:
    with pytest.raises(ModelError, match=r"no weights 'nowhere\.safetensors'"):
        make_backbone(small(weights="nowhere.safetensors"), 6)


def test_the_published_network_has_a_large_stem_and_features_of_any_sign() -> None:
    network = Network(backbone="deepnoise_xception", neck="none", input_size=64, embedding=2048)
    torch.manual_seed(0)
    made = DeepNoiseNet(network, 6, 5, 30, 0.1).eval()
    assert made.backbone.conv1.weight.shape == (32, 6, 7, 7)
    features = made.features(torch.randn(2, 6, 64, 64))
    assert features.shape == (2, 2048)
    assert 0.2 < float((features < 0).float().mean()) < 0.8  # no ReLU behind the last batch norm
    assert sum(p.numel() for p in made.parameters()) > 20e6


def test_the_larger_published_network_has_its_published_size() -> None:
    network = Network(
        backbone="deepnoise_xception_large", neck="none", input_size=64, embedding=2048
    )
    torch.manual_seed(0)
    made = DeepNoiseNet(network, 6, 5, 30, 0.1)
    assert round(sum(p.numel() for p in made.backbone.parameters()) / 1e6, 1) == 35.8
    features = made.features(torch.randn(2, 6, 64, 64))
    assert features.shape == (2, 2048)
    assert 0.2 < float((features < 0).float().mean()) < 0.8
    features.square().sum().backward()
    assert all(p.grad is not None for p in made.backbone.parameters())


def test_the_larger_published_network_takes_neither_weights_nor_options() -> None:
    with pytest.raises(ModelError, match="leave out its weights and options"):
        make_backbone(Network(backbone="deepnoise_xception_large", pretrained=True), 6)


def test_without_a_neck_the_embedding_is_what_the_backbone_gives() -> None:
    wrong = Network(neck="none", embedding=128)
    with pytest.raises(ModelError, match="without a neck embedding must be 512"):
        DeepNoiseNet(wrong, 2, 5, 30, 0.1)
