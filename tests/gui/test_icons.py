"""Icons: an icon of a disabled control is fainter than that of an enabled one."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtGui import QColor, QIcon, QPainter, QPixmap

from deepnoise_app.gui.icons import ICON_GREY, painted_icon, write_icons_in


def strength(icon: QIcon, mode: QIcon.Mode, ground: str) -> float:
    """How much an icon stands out from its ground."""
    made = QPixmap(24, 24)
    made.fill(QColor(ground))
    painter = QPainter(made)
    painter.drawPixmap(0, 0, icon.pixmap(24, 24, mode))
    painter.end()
    image = made.toImage()
    grey = [[image.pixelColor(x, y).lightnessF() for x in range(24)] for y in range(24)]
    return float(np.abs(np.array(grey) - QColor(ground).lightnessF()).sum())


@pytest.fixture(autouse=True)
def grey_again():
    yield
    write_icons_in(ICON_GREY)


def test_icons_that_are_there_follow_the_ink_and_those_with_a_colour_do_not(qapp) -> None:
    plain, signal = painted_icon("mdi6.play"), painted_icon("mdi6.play", "#ff0000")
    for ink in ("#ffffff", "#000000"):
        write_icons_in(ink)
        middle = plain.pixmap(24, 24).toImage().pixelColor(12, 12)
        assert middle.name() == ink
        assert signal.pixmap(24, 24).toImage().pixelColor(12, 12).name() == "#ff0000"


@pytest.mark.parametrize("ground", ["#23242b", "#ebe7e6"])
def test_disabled_is_fainter_than_enabled_on_dark_and_on_light(qapp, ground: str) -> None:
    icon = painted_icon("mdi6.content-save-outline")
    assert strength(icon, QIcon.Mode.Disabled, ground) < 0.7 * strength(
        icon, QIcon.Mode.Normal, ground
    )
