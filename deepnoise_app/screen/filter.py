"""The filter language of tables and plates.

`sirna_250` finds rows that hold this text anywhere; `confidence < 0.5`, `role = control`,
`well = B*`, `flags ~ missing` compare one column. `and`, `or` and `not` combine them (`and` binds
more closely); quotation marks hold together what contains such a word or sign. Upper and lower case
are the same.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnoise_app.errors import FilterError, ScreenError
from deepnoise_app.screen.columns import Mask, TextColumn
from deepnoise_app.screen.platemap import Role
from deepnoise_app.screen.well import WellId

Numbers = NDArray[Any]
# Column as a filter names it -> its texts or numbers, one per row.
Columns = Mapping[str, TextColumn | Numbers]

_COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|(?P<sign><=|>=|!=|[=<>~])|(?P<word>(?:(?!!=)[^\s"=<>~])+)'
)
_CONTROLS = {str(role) for role in Role if role.is_control}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that any column may hold."""

    text: str

    def mask(self, columns: Columns, rows: int) -> Mask:
        """Rows in which it is found."""
        found = np.zeros(rows, dtype=np.bool_)
        for column in columns.values():
            if isinstance(column, TextColumn):
                found |= column.where(lambda name: self.text in name)
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """A column, a sign and a value."""

    column: str
    sign: str
    value: str

    def mask(self, columns: Columns, rows: int) -> Mask:  # noqa: ARG002 (as of a phrase)
        """Rows that pass; a number that is not known never does."""
        column = columns.get(self.column)
        if column is None:
            raise FilterError(
                f"there is no column {self.column!r} to filter by, only {', '.join(columns)}"
            )
        if isinstance(column, TextColumn):
            return self._texts(column)
        return self._numbers(column)

    def _texts(self, column: TextColumn) -> Mask:
        if self.sign not in ("=", "!=", "~"):
            raise FilterError(f"{self.column} holds texts: expected =, != or ~, not {self.sign}")
        if self.sign == "~":
            return column.where(lambda name: self.value in name)
        same = column.where(_equals(self.column, self.value))
        return same if self.sign == "=" else ~same

    def _numbers(self, column: Numbers) -> Mask:
        compare = _COMPARE.get(self.sign)
        if compare is None:
            signs = ", ".join(_COMPARE)
            raise FilterError(f"{self.column} holds numbers: expected {signs}, not {self.sign}")
        try:
            value = float(self.value)
        except ValueError:
            raise FilterError(
                f"{self.column} holds numbers: expected one after {self.sign}, not {self.value!r}"
            ) from None
        return np.asarray(compare(column, value) & ~np.isnan(column), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase or a comparison, or what it does not pass."""

    what: Phrase | Comparison
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows pass if they pass every term of at least one alternative; no alternative: all pass."""

    alternatives: tuple[tuple[Term, ...], ...] = ()

    def mask(self, columns: Columns) -> Mask:
        """Rows that pass.

        Raises
        ------
        FilterError
            If a column is not there, or does not hold what it is compared with.
        """
        rows = len(next(iter(columns.values()), ()))
        if not self.alternatives:
            return np.ones(rows, dtype=np.bool_)
        passed = np.zeros(rows, dtype=np.bool_)
        for terms in self.alternatives:
            every = np.ones(rows, dtype=np.bool_)
            for term in terms:
                every &= term.what.mask(columns, rows) ^ term.negated
            passed |= every
        return passed


def parse_filter(text: str) -> Filter:
    """Read a filter as people type it.

    Raises
    ------
    FilterError
        If a part of it is missing.
    """
    alternatives = [
        tuple(_term(piece) for piece in _split(part, "and"))
        for part in _split(_tokens(text), "or")
        if part
    ]
    return Filter(tuple(alternatives))


# A piece of the text: what it is (quoted, sign, word) and how it reads, without upper case.
_Token = tuple[str, str]


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text.strip()):
        kind = str(match.lastgroup)
        found.append((kind, match[kind].casefold()))
    return found


def _split(tokens: list[_Token], word: str) -> list[list[_Token]]:
    parts: list[list[_Token]] = [[]]
    for token in tokens:
        if token == ("word", word):
            parts.append([])
        else:
            parts[-1].append(token)
    if len(parts) > 1 and not all(parts):
        raise FilterError(f"something is missing beside the word {word!r}")
    return parts


def _term(tokens: list[_Token]) -> Term:
    negated = tokens[0] == ("word", "not")
    rest = tokens[1:] if negated else tokens
    signs = [i for i, (kind, _) in enumerate(rest) if kind == "sign"]
    if not rest:
        raise FilterError("something is missing after the word 'not'")
    if not signs:
        return Term(Phrase(_text(rest)), negated)
    at, sign = signs[0], rest[signs[0]][1]
    column, value = _text(rest[:at]), _text(rest[at + 1 :])
    if not column:
        raise FilterError(f"the column is missing before {sign}")
    if at + 1 == len(rest):
        raise FilterError(f"the value is missing after {column} {sign}")
    return Term(Comparison(column, sign, value), negated)


def _text(tokens: list[_Token]) -> str:
    return " ".join(text for _, text in tokens)


def _equals(column: str, value: str) -> Callable[[str], bool]:
    """What a text must be to equal a value; `*` stands for anything."""
    if column == "role":
        value = value.replace(" ", "_")
        if value == "control":
            return _CONTROLS.__contains__
    if column == "well" and "*" not in value:
        value = _well(value)
    if "*" in value:
        pattern = value.replace("[", "[[]").replace("?", "[?]")
        return lambda name: fnmatchcase(name, pattern)
    return lambda name: name == value


def _well(value: str) -> str:
    """`b2` as tables write it."""
    try:
        return WellId.parse(value).name.casefold()
    except ScreenError:
        return value
