"""Tables that are written down as R code. What dput() prints is R 4.2.2's."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.limits import limits
from lmmcompare.data.read import read, read_text
from lmmcompare.data.readers import r_tables
from lmmcompare.data.readers.result import Unreadable
from lmmcompare.errors import DataError

KINDS = r"""structure(list(a = c(1.5, NA, 3), b = c("x", "y\"z", NA), c = structure(c(2L,
1L, 2L), levels = c("v", "u"), class = "factor"), d = structure(c(18262,
18263, 18264), class = "Date"), e = c(TRUE, NA, FALSE), f = structure(c(1577836801,
1577836802, 1577836803), class = c("POSIXct", "POSIXt"), tzone = "UTC"),
    g = c(1L, NA, 3L), h = structure(c(1L, 2L, 1L), levels = c("lo",
    "hi"), class = c("ordered", "factor")), `odd name` = c("\u00e9", "\t", "b"
    )), row.names = c(NA, -3L), class = "data.frame")
"""
GROUPED = """> dput(Orthodont[1:4, ])
structure(list(distance = c(26, 25, 29, 31), age = c(8, 10, 12,
14), Subject = structure(c(1L, 1L, 1L, 1L), .Label = "M01", class = c("ordered",
"factor")), Sex = structure(c(1L, 1L, 1L, 1L), .Label = "Male", class = "factor")), .Names = c("distance",
"age", "Subject", "Sex"), row.names = c("1", "2", "3", "4"), class = c("nfnGroupedData", "nfGroupedData",
"groupedData", "data.frame"), formula = distance ~ age | Subject, labels = list(
    x = "Age", y = "Distance from pituitary to pterygomaxillary fissure"), outer = ~Sex, FUN = structure(function (x)
max(x, na.rm = TRUE), source = "function (x) max(x, na.rm = TRUE)"), order.groups = TRUE)
"""
LABELLED = """structure(list(y = structure(c(1, 2, 9), label = "Mood", labels = c(low = 1, high = 2,
refused = 9), na_values = 9, class = c("haven_labelled_spss", "haven_labelled", "vctrs_vctr", "double"))), class = c("tbl_df",
"tbl", "data.frame"), row.names = c(NA, -3L), .internal.selfref = <pointer: 0x55d0c8f0>)
"""


def test_what_dput_prints_keeps_every_kind_of_column():
    frame = read_text(KINDS).frame
    expected = pd.DataFrame(
        {
            "a": [1.5, np.nan, 3],
            "b": ["x", 'y"z', np.nan],
            "c": pd.Categorical(["u", "v", "u"], ["v", "u"]),
            "d": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"]),
            "e": pd.array([True, None, False], "boolean"),
            "f": pd.to_datetime(["2020-01-01 00:00:01", "2020-01-01 00:00:02", "2020-01-01 00:00:03"]),
            "g": [1, np.nan, 3],
            "h": pd.Categorical(["lo", "hi", "lo"], ["lo", "hi"]),
            "odd name": ["é", "\t", "b"],
        }
    )
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False, check_index_type=False)


def test_the_formula_of_a_grouped_table_is_kept_and_its_functions_are_not():
    table = read_text(GROUPED)
    assert table.formula == "distance ~ age + (1 | Subject)"
    assert table.frame["distance"].tolist() == [26, 25, 29, 31]
    assert list(table.frame) == ["distance", "age", "Subject", "Sex"]
    assert not table.notes


def test_labels_of_values_and_declared_missing_ones_are_havens():
    table = read_text(LABELLED)
    assert table.frame["y"].isna().tolist() == [False, False, True]
    assert table.frame["y"].dropna().astype(str).tolist() == ["low", "high"]
    assert table.labels == {"y": "Mood"} and table.missing_codes == {"y": "9"}


def test_a_typed_data_frame_is_read_with_the_vectors_before_it():
    table = read_text(
        """# made up
        library(lme4)
        y <- c(1.2, 3.4, 2.2, 3.1, 4.5, 2.2)
        id <- rep(1:3, each = 2)
        df <- data.frame(id, time = rep(c(0, 1), 3), y = y, arm = factor(rep(c("b", "a"), times = c(2, 4))),
                         g = letters[1:6], s = seq(0, 1, by = 0.2), one = 7L)
        fit <- lmer(y ~ time + (1 | id), data = df)
        """
    )
    assert table.frame["id"].tolist() == [1, 1, 2, 2, 3, 3]
    assert table.frame["time"].tolist() == [0, 1, 0, 1, 0, 1]
    assert table.frame["arm"].cat.categories.tolist() == ["a", "b"]
    assert table.frame["arm"].astype(str).tolist() == list("bbaaaa")
    assert table.frame["g"].tolist() == list("abcdef")
    np.testing.assert_allclose(table.frame["s"], [0, 0.2, 0.4, 0.6, 0.8, 1], atol=1e-15)
    assert table.frame["one"].tolist() == [7] * 6
    assert not table.notes


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ('tribble(~x, ~g,\n 1, "a", # first\n 2, "b")', {"x": [1, 2], "g": ["a", "b"]}),
        ("data.frame(x = -(1:3), y = c(1e-3, 0x1F, -2L))", {"x": [-1, -2, -3], "y": [0.001, 31, -2]}),
        ("tibble::tibble(x = 3:1, d = as.Date(c('2026-01-31', NA, '2026-02-01')))", {"x": [3, 2, 1]}),
        ("data.frame(x = factor(c(10, 9, 10), labels = c('nine', 'ten')), y = 1:3)", {"x": ["ten", "nine", "ten"]}),
        ("data.frame(x = rep_len(1:2, 4))\nd <- data.frame(x = 1:2, y = 3)", {"x": [1, 2], "y": [3, 3]}),
        ("data.frame(x = numeric(2), y = c('a\\\\b', 'say \\'hi\\''))", {"x": [0, 0], "y": ["a\\b", "say 'hi'"]}),
    ],
)
def test_functions_that_write_data_down_are_known(code, columns):
    frame = read_text(code).frame
    assert {name: frame[name].tolist() for name in columns} == columns


def test_several_tables_of_a_script_are_offered():
    table = read(b"a <- data.frame(x = 1:2, y = 3:4)\nb <- data.frame(x = 5:6, z = 7:8)", "two.R")
    assert table.sheets == ("a", "b")
    other = read(b"a <- data.frame(x = 1:2, y = 3:4)\nb <- data.frame(x = 5:6, z = 7:8)", "two.R", sheet="b")
    assert other.frame["z"].tolist() == [7, 8]


def test_a_changed_column_is_not_changed_and_that_is_said():
    table = read_text("d <- data.frame(x = 1:3, y = 4:6)\nd$x <- rnorm(3)\nd <- merge(d, other)")
    assert table.frame["x"].tolist() == [1, 2, 3]
    assert "d$x <- rnorm(3)" in table.notes[0] and "merge(d, other)" in table.notes[0]


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        (
            "d <- data.frame(id = rep(1:2, 2))\nd$y <- c(1, 2, 3, 4) / 2 - 1",
            {"id": [1, 2, 1, 2], "y": [-0.5, 0, 0.5, 1]},
        ),
        (
            "d <- data.frame(a = -2:0, b = -2^(1:3), c = 1:3 * 2 + 1)",
            {"a": [-2, -1, 0], "b": [-2, -4, -8], "c": [3, 5, 7]},
        ),
        (
            "a <- data.frame(x = 1:2, y = 3:4)\nd <- rbind(a, data.frame(y = 5, x = 6))",
            {"x": [1, 2, 6], "y": [3, 4, 5]},
        ),
        (
            "a <- data.frame(x = 1:2, y = 3:4)\nd <- data.frame(q = a, x = 5:6, x = 7:8)",
            {"q.x": [1, 2], "q.y": [3, 4], "x": [5, 6], "x.1": [7, 8]},
        ),
        ("d <- data.frame(1:2, 3:4)\nnames(d) <- c('id', 'y')\nd$z <- 5\nd$id <- NULL", {"y": [3, 4], "z": [5, 5]}),
        ("expand.grid(t = 0:1, id = 1:2) -> d", {"t": [0, 1, 0, 1], "id": [1, 1, 2, 2]}),
        ("x <- c(9, 9)\nd <-\n  tibble(x = 1:2, y = x)", {"x": [1, 2], "y": [1, 2]}),
        (
            "id <- paste0('s', 1:2)\nd <- as.data.frame(cbind(id, g = c('u', 'v')))",
            {"id": ["s1", "s2"], "g": ["u", "v"]},
        ),
        ("d <- data.frame(x = 1:2, y = 3:4)\nnew <- data.frame(x = d$x + 10, y = 0)", {"x": [1, 2], "y": [3, 4]}),
        (
            "d <- data.frame(x = 1:4, y = c(1.5, NA, 4, 6.5))\nd$y <- scale(d$y)\nd$x <- d$x - mean(d$x)\nd[2, 'y'] <- max(d$x)",
            {"x": [-1.5, -0.5, 0.5, 1.5], "y": [-1, 1.5, 0, 1]},
        ),
        (
            "y <- scan(text = '1 2.5\n-3 7')\nd <- data.frame(y, m = median(y), s = sum(c(1, NA), na.rm = TRUE))\nd[d$y > 2, 'y'] <- 0",
            {"y": [1, 0, -3, 0], "m": [1.75] * 4, "s": [1] * 4},
        ),
    ],
)
def test_what_lines_make_of_one_another_is_what_r_makes(code, columns):
    table = read_text(code)
    assert {name: table.frame[name].tolist() for name in table.frame} == columns
    assert not any("changed nothing" in note for note in table.notes)


D = "d <- data.frame(id = rep(1:3, each = 2), arm = c('b','b','a','a','b','b'), y = c(1, 2, 99, 4, 5, NA))\n"


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("d$y[d$y == 99] <- NA", {"y": [1, 2, None, 4, 5, None]}),
        ("d[['y']] <- log10(c(1, 10, 100, 1, 10, 100))", {"y": [0, 1, 2, 0, 1, 2]}),
        ("d <- subset(d, y > 4 | id == 3)", {"id": [2, 3, 3], "y": [99, 5, None]}),
        ("d <- d %>% dplyr::filter(arm %in% c('a', 'z'), y > 2)", {"y": [99, 4]}),
        ("d <- d[d$id != 2, ]\nd <- na.omit(d)\nd <- d[, c('y', 'id')]", {"y": [1, 2, 5], "id": [1, 1, 3]}),
        ("d <- transform(d, z = ifelse(y > 1, 'hi', 'lo'))", {"z": ["lo", "hi", "hi", "hi", "hi", None]}),
        ("d <- d |> mutate(w = y * 2, v = w + 1) |> filter(arm != 'b')", {"w": [198, 8], "v": [199, 9]}),
        ("names(d)[2] <- 'group'\ncolnames(d)[colnames(d) == 'y'] <- 'score'", {"group": list("bbaabb")}),
        ("d <- as.data.frame(matrix(1:6, ncol = 2, byrow = TRUE))", {"V1": [1, 3, 5], "V2": [2, 4, 6]}),
        ("d <- data.frame(a = c(TRUE, NA, FALSE) & c(NA, NA, NA), y = 1:3)", {"a": [None, None, False]}),
    ],
)
def test_what_lines_change_of_a_table_is_changed_as_r_does(code, columns):
    outcome = r_tables.read_code((D + code).encode(), limits())
    found = {name: column.to_pylist() for name, column in zip(outcome.names, outcome.columns, strict=True)}
    assert {name: found[name] for name in columns} == columns
    assert not outcome.notes


def test_dates_in_a_format_of_their_own_are_dates():
    days = read_text("d <- data.frame(y = 1:2, day = as.Date(c('31.1.2026', NA), format = '%d.%m.%Y'))").frame["day"]
    assert str(days[0])[:10] == "2026-01-31" and days.isna()[1]


def test_levels_are_named_and_put_first_as_r_does():
    code = D + "d$arm <- relevel(factor(d$arm), ref = 'b')\nlevels(d$arm)[2] <- 'treated'"
    column = read_text(code).frame["arm"]
    assert column.cat.categories.tolist() == ["b", "treated"]
    assert column.tolist() == ["b", "b", "treated", "treated", "b", "b"]
    merged = read_text("d <- data.frame(f = factor(c('a', 'b', 'c')), y = 1)\nlevels(d$f) <- c('x', 'y', 'x')").frame[
        "f"
    ]
    assert merged.tolist() == ["x", "y", "x"] and merged.cat.categories.tolist() == ["x", "y"]


def test_words_round_code_are_no_code():
    table = read_text(
        "Here's my data, it doesn't converge :(\n(see below\n\nd <- data.frame(id = 1:2, y = 3:4)\n\nThanks!"
    )
    assert table.frame["y"].tolist() == [3, 4]


def test_a_sign_in_quotes_is_no_prompt():
    console = "> d <- data.frame(id = 1:2,\n+   note = '\n> 5')\n> d\n"
    assert read_text(console).frame["note"].tolist() == ["\n> 5"] * 2
    assert read_text("d <- data.frame(id = 1:2, note = '\n> 5')").frame["note"].tolist() == ["\n> 5"] * 2


@pytest.mark.parametrize(
    ("code", "values", "levels"),
    [
        ("c(factor('b'), factor('a'))", ["b", "a"], ["b", "a"]),
        ("factor(c('a', 'b', 'c'), labels = c('z', 'z', 'y'))", ["z", "z", "y"], ["z", "y"]),
        ("factor(c(3, 5), labels = 'v')", ["v1", "v2"], ["v1", "v2"]),
        ("gl(2, 2, 5, labels = c('u', 'a'))", ["u", "u", "a", "a", "u"], ["u", "a"]),
    ],
)
def test_levels_stand_in_rs_order(code, values, levels):
    column = read_text(f"d <- data.frame(f = {code}, y = 1)").frame["f"]
    assert column.tolist() == values
    assert column.cat.categories.tolist() == levels


@pytest.mark.parametrize(
    ("code", "problem", "remedy"),
    [
        ("x <- rnorm(10)\nd <- data.frame(x, g = rep(1:5, 2))", "rnorm", "dput(d)"),
        ("d <- data.frame(x = system('ls'))", "system", "dput(d)"),
        ("structure(list(a = c(1, 2), b = c(3, ", "never closed", "whole"),
        ("d <- data.frame(a = 1:3, b = 1:2)", "different lengths", "dput(d)"),
        ("d <- data.frame(a = rep(1, 1e12))", "rows", "rows"),
        ("d <- data.frame(a = 1:1e300)", "rows", "rows"),
        ("c(" * 400 + ")" * 400, "nested", "dput(d)"),
        ("x <- c(2" + "^2" * 4000 + ")", "nested", "dput(d)"),
        ("x <- c(1, 2)\nx <- rnorm(2)\nd <- data.frame(x, y = 1:2)", "rnorm", "dput(d)"),
        ("x <- c(1, 2)\nx[2] <- rnorm(1)\nd <- data.frame(x, y = 1:2)", "rnorm", "dput(d)"),
        ("d <- data.frame(x = c('a', 'b') > 'a')", "between texts", "dput(d)"),
        ("d <- data.frame(x = c(as.Date('2020-01-01'), 1), y = 1:2)", "different classes", "dput(d)"),
    ],
)
def test_code_that_does_more_or_asks_for_too_much_is_refused(code, problem, remedy):
    with pytest.raises(DataError, match=problem) as caught:
        read_text(code)
    assert remedy in caught.value.remedy


def test_two_tables_without_a_name_are_both_offered():
    code = "data.frame(x = 1:2, y = 3:4)\n\ndata.frame(x = 1:2, z = 5:6)"
    outcome = r_tables.read_code(code.encode(), limits())
    assert outcome.sheets == ("table", "table 2") and list(outcome.names) == ["x", "y"]


def test_what_a_line_only_shows_is_not_the_table():
    outcome = r_tables.read_code((D + "subset(d, y > 4)").encode(), limits())
    assert len(outcome.columns[0]) == 6


@pytest.mark.parametrize(
    "line",
    [
        "d <- d |> group_by(arm) |> mutate(m = mean(y))",  # of each group by itself
        "d$m <- scale(d$y, center = FALSE)",
        "d$m <- mean(d$arm)",
        "d[3, c('id', 'y')] <- 0",
        "d[3, 'new'] <- 0",
    ],
)
def test_a_summary_that_is_not_sure_is_named(line):
    outcome = r_tables.read_code((D + line).encode(), limits())
    assert list(outcome.names) == ["id", "arm", "y"] and line[:30] in outcome.notes[0]
    assert outcome.columns[2].to_pylist() == [1, 2, 99, 4, 5, None]


def test_rows_that_r_would_make_of_missing_conditions_are_not_made_up():
    outcome = r_tables.read_code(b"d <- data.frame(x = 1:2, y = c(1, NA))\nd <- d[d$y > 0, ]", limits())
    assert outcome.columns[0].to_pylist() == [1, 2]
    assert "changed nothing: “d <- d[d$y > 0, ]”" in outcome.notes[0]


def test_vectors_of_one_length_beside_a_model_are_its_table():
    outcome = r_tables.read_code(b"g <- c('a', 'a', 'b')\ny <- c(1, 2, 4)\nlmer(y ~ 1 + (1 | g))", limits())
    assert list(outcome.names) == ["g", "y"] and not outcome.notes
    assert [column.to_pylist() for column in outcome.columns] == [["a", "a", "b"], [1, 2, 4]]


@pytest.mark.parametrize("code", ['x <- c("{}', '> x <- c("{}\n> y'])
def test_a_text_without_an_end_is_gone_through_once(code):
    begin = time.process_time()
    with pytest.raises(Unreadable):
        r_tables.read_code(code.format('\\"' * 100_000).encode(), limits(), None)
    assert time.process_time() - begin < 10  # half a second; an end sought for each of the quotes takes minutes
