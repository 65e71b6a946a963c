from __future__ import annotations

import pytest

from lmmcompare.figures.escaped_text import safe, wrapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("a & b", "a &amp; b"),
        ("%{y}", "%&#123;y&#125;"),
        ("$x^2$", "&#36;x^2&#36;"),
        ("two\n lines", "two lines"),
    ],
)
def test_user_text_is_only_text(text: str, expected: str):
    assert safe(text) == expected


def test_long_names_are_shortened_before_they_are_escaped():
    assert safe("<" * 100, 10) == "&lt;" * 9 + "…"


def test_wrapped_lines_are_escaped_one_by_one():
    assert wrapped("population line <b>", 12) == ["population", "line &lt;b&gt;"]
