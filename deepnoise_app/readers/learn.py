"""Learns a pattern of file names from a few names in which somebody marked the parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import ScreenError
from deepnoise_app.readers.template import FIELDS, Parsed, Template
from deepnoise_app.readers.walk import is_image, normal, walk
from deepnoise_app.screen import PROJECTION


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A part of a name, from `start` to before `stop`, and the field that it tells."""

    start: int
    stop: int
    field: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A real name, and what a pattern reads in it; None if it does not fit."""

    name: str
    parsed: Parsed | None

    @property
    def told(self) -> dict[str, str]:
        """What was read, by field; empty where the name does not fit.

        An experiment or plate that the name does not tell is that of its folder, and left out.
        """
        one = self.parsed
        if one is None:
            return {}
        found = {
            "experiment": one.experiment or "",
            "plate": one.plate or "",
            "well": one.well.name,
            "site": str(one.site),
            "channel": one.channel,
            "plane": "projection" if one.plane == PROJECTION else str(one.plane),
            "time": str(one.time),
        }
        return {field: text for field, text in found.items() if text}


def learn_pattern(examples: Mapping[str, Sequence[Mark]]) -> str:
    """Return the pattern of marked names; what differs between them and is not marked becomes `*`.

    Parameters
    ----------
    examples
        Paths with forward slashes, as deep as the marks reach, and the marks in each.

    Raises
    ------
    ScreenError
        If there is no name, marks overlap, names are marked differently, or the pattern does not
        read from each name what was marked.
    """
    if not examples:
        raise ScreenError("no name is marked: mark the well in at least one name")
    cut = {name: _cut(name, sorted(marks)) for name, marks in examples.items()}
    orders = {fields for fields, _ in cut.values()}
    if len(orders) > 1:
        told = " and ".join(", ".join(fields) or "nothing" for fields in sorted(orders))
        raise ScreenError(f"the names are marked differently ({told}): mark the same parts in each")
    fields = orders.pop()
    between = [_common(texts) for texts in zip(*(texts for _, texts in cut.values()), strict=True)]
    pattern = between[0] + "".join(
        f"{{{field}}}{text}" for field, text in zip(fields, between[1:], strict=True)
    )
    _check(pattern, examples)
    return pattern


def preview(path: Path, pattern: str, count: int = 10) -> tuple[Shown, ...]:
    """Return real names below a folder, spread over all of them, and what a pattern reads in them.

    Raises
    ------
    ScreenError
        If the pattern cannot be understood.
    """
    template = Template.compile(pattern)
    return read_names(real_names(path, count), template.pattern)


def real_names(path: Path, count: int = 10) -> tuple[str, ...]:
    """Return whole paths of images below a folder, spread over all of them."""
    root = normal(path)
    names = [
        "/".join((*root.parts[1:], *folder.parts, name))
        for folder in walk(root)
        for name in folder.names
        if is_image(name)
    ]
    step = max(1, len(names) // count)
    # One further each time: an even step would meet the same channel always.
    places = (i * step + i % step for i in range(count))
    return tuple(names[place] for place in places if place < len(names))


def read_names(names: Sequence[str], pattern: str) -> tuple[Shown, ...]:
    """Return the part of each path that a pattern describes, and what it reads in it.

    Raises
    ------
    ScreenError
        If the pattern cannot be understood.
    """
    template = Template.compile(pattern)
    ends = ("/".join(name.split("/")[-template.depth :]) for name in names)
    return tuple(Shown(end, template.parse(end)) for end in ends)


def _cut(name: str, marks: Sequence[Mark]) -> tuple[tuple[str, ...], list[str]]:
    """Return the fields of a name in their order, and the texts around them."""
    texts, end = [], 0
    for mark in marks:
        if mark.field not in FIELDS:
            fields = ", ".join(FIELDS)
            raise ScreenError(f"{mark.field!r} is not a part of a name: expected {fields}")
        if mark.start < end or mark.stop > len(name) or mark.start >= mark.stop:
            raise ScreenError(f"the marks in {name!r} overlap or are empty: mark each part once")
        texts.append(name[end : mark.start])
        end = mark.stop
    return tuple(mark.field for mark in marks), [*texts, name[end:]]


def _common(texts: Sequence[str]) -> str:
    """Return what texts begin and end with alike, and `*` for what lies between."""
    if len(set(texts)) == 1:
        return _plain(texts[0])
    start = _prefix(texts)
    stop = _prefix([text[len(start) :][::-1] for text in texts])[::-1]
    # Digits at the edge of what varies belong to it: `2024` and `2031` share no year.
    start, stop = start.rstrip("0123456789"), stop.lstrip("0123456789")
    return f"{_plain(start)}*{_plain(stop)}"


def _prefix(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    same = (i for i, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(same, min(len(first), len(last)))]


def _plain(text: str) -> str:
    """Return text as a pattern writes it; what it cannot write becomes `*`."""
    return "".join("*" if sign in "{}*" else sign for sign in text)


def _check(pattern: str, examples: Mapping[str, Sequence[Mark]]) -> None:
    template = Template.compile(pattern)
    for name, marks in examples.items():
        match = template.regex.fullmatch(name)
        for mark in marks:
            marked = name[mark.start : mark.stop]
            read = None if match is None else match[mark.field]
            if read != marked:
                raise ScreenError(
                    f"{pattern} would read {mark.field} {read!r} in {name!r}, not {marked!r}:"
                    " mark one more name"
                )
