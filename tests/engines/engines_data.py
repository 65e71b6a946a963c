"""One table in every form that the engines read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from lmmcompare.design.design import Design
from lmmcompare.engines.build import measure
from lmmcompare.formula import parse
from lmmcompare.models.aliasing import estimable_part
from lmmcompare.models.gathering import gather
from lmmcompare.moments.crossed import Crossing
from lmmcompare.moments.groups import Moments

DATABASE = duckdb.connect()


def relation(frame: pd.DataFrame) -> duckdb.DuckDBPyRelation:
    """By a connection of its own to one database: a new database takes longer than what is asked of it."""
    return DATABASE.cursor().from_df(frame)


def parquet(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_parquet(folder / "table.parquet")
    return folder / "table.parquet"


def parquet_parts(frame: pd.DataFrame, folder: Path) -> str:
    for k, part in enumerate(np.array_split(np.arange(len(frame)), 3)):
        frame.iloc[part].to_parquet(folder / f"part{k}.parquet")
    frame.head(0).to_parquet(folder / "part3.parquet")  # a part without rows is nothing special
    return str(folder / "part*.parquet")


def csv(frame: pd.DataFrame, folder: Path) -> str:
    frame.to_csv(folder / "table.csv", index=False, na_rep="NA")
    return str(folder / "table.csv")


FORMS: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "pandas": lambda frame, _: frame,
    "polars": lambda frame, _: pl.from_pandas(frame),
    "polars lazy": lambda frame, _: pl.from_pandas(frame).lazy(),
    "pyarrow": lambda frame, _: pa.Table.from_pandas(frame, preserve_index=False),
    "duckdb": lambda frame, _: relation(frame),
    "parquet": parquet,
    "parquet parts": parquet_parts,
    "csv": csv,
}


def _table() -> pd.DataFrame:
    """400 rows with numbers, categories, two crossed factors, one nested in the first, and holes."""
    random, n = np.random.default_rng(20), 400
    frame = pd.DataFrame({
        "g": random.integers(3, 15, n), "h": random.choice(["north", "south", "east", "west"], n),
        "k": random.choice(["a", "b", "c"], n), "x": random.normal(size=n), "z": random.gamma(2, size=n),
        "c": random.choice(["low", "mid", "top"], n), "yes": random.random(n) > 0.4,
    })  # fmt: skip
    frame["m"] = random.normal(size=15)[frame["g"]]
    frame["y"] = 1 + frame["x"] * (1 + random.normal(size=15)[frame["g"]]) + frame["m"] + random.normal(size=n)
    frame.loc[[5, 70], "x"], frame.loc[7, "c"] = np.nan, None
    return frame


TABLE = _table()


def both(formula: str, frame: pd.DataFrame, given: Any, sample: int = 20_000) -> list[tuple[Design, Crossing]]:
    """The design and the moments from memory, and from the engine."""
    spec = parse(formula)
    found = measure(spec, given, sample=sample)
    return [gather(spec, frame), (estimable_part(found.design, found.crossing.factors[0]), found.crossing)]


def same_moments(ours: Moments, theirs: Moments, tolerance: float = 1e-10) -> None:
    """That two moments are the same: the means against the overall spread, the products against the columns' own."""
    np.testing.assert_array_equal(ours.n, theirs.n)
    np.testing.assert_allclose(ours.w, theirs.w, rtol=tolerance)
    np.testing.assert_allclose(
        [ours.mean_weight, ours.log_weights], [theirs.mean_weight, theirs.log_weights], rtol=tolerance, atol=tolerance
    )
    np.testing.assert_allclose(ours.scale, theirs.scale, rtol=tolerance)
    np.testing.assert_allclose(ours.center, theirs.center, rtol=tolerance, atol=tolerance * theirs.scale.max(initial=0))
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=tolerance, atol=tolerance)
    # of a column that is constant within groups memory has rounding errors of the overall spread, the engine exactly 0
    size = np.where(theirs.varies_within, np.sqrt(np.diag(theirs.within_total) / theirs.n_groups), 1.0)
    assert (np.abs(ours.within - theirs.within) <= tolerance * np.outer(size, size)[:, :, None]).all()


def same(ours: tuple[Design, Crossing], theirs: tuple[Design, Crossing]) -> None:
    """That the engine's design says the same as the one from memory, and the moments are the same."""
    (memory, in_memory), (design, crossing) = ours, theirs
    for what in ("names", "terms", "blocks", "fixed", "intercept", "n", "n_total", "missing", "focal", "rows_sentence"):
        assert getattr(design, what) == getattr(memory, what), what
    assert [g.labels for g in design.groupings] == [g.labels for g in memory.groupings]
    assert {k: list(v) for k, v in design.encoder.levels.items()} == {
        k: list(v) for k, v in memory.encoder.levels.items()
    }
    for one, other in zip(crossing.factors, in_memory.factors, strict=True):
        same_moments(one, other)
    assert crossing.cells.keys() == in_memory.cells.keys()
    for key, cells in crossing.cells.items():
        assert cells.columns == in_memory.cells[key].columns
        np.testing.assert_array_equal(cells.first, in_memory.cells[key].first)
        np.testing.assert_array_equal(cells.second, in_memory.cells[key].second)
        same_moments(cells.moments, in_memory.cells[key].moments)
