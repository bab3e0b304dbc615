"""The network: any timm backbone on any number of channels, features, an ArcFace head."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor, nn

from deepnoise_app.errors import ModelError
from deepnoise_app.learning.arcface import ArcFace
from deepnoise_app.learning.xception import BASE, LARGE, PUBLISHED, LargeXception, as_published
from deepnoise_app.runs.card import refuse_other_formats
from deepnoise_app.runs.recipe import Network

# Arguments by which timm loads weights by itself, from pickles too, or from the internet.
LOADING = frozenset({"checkpoint_path", "cache_dir", "in_chans", "num_classes", "scriptable"})


class DeepNoiseNet(nn.Module):
    """Sites -> features -> logits.

    Parameters
    ----------
    network
        Backbone, input size, length of the features.
    channels, classes
        Of the input; of the head.
    scale, margin
        Of the ArcFace head.

    Raises
    ------
    ModelError
        If timm has no such backbone, it cannot take these settings, or its weights do not load.
    """

    def __init__(
        self, network: Network, channels: int, classes: int, scale: float, margin: float
    ) -> None:
        super().__init__()
        self.backbone = make_backbone(network, channels)
        width = _width(self.backbone, network, channels)
        if network.neck == "linear":
            self.project: nn.Module = nn.Linear(width, network.embedding)
            self.norm: nn.Module = nn.BatchNorm1d(network.embedding)
        elif network.embedding == width:
            self.project, self.norm = nn.Identity(), nn.Identity()
        else:
            raise ModelError(
                f"embedding is {network.embedding}, but {network.backbone} gives {width} features:"
                f' without a neck embedding must be {width}, or set neck = "linear"'
            )
        self.head = ArcFace(network.embedding, classes, scale, margin)

    def features(self, sites: Tensor) -> Tensor:
        """Return what describes the sites, (B, C, S, S) -> (B, D)."""
        described: Tensor = self.norm(self.project(self.backbone(sites)))
        return described.float()

    def forward(self, sites: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return logits, (B, C, S, S) -> (B, classes)."""
        logits: Tensor = self.head(self.features(sites), labels)
        return logits


def make_backbone(network: Network, channels: int) -> nn.Module:
    """Return a timm network without its classifier.

    `deepnoise_xception` and `deepnoise_xception_large` are the published ones. Weights come from
    the recipe's local file, or from the internet only if the recipe asks.
    """
    name = network.backbone
    if name == LARGE:
        return _large(network, channels)
    if name == PUBLISHED:
        return as_published(
            make_backbone(network.model_copy(update={"backbone": BASE}), 3), channels
        )
    if name.split(".")[0] not in timm.list_models():
        similar = timm.list_models(f"{name[:6]}*")[:5]
        raise ModelError(
            f"timm has no network {name!r}, expected a name such as"
            f" {', '.join(similar) or f'resnet10t, convnext_tiny, {PUBLISHED}'}"
        )
    options = dict(network.options)
    _check_options(options)
    if network.drop_rate:
        options["drop_rate"] = network.drop_rate
    try:
        made = _create(network, channels, options)
        if not _takes(made, channels, network.input_size):
            made = _create(network, channels, {**options, "img_size": network.input_size})
    except ModelError:
        raise
    except Exception as error:  # timm's networks raise whatever they like
        raise ModelError(
            f"the network {name} cannot be made for {channels} channels of"
            f" {network.input_size} pixels: {error}"
        ) from error
    return made


def _large(network: Network, channels: int) -> nn.Module:
    if network.pretrained or network.weights is not None or network.options:
        raise ModelError(
            f"{LARGE} is learned from nothing and has one form: leave out its weights and options,"
            f" or choose {PUBLISHED}"
        )
    return LargeXception(channels, network.drop_rate)


def _check_options(options: Mapping[str, Any]) -> None:
    """Refuse settings by which timm would load weights: those of cards come from strangers.

    Raises
    ------
    ModelError
        If there is one.
    """
    wrong = sorted(name for name in options if name in LOADING or name.startswith("pretrained"))
    if wrong:
        raise ModelError(
            f"the option {wrong[0]!r} of a network would load further weights: options only say how"
            " the network is made; name weights by `network.weights`"
        )


def _create(network: Network, channels: int, options: Mapping[str, Any]) -> nn.Module:
    overlay: dict[str, Any] = {}
    if network.weights is not None:
        overlay = {"pretrained_cfg_overlay": {"file": str(_weights(network.weights))}}
    made: nn.Module = timm.create_model(
        network.backbone,
        pretrained=network.pretrained or network.weights is not None,
        in_chans=channels,
        num_classes=0,
        **overlay,
        **options,
    )
    return made


def _weights(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise ModelError(f"there are no weights {name!r}: expected a safetensors file")
    refuse_other_formats(path)
    return path


def _takes(backbone: nn.Module, channels: int, size: int) -> bool:
    """Whether the backbone runs at this size (vision transformers are made for one)."""
    backbone.eval()
    try:
        with torch.no_grad():
            backbone(torch.zeros(1, channels, size, size))
    except (AssertionError, RuntimeError):
        return False
    finally:
        backbone.train()
    return True


def _width(backbone: nn.Module, network: Network, channels: int) -> int:
    """Number of features that the backbone gives."""
    backbone.eval()
    with torch.no_grad():
        given = backbone(torch.zeros(1, channels, network.input_size, network.input_size))
    backbone.train()
    return int(given.shape[1])
