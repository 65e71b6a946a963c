"""Tables in quotes within a call."""

from __future__ import annotations

import time

import pytest

from lmmcompare.data.quoted_table import unquoted
from lmmcompare.data.read import read_text

TABLE = "id y g\n1 2.5 a\n2 3.5 b"


@pytest.mark.parametrize(
    "call",
    [
        'd <- read.table(text = "{}", header = TRUE)\nlmer(y ~ 1 + (1 | g), d)',
        "read.table(header = T, text = '\n{}\n')",
        'library(readr)\nd <- read_table(I("{}"))',
        'df = pd.read_csv(StringIO("""{}"""), sep=" ")',
    ],
)
def test_a_table_in_quotes_is_read_as_the_table(call):
    text = call.format(TABLE)
    assert unquoted(text) == TABLE
    assert read_text(text).frame["y"].tolist() == [2.5, 3.5]


@pytest.mark.parametrize("text", [TABLE, 'd <- read.csv("file.csv")\nx,y\n1,2', 'name,say\nread.csv,"a\nb"'])
def test_other_text_stays_as_it_is(text):
    assert unquoted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "clear\ninput int id float(time y) str3 g\n1 0 2.3 a\n1 1 3.3 b\nend\nmixed y time || id:\n",
        "data a;\n input id time y g $;\n datalines;\n1 0 2.3 a\n1 1 3.3 b\n;\nrun;\n",
    ],
)
def test_what_stands_below_input_of_stata_or_sas_is_read(text):
    assert unquoted(text).strip() == "id time y g\n1 0 2.3 a\n1 1 3.3 b"


def test_code_is_what_it_was_before_a_web_page_wrote_it():
    assert unquoted("```r\nd &lt;- c(1)\n```").strip() == "d <- c(1)"


@pytest.mark.parametrize("piece", ["input a\n", "input ", "input x; cards;", "\n", "read.table("])
def test_a_long_text_takes_no_time(piece):
    begin = time.perf_counter()
    unquoted(piece * (200_000 // len(piece)))
    assert time.perf_counter() - begin < 2


def test_arguments_that_would_change_the_table_are_named():
    table = read_text('d <- read.table(header = TRUE, text = "g y\na 1\nb -99", na.strings = "-99")')
    assert table.frame["y"].tolist() == [1, -99]
    assert "without “na.strings” of the call" in table.notes[0]
    assert not read_text('read.table(text = "g y\na 1\nb 2", header = TRUE)').notes[1:]
