"""A frame as bytes, and exactly the same frame from them."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from pyarrow import feather

from ..errors import ShareError


def to_bytes(frame: pd.DataFrame) -> bytes:
    """The frame in Arrow's file format (Feather), compressed.

    It is as small as Parquet and, unlike it, keeps categories that are numbers, unused ones, and the order of all.
    The index is left out.

    Raises
    ------
    ShareError
        When a column mixes kinds of values, or two have the same name.
    """
    sink = pa.BufferOutputStream()
    try:
        feather.write_feather(pa.Table.from_pandas(frame, preserve_index=False), sink, compression="zstd")
    except (pa.ArrowException, ValueError, TypeError):
        raise ShareError(
            "This table cannot be stored as it is.",
            "Each column needs a name of its own, and values of one kind: numbers, text, dates or categories.",
        ) from None
    return sink.getvalue().to_pybytes()


def from_bytes(content: bytes) -> pd.DataFrame:
    """The frame that `to_bytes` was given.

    Raises
    ------
    ShareError
        When the bytes are damaged.
    """
    try:
        return feather.read_table(pa.BufferReader(content)).to_pandas()
    except (pa.ArrowException, ValueError, OSError):
        raise ShareError("The stored table is damaged.", "Ask whoever shared it to store it again.") from None
