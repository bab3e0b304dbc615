"""Says in one sentence what is wrong with a recipe: the knob, its value and what would be right."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

_KINDS = {"integer": "a whole number", "number": "a number"}


def sentence(error: ValidationError, of: type[BaseModel]) -> str:
    """First complaint as one sentence: field of the model, its value and what would be right."""
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or "the recipe"
    if first["type"] == "extra_forbidden":
        return f"there is no knob {field!r}, expected {_known(of, first['loc'][:-1])}"
    if first["type"] == "missing":
        return f"{field} is not given"
    cure = first["msg"].removeprefix("Input should be ").removeprefix("Input ")
    return f"{field} is {first['input']!r}, expected {_range(of, first['loc']) or cure}"


def _schema(model: type[BaseModel], place: tuple[int | str, ...]) -> dict[str, Any]:
    """JSON schema of one knob or group; empty where there is none."""
    for step in place[:-1]:
        inner = model.model_fields.get(str(step))
        if inner is None or not isinstance(inner.annotation, type):
            return {}
        if not issubclass(inner.annotation, BaseModel):
            return {}
        model = inner.annotation
    found = model.model_json_schema().get("properties", {}).get(str(place[-1]), {})
    return dict(found)


def _known(model: type[BaseModel], group: tuple[int | str, ...]) -> str:
    for step in group:
        inner = model.model_fields[str(step)].annotation
        model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else model
    return "one of " + ", ".join(model.model_fields)


def _range(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """`a whole number from 1 to 8 views`, or nothing where the knob is not a number."""
    knob = _schema(model, place)
    kind = _KINDS.get(str(knob.get("type")))
    if kind is None:
        return ""
    low = knob.get("minimum", knob.get("exclusiveMinimum"))
    high = knob.get("maximum", knob.get("exclusiveMaximum"))
    above = "above" if "exclusiveMinimum" in knob else "from"
    below = "and below" if "exclusiveMaximum" in knob else "to"
    return f"{kind} {above} {low} {below} {high} {knob['unit']}".rstrip()
