"""Tables in quotes within a call."""

from __future__ import annotations

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
