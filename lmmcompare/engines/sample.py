"""A uniform sample of a table's rows, drawn by the engine that holds them."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from .table import Frame, fetch

SIZE = 20_000
"""Rows of the sample that stands for a table in pictures and residuals."""
SEED = 7
"""The same rows come again where the engine reads them in the same order."""


def draw(rows: Frame, n: int, size: int = SIZE) -> pd.DataFrame:
    """Draw rows without replacement, each with the same chance.

    DuckDB draws as many as are wanted. Other engines take each row by itself with a chance that gives a few more; of these,
    ``size`` are kept.

    Parameters
    ----------
    rows : LazyFrame
    n : int
        How many there are; all of them are given when they are no more than ``size``.
    """
    if n <= size:
        return fetch(rows).to_pandas()
    if rows.implementation.is_duckdb():
        asked = f"SELECT * FROM used_rows USING SAMPLE reservoir({size} ROWS) REPEATABLE ({SEED})"
        return fetch(nw.from_native(rows.to_native().query("used_rows", asked))).to_pandas()
    share = min(1.0, (size + 6 * np.sqrt(size)) / n)
    result = fetch(_thinned(rows, share)).to_pandas()
    if len(result) <= size:
        return result
    return result.sample(size, random_state=SEED).reset_index(drop=True)


def _thinned(rows: Frame, share: float) -> Frame:
    """Each row with the chance ``share``: narwhals has no word for it, so each engine is asked in its own."""
    native, engine = rows.to_native(), rows.implementation
    if engine.is_spark_like():
        return nw.from_native(native.sample(fraction=share, seed=SEED))
    if engine.is_dask():
        return nw.from_native(native.sample(frac=share, random_state=SEED))
    if engine.is_polars():
        import polars as pl

        place = native.with_row_index("row of it")
        return nw.from_native(place.filter(pl.col("row of it").hash(SEED) < int(share * 2**64)).drop("row of it"))
    # not narwhals' own sample: that of PyArrow tables takes the first rows (narwhals 2.28)
    whole = fetch(rows)
    return whole[np.sort(np.random.default_rng(SEED).choice(len(whole), int(share * len(whole)), replace=False))].lazy()
