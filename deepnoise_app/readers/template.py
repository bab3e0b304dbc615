"""Patterns of file names, such as `{plate}/{well}_s{site}_w{channel}`.

Fields: experiment, plate, well (or row and column), site, channel, plane (Z), time. `*` stands for
anything within one name. A pattern starts at the name of a folder or file; without an ending it
means any image that can be read. Upper and lower case are the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.names import literal, number_field, read_row_column, read_well
from deepnoise_app.readers.walk import READABLE
from deepnoise_app.screen import PROJECTION, WellId

FIELDS = {
    "experiment": r"[^/]+?",
    "plate": r"[^/]+?",
    "well": r"[A-Z]{1,2}\d{1,3}",
    "row": r"[A-Z]{1,2}|\d{1,2}",
    "column": r"\d{1,3}",
    "site": r"\d{1,6}",
    "channel": r"[^/_]+?",
    "plane": r"\d{1,4}",
    "time": r"\d{1,6}",
}
_TOKEN = re.compile(r"\{([^{}]*)\}|([*])|([^{}*]+)|(.)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file name says; an experiment or plate is None if it does not say it."""

    experiment: str | None
    plate: str | None
    well: WellId
    site: int
    channel: str
    form: str
    plane: int = 1
    time: int = 1


@dataclass(frozen=True, slots=True)
class Template:
    """A pattern, ready for use. `depth` is the number of path parts that it describes."""

    pattern: str
    regex: re.Pattern[str]
    depth: int

    @classmethod
    def compile(cls, pattern: str) -> Template:
        """Read a pattern.

        Raises
        ------
        ScreenError
            If a field is unknown, there twice, or no field tells the well.
        """
        text = pattern.strip().replace("\\", "/").strip("/")
        seen: list[str] = []
        expression = "".join(_expression(match, text, seen) for match in _TOKEN.finditer(text))
        _check_fields(pattern, seen)
        if not text.lower().endswith(READABLE):
            expression += "(?:" + "|".join(re.escape(suffix) for suffix in READABLE) + ")"
        return cls(text, re.compile(expression, re.IGNORECASE), text.count("/") + 1)

    @classmethod
    def of(cls, expression: str) -> Template:
        """Return what reads file names by a regular expression whose groups are the fields."""
        return cls(expression, re.compile(expression, re.IGNORECASE), 1)

    def fits(self, path: str) -> bool:
        """Whether a path of `depth` parts fits the pattern and names a well."""
        match = self.regex.fullmatch(path)
        return match is not None and _well(match) is not None

    def parse(self, path: str) -> Parsed | None:
        """Read a path of `depth` parts; None if it does not fit."""
        match = self.regex.fullmatch(path)
        found = None if match is None else _well(match)
        if match is None or found is None:
            return None
        well, spelled = found
        told = match.groupdict()
        site, channel = told.get("site"), told.get("channel")
        if site is not None:
            spelled.append((match.span("site"), number_field("site", site)))
        if channel is not None:
            spelled.append((match.span("channel"), "{channel}"))
        return Parsed(
            told.get("experiment"), told.get("plate"), well,
            1 if site is None else int(site), channel or "1", _form(path, spelled),
            _plane(told), int(told.get("time") or 1),
        )  # fmt: skip


def _well(match: re.Match[str]) -> tuple[WellId, list[tuple[tuple[int, int], str]]] | None:
    """Return the well that a name tells, and how its parts are spelled where."""
    told = match.groupdict()
    if "well" in told:
        one = read_well(told["well"])
        return None if one is None else (one[0], [(match.span("well"), one[1])])
    two = read_row_column(told["row"], told["column"])
    if two is None:
        return None
    return two[0], [(match.span("row"), two[1]), (match.span("column"), two[2])]


def _plane(told: dict[str, str | None]) -> int:
    return PROJECTION if told.get("projection") is not None else int(told.get("plane") or 1)


def _form(path: str, spelled: list[tuple[tuple[int, int], str]]) -> str:
    parts, end = [], 0
    for (start, stop), token in sorted(spelled):
        parts += [literal(path[end:start]), token]
        end = stop
    return "".join(parts) + literal(path[end:])


def _expression(match: re.Match[str], pattern: str, seen: list[str]) -> str:
    name, star, text, stray = match.groups()
    if star:
        return "[^/]*?"
    if text:
        return re.escape(text)
    if stray or name not in FIELDS:
        shown = match[0] if stray else f"{{{name}}}"
        fields = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise ScreenError(f"{shown!r} in the pattern {pattern!r} is not a field: use {fields}")
    if name in seen:
        return f"(?P={name})"
    seen.append(name)
    return f"(?P<{name}>{FIELDS[name]})"


def _check_fields(pattern: str, seen: list[str]) -> None:
    if "well" in seen and ("row" in seen or "column" in seen):
        raise ScreenError(f"the pattern {pattern!r} tells the well twice: {{well}} and {{row}}")
    if "well" not in seen and not {"row", "column"} <= set(seen):
        raise ScreenError(
            f"the pattern {pattern!r} does not tell the well: add {{well}}, or {{row}}{{column}}"
        )
