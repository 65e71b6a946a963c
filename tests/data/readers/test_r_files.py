"""R's files: the classes of columns, several data frames, code that is left alone; and random tables written by R itself."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.read import read
from lmmcompare.data.table import Table
from lmmcompare.errors import DataError
from tests.data import made

MANY = (made.FOLDER / "many.RData").read_bytes()
UTF8 = {"LC_ALL": "C.UTF-8"}


def said(table: Table) -> str:
    return " ".join(table.notes)


def values(frame: pd.DataFrame, name: str) -> list:
    return [None if pd.isna(value) else value for value in frame[name].tolist()]


def test_several_data_frames_and_what_is_left_alone():
    table = read(MANY, "many.RData")
    assert table.sheets == ("d", "e", "m$model") and list(table.frame.columns) == list(made.NAMES)
    assert "The data frame “d” was read; the file also has “e”, “m$model”." in said(table)
    assert "Left out, and not run: “f (a function)”, “env (an environment)”, “z (3 values)” and 1 more." in said(table)
    assert read(MANY, "many.RData", sheet="m$model").frame.to_dict("list") == {"y": [1.5, 2.25, -4.0], "n": [1, 2, -4]}
    with pytest.raises(DataError, match=r"no data frame “q”. It has “d”, “e”, “m\$model”"):
        read(MANY, "many.RData", sheet="q")


def test_the_classes_of_columns():
    table = read(MANY, "many.RData", sheet="e")
    frame, day = table.frame, pd.Timestamp
    assert list(frame["o"].cat.categories) == ["lo", "mid", "hi", "never"]
    assert values(frame, "o") == ["lo", "hi", None, "mid", "lo"] and values(frame, "l") == [
        True,
        None,
        False,
        True,
        True,
    ]
    assert values(frame, "day") == [day("2020-02-28"), day("2020-02-29"), None, day("1899-12-31"), day("2400-01-01")]
    assert values(frame, "at")[:2] == [day("2020-03-28 23:30:00.25"), day("2020-03-29 00:30:00.25")]
    assert values(frame, "dt") == [30 / 1440, 60 / 1440, 90 / 1440, None, 1.0]
    assert values(frame, "i64") == ["9007199254740993", "9007199254740992", "1", None, "-5"]
    assert list(frame["lab"].cat.categories) == ["one", "two", "three", "four"]
    assert values(frame, "lab") == ["one", "two", "three", "one", None] and table.labels["lab"] == "A label"
    assert values(frame, "spss") == ["no", "yes", None, "no", None]
    assert list(frame["spss"].cat.categories) == ["no", "yes"] and "“spss (99, 96 to 98)”" in said(table)
    assert values(frame, "m.u") == [1, 2, 3, 4, 5] and values(frame, "m.v") == [6, 7, 8, 9, None]
    assert values(frame, "hm") == ["01:00:00", "02:00:00", "03:00:00", "04:00:00", None]
    assert "left out: “li”, “cx”" in said(table) and "“at (Europe/Berlin)”" in said(table)


def serialized(*items: bytes) -> bytes:
    """An .rds file of these items, by R's format of version 2."""
    return b"X\n" + struct.pack(">3i", 2, 0x00040202, 0x00020300) + b"".join(items)


def whole(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}i", *numbers)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (serialized(whole(254)), "R data file without a data frame"),
        (serialized(whole(8, 4), b"quit"), "a function"),
        (serialized(whole(6), whole(1, 9 | 64 << 12, 4), b"quit", whole(254)), "a call"),
        (serialized(whole(4, 0), whole(254) * 4), "an environment"),
        (serialized(whole(238), whole(2), whole(1, 9, 14), b"compact_intseq", whole(254),
                    whole(14, 3), struct.pack(">3d", 2**31 - 1, 1, 1), whole(254)), "more memory"),
        (serialized(whole(19, 1) * 5_000, whole(254)), "nested too deeply"),
        (serialized(whole(13, -1, 2**30, 0)), "damaged"),
        (serialized(whole(19, 2**31 - 1)), "damaged"),
        (serialized(whole(255 | 5 << 8)), "damaged"),
        (b"RDX1\nrest", "version that is not read"),
        (b"X\n" + whole(9, 0, 0), "version that is not read"),
    ],
)  # fmt: skip
def test_what_holds_no_table_is_refused_with_the_way_out(content, what):
    with pytest.raises(DataError) as caught:
        read(content, "x.rds")
    assert what in caught.value.problem and caught.value.remedy
    if "without" in what or "a " in what:
        assert "write.csv(as.data.frame(d)" in caught.value.remedy or "memory" in what


needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="Rscript is not installed")

TABLES = """
library(jsonlite)
set.seed(SEED)
n <- 200
d <- data.frame(
  f = factor(sample(c("b one", "a", "\\u00fc", NA), n, TRUE), levels = c("\\u00fc", "b one", "a", "none")),
  y = round(rnorm(n) * 10^sample(-5:5, n, TRUE), 6), i = sample(c(-5:5, NA), n, TRUE),
  l = sample(c(TRUE, FALSE, NA), n, TRUE), t = sample(c("x \\"q\\"", "tab\\t", "back\\\\slash", "\\u4e2d", NA), n, TRUE),
  day = as.Date("2020-01-01") + sample(-5000:5000, n), at = as.POSIXct("2020-01-01", tz = "UTC") + round(runif(n) * 1e8),
  s = as.character(sample(1:9, n, TRUE)), stringsAsFactors = FALSE)
d$y[sample(n, 9)] <- NA
d$zone <- as.POSIXlt(d$at, tz = "America/New_York")
saveRDS(d, "a.rds"); saveRDS(d, "b.rds", ascii = TRUE); saveRDS(d, "c.rds", compress = "xz"); saveRDS(d, "d.rds", version = 2)
con <- file("e.rds", "wb"); serialize(d, con, ascii = NA); close(con)
con <- file("f.rds", "wb"); serialize(d, con, xdr = FALSE); close(con)
save(d, file = "g.RData", compress = "bzip2"); save(d, file = "h.rda", ascii = TRUE)
con <- file("i.rds", "wb", encoding = ""); saveRDS(list(x = 1, d = d, fun = function(x) x), con); close(con)
write.table(d[c("y", "i", "l", "s")], "j.txt"); write.table(d[c("y", "i", "l", "s")], "k.txt", row.names = FALSE, sep = "\\t")
text <- d; for (name in c("day", "at", "zone")) text[[name]] <- format(text[[name]], "%Y-%m-%d %H:%M:%S", tz = "UTC")
text$zone <- format(as.POSIXct(d$zone), "%Y-%m-%d %H:%M:%S", tz = "UTC")
text$y <- ifelse(is.na(d$y), NA, sprintf("%.17g", d$y))
write_json(text, "expected.json", na = "null", dataframe = "columns")
"""


@needs_r
@pytest.mark.parametrize("seed", [1, 2])
def test_random_tables_that_r_writes_are_read_cell_by_cell(seed, tmp_path):
    (tmp_path / "make.R").write_text(TABLES.replace("SEED", str(seed)), encoding="utf-8")
    subprocess.run(["Rscript", "make.R"], cwd=tmp_path, check=True, capture_output=True, env={**UTF8, "PATH": _path()})
    expected = json.loads((tmp_path / "expected.json").read_text(encoding="utf-8"))
    files = sorted(path for path in tmp_path.iterdir() if path.suffix not in (".R", ".json"))
    assert len(files) == 11
    for path in files:
        frame = read(path.read_bytes(), path.name).frame
        of_text = path.suffix == ".txt"
        names = ["y", "i", "l", "s"] if of_text else list(expected)
        assert [name for name in frame.columns if name != "row"] == names, path.name
        for name in names:
            got, wanted = values(frame, name), expected[name]
            if name == "y":
                numbers = [np.nan if w is None else float(w) for w in wanted]
                tolerance = 1e-14 if of_text else 0  # R writes 15 digits
                np.testing.assert_allclose(frame[name], numbers, rtol=tolerance, atol=0, err_msg=path.name)
            elif name in ("day", "at", "zone"):
                assert [f"{g:%Y-%m-%d %H:%M:%S}" for g in got] == [
                    w if len(w) > 10 else f"{w} 00:00:00" for w in wanted
                ], path.name
            else:
                assert got == (wanted if name != "s" or not of_text else [int(w) for w in wanted]), (path.name, name)
        if not of_text:
            assert list(frame["f"].cat.categories) == ["ü", "b one", "a", "none"]
            assert str(frame["day"].dtype) == "datetime64[us]" and frame["t"].dtype == "str"


@needs_r
def test_the_way_out_of_a_refusal_works(tmp_path):
    code = 'd <- table(mtcars$cyl, mtcars$gear); saveRDS(d, "d.rds"); write.csv(as.data.frame(d), "d.csv", row.names = FALSE)'
    subprocess.run(["Rscript", "-e", code], cwd=tmp_path, check=True, capture_output=True, env={"PATH": _path()})
    with pytest.raises(DataError, match=r"write.csv\(as.data.frame\(d\), \"d.csv\", row.names = FALSE\)"):
        read((tmp_path / "d.rds").read_bytes(), "d.rds")
    assert len(read((tmp_path / "d.csv").read_bytes(), "d.csv").frame) == 9


@needs_r
def test_no_code_of_a_file_is_run(tmp_path):
    code = (
        'e <- quote(file.create("ran")); f <- function() file.create("ran"); attr(f, "class") <- "data.frame"; delayedAssign("p", '
        'file.create("ran")); d <- data.frame(y = 1:3); attr(d$y, "units") <- e; makeActiveBinding("b", function() 1, environment()); '
        'x <- structure(list(f, e), class = "data.frame", names = c("f", "e"), row.names = 1:2); save(e, f, d, x, file = "code.RData")'
    )
    subprocess.run(["Rscript", "-e", code], cwd=tmp_path, check=True, capture_output=True, env={"PATH": _path()})
    content = (tmp_path / "code.RData").read_bytes()
    table = read(content, "code.RData")
    assert values(table.frame, "y") == [1, 2, 3] and table.sheets == ("d", "x")
    with pytest.raises(DataError, match="no column of single values"):
        read(content, "code.RData", sheet="x")
    assert not (tmp_path / "ran").exists()


def test_a_moment_beyond_the_years_of_a_calendar_stays_a_number():
    days = struct.pack(">2d", 1e9, 2.0)
    date = (
        whole(14 | 256 | 512, 2)
        + days
        + whole(2 | 1024, 1, 9, 5)
        + b"class"
        + whole(16, 1, 9, 4)
        + b"Date"
        + whole(254)
    )
    names = whole(2 | 1024, 1, 9, 5) + b"names" + whole(16, 1, 9, 1) + b"x"
    frame = whole(2 | 1024, 255 | 1 << 8) + whole(16, 1, 9, 10) + b"data.frame" + whole(254)
    table = read(serialized(whole(19 | 256 | 512, 1), date, names, frame), "x.rds")
    assert values(table.frame, "x") == [1e9 * 86_400, 2 * 86_400.0]


def _path() -> str:
    return os.environ["PATH"]
