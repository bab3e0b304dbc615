"""Reads XML indices of microscopes as a stream, however large, and trusts nothing in them.

Document types are refused: no index needs one, and they are how a file names other files or grows
a thousandfold while it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from xml.parsers import expat

from deepnoise_app.errors import ScreenError

_CHUNK = 1 << 16
# Longest text of one element that is kept: names and numbers are short.
_MOST_TEXT = 10_000
# Indices are a dozen elements deep; every open one takes memory.
_DEEPEST = 200
# Different children that an element of an index has, far below this.
_MOST_CHILDREN = 1_000


@dataclass(slots=True)
class Element:
    """One element: its name without the namespace, attributes, own text, texts of its children."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Text of a child or attribute; empty if there is none."""
        return (self.children.get(name) or self.attributes.get(name) or "").strip()

    def number(self, name: str) -> float:
        """Value of a child or attribute; 0 if there is none, or it is no number from 0 on."""
        try:
            found = float(self.get(name))
        except ValueError:
            return 0.0
        return found if 0 <= found < inf else 0.0


def read_elements(path: Path, wanted: Collection[str]) -> Iterator[Element]:
    """Visit the elements of these names in a file, each when it ends.

    Raises
    ------
    ScreenError
        If the file cannot be read, is no well-formed XML, or declares a document type.
    """
    try:
        with path.open("rb") as file:
            yield from elements(iter(lambda: file.read(_CHUNK), b""), path.name, wanted)
    except OSError as error:
        raise ScreenError(f"{path.name} cannot be read: {error.strerror}") from error


def elements(chunks: Iterable[bytes], label: str, wanted: Collection[str]) -> Iterator[Element]:
    """Visit the elements of these names in pieces of XML, called `label` in messages.

    Raises
    ------
    ScreenError
        If they are no well-formed XML, or declare a document type.
    """
    gathering = _Gathering(frozenset(wanted))
    try:
        for chunk in chunks:
            gathering.feed(chunk, last=False)
            yield from gathering.taken()
        gathering.feed(b"", last=True)
        yield from gathering.taken()
    except expat.ExpatError as error:
        raise ScreenError(f"{label} is no whole XML file: {error}") from error
    except _TooDeepError:
        raise ScreenError(
            f"{label} nests more than {_DEEPEST} elements in one another: no index is so deep"
        ) from None
    except _DocumentTypeError:
        raise ScreenError(
            f"{label} declares a document type: expected an index without one, as the"
            " microscope writes it"
        ) from None


class _DocumentTypeError(Exception):
    pass


class _TooDeepError(Exception):
    pass


class _Gathering:
    """The handlers of the parser, and what they have gathered."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._open: list[Element] = []
        self._done: list[Element] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes, *, last: bool) -> None:
        self._parser.Parse(chunk, last)

    def taken(self) -> list[Element]:
        done, self._done = self._done, []
        return done

    @staticmethod
    def _refuse(*_: object) -> None:
        raise _DocumentTypeError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise _TooDeepError
        local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        self._open.append(Element(name.rpartition(":")[2], local))

    def _end(self, _: str) -> None:
        element = self._open.pop()
        if self._open and len(self._open[-1].children) < _MOST_CHILDREN:
            self._open[-1].children.setdefault(element.name, element.text)
        if element.name in self._wanted:
            self._done.append(element)

    def _text(self, text: str) -> None:
        element = self._open[-1]
        if len(element.text) < _MOST_TEXT:
            element.text += text[:_MOST_TEXT]
