"""Tables from disk, ours and those of strangers: CSV and Parquet that fill no memory.

A few bytes of Parquet can stand for any number of cells, and a text that is kept once can stand in
all of them. So what a file would take is counted before it is unpacked.
"""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deepnoise_app.errors import ScreenError
from deepnoise_app.untrusted import read_plain

if TYPE_CHECKING:
    import pandas as pd

# A table may always take so much, and else so many times its size on disk: numbers hardly shrink.
MOST_UNPACKED = 1_000_000_000
MOST_TIMES = 10
MOST_COLUMNS = 20_000
MOST_CSV_BYTES = 2_000_000_000


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a Parquet file.

    Raises
    ------
    OSError
        If it cannot be read.
    ScreenError
        If it is no such table, is damaged, or would fill the memory.
    """
    import pandas as pd

    check_parquet(path)
    try:
        return pd.read_parquet(path)
    except Exception as error:
        raise _told(path, error) from error


def read_csv(path: Path, **options: Any) -> pd.DataFrame:
    """Read a CSV file; `options` are those of pandas.

    Raises
    ------
    OSError
        If it cannot be read, or is too large.
    ScreenError
        If it is no such table.
    """
    import pandas as pd

    content = read_plain(path, MOST_CSV_BYTES)
    try:
        table: pd.DataFrame = pd.read_csv(io.BytesIO(content), **options)
    except Exception as error:
        raise ScreenError(f"{path.name} is no CSV table, or damaged: {error}") from error
    return table


def check_parquet(path: Path, most: int = MOST_UNPACKED) -> None:
    """Refuse a Parquet file that would fill the memory, before it is unpacked.

    Raises
    ------
    OSError
        If it cannot be read.
    ScreenError
        If it is no such table, or one of more than `most` bytes and many times its size on disk.
    """
    import pyarrow.parquet as pq

    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ScreenError(f"{path.name} is a folder, a device or a pipe: expected a Parquet file")
    room = max(most, MOST_TIMES * found.st_size)
    try:
        schema = pq.read_schema(path)
        texts = [field.name for field in schema if _is_text(field.type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            rows = file.metadata.num_rows
            if len(schema) > MOST_COLUMNS:
                raise ScreenError(f"{path.name} has {len(schema):,} columns: no table has so many")
            _check(path, rows * sum(_width(field.type) for field in schema), room)
            count = rows * 8 * len(texts)
            for batch in file.iter_batches(columns=texts) if texts else ():
                count += sum(_unpacked(column) for column in batch.columns)
                _check(path, count, room)
    except ScreenError:
        raise
    except Exception as error:
        raise _told(path, error) from error


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return any(
        of(kind) for of in (types.is_string, types.is_large_string, types.is_binary,
                            types.is_large_binary, types.is_dictionary)
    )  # fmt: skip


def _width(kind: Any) -> int:
    """Bytes of one cell; texts are counted when they are seen."""
    if _is_text(kind) or str(kind) == "null":
        return 8
    try:
        return max(1, int(kind.bit_width) // 8)
    except ValueError:
        raise ScreenError(f"a column of {kind} in it is none of our tables'") from None


def _unpacked(column: Any) -> int:
    """Bytes of the texts of a column that is kept as each text once and numbers of texts."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    each = compute.binary_length(column.dictionary).to_numpy(zero_copy_only=False)
    numbers = column.indices.drop_null().to_numpy(zero_copy_only=False)
    return int(np.asarray(each, dtype=np.int64)[numbers].sum())


def _check(path: Path, count: int, room: int) -> None:
    if count > room:
        raise ScreenError(
            f"{os.path.basename(path)} unpacks to {count:,} bytes or more: no table is so large"  # noqa: PTH119
        )


def _told(path: Path, error: Exception) -> Exception:
    """Return an error of the system as it is; all others, Arrow's too, tell of damage."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    return ScreenError(f"{path.name} is no Parquet table, or damaged: {error}")
