"""The columns of the table of results: those of every scoring, and those of the plate maps."""

from __future__ import annotations

from dataclasses import dataclass

from deepnoise_app.screen import Factor


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column on screen: its name in the file, its title, which a filter uses, and a sentence."""

    source: str
    title: str
    tip: str


SHOWN = (
    ResultColumn("Metadata_Experiment", "Experiment", "Batch that the plate belongs to"),
    ResultColumn("Metadata_Plate", "Plate", "Plate of the experiment"),
    ResultColumn("Metadata_Well", "Well", "Well of the plate"),
    ResultColumn("Metadata_Role", "Role", "Treatment, control, or unknown"),
    ResultColumn("Metadata_Perturbation", "Expected", "What the tables say that the well got"),
    ResultColumn(
        "Prediction_PlatePrior",
        "Plate prior",
        "The name if only one library plate can lie on the plate, each name given once",
    ),
    ResultColumn(
        "Prediction_OnePerWell",
        "One per well",
        "The name if each perturbation is given to as many wells as a plate holds of it",
    ),
    ResultColumn("Prediction_Free", "Free", "The likeliest name, whatever the other wells got"),
    ResultColumn("Confidence", "Confidence", "How sure the model is of the free name, 0 to 1"),
    ResultColumn("Margin", "Margin", "How far the likeliest name lies before the next, 0 to 1"),
    ResultColumn("Top2", "2nd", "Second likeliest name"),
    ResultColumn("Top3", "3rd", "Third likeliest name"),
    ResultColumn("Top4", "4th", "Fourth likeliest name"),
    ResultColumn("Top5", "5th", "Fifth likeliest name"),
    ResultColumn("Sites", "Sites", "Sites of the well that were looked at"),
    ResultColumn("Flags", "Flags", "What is unusual about the well"),
    ResultColumn("Model", "Model", "Which model named the well"),
    ResultColumn(
        "Correction",
        "Correction",
        "What was corrected before the well was named: none, adabn (statistics of its plate),"
        " control-anchored",
    ),
)
NUMBERS = ("Confidence", "Margin", "Sites")
# What the source of a column begins with that a plate map tells.
FACTOR = "Factor_"
_TAKEN = frozenset({*(one.title.casefold() for one in SHOWN), "perturbation", "predicted", "right"})


def factor_column(factor: Factor) -> ResultColumn:
    """Return the column of a factor; one called like another column says whose it is."""
    name = " ".join(factor.name.split())
    title = f"{name} (plate map)" if called(name) in _TAKEN else name
    return ResultColumn(f"{FACTOR}{factor.name}", title, f"{name}, as the plate map says")


def called(title: str) -> str:
    """Return the name by which a filter asks for a column."""
    return title.casefold()
