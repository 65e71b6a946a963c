"""Code whose lines a mail program or a forum broke: no text of it changes, or that is said."""

from __future__ import annotations

import textwrap

import pytest

from lmmcompare.data.pasted.wrapped_code import BLANKS, JOINED, without_breaks
from lmmcompare.data.read import read_text

CODE = (
    'structure(list(id = c(1L, 2L, 3L, 4L, 5L, 6L), city = c("Bern", "Bern", "New York", "New York", "Oslo", "Oslo"), '
    'y = c(1.52, 2.53, 3.54, 4.55, 5.56, 6.57)), class = "data.frame", row.names = c(NA, -6L))'
)
CITIES = ["Bern", "Bern", "New York", "New York", "Oslo", "Oslo"]


def broken(width: int) -> str:
    return "\n".join(CODE[k : k + width] for k in range(0, len(CODE), width))


@pytest.mark.parametrize("width", range(30, 72, 3))
@pytest.mark.parametrize("mark", ["", "> "])
def test_lines_of_one_width_are_put_together(width, mark):
    """At most widths a number, a name or a text is cut in two: "Be" and "rn" were a city of two lines."""
    text = "\n".join(mark + line for line in broken(width).split("\n"))
    table = read_text(text if mark else f"Here are they:\n\n{text}\n\nThanks!")
    assert table.frame["city"].tolist() == CITIES and table.frame["y"].tolist() == [1.52, 2.53, 3.54, 4.55, 5.56, 6.57]


@pytest.mark.parametrize("width", [40, 55, 60, 72, 80])
def test_a_text_that_was_broken_between_words_has_its_blank(width):
    assert read_text(textwrap.fill(CODE, width)).frame["city"].tolist() == CITIES


def test_what_was_done_is_said():
    assert JOINED in without_breaks(broken(36))[1]
    assert without_breaks('x <- c("New\n   York", "Oslo")') == (
        'x <- c("New York", "Oslo")',
        [BLANKS.format("New York")],
    )


def test_lines_that_are_whole_stay_as_they_are():
    lines = [f"x{k} <- c(1.25, 2.25, 3.25, 4.25, 5.25)" for k in range(5)]
    assert without_breaks("\n".join(lines)) == ("\n".join(lines), [])


def test_the_signs_of_quoted_printable_go():
    coded = CODE.replace("=", "=3D")
    table = read_text("=\n".join(coded[k : k + 70] for k in range(0, len(coded), 70)))
    assert table.frame["city"].tolist() == CITIES
