"""What stands above each site on the canvas: its well, what it got, what was predicted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.screen import Plate, PlateOverlay, WellId
from deepnoise_app.session import Session

if TYPE_CHECKING:
    import pandas as pd

# What a letter and a line take on the canvas.
LETTER_PX, LINE_PX = 9, 22


@dataclass(frozen=True, slots=True)
class Label:
    """One site; texts are empty and `confidence` is NaN where nothing is known.

    `left` and `top` are the corner of the site, in pixels of the files, `above` how far over its
    upper edge the label stands, so that nothing of the text lies on the image. A site is `lost`
    of which nothing can be read.
    """

    well: WellId
    site: int
    left: float
    top: float = 0.0
    above: float = 0.0
    expected: str = ""
    predicted: str = ""
    confidence: float = math.nan
    stacked: bool = False
    lost: bool = False

    @property
    def line(self) -> str:
        """The longest of its lines."""
        return max(self.text.split("\n"), key=len)

    @property
    def text(self) -> str:
        """`B07 s1 · sirna_250 0.93`; a prediction that differs stands below, after an arrow.

        Stacked, the perturbation begins a line of its own.
        """
        line = f"{self.well} s{self.site}" if self.site else f"{self.well}"
        if self.lost:
            return f"{line} · cannot be read"
        if self.expected:
            line += f"\n{self.expected}" if self.stacked else f" · {self.expected}"
        if self.predicted and self.predicted != self.expected:
            line += f"\n→ {self.predicted}"
        return f"{line} {self.confidence:.2f}" if self.predicted else line


def features_of(labels: tuple[Label, ...]) -> pd.DataFrame:
    """Return one row per label, as napari's features table shows it."""
    import pandas as pd

    return pd.DataFrame(
        {
            "well": pd.Series([label.well.name for label in labels], dtype=object),
            "site": pd.Series([label.site for label in labels], dtype=int),
            "expected": pd.Series([label.expected for label in labels], dtype=object),
            "predicted": pd.Series([label.predicted for label in labels], dtype=object),
            "confidence": pd.Series([label.confidence for label in labels], dtype=float),
            "label": pd.Series([label.text for label in labels], dtype=object),
        }
    )


def places_of(labels: tuple[Label, ...]) -> NDArray[np.float64]:
    """Where labels stand, (labels, 2): row and column, over the corners of the sites."""
    return np.array([(label.top - label.above, label.left) for label in labels]).reshape(-1, 2)


def plate_of_picture(session: Session) -> Plate | None:
    """Return the plate that the picture shows, if it is still open."""
    picture = session.picture
    if picture is None:
        return None
    if session.plate is not None and session.plate.key == picture.plate:
        return session.plate
    return next((plate for plate in session.plates if plate.key == picture.plate), None)


def said_of(named: PlateOverlay, well: WellId) -> tuple[str, float] | tuple[()]:
    """Return name and confidence of a well; nothing where it has no name."""
    return (named.texts[well], named.values[well]) if well in named.values else ()
