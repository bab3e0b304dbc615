"""Columns of text, made quick to sort and to search: each different text is looked at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which `sirna_2` comes before `sirna_10`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


@dataclass(frozen=True, eq=False)
class TextColumn:
    """One text per row: row i holds `names[codes[i]]`; `key` says how texts are sorted."""

    codes: NDArray[np.intp]
    names: tuple[str, ...]
    key: Callable[[str], Any] = natural

    @classmethod
    def of(cls, texts: Iterable[str], key: Callable[[str], Any] = natural) -> TextColumn:
        """Gather the different texts of a column."""
        import pandas as pd

        series = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype=str)
        codes, names = series.factorize()
        return cls(codes, tuple(map(str, names)), key)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.names[int(self.codes[row])]

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The different texts without upper case."""
        return tuple(name.casefold() for name in self.names)

    @cached_property
    def ranks(self) -> NDArray[np.intp]:
        """Place of each row when sorted; rows of the same text share theirs, empty ones go last."""
        order = sorted(range(len(self.names)), key=lambda i: self._place(self.names[i]))
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        return np.asarray(place[self.codes])

    def _place(self, name: str) -> tuple[bool, Any]:
        return (False, self.key(name)) if name else (True, None)

    def among(self, names: Collection[str]) -> Mask:
        """Rows whose text is exactly one of these."""
        return self._taken(name in names for name in self.names)

    def where(self, accept: Callable[[str], bool]) -> Mask:
        """Rows whose text, without upper case, is accepted."""
        return self._taken(map(accept, self.folded))

    def _taken(self, each: Iterable[bool]) -> Mask:
        hits = np.fromiter(each, dtype=np.bool_, count=len(self.names))
        return np.asarray(hits[self.codes], dtype=np.bool_)
