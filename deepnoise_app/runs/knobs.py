"""What a recipe is made of: groups of knobs, each with a sentence, a unit and a range."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Part(BaseModel):
    """A group of knobs; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


def knob(default: object, text: str, unit: str = "", *, rare: bool = False, **limits: Any) -> Any:
    """Declare a field with its sentence, its unit and its range.

    Parameters
    ----------
    rare
        Part of a published schedule that hardly anybody turns: forms fold it away.
    """
    extra: dict[str, JsonValue] = {"unit": unit, "rare": rare}
    return Field(default, description=text, json_schema_extra=extra, **limits)
