"""The published network: Xception (Chollet 2017) with a larger stem and signed features.

As in Yang et al. 2023, the first convolution is 7x7 with stride 2 and takes any number of
channels, and the pooled features are those of the last batch norm, without the ReLU behind it.
"""

from __future__ import annotations

from torch import nn

PUBLISHED, BASE = "deepnoise_xception", "legacy_xception"


def as_published(xception: nn.Module, channels: int) -> nn.Module:
    """Change timm's legacy Xception into the published one; it gives 2,048 features of any sign."""
    stem = nn.Conv2d(channels, 32, kernel_size=7, stride=2, padding=3, bias=False)
    nn.init.kaiming_normal_(stem.weight, mode="fan_out", nonlinearity="relu")
    xception.conv1, xception.act4 = stem, nn.Identity()
    return xception
