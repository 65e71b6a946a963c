"""Text of any shape is looked through in one go: what is pasted is read in the server's process, which others wait for."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from lmmcompare.data.pasted import as_table, table_inside
from lmmcompare.errors import DataError

N = 200_000
LONG = 20
"""Seconds: going through it takes less than one, and beginning anew at each sign more than a minute."""
TEXTS = {
    "colons below a name": "head\n Min. :" + ":" * N + "\n" + "a\n" * 5,
    "a quote that is never closed": "x <- '" + "a\n" * N,
    "calls without a table": "\nread.table(" * (N // 10),
    "tags that are never closed": "<table>" + "<tr " * N,
    "cells that are never closed": "<table><tr>" + "<td" * N,
    "brackets of LaTeX that are never closed": "\\begin{tabular}{ll}" + "\\cline{" * (N // 4),
    "ends of LaTeX's rows": "\\begin{tabular}" + "\\\\[a" * (N // 4),
    "a long word in a tibble": "# A tibble\n<dbl> ¹`a`\n" + "a" * N,
    "texts that are never closed": "d <- data.frame(" + '"\n' * (N // 2),
    "quotes in lines of one width": "d <- data.frame(\n" + ("a" * 40 + '"\n') * (N // 40),
    "a text with no end": 'd <- structure("' + "a" * N,
    "vectors that go on": "[1] " + "1 " * N + "\n[2] 1",
    "escaped quotes": "d <- data.frame(" + '\\"' * (N // 2),
    "a cell longer than the csv module reads": "a b\n" + 'c("a",' * (N // 6),
    "a stray end of line": 'a,"b"\rc,1\nd,2\n' * 3,
    "signs of citation on one line": "> " * (N // 2),
    "matrices of MATLAB that are never closed": "x = [1 2;\n" * (N // 10),
    "a matrix of MATLAB with no end": "x = [" + "1\n" * (N // 2),
    "names of vectors": "> " + "a" * N + "\n" + "$a\n" * (N // 3),
    "lines that may change a table": "d <- read.table(text='a b\n1 2')\n" + ("d" + "[" * 300 + "\n") * (N // 300),
    "blanks": " " * (5 * N) + "x",
    "an output of str()": "'data.frame':\n" + " $ a\n" * N + "x",
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_keeps_the_server(name: str) -> None:
    begin = time.process_time()
    with suppress(DataError):
        table_inside(as_table(TEXTS[name]))
    assert time.process_time() - begin < LONG
