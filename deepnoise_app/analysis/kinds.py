"""What is measured: the name of each measure in tables, its words and its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from deepnoise_app.analysis.levels import Levels
from deepnoise_app.screen import Channel, Plane

Depth = Literal["basic", "all"]
GREY_LEVELS = "grey levels"
TEXTURES = ("contrast", "homogeneity", "energy", "correlation")
_NUCLEI = re.compile(r"nucle(?:i|us)\b(?!.*rna)|dna|dapi|hoechst|draq|h2b", re.IGNORECASE)
_NOT_FLUORESCENT = re.compile(r"bright.?field|phase|dic\b|transmi", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One measure of one channel.

    `group` and `name` make the column's name, `title` and `unit` are for people. `basic` measures
    follow from the histogram of the plane; the others take several times as long.
    """

    group: str
    name: str
    title: str
    unit: str = ""
    basic: bool = True

    def column(self, channel: Channel) -> str:
        """Name of its column for a channel, such as `Intensity_Mean_Nuclei`."""
        return f"{self.group}_{self.name}_{channel.name.replace(' ', '')}"


BASIC = (
    Kind("Intensity", "Mean", "Mean intensity", GREY_LEVELS),
    Kind("Intensity", "Std", "Standard deviation", GREY_LEVELS),
    Kind("Intensity", "P01", "1st percentile", GREY_LEVELS),
    Kind("Intensity", "Median", "Median", GREY_LEVELS),
    Kind("Intensity", "P99", "99th percentile", GREY_LEVELS),
    Kind("Intensity", "Background", "Background", GREY_LEVELS),
    Kind("Quality", "Saturated", "Saturated pixels", "share"),
    Kind("Quality", "Foreground", "Foreground", "share"),
    Kind("Quality", "Glare", "Glaring pixels", "share"),
)
FURTHER = (
    Kind("Quality", "Focus", "Focus", "relative energy", basic=False),
    *(Kind("Texture", name.title(), f"Texture: {name}", basic=False) for name in TEXTURES),
    Kind("Cells", "Count", "Nuclei", "per site", basic=False),
)
KINDS = (*BASIC, *FURTHER)
BY_NAME = {kind.name: kind for kind in KINDS}


def kinds_of(depth: Depth) -> tuple[Kind, ...]:
    """Return what is measured at a depth."""
    return BASIC if depth == "basic" else KINDS


def nuclei_channel(channels: tuple[Channel, ...]) -> int | None:
    """Index of the channel whose spots are counted.

    The one that is called nuclei or DNA or stained with such a dye, else the first that is not a
    transmitted-light one; None where there is none.
    """
    for channel in range(len(channels)):
        if _NUCLEI.search(f"{channels[channel].name} {channels[channel].dye}"):
            return channel
    others = (i for i, c in enumerate(channels) if not _NOT_FLUORESCENT.search(c.name))
    return next(others, None)


def measure_plane(plane: Plane, depth: Depth = "basic", count: bool = False) -> tuple[float, ...]:
    """Measure one plane.

    Parameters
    ----------
    count
        Whether nuclei are counted in it; the count is NaN otherwise.

    Returns
    -------
    values
        In the order of `kinds_of(depth)`.
    """
    levels = Levels.of(plane)
    if not len(levels.values):
        return (float("nan"),) * len(kinds_of(depth))
    basic = (
        levels.mean,
        levels.deviation,
        levels.percentile(1),
        levels.percentile(50),
        levels.percentile(99),
        levels.background,
        levels.saturated,
        levels.foreground,
        levels.glare,
    )
    if depth == "basic":
        return basic
    # Imported only here: the window starts without scikit-image.
    from deepnoise_app.analysis.detail import count_nuclei, focus, texture

    counted = float(count_nuclei(plane)) if count else float("nan")
    return (*basic, focus(plane), *texture(plane, levels), counted)
