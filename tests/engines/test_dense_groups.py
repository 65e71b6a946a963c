"""Groups with whole numbers close together as labels, that DuckDB sums in arrays: the same sums, and its settings as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from lmmcompare.engines import sums
from lmmcompare.engines.build import measure
from lmmcompare.engines.dense_groups import MAX_BYTES, DenseGroups, dense_groups, in_arrays
from lmmcompare.engines.scan import Scan, scan
from lmmcompare.engines.table import from_native
from lmmcompare.formula import parse

from .engines_data import TABLE, both, parquet_parts, relation, same

THRESHOLD = "SELECT current_setting('perfect_ht_threshold')"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[DenseGroups | None]:
    """The arrays that were taken, or not."""
    result: list[DenseGroups | None] = []

    def noted(*given: Any) -> DenseGroups | None:
        result.append(dense_groups(*given))
        return result[-1]

    monkeypatch.setattr(sums, "dense_groups", noted)
    return result


def scanned(frame: pd.DataFrame) -> Scan:
    return scan(from_native(relation(frame)))


LABELS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "from 0 on": lambda g: g - g.min(),
    "negative": lambda g: g - 900,
    "around zero": lambda g: (g - 8).astype("int8"),
    "unsigned": lambda g: g.astype("uint16") + 60_000,
    "near 2^52": lambda g: g + (1 << 52),
    "unsigned and long": lambda g: (g + (1 << 40)).astype("uint64"),
    "with gaps": lambda g: g * 31,
}


@pytest.mark.parametrize("what", LABELS)
def test_the_sums_are_the_same(what: str, taken: list[DenseGroups | None]) -> None:
    frame = TABLE.assign(g=LABELS[what](TABLE["g"]))
    for formula in ("y ~ x + (x | g)", "y ~ x * c + (1 | g) + (1 | h)"):
        same(*both(formula, frame, relation(frame), sample=50))
    assert taken[0] is not None


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g/k)", "y ~ x + z + (1 | g) + (1 | k)"])
def test_two_columns_of_whole_numbers(formula: str, taken: list[DenseGroups | None], tmp_path: Path) -> None:
    frame = TABLE.assign(k=TABLE["k"].map({"a": -5, "b": 2, "c": 9}))
    same(*both(formula, frame, parquet_parts(frame, tmp_path), sample=50))
    assert any(one is not None and len(one.length) == 2 for one in taken)


def test_no_other_columns(taken: list[DenseGroups | None]) -> None:
    frame = TABLE.assign(far=TABLE["g"] * 10**9, real=TABLE["g"] / 2, truth=TABLE["g"] > 8)
    for name in ("far", "real", "truth", "h"):
        same(*both(f"y ~ x + (1 | {name})", frame, relation(frame), sample=50))
    assert taken == [None] * len(taken)


def test_wide_sums_take_no_arrays() -> None:
    found = scanned(pd.DataFrame({"g": np.arange(100_000), "x": np.arange(1e5)}))
    threads = duckdb.connect().sql("SELECT current_setting('threads')").fetchall()[0][0]
    most = MAX_BYTES // ((1 << 17) * 16 * threads) - 1
    assert dense_groups(found, ["g"], most) is not None and dense_groups(found, ["g"], most + 1) is None


def test_duckdb_does_take_arrays() -> None:
    """More groups than it would take them for by itself, of a table whose bounds it does not know."""
    found = scanned(pd.DataFrame({"g": np.arange(200_000) % 10_000 - 7, "x": np.arange(2e5)}))
    dense = dense_groups(found, ["g"], 2)
    assert dense is not None
    asked = found.rows.select(dense.places(["g"])[0].alias("g"), nw.col("x"))
    native = asked.group_by("g").agg(nw.col("x").sum()).to_native()
    with in_arrays(found.rows, dense):
        assert "Perfect Hash" in native.explain()
    assert "Perfect Hash" not in native.explain()


@pytest.mark.parametrize("before", [5, 12, 20])
def test_settings_stay_as_they_were(before: int) -> None:
    connection = duckdb.connect()
    connection.execute(f"SET perfect_ht_threshold = {before}")
    table = connection.from_df(TABLE)
    measure(parse("y ~ x + (1 | g)"), table, sample=50)
    assert connection.sql(THRESHOLD).fetchall() == [(before,)]
    dense = DenseGroups((0,), (70_000,), ("int64",))
    with pytest.raises(ZeroDivisionError), in_arrays(nw.from_native(table), dense):
        assert connection.sql(THRESHOLD).fetchall() == [(max(before, 17),)]
        raise ZeroDivisionError
    assert connection.sql(THRESHOLD).fetchall() == [(before,)]
