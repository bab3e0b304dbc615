"""Colours of channels from files and wavelengths."""

from __future__ import annotations

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepnoise_app.screen import Channel, own_colours
from deepnoise_app.screen.colour import wavelength_colour


def hue(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 360 * colorsys.rgb_to_hsv(red, green, blue)[0]


@pytest.mark.parametrize(
    ("dye", "nm", "low", "high"),
    [("DAPI", 461, 200, 260), ("GFP", 510, 120, 180), ("TRITC", 576, 40, 75),
     ("Texas Red", 615, 0, 30), ("Cy5", 666, 320, 360)],
)  # fmt: skip
def test_dyes_have_their_usual_colours(dye: str, nm: float, low: float, high: float) -> None:
    assert low <= hue(wavelength_colour(nm)) <= high


@given(st.floats(0, 3000))
def test_every_wavelength_has_a_bright_colour(nm: float) -> None:
    colour = wavelength_colour(nm)
    assert max(int(colour[i : i + 2], 16) for i in (1, 3, 5)) == 255


def test_the_colour_of_the_file_comes_first() -> None:
    channels = (Channel("a", colour="#123456", emission_nm=500), Channel("b", emission_nm=600))
    assert own_colours(channels) == ("#123456", wavelength_colour(600))


@pytest.mark.parametrize(
    "channels",
    [
        (Channel("a", emission_nm=500), Channel("b")),
        (Channel("a", colour="#ffffff"), Channel("b", colour="#ffffff")),
    ],
    ids=["unknown", "alike"],
)
def test_colours_that_tell_channels_apart_in_part_are_not_used(
    channels: tuple[Channel, ...],
) -> None:
    assert own_colours(channels) is None
