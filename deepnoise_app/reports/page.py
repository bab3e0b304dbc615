"""One self-contained page about scored plates: the accuracies, the plates, the pictures."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deepnoise_app.reports.html import page, picture
from deepnoise_app.reports.pictures import save_mosaic, save_plate
from deepnoise_app.runs.files import write_whole
from deepnoise_app.screen import Plate, Predictions, Screen
from deepnoise_app.untrusted import file_stem

ACCURACIES = {
    "free": ("Free", "Prediction_Free", "the best of all perturbations, well by well"),
    "one_per_well": (
        "One per well",
        "Prediction_OnePerWell",
        "each perturbation on at most as many wells as a plate holds copies of it",
    ),
    "plate_prior": (
        "Plate prior",
        "Prediction_PlatePrior",
        "and only perturbations of the plate's library plate, itself inferred from the images",
    ),
}


def write_page(
    screen: Screen, predictions: Predictions, summary: Mapping[str, Any], out: Path
) -> None:
    """Write `report.html` and the folder `pictures`."""
    pictures = out / "pictures"
    pictures.mkdir(exist_ok=True)
    body = [
        f"<p>{summary['wells']} wells, {summary['sites']} sites, scored by the model"
        f" <b>{html.escape(summary['model'])}</b> in {summary['seconds']:.1f} s.</p>",
    ]
    if summary["model_warning"]:
        body.append(f'<p class="note">{html.escape(summary["model_warning"])}</p>')
    for plate in summary["unlike_training"]:
        reasons = html.escape("; ".join(plate["reasons"]))
        name = html.escape(f"{plate['experiment']} {plate['plate']}")
        body.append(
            f'<p class="note">{name} is unlike the training data of the model: {reasons}.</p>'
        )
    body.append(_accuracies(summary))
    for plate in screen.imaged:
        body += _plate(plate, predictions, pictures)
    write_whole(out / "report.html", page("Predicted perturbations", body))


def _accuracies(summary: Mapping[str, Any]) -> str:
    found = summary.get("accuracy")
    if not found:
        return '<p class="small">The truth is not known, so there are no accuracies.</p>'
    rows = []
    for name, one in found.items():
        title, _, meaning = ACCURACIES[name]
        rows.append(
            f"<tr><th>{title}</th><td><b>{one['value']:.3f}</b></td>"
            f"<td>{one['low']:.3f} to {one['high']:.3f}</td>"
            f'<td class="small">{meaning}</td></tr>'
        )
    known = summary["treated_wells_of_known_perturbation"]
    return (
        f"<h2>Accuracy on {known} treated wells</h2><table>{''.join(rows)}</table>"
        '<p class="small">With 95 % intervals over plates.</p>'
    )


def _plate(plate: Plate, predictions: Predictions, pictures: Path) -> list[str]:
    name = html.escape(" ".join(plate.key))
    stem = file_stem(*plate.key)
    parts = [f"<h2>{name}</h2>"]
    for key in ("free", "plate_prior"):
        title, column, _ = ACCURACIES[key]
        path = pictures / f"{stem}-{key}.png"
        save_plate(plate, predictions, column, f"{' '.join(plate.key)}: {title.lower()}", path)
        parts.append(picture(path.read_bytes(), f"{title} predictions of {' '.join(plate.key)}"))
    parts.append(
        '<p class="small">Green: as expected; red: other; blue: nothing was expected; the'
        " stronger, the more confident.</p>"
    )
    path = pictures / f"{stem}-wells.png"
    save_mosaic(plate, path)
    parts.append(picture(path.read_bytes(), f"First site of every well of {' '.join(plate.key)}"))
    return parts
