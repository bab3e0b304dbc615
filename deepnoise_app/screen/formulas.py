"""Texts in CSV tables: written so that no spreadsheet runs them, read back as they were.

A spreadsheet takes a text that begins like a formula for one, and a formula can send what the
table holds elsewhere (OWASP, CSV injection). Such a text gets an apostrophe in front; where it has
apostrophes already, one more, so that nothing is lost. Numbers written as text are no formulas.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pandas as pd


T = TypeVar("T")
_FORMULA = re.compile(r"^'*[=+\-@\t\r\n]")
_QUOTED = re.compile(r"^'+[=+\-@\t\r\n]")
_NUMBER = re.compile(r"^[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?$")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table for other programs; all tables of the app are written here."""
    safe = harmless(table)
    texts = safe.select_dtypes(exclude="number").astype(str)
    # A carriage return alone is not quoted by itself, and would be read as the end of a row.
    breaks = any(texts[name].str.contains("\r", regex=False).any() for name in texts.columns)
    safe.to_csv(path, index=False, quoting=csv.QUOTE_NONNUMERIC if breaks else csv.QUOTE_MINIMAL)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before texts that a spreadsheet would take as formulas.

    The names of the columns count as texts. Numbers are left alone, negative ones too.
    """
    import pandas as pd

    safe = table.rename(columns=harmless_text)
    for at, name in enumerate(table.columns):
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(at, column.map(harmless_text).array)
    return safe


def harmless_text(text: object) -> object:
    """Return one cell; what is no text, or a number, is left alone."""
    if not isinstance(text, str) or not _FORMULA.match(text) or _NUMBER.match(text):
        return text
    return f"'{text}"


def meant(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table that was read from CSV with its texts as they were before `harmless`."""
    import pandas as pd

    found = table.rename(columns=meant_text)
    for at, name in enumerate(table.columns):
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column):
            found.isetitem(at, column.map(meant_text).array)
    return found


def meant_text(text: T) -> T | str:
    """Return one cell as it was before `harmless_text`; what is no text is left alone."""
    if not isinstance(text, str) or not _QUOTED.match(text) or _NUMBER.match(text[1:]):
        return text
    return text[1:]
