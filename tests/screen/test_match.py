"""Channels of a plate are matched with those of a model, or what is lacking is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deepnoise_app.errors import ModelError
from deepnoise_app.screen import Channel
from deepnoise_app.screen.match import match_channels

FILES = tuple(map(Channel, ("Actin", "Nuclei", "ER")))


def test_channels_are_matched_by_name_in_any_order_and_case() -> None:
    assert match_channels(["nuclei", "ACTIN"], FILES, "X-1 Plate1") == [1, 0]


def test_channels_without_any_common_name_are_matched_by_order() -> None:
    numbered = [replace(c, name=f"w{n}") for n, c in enumerate(FILES)]
    assert match_channels(["Nuclei", "Actin", "ER"], numbered, "X-1 Plate1") == [0, 1, 2]


@pytest.mark.parametrize("wanted", [["Nuclei", "Golgi"], ["a", "b"], ["a", "b", "c", "d"]])
def test_a_channel_without_counterpart_is_named(wanted) -> None:
    with pytest.raises(ModelError, match=f"{wanted[-1]}|{wanted[0]} has no counterpart"):
        match_channels(wanted, FILES, "X-1 Plate1")
