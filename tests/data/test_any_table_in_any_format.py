"""Random tables, written in every format that is read, come back with the same groups, levels, order and missing values.

The writers are Python's csv and json, xlsxwriter, pyarrow and pyreadstat's own, none of them the readers under test.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmmcompare.data.read import read
from tests.data import made
from tests.effort import examples

Cells = dict[str, list[Any]]
LEVELS = ("never", "mild", "a lot", "äußerst")
CODES = (
    "01",
    "1",
    "001",
    "007",
    "7",
    "1.1",
    "1.10",
    "1.100",
    "1e3",
    "1000",
    "0x10",
    "16",
    "12345678901234567",
    "12345678901234568",
)
DAY = datetime.date(2020, 1, 1)

words = st.text(st.sampled_from("abXY äж身😀,;|\"'\t."), min_size=1, max_size=8).map(lambda text: f"w{text}w")
near = st.integers(2**53 - 2, 2**53 + 8) | st.integers(-(2**62), 2**62) | st.integers(0, 9)


@st.composite
def tables(draw) -> Cells:
    """A column of each kind; all but the first with missing values."""
    n = draw(st.integers(3, 8))

    def column(values):
        cells = draw(st.lists(values | st.none(), min_size=n, max_size=n))
        return cells if any(cell is not None for cell in cells) else [draw(values), *cells[1:]]

    return {
        "y": draw(st.lists(st.integers(-(10**6), 10**6).map(lambda eighths: eighths / 8), min_size=n, max_size=n)),
        "id": column(near),
        "code": column(st.sampled_from(CODES)),
        "flag": column(st.booleans()),
        "day": column(st.integers(0, 3000).map(lambda days: DAY + datetime.timedelta(days))),
        "arm": column(st.sampled_from(LEVELS)),
        "word": column(words),
    }


def rows(cells: Cells, blank: Any = None, as_text: tuple[str, ...] = ()) -> list[list[Any]]:
    """Rows, with dates as people write them; some columns as text."""
    shown = {
        name: [
            blank if cell is None else cell.isoformat() if isinstance(cell, datetime.date) else str(cell) if name in as_text else cell
            for cell in column
        ]
        for name, column in cells.items()
    }  # fmt: skip
    return [list(row) for row in zip(*shown.values(), strict=True)]


def delimited(cells: Cells, separator: str = ",") -> bytes:
    sink = io.StringIO()
    csv.writer(sink, delimiter=separator, lineterminator="\n").writerows([list(cells), *rows(cells, "")])
    return sink.getvalue().encode()


def xlsx(cells: Cells) -> bytes:
    """Long ids as text, since a workbook cannot hold them otherwise; dates as its own."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, list(cells))
        for k, (name, column) in enumerate(cells.items()):
            for row, cell in enumerate(column, start=1):
                if isinstance(cell, datetime.date):
                    page.write_datetime(row, k, datetime.datetime.combine(cell, datetime.time()), day)
                elif cell is not None and name in ("id", "code", "word"):
                    page.write_string(row, k, str(cell))
                elif cell is not None:
                    page.write(row, k, cell)
    return sink.getvalue()


def arrow(cells: Cells) -> pa.Table:
    arm = pa.array([None if cell is None else LEVELS.index(cell) for cell in cells["arm"]], pa.int32())
    return pa.table(
        {**cells, "id": pa.array(cells["id"], pa.int64()), "arm": pa.DictionaryArray.from_arrays(arm, list(LEVELS))}
    )


def by_arrow(write: Callable[..., None]) -> Callable[[Cells], bytes]:
    def written(cells: Cells) -> bytes:
        sink = io.BytesIO()
        write(arrow(cells), sink)
        return sink.getvalue()

    return written


def by_readstat(write: Callable[..., Any], labels: bool = True) -> Callable[[Cells], bytes]:
    """Numbers and labels for categories, text for ids, codes and truth values; blank text is missing."""

    def written(cells: Cells) -> bytes:
        text = {name: ["" if c is None else str(c) for c in cells[name]] for name in ("id", "code", "flag", "word")}
        arm = [np.nan if cell is None else LEVELS.index(cell) + 1.0 for cell in cells["arm"]]
        frame = pd.DataFrame({**cells, **text}, dtype=object).assign(y=np.array(cells["y"]))
        if labels:
            frame["arm"] = np.array(arm)
            given = {"variable_value_labels": {"arm": {float(k): level for k, level in enumerate(LEVELS, start=1)}}}
        else:
            frame["arm"] = ["" if cell is None else cell for cell in cells["arm"]]
            given = {}
        return made.stats(write, frame, **given)

    return written


def jsons(orient: str) -> Callable[[Cells], bytes]:
    """JSON as pandas' to_json writes it, whose numbers lose digits where one is missing."""

    def written(cells: Cells) -> bytes:
        names, data = list(cells), rows(cells)
        records = [dict(zip(names, row, strict=True)) for row in data]
        if orient == "lines":
            return "\n".join(map(json.dumps, records)).encode()
        fields = [{"name": name, "type": "any"} for name in names]
        fields[names.index("arm")] |= {"constraints": {"enum": list(LEVELS)}, "ordered": True}
        shapes = {
            "records": records,
            "columns": {name: {str(k): row[j] for k, row in enumerate(data)} for j, name in enumerate(names)},
            "index": {str(k): record for k, record in enumerate(records)},
            "split": {"columns": names, "index": list(range(len(data))), "data": data},
            "values": data,
            "table": {"schema": {"fields": fields}, "data": records},
        }
        return json.dumps(shapes[orient]).encode("utf-16" if orient == "columns" else "utf-8")

    return written


FORMATS: dict[str, Callable[[Cells], bytes]] = {
    "a.csv": delimited,
    "a.tsv": lambda cells: delimited(cells, "\t"),
    "semicolons.csv": lambda cells: delimited(cells, ";"),
    "a.csv.gz": lambda cells: gzip.compress(delimited(cells)),
    "a.zip": lambda cells: made.zipped({"a.csv": delimited(cells)}),
    "a.xlsx": xlsx,
    "a.ods": lambda cells: made.ods([list(cells), *rows(cells, as_text=("id", "flag"))]),
    "a.parquet": by_arrow(parquet.write_table),
    "a.feather": by_arrow(feather.write_feather),
    "a.sav": by_readstat(pyreadstat.write_sav),
    "a.dta": by_readstat(pyreadstat.write_dta),
    "a.xpt": by_readstat(pyreadstat.write_xport, labels=False),
    **{
        f"{orient}.json": jsons(orient)
        for orient in ("records", "columns", "index", "split", "values", "table", "lines")
    },
}
IN_ORDER = ("a.parquet", "a.feather", "a.sav", "a.dta", "table.json")
"""Formats that keep the order of categories."""


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=tables())
def test_any_table_in_any_format(name, cells, by_fork):
    back = read(FORMATS[name](cells), name).frame
    if name == "values.json":
        back.columns = list(cells)
    assert list(back.columns) == list(cells)
    for column, values in cells.items():
        groups = pd.factorize(pd.Series(values, dtype=object))[0]
        assert pd.factorize(back[column])[0].tolist() == groups.tolist(), (column, values, back[column].tolist())
    assert back["y"].tolist() == pytest.approx(cells["y"], rel=1e-15)
    assert [None if pd.isna(day) else day.date() for day in back["day"]] == cells["day"]
    assert [None if pd.isna(word) else word for word in back["word"]] == cells["word"]
    assert [None if pd.isna(arm) else arm for arm in back["arm"]] == cells["arm"]
    if name in IN_ORDER:
        assert back["arm"].cat.categories.tolist() == list(LEVELS)
