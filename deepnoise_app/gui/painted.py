"""What is painted of the plate in front: as an overlay, as a figure, as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deepnoise_app.analysis.position_overlay import effect_overlay
from deepnoise_app.gui.well_text import cell_text
from deepnoise_app.screen import Plate, PlateOverlay, Scale
from deepnoise_app.screen.predictions import AGREEMENT
from deepnoise_app.session import MEASURED, SCORED, Paint, Session

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

# Best first: what a well is called on the grid.
NAMED_BY = {
    "Prediction_PlatePrior": "Prediction, plate prior",
    "Prediction_OnePerWell": "Prediction, one per well",
    "Prediction_Free": "Prediction, free",
}


def overlay_of(session: Session) -> PlateOverlay | None:
    """Return what the painting shows of the plate in front; None where nothing is known."""
    plate, painting = session.plate, session.painting
    if plate is None:
        return None
    if painting.paint in SCORED:
        return _predicted(session, painting.paint)
    if painting.paint is Paint.QUALITY:
        return session.sheet.overlay(plate.key) if session.sheet is not None else None
    return _measured(session, plate) if painting.paint in MEASURED else None


def _measured(session: Session, plate: Plate) -> PlateOverlay | None:
    measures, painting = session.measures.get(plate.key), session.painting
    if measures is None or painting.channel >= len(plate.channels):
        return None
    channel = plate.channels[painting.channel]
    if painting.paint is Paint.EFFECT:
        return effect_overlay(measures.mapped(plate), Paint.MEAN.value, channel)
    return measures.overlay(painting.paint.value, channel)


def _predicted(session: Session, paint: Paint) -> PlateOverlay | None:
    """Names with their confidence as colour, or the confidence in digits, or how far they agree.

    A plate without predictions gets an overlay without values, unless there are none at all.
    """
    overlay = named(session)
    if overlay is None or paint is Paint.PREDICTION:
        return overlay
    how = overlay.title.removeprefix("Prediction, ")
    if paint is Paint.AGREEMENT:
        return _agreeing(session, overlay, how)
    if not overlay.values:
        return overlay
    digits = {well: f"{value:.2f}" for well, value in overlay.values.items()}
    return replace(overlay, title=f"Confidence ({how})", unit="", texts=digits)


def _agreeing(session: Session, overlay: PlateOverlay, how: str) -> PlateOverlay:
    """How far names agree with the plate map; where that is not known, the title says why."""
    title, predictions, plate = "Agreement with the plate map", session.predictions, session.plate
    if predictions is None or plate is None or not overlay.values:
        return PlateOverlay(f"{title}: no well is named yet", words=AGREEMENT)
    if not overlay.right:
        return PlateOverlay(f"{title}: it does not say what the wells got", words=AGREEMENT)
    return predictions.agreement(plate.key, overlay.texts, f"{title} ({how})")


def named(session: Session) -> PlateOverlay | None:
    """Return what the wells of the plate in front are called; None where there is nothing."""
    if session.predictions is None or session.plate is None:
        return None
    return named_on(session, session.plate)


def named_on(session: Session, plate: Plate) -> PlateOverlay:
    """Return what the wells of a plate are called, by the best rule that named some."""
    if session.predictions is not None:
        for column, title in NAMED_BY.items():
            overlay = session.predictions.overlay(plate.key, column, title)
            if overlay.values:
                return overlay
    return PlateOverlay("Prediction", "confidence", Scale.SHARE)


def painted_figure(
    plate: Plate, overlay: PlateOverlay | None, shown: tuple[float, float]
) -> Figure:
    """Return what is painted as a figure; matplotlib is slow to load."""
    if overlay is None:
        from deepnoise_app.reports.layout import draw_layout

        return draw_layout(plate, {well: cell_text(plate, None, well) for well in plate.wells})
    from deepnoise_app.reports.heatmap import draw_heatmap

    return draw_heatmap(plate, overlay, shown)


def painted_table(plate: Plate, overlay: PlateOverlay | None) -> pd.DataFrame:
    """Return a row per well that has a value: place, contents, value, text.

    Without an overlay: one per imaged well, with its place and contents.
    """
    import pandas as pd

    wells = sorted(plate.wells if overlay is None else overlay.values)
    columns = {
        "Metadata_Experiment": [plate.experiment] * len(wells),
        "Metadata_Plate": [plate.name] * len(wells),
        "Metadata_Well": [well.name for well in wells],
        "Metadata_Role": [str(plate.map[well].role) for well in wells],
        "Metadata_Perturbation": [plate.map[well].perturbation for well in wells],
    }
    if overlay is None:
        return pd.DataFrame(columns)
    values = [overlay.values[well] for well in wells]
    texts = [overlay.texts.get(well, "") for well in wells]
    return pd.DataFrame({**columns, overlay.title: values, "Text": texts})
