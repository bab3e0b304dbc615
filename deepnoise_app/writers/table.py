"""Tables for other programs: Parquet as they are, CSV so that no spreadsheet runs a cell.

A text that begins like a formula gets an apostrophe in front (OWASP, CSV injection): spreadsheets
then show it as the text that it is. Parquet holds every text exactly.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

_FORMULA = re.compile(r"^[=+\-@\t\r]")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write `.parquet`, or CSV under any other name.

    Raises
    ------
    OSError
        If it cannot be written; an earlier file stays as it was.
    """
    beside = path.with_name(f".{path.stem}-unfinished{path.suffix}")
    try:
        if path.suffix.lower() == ".parquet":
            table.to_parquet(beside, index=False)
        else:
            harmless(table).to_csv(beside, index=False)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before texts that a spreadsheet would take as formulas.

    Numbers are left alone, negative ones too.
    """
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(harmless_text)
    return safe


def harmless_text(text: object) -> object:
    """Return one cell; what is no text is left alone."""
    return f"'{text}" if isinstance(text, str) and _FORMULA.match(text) else text
