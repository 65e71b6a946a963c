"""Tables in quotes within code."""

from __future__ import annotations

import time

import pytest

from lmmcompare.data.pasted.quoted_table import quoted_table
from lmmcompare.data.read import read_text

TABLE = "id y g\n1 2.5 a\n2 3.5 b"


@pytest.mark.parametrize(
    "call",
    [
        'd <- read.table(text = "{}", header = TRUE)\nlmer(y ~ 1 + (1 | g), d)',
        "read.table(header = T, text = '\n{}\n')",
        'library(readr)\nd <- read_table(I("{}"))',
        'df = pd.read_csv(StringIO("""{}"""), sep=" ")',
        'import pandas as pd\ndata = """{}"""\ndf = pd.read_csv(io.StringIO(data), sep=r"\\s+")',
        'Lines <- "{}"\nd <- read.table(textConnection(Lines), header = TRUE)',
        'text = textwrap.dedent("""\n{}\n""")\ndf = pd.read_csv(StringIO(text))',
    ],
)
def test_a_table_in_quotes_is_read_as_the_table(call):
    text = call.format(TABLE)
    found = quoted_table(text)
    assert found is not None and found.table == TABLE
    assert read_text(text).frame["y"].tolist() == [2.5, 3.5]


@pytest.mark.parametrize(
    "text",
    [TABLE, 'd <- read.csv("file.csv")\nx,y\n1,2', 'name,say\nread.csv,"a\nb"', 'x <- "a\nb"\nread.csv("x.csv")'],
)
def test_other_text_has_none(text):
    assert quoted_table(text) is None


def test_what_a_console_writes_before_lines_that_go_on_is_no_cell():
    text = '> d <- read.table(header = TRUE, text = "id y\n+ 1 2.5\n+ 2 3.5")'
    assert list(read_text(text).frame) == ["id", "y"]


def test_code_is_what_it_was_before_a_web_page_wrote_it():
    assert read_text("```r\nd &lt;- data.frame(x = 1:2, y = 3:4)\n```").frame["x"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "piece", ["input a\n", "input ", "input x; cards;", "\n", "read.table(", 'a = "\n', "x\n1 2\n"]
)
def test_a_long_text_takes_no_time(piece):
    begin = time.perf_counter()
    quoted_table(piece * (200_000 // len(piece)))
    assert time.perf_counter() - begin < 2


def test_arguments_that_would_change_the_table_are_named():
    table = read_text('d <- read.table(header = TRUE, text = "g y\na 1\nb -99", na.strings = "-99")')
    assert table.frame["y"].tolist() == [1, -99]
    assert "without “na.strings” of the call" in table.notes[0]
    assert not read_text('read.table(text = "g y\na 1\nb 2", header = TRUE)').notes[1:]


def test_a_second_table_is_not_dropped_in_silence():
    call = 'd{0} <- read.table(header = TRUE, text = "id y{0}\n1 {0}\n2 5")\n'
    table = read_text(call.format(1) + call.format(2))
    assert list(table.frame) == ["id", "y1"]
    assert "first of 2 tables in quotes" in table.notes[0]


@pytest.mark.parametrize(
    ("after", "named"),
    [
        ("d$z <- d$y * 2\nlmer(y ~ 1 + (1 | g), data = d)", "“d$z <- d$y * 2”"),
        ("names(d)[2] <- 'weight'\nd == 3", "“names(d)[2] <- 'weight'”"),
        ("d[d$y > 3, 'y'] <- NA", "“d[d$y > 3, 'y'] <- NA”"),
        ("d <- subset(d, y > 2)", "“d <- subset(d, y > 2)”"),
        ("subset(d, y > 2) -> d", "“subset(d, y > 2) -> d”"),
        ("dd <- d\nm <- lm(y ~ g, data = d)\nlibrary(lme4)", ""),
    ],
)
@pytest.mark.parametrize("read_it", ["d <- read.table(text = '{}')\n", "x <- '{}'\nd <- read.table(text = x)\n"])
def test_lines_that_change_the_table_are_named(after, named, read_it):
    found = quoted_table(read_it.format(TABLE) + after)
    said = [note for note in found.notes if "Code is not run, so this changed nothing" in note]
    assert len(said) == bool(named) and all(named in note for note in said)


def test_lines_of_python_that_change_the_table_are_named():
    code = f'df = pd.read_csv(StringIO("""{TABLE}"""), sep=\' \')\ndf[\'z\'] = df.y * 2\ndf = df[df.y > 3]\nprint(df.y)'
    assert "nothing: “df['z'] = df.y * 2”, “df = df[df.y > 3]”." in quoted_table(code).notes[0]
