"""The published networks: Xception (Chollet 2017) with a larger stem and signed features.

As in Yang et al. 2023, the first convolution is 7x7 with stride 2 and takes any number of
channels, and the pooled features are those of the last batch norm, without the ReLU behind it.
"""

from __future__ import annotations

from itertools import pairwise

import torch.nn.functional as F
from timm.models.xception import Block, SeparableConv2d
from torch import Tensor, nn

PUBLISHED, BASE = "deepnoise_xception", "legacy_xception"
LARGE = "deepnoise_xception_large"
FEATURES = 2048
# Of the larger one: channels behind the stem, between its strided blocks, and in its middle ones.
STEM, ENTRY, MIDDLE, EXIT = 64, (64, 128, 256, 384, 1024), 8, 1536


def as_published(xception: nn.Module, channels: int) -> nn.Module:
    """Change timm's legacy Xception into the published one; it gives 2,048 features of any sign."""
    stem = nn.Conv2d(channels, 32, kernel_size=7, stride=2, padding=3, bias=False)
    _initialise(stem)
    xception.conv1, xception.act4 = stem, nn.Identity()
    return xception


class LargeXception(nn.Module):
    """The larger one, which is learned from nothing: 35.8 million weights on six channels.

    Its widths and their sum are published; that its stem has a second convolution, and its last
    block a stride, follows from that sum.

    Parameters
    ----------
    drop_rate
        Share of the features left out while learning.
    """

    def __init__(self, channels: int, drop_rate: float = 0.0) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(channels, STEM, kernel_size=7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(STEM),
            nn.ReLU(inplace=True),
            nn.Conv2d(STEM, STEM, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(STEM),
            nn.ReLU(inplace=True),
        )
        entry = [
            Block(narrow, wide, 2, 2, start_with_relu=number > 0)
            for number, (narrow, wide) in enumerate(pairwise(ENTRY))
        ]
        widest = ENTRY[-1]
        self.blocks = nn.Sequential(
            *entry,
            *(Block(widest, widest, 3) for _ in range(MIDDLE)),
            Block(widest, widest, 2, 2, grow_first=False),
        )
        self.last = nn.Sequential(
            SeparableConv2d(widest, EXIT, 3, 1, 1),
            nn.BatchNorm2d(EXIT),
            nn.ReLU(inplace=True),
            SeparableConv2d(EXIT, FEATURES, 3, 1, 1),
            nn.BatchNorm2d(FEATURES),
        )
        self.drop_rate = drop_rate
        self.apply(_initialise)

    def forward(self, sites: Tensor) -> Tensor:
        """Return features, (B, C, S, S) -> (B, 2048)."""
        pooled: Tensor = self.last(self.blocks(self.stem(sites))).mean(dim=(2, 3))
        return F.dropout(pooled, self.drop_rate, self.training)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
