"""Values that differ stay different: identifiers that as numbers would be fewer, by every reader, and what is said of it."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

import lmmcompare
from lmmcompare.data.change_type import as_category, as_text
from lmmcompare.data.columns import describe
from lmmcompare.data.read import read, read_text
from lmmcompare.data.readers.numeric_text import loss
from lmmcompare.data.steps import Retype
from tests.data import made

pytestmark = pytest.mark.usefixtures("by_fork")

PLOTS = Path(__file__).parent.parent / "data_files" / "plotids.csv"
ID = 2**53
KEPT = {
    "decimals": ["1.1", "1.10", "1.2"],
    "leading zeros": ["01", "1", "2"],
    "leading zeros that meet no other": ["007", "008", "010"],
    "long, a fraction": [str(ID + 1), "0.5", str(ID)],
    "beyond 64 bits": [str(2**64 - 1), str(2**64 - 2), "5"],
    "exponents": ["1e3", "1000", "2"],
    "hexadecimal": ["0x10", "16", "17"],
    "decimal commas": ["1,1", "1,10", "1,2"],
}


def by_csv(cells: list[str]) -> pd.DataFrame:
    return read(("a\tb\n" + "".join(f"{cell}\tx\n" for cell in cells)).encode(), "a.tsv")


def by_paste(cells: list[str]):
    return read_text("a\tb\n" + "".join(f"{cell}\tx\n" for cell in cells))


def by_excel(cells: list[str]):
    return read(made.xlsx([("a", "b"), *((cell, "x") for cell in cells)], strings_to_numbers=False), "a.xlsx")


def by_json(cells: list[str]):
    return read(json.dumps([{"a": cell, "b": "x"} for cell in cells]).encode(), "a.json")


@pytest.mark.parametrize("reader", [by_csv, by_paste, by_excel, by_json])
@pytest.mark.parametrize("kind", KEPT)
def test_identifiers_stay_text_by_every_reader(kind, reader):
    cells = KEPT[kind]
    table = reader(cells)
    assert table.frame["a"].tolist() == cells
    assert "“a” is kept as text" in " ".join(table.notes)


@pytest.mark.parametrize(
    "cells",
    [["1", "1.0", "2"], ["+5", "5", "6"], [".5", "0.5", "1"], ["-0", "0", "1"], ["0.0", "-0.0", "1"], ["5.", "5", "6"]],
)
def test_ways_to_write_a_number_are_one_number(cells):
    assert by_csv(cells).frame["a"].tolist() == [float(cell) for cell in cells]


def test_how_many_values_would_be_left_is_said():
    table = by_csv(["1.1", "1.10", "1.2", "1.20", ""])
    assert "its 4 different values would be 2, since “1.1” and “1.10” are one number" in " ".join(table.notes)
    (info,) = [info for info in describe(table.frame) if info.name == "a"]
    assert (info.n_unique, info.n_as_numbers) == (4, 2)


def test_plot_numbers_are_24_groups():
    """lme4 1.1-31 on the text: x -0.0244 (0.1078); as numbers there were 22 groups."""
    frame = read(PLOTS.read_bytes(), "plotids.csv").frame
    fit = lmmcompare.lmer("y ~ x + (1 | plot)", frame)
    assert frame["plot"].nunique() == 24
    assert fit.params["x"] == pytest.approx(-0.0244, abs=5e-5)
    assert fit.cov_params().loc["x", "x"] ** 0.5 == pytest.approx(0.1078, abs=5e-5)


def test_long_ids_alone_are_exact_numbers():
    assert by_csv([str(ID + 1), str(ID), "3"]).frame["a"].tolist() == [ID + 1, ID, 3]


@pytest.mark.parametrize("beside", ["", None])
def test_long_ids_beside_a_blank(beside):
    cells = [ID + 1, beside, ID, 7]
    text = "a;b\n" + "".join(f"{'' if cell is None else cell};x\n" for cell in cells)
    blank_in_json = [{"a": cell, "b": "x"} for cell in cells]
    for content in (text.encode(), json.dumps(blank_in_json).encode()):
        back = read(content, "a").frame["a"]
        assert back.nunique() == 3 and back.isna().sum() == 1


@pytest.mark.parametrize("write", [parquet.write_table, feather.write_feather])
def test_arrows_integers_and_decimals(write):
    columns = {
        "int64": pa.array([ID + 1, None, ID]),
        "uint64": pa.array([2**64 - 1, 2**64 - 2, None], pa.uint64()),
        "unsigned": pa.array([2**64 - 1, 2**64 - 2, 1], pa.uint64()),
        "decimal": pa.array([Decimal(10**20 + 1), Decimal(10**20), None]),
        "fraction": pa.array([Decimal("0.12345678901234567891"), Decimal("0.12345678901234567892"), None]),
        "dictionary": pa.array([ID + 1, None, ID]).dictionary_encode(),
    }
    sink = io.BytesIO()
    write(pa.table({**columns, "short": pa.array([1, None, 2])}), sink)
    table = read(sink.getvalue(), "a")
    for name, column in columns.items():
        assert table.frame[name].nunique() == len(column.drop_null().unique()), name
    assert table.frame["short"].dtype == "float64" and "“int64” is kept as text" in " ".join(table.notes)


def test_many_columns_get_a_sentence_together():
    wide = {f"v{k}": ["01", "1"] for k in range(9)}
    notes = " ".join(read(pd.DataFrame(wide).assign(b="x").to_csv(index=False).encode(), "a.csv").notes)
    assert notes.count("is kept as text") == 5 and "4 more columns" in notes


def test_text_that_was_kept_becomes_numbers_when_asked():
    frame = by_csv(["1.1", "1.10", "x", ""]).frame
    values, said = Retype("a", "number").apply(frame)
    assert values["a"].tolist()[:2] == [1.1, 1.1] and np.isnan(values["a"].tolist()[2])
    assert "1 row with “x” became missing; 2 different texts became 1 number" in said


def test_long_numbers_keep_their_digits_as_text_and_categories():
    column = pd.Series([ID + 1, ID, ID + 1], name="a")
    assert as_text(column).tolist() == [str(ID + 1), str(ID), str(ID + 1)]
    assert as_text(column.astype("Int64").mask([False, True, False])).isna().tolist() == [False, True, False]
    assert as_category(column).categories.tolist() == [str(ID), str(ID + 1)]
    assert describe(column.to_frame())[0].examples == (str(ID), str(ID + 1))


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_is_lost_of_nothing(n):
    assert loss(pa.array(["1"] * n, pa.string()), np.ones(n)) is None
