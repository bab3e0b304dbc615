"""What stands above each site on the canvas: its well, what it got, what was predicted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from deepnoise_app.gui.painter import NAMED_BY
from deepnoise_app.screen import Plate, Role, WellId
from deepnoise_app.session import Session

# Share of a site's height between the site and its label.
ABOVE = 0.015


@dataclass(frozen=True, slots=True)
class Label:
    """One site; texts are empty and `confidence` is NaN where nothing is known.

    `left` is the left edge of the site in pixels, `above` how far over its upper edge the label
    stands, so that nothing of the text lies on the image.
    """

    well: WellId
    site: int
    left: int
    above: float = 0.0
    expected: str = ""
    predicted: str = ""
    confidence: float = math.nan

    @property
    def text(self) -> str:
        """`B07 s1 · sirna_250 0.93`; a prediction that differs stands below, after an arrow."""
        line = f"{self.well} s{self.site}"
        if self.expected:
            line += f" · {self.expected}"
        if self.predicted and self.predicted != self.expected:
            line += f"\n→ {self.predicted}"
        return f"{line} {self.confidence:.2f}" if self.predicted else line


def labels_of(session: Session) -> tuple[Label, ...]:
    """Return the labels of the picture on screen, from left to right."""
    picture = session.picture
    plate = plate_of_picture(session)
    if picture is None or plate is None:
        return ()
    named = _named(session, plate)
    return tuple(
        Label(
            well,
            site,
            left,
            ABOVE * picture.pixels.shape[1],
            plate.map[well].perturbation,
            *named.get(well, ()),
        )
        for well, site, left in picture.places
    )


def features_of(labels: tuple[Label, ...]) -> pd.DataFrame:
    """Return one row per label, as napari's features table shows it."""
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


def plate_of_picture(session: Session) -> Plate | None:
    """Return the plate that the picture shows, if it is still open."""
    picture = session.picture
    if picture is None:
        return None
    if session.plate is not None and session.plate.key == picture.plate:
        return session.plate
    return next((plate for plate in session.plates if plate.key == picture.plate), None)


def _named(session: Session, plate: Plate) -> dict[WellId, tuple[str, float]]:
    """Name and confidence predicted for the wells, by the best of the columns that are filled."""
    if session.predictions is None:
        return {}
    rows = session.predictions.of(plate.key)
    column = next((name for name in NAMED_BY if (rows[name] != "").any()), None)
    if column is None:
        return {}
    controls = rows["Metadata_Role"].isin([role for role in Role if role.is_control])
    rows = rows[(rows[column] != "") & ~controls]
    wells = map(WellId.parse, rows["Metadata_Well"].astype(str))
    names = zip(rows[column].astype(str), rows["Confidence"].astype(float), strict=True)
    return dict(zip(wells, names, strict=True))
