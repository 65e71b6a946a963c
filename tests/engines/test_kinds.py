"""One reading: a table of every kind of values gives the same model, whoever has it and whatever file it came from.

What is right is told by numpy alone, from plain numbers that the table is made of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import lmmcompare
from lmmcompare.data.read import read
from lmmcompare.errors import DataError, LmmCompareError

N = 240
RANDOM = np.random.default_rng(16)
ROW = np.arange(N)
CENTS, DAYS, HOURS = RANDOM.integers(-500, 500, N), RANDOM.integers(0, 900, N), RANDOM.integers(0, 5_000, N)
LEVEL, FLAG = RANDOM.integers(0, 3, N), RANDOM.random(N) > 0.4
Y = np.round(CENTS / 300 + DAYS / 500 + LEVEL + RANDOM.normal(size=N) + RANDOM.normal(size=8)[ROW % 8], 6)
FIRST = pd.Timestamp("2019-12-30")


def _table() -> pd.DataFrame:
    days = FIRST + pd.to_timedelta(np.where(ROW == 5, 0, DAYS), "D")
    return pd.DataFrame({
        "y": Y,
        "price": [Decimal(int(c)) / 100 for c in CENTS],
        "ordered": pd.Categorical(np.array(["mid", "low", "top"])[LEVEL], ["never", "mid", "low", "top"], ordered=True),
        "unordered": pd.Categorical(np.array(["z", "m", "a"])[LEVEL], ["z", "m", "a", "unused"]),
        "yes": FLAG,
        "whole": pd.array([None if k % 9 == 0 else k % 8 for k in ROW], "Int64"),
        "long": 2**53 + ROW % 8,
        "unsigned": np.array([2**64 - 1 - k % 8 for k in range(N)], dtype=np.uint64),
        "wide": [Decimal(2**70 + k % 8) for k in range(N)],
        "code": [f"{k % 8:03d}" for k in ROW],
        "zero": np.where(ROW % 8 < 4, np.where(ROW % 2, 0.0, -0.0), ROW % 8),
        "day": days.date,
        "moment": days + pd.to_timedelta(np.where(ROW == 5, 0, HOURS % 24), "h"),
        "zoned": (days + pd.Timedelta(hours=12)).tz_localize("Europe/Berlin"),
        "length": pd.to_timedelta(HOURS, "h"),
        "text": days.strftime("%Y-%m-%d"),
        "holes": np.where(ROW % 11 == 0, np.nan, CENTS / 10),
    })  # fmt: skip


TABLE = _table()
# what a data frame of pandas would hold of an ARROW table, kept by whoever reads that
ARROW = pa.Table.from_pandas(TABLE, preserve_index=False)


def _parquet(folder: Path) -> Path:
    parquet.write_table(ARROW, folder / "table.parquet", row_group_size=70)
    return folder / "table.parquet"


def _parts(folder: Path) -> str:
    for k in range(3):
        parquet.write_table(ARROW.slice(k * 80, 80), folder / f"part{k}.parquet")
    return str(folder / "part*.parquet")


def _polars(_: Path) -> pl.LazyFrame:
    """Polars' categories have no order of their own; its Enum has."""
    enums = {name: pl.Enum(TABLE[name].cat.categories.tolist()) for name in ("ordered", "unordered")}
    frame = pl.from_arrow(ARROW.drop_columns(list(enums)))
    return frame.with_columns(
        *(pl.Series(n, TABLE[n].astype(str).tolist(), dtype=of) for n, of in enums.items())
    ).lazy()


def _duckdb(_: Path) -> duckdb.DuckDBPyRelation:
    """DuckDB takes Arrow's categories as text; a table of it has ENUM."""
    enums = [
        f"{name}::ENUM({', '.join(map(repr, TABLE[name].cat.categories))}) AS {name}"
        for name in ("ordered", "unordered")
    ]
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'America/New_York'")  # whatever the connection shows its times in
    return connection.from_arrow(ARROW).project(f"* REPLACE ({', '.join(enums)})")


def _dask(_: Path) -> Any:
    """Dask takes Python's objects for text: Arrow's types do not go through them."""
    exact = {"price": pa.decimal128(10, 2), "wide": pa.decimal128(30, 0), "day": pa.date32()}
    frame = TABLE.astype({name: pd.ArrowDtype(kind) for name, kind in exact.items()})
    return pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=3)


FORMS: dict[str, Callable[[Path], Any]] = {
    "pandas": lambda _: TABLE,
    "pandas with Arrow's types": lambda _: ARROW.to_pandas(types_mapper=pd.ArrowDtype),
    "read_parquet": lambda folder: pd.read_parquet(_parquet(folder)),
    "polars": _polars,
    "pyarrow": lambda _: ARROW,
    "duckdb": _duckdb,
    "dask": _dask,
    "path": _parquet,
    "parts": _parts,
    "upload": lambda folder: read(_parquet(folder).read_bytes(), "table.parquet").frame,
}


def dummies(codes: np.ndarray, n: int) -> list[np.ndarray]:
    return [(codes == k).astype(float) for k in range(1, n)]


EIGHT = [str(k) for k in range(8)]
# formula -> names of its columns, their values, the groups' labels
RIGHT: dict[str, tuple[list[str], list[np.ndarray], list[str]]] = {
    "decimals": (["price"], [CENTS / 100], EIGHT),
    "ordered": (["ordered[T.low]", "ordered[T.top]"], dummies(LEVEL, 3), EIGHT),
    "unordered": (["unordered[T.m]", "unordered[T.a]"], dummies(LEVEL, 3), EIGHT),
    "truths": (["yes[T.True]"], [FLAG.astype(float)], EIGHT),
    "day": (["day"], [np.where(ROW == 5, 0.0, DAYS)], EIGHT),
    "text": (["text"], [np.where(ROW == 5, 0.0, DAYS)], EIGHT),
    "moment": (["moment"], [np.where(ROW == 5, 0.0, DAYS + HOURS % 24 / 24)], EIGHT),
    "length": (["length"], [HOURS / 24], EIGHT),
    "long": (["price"], [CENTS / 100], [str(2**53 + k) for k in range(8)]),
    "unsigned": (["price"], [CENTS / 100], [str(2**64 - 8 + k) for k in range(8)]),
    "wide": (["price"], [CENTS / 100], [str(2**70 + k) for k in range(8)]),
    "code": (["price"], [CENTS / 100], [f"{k:03d}" for k in range(8)]),
    "zero": (["price"], [CENTS / 100], ["0", "4", "5", "6", "7"]),
    "groups of days": (["price"], [CENTS / 100], []),
    "groups of truths": (["price"], [CENTS / 100], ["False", "True"]),
    "holes": (["holes"], [CENTS / 10], EIGHT),
}
# its predictor and its groups
COLUMNS = {
    "decimals": ("price", "whole"), "ordered": ("ordered", "whole"), "unordered": ("unordered", "whole"),
    "truths": ("yes", "whole"), "day": ("day", "whole"), "text": ("text", "whole"), "moment": ("moment", "whole"),
    "length": ("length", "whole"), "long": ("price", "long"), "unsigned": ("price", "unsigned"), "wide": ("price", "wide"),
    "code": ("price", "code"), "zero": ("price", "zero"), "groups of days": ("price", "day"),
    "groups of truths": ("price", "yes"), "holes": ("holes", "whole"),
}  # fmt: skip
TOGETHER = [("decimals", "ordered", "truths", "day", "length"), ("unordered", "text", "moment")]
"""Kinds that one model can have, since no one of them tells the values of the others."""
MODELS = [*TOGETHER, *((what,) for what in RIGHT if not any(what in kinds for kinds in TOGETHER))]
USED = ROW % 9 != 0


def check(kinds: tuple[str, ...], data: Any) -> None:
    """That the model has the coefficients' names, the rows, the groups and the least-squares estimates that are right."""
    groups, labels = COLUMNS[kinds[0]][1], RIGHT[kinds[0]][2]
    rows = USED.copy() if groups == "whole" else np.ones(N, dtype=bool)
    if "holes" in kinds:
        rows &= ROW % 11 != 0
    if "groups of days" in kinds:
        labels = sorted({str((FIRST + pd.Timedelta(days=int(d))).date()) for d in np.where(ROW == 5, 0, DAYS)})
    names, values = ["Intercept"], [np.ones(N)]
    for kind in kinds:
        names += RIGHT[kind][0]
        for column in RIGHT[kind][1]:  # days are counted from the first that is used
            values.append(column - np.floor(column[rows].min()) if kind in ("day", "text", "moment") else column)
    comparison = lmmcompare.compare(f"y ~ {' + '.join(COLUMNS[kind][0] for kind in kinds)} + (1 | {groups})", data)
    assert comparison.ols.names == names
    assert comparison.design.n == comparison.design.n_held == rows.sum()
    assert comparison.design.groupings[0].labels == labels
    x = np.column_stack(values)[rows]
    np.testing.assert_allclose(comparison.ols.params, np.linalg.lstsq(x, Y[rows], rcond=None)[0], rtol=1e-9, atol=1e-12)
    for ours, right in zip(comparison.design.columns, [*x.T[1:], Y[rows]], strict=True):
        np.testing.assert_allclose(np.sort(ours[:]), np.sort(right), rtol=1e-12, atol=1e-9)


DASK = (*TOGETHER, ("wide",), ("zero",), ("holes",))
"""What Dask, which takes a second for each, reads on every run."""
ALIKE = (("path", "parts"), ("read_parquet", "upload"))
"""Forms that the same code reads, DuckDB's of Parquet and that of frames in memory: on every run a kind has one of two, in turn."""


def is_spared(kinds: tuple[str, ...], form: str) -> bool:
    """Whether only slow runs read these kinds in this form."""
    turn = MODELS.index(kinds) % 2
    return (form == "dask" and kinds not in DASK) or form in {pair[turn] for pair in ALIKE}


@pytest.mark.parametrize(
    ("kinds", "form"),
    [
        pytest.param(
            kinds,
            form,
            marks=[pytest.mark.slow] if is_spared(kinds, form) else [],
            id=f"{', '.join(kinds)}-{form}",
        )
        for kinds in MODELS
        for form in FORMS
    ],
)
def test_every_kind_of_values_is_read_alike(kinds: tuple[str, ...], form: str, tmp_path: Path) -> None:
    check(kinds, FORMS[form](tmp_path))


@pytest.mark.parametrize("form", FORMS)
def test_times_with_a_zone_are_those_of_utc(form: str, tmp_path: Path) -> None:
    utc = TABLE["zoned"].dt.tz_convert("UTC")
    elapsed = ((utc - utc[USED].min().normalize()) / pd.Timedelta(days=1)).to_numpy()[USED]
    fit = lmmcompare.compare("y ~ zoned + (1 | whole)", FORMS[form](tmp_path)).ols
    right = np.linalg.lstsq(np.column_stack([np.ones(USED.sum()), elapsed]), Y[USED], rcond=None)[0]
    np.testing.assert_allclose(fit.params, right, rtol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_the_mixed_model_is_the_same(form: str, tmp_path: Path) -> None:
    formula = "y ~ price + day + ordered + yes + (1 | long) + (1 | yes:code)"
    ours = lmmcompare.lmer(formula, TABLE)
    theirs = lmmcompare.lmer(formula, FORMS[form](tmp_path))
    pd.testing.assert_series_equal(theirs.params, ours.params, rtol=1e-8)
    np.testing.assert_allclose(theirs.theta, ours.theta, rtol=1e-5, atol=1e-7)
    assert [g.labels for g in theirs.design.groupings] == [g.labels for g in ours.design.groupings]


@pytest.mark.parametrize("form", ["pandas", "polars", "pyarrow", "duckdb", "path"])
def test_infinite_values_are_refused_everywhere(form: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": Y, "x": np.where(ROW == 3, np.inf, CENTS), "g": ROW % 8})
    forms: dict[str, Callable[[], Any]] = {
        "pandas": lambda: frame, "polars": lambda: pl.from_pandas(frame), "pyarrow": lambda: pa.Table.from_pandas(frame),
        "duckdb": lambda: duckdb.connect().from_df(frame), "path": lambda: tmp_path / "t.csv",
    }  # fmt: skip
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError, match="“x” has 1 infinite value"):
        lmmcompare.lmer("y ~ x + (1 | g)", forms[form]())


# ------------------------------------------------------------------------------------------------------ files of CSV
def german(frame: pd.DataFrame, file: Path) -> None:
    comma = frame.assign(**{n: frame[n].map("{:.6f}".format).str.replace(".", ",") for n in ("y", "x")})
    comma.to_csv(file, sep=";", index=False)


CSV = pd.DataFrame({
    "y": Y, "x": CENTS / 100, "code": [f"{k % 8:03d}" for k in ROW], "plot": [f"1.{k % 12 + 1}" for k in ROW],
    "visit": (FIRST + pd.to_timedelta(DAYS, "D")).strftime("%Y-%m-%d"), "long": 2**53 + ROW % 10,
})  # fmt: skip
CSV.loc[ROW % 12 == 9, "plot"] = "1.10"
FILES: dict[str, Callable[[Path], None]] = {
    "commas": lambda file: CSV.to_csv(file, index=False),
    "German": lambda file: german(CSV, file),
    "tabs": lambda file: CSV.to_csv(file, index=False, sep="\t"),
    "quoted": lambda file: CSV.to_csv(file, index=False, quoting=1),
}


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What an upload may have is less than the file: DuckDB reads it."""
    monkeypatch.setenv("LMMCOMPARE_MAX_MB", "0.006")
    yield


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("formula", ["y ~ x + visit + (1 | code)", "y ~ x + (1 | long)", "y ~ x + (1 | plot)"])
def test_a_csv_file_by_its_path_is_what_its_upload_is(kind: str, formula: str, tmp_path: Path) -> None:
    FILES[kind](tmp_path / "t.csv")
    upload = lmmcompare.lmer(formula, read((tmp_path / "t.csv").read_bytes(), "t.csv").frame)
    path = lmmcompare.lmer(formula, tmp_path / "t.csv")
    assert path.names == upload.names
    assert path.design.groupings[0].labels == upload.design.groupings[0].labels
    np.testing.assert_allclose(path.params, upload.params, rtol=1e-9)


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("kind", FILES)
def test_a_large_csv_file_loses_nothing_that_tells_values_apart(kind: str, tmp_path: Path) -> None:
    FILES[kind](tmp_path / "t.csv")
    assert os.path.getsize(tmp_path / "t.csv") > 6_000
    fit = lmmcompare.lmer("y ~ x + visit + (1 | code) + (1 | plot) + (1 | long)", tmp_path / "t.csv")
    labels = {g.name: g.labels for g in fit.design.groupings}
    assert labels["code"] == [f"{k:03d}" for k in range(8)]
    assert labels["plot"] == sorted(f"1.{k}" for k in range(1, 13))
    assert labels["long"] == [str(2**53 + k) for k in range(10)]
    x = np.column_stack([np.ones(N), CENTS / 100, DAYS - DAYS.min()])
    ols = lmmcompare.lm("y ~ x + visit", tmp_path / "t.csv")
    np.testing.assert_allclose(ols.params, np.linalg.lstsq(x, Y, rcond=None)[0], rtol=1e-9)


@pytest.mark.usefixtures("small_limit")
def test_text_far_down_a_large_csv_file_is_seen(tmp_path: Path) -> None:
    frame = CSV.assign(x=CSV["x"].astype(object))
    frame.loc[N - 1, "x"] = "broken"
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(LmmCompareError, match="numeric but for text in 1 row: “broken”"):
        lmmcompare.lmer("y ~ x + (1 | code)", tmp_path / "t.csv")


@pytest.mark.usefixtures("small_limit")
def test_missing_markers_of_a_large_csv_file(tmp_path: Path) -> None:
    frame = CSV.assign(x=CSV["x"].astype(object))
    frame.loc[:4, "x"] = ["NA", ".", "", "-", "n/a"]
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert lmmcompare.lmer("y ~ x + (1 | code)", tmp_path / "t.csv").design.n == N - 5
