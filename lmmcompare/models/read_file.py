"""A file by its path, for those who use the package; its readers are loaded when they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def read(path: str | Path, *, header: bool | None = None, sheet: str | None = None) -> Any:
    """Read a file of any supported format, as the app reads an upload, into a table for `compare`, `lm`, `lmer` and `gls`.

    Parameters
    ----------
    path : str or Path
        Of Parquet and CSV files also a pattern with ``*``, or a folder of Parquet files: these may be larger than the memory.
    header : bool, optional
        Whether the first line holds the names of the columns (True) or is a row of data (False), in text, workbooks and JSON's
        lists of lists; found out when left out.
    sheet : str, optional
        The sheet of a workbook, a data frame of R's, a file of a zip archive or a table of a database; the first with a table in
        it when left out.

    Returns
    -------
    DuckDBPyRelation or DataFrame
        A relation for Parquet and CSV files, which need not fit into memory; its ``df()`` is a DataFrame.

    Raises
    ------
    DataError
        When there is no such file, or it cannot be read.
    """
    from ..engines.files import open_file

    return open_file(Path(path), header, sheet)
