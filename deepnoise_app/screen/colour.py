"""The colours of channels: what the file wishes for, or what its wavelength looks like."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np

from deepnoise_app.screen.plate import Channel

# Hue in degrees at some wavelengths in nm, falling from violet through green to red and on to the
# magenta that far red, which no eye sees, is usually painted in.
_NM = (380.0, 440.0, 465.0, 495.0, 525.0, 565.0, 595.0, 620.0, 665.0, 700.0, 780.0)
_HUE = (270.0, 245.0, 225.0, 180.0, 130.0, 75.0, 35.0, 5.0, -20.0, -50.0, -65.0)
_SATURATION = 0.75


def wavelength_colour(nm: float) -> str:
    """Return a bright colour, `#rrggbb`, for an emission; wavelengths beyond sight get the last."""
    hue = float(np.interp(nm, _NM, _HUE)) % 360 / 360
    red, green, blue = colorsys.hsv_to_rgb(hue, _SATURATION, 1)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def own_colours(channels: Sequence[Channel]) -> tuple[str, ...] | None:
    """Return the colours that files or wavelengths give channels; None unless all differ."""
    colours = tuple(
        channel.colour or (wavelength_colour(channel.emission_nm) if channel.emission_nm else "")
        for channel in channels
    )
    return colours if all(colours) and len(set(colours)) == len(colours) else None
