"""What consoles and mail programs write before lines is taken off by a rule for each, and values that look like it are left."""

from __future__ import annotations

import pytest

from lmmcompare.data.pasted.console import without_console
from lmmcompare.data.readers.prompts import (
    R,
    without_citation,
    without_further_prompts,
    without_python_prompts,
    without_r_prompts,
)

TABLE = "  id y\n1  a 3\n2  b 4"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        pytest.param("> d", TABLE, id="R"),
        pytest.param("> subset(d,\n+   y > 2)", TABLE, id="R, a line that goes on"),
        pytest.param(">>> df", TABLE, id="Python"),
        pytest.param(">>> df.head(\n...     2)", TABLE, id="Python, a line that goes on"),
        pytest.param("In [3]: df", f"Out[3]: \n{TABLE}", id="IPython"),
        pytest.param("In [3]: df.head(\n   ...:     2)", f"Out[3]: \n{TABLE}", id="IPython, a line that goes on"),
        pytest.param(". list id y", TABLE, id="Stata"),
    ],
)
def test_of_a_printed_table_the_lines_that_were_typed_are_no_part(typed, answer):
    assert without_console(f"{typed}\n{answer}")[0].strip("\n ") == TABLE.strip()


def test_of_code_in_r_prompts_become_blanks_but_in_texts_and_comments_they_stay():
    code = "> d <- data.frame(a = '\n> 5', # note\n+   b = 2)\n> d"
    assert without_r_prompts(code) == "  d <- data.frame(a = '\n> 5', # note\n    b = 2)\n  d"


def test_of_code_in_python_only_what_was_typed_is_left():
    assert without_python_prompts(">>> df = f(\n...   1)\n>>> df\n   y\n0  3") == "df = f(\n  1)\ndf"


@pytest.mark.parametrize("code", ["d <- c(1,\n+ 2)", "x = [1,\n...]", "a\n+ b"])
def test_code_without_prompts_stays_as_it_is(code):
    assert without_r_prompts(code) == without_python_prompts(code) == code


def test_a_text_in_quotes_loses_the_signs_of_lines_that_go_on_only_where_all_have_them():
    assert without_further_prompts(["id y", "+ 1 2", "+ 2 3"], R) == ["id y", "1 2", "2 3"]
    assert without_further_prompts(["id y", "+ 1", "- 2"], R) == ["id y", "+ 1", "- 2"]


@pytest.mark.parametrize(
    ("lines", "bare"),
    [
        pytest.param(["> id y", ">", "> 1 >5"], ["id y", "", "1 >5"], id="one reply"),
        pytest.param(["> > id y", ">> 1 >5"], ["id y", "1 >5"], id="a reply to a reply"),
        pytest.param(["id y", "> 1 2"], ["id y", "> 1 2"], id="a line alone"),
        pytest.param([">>> df", ">>> df.y"], [">>> df", ">>> df.y"], id="Python's prompt"),
    ],
)
def test_signs_of_a_reply_are_taken_off_where_all_lines_have_them(lines, bare):
    assert without_citation(lines) == bare
