"""Tables for other programs: Parquet as they are, CSV so that no spreadsheet runs a cell.

Parquet holds every text exactly.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deepnoise_app.screen.formulas import write_csv

if TYPE_CHECKING:
    import pandas as pd


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
            write_csv(table, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
