"""The page sections about a training: how it went and what the model's card says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from deepnoise_app.reports.html import drawing, heading, paragraph, table
from deepnoise_app.reports.page import ACCURACIES
from deepnoise_app.runs.card import ModelCard
from deepnoise_app.runs.events import EpochEnded, Event


def trained_sections(events: Sequence[Event], card: ModelCard | None) -> Iterator[str]:
    """Yield the sections of a page about a training run; no card while it has no model."""
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    yield heading("How it learned")
    if epochs:
        yield drawing(_curves(epochs), "Loss and accuracies, epoch by epoch")
        last = epochs[-1]
        yield paragraph(f"{last.epoch} of {last.epochs} epochs, loss {last.loss:.3f} in the last.")
    else:
        yield paragraph("No epoch has ended yet.")
    if card is None:
        return
    yield heading("The model")
    if card.warning:
        yield paragraph(card.warning, "note")
    source = card.provenance
    yield table(
        ("", ""),
        [
            ("Name", card.name),
            ("Description", card.description),
            ("Perturbations", len(card.classes) - len(card.control_classes)),
            ("Controls", len(card.control_classes)),
            ("Channels", ", ".join(card.channels)),
            ("Input", f"{card.input_size} pixels"),
            ("Correction", f"normalised by {card.normalisation}"),
            ("Network", f"{card.backbone}, {card.embedding} features"),
            ("Experiments learned from", ", ".join(source.experiments)),
            ("Experiments held out", ", ".join(source.held_out)),
            ("SHA-256 of the weights", card.sha256),
        ],
    )
    if card.accuracy:
        yield paragraph("Accuracy on the experiments held out, which also chose the epoch:")
        yield table(
            ("", "Accuracy", "95 %"),
            [
                (ACCURACIES[name][0], one.value, f"{one.low:.3f} to {one.high:.3f}"
                 if one.low is not None and one.high is not None else "")
                for name, one in card.accuracy.items()
            ],
        )  # fmt: skip


def _curves(epochs: Sequence[EpochEnded]) -> Figure:
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    loss, right = figure.subplots(1, 2)
    loss.plot([e.epoch for e in epochs], [e.loss for e in epochs], color="#4f7cff")
    loss.set(xlabel="epoch", ylabel="loss")
    for name, (words, _, _) in ACCURACIES.items():
        told = [(e.epoch, value) for e in epochs if (value := getattr(e, name)) is not None]
        if told:
            right.plot(*zip(*told, strict=True), label=words)
    right.set(xlabel="epoch", ylabel="accuracy, held out", ylim=(0, 1))
    if right.lines:
        right.legend(fontsize=8)
    return figure
