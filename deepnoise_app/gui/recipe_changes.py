"""What somebody has changed in a recipe, in words."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from deepnoise_app.gui.form import label
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.snapshots import model_title

# What a recipe says of the plates at hand: it is taken from those that are open.
OF_THE_PLATES = ("task", "screen", "plates", "reader")


def changes(before: Recipe, after: Recipe) -> list[str]:
    """Return each setting that differs, in words: `Epochs: 40 (was 16)`."""
    return list(_changes(before, after))


def _changes(before: BaseModel, after: BaseModel) -> Iterator[str]:
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if name in OF_THE_PLATES or old == new:
            continue
        if isinstance(old, BaseModel) and isinstance(new, BaseModel):
            yield from _changes(old, new)
        else:
            yield f"{label(name)}: {_said(new)} (was {_said(old)})"


def _said(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return model_title(value) if isinstance(value, str) and "/" in value else str(value)
