"""The style sheet: a rule may not have a browser look at the styles of the whole page again whenever a run begins or a figure changes."""

from __future__ import annotations

import re
from pathlib import Path

import lmmcompare.ui.kit

SHEET = Path(lmmcompare.ui.kit.__file__).with_name("style.css")
CHANGING = (":has(", "data-test-script-state")
"""Conditions on an element whose truth a browser asks again at each change of the page, or at each run."""


def split(text: str, at: str) -> list[str]:
    """The parts of a selector between these characters, those within brackets aside."""
    parts, depth, start = [], 0, 0
    for k, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character in at:
            parts.append(text[start:k].strip())
            start = k + 1
    return [part for part in [*parts, text[start:].strip()] if part]


def selectors() -> list[str]:
    """Every selector of the sheet, without what is for paper only."""
    sheet = re.sub(r"/\*.*?\*/", "", SHEET.read_text(), flags=re.DOTALL)
    sheet = sheet[: sheet.index("@media print")]
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@[^{]*\{(?=[^{}]*\{)", "", sheet))
    return [selector for rule in rules for selector in split(rule, ",")]


def subjects(compound: str) -> list[str]:
    """What a selector's last part may be: each of the alternatives in ``:is(…)``."""
    among = re.fullmatch(r"([^:]*):is\((.*)\)", compound)
    return [compound] if among is None else [among[1] + split(one, " >~+")[-1] for one in split(among[2], ",")]


def test_the_sheet_is_read():
    assert len(selectors()) > 100 and any("st-key-share-this" in selector for selector in selectors())


def test_what_depends_on_a_changing_element_is_named_by_a_class():
    """By an attribute or a tag alone, every element that has such a one would be looked at, each point of a figure too."""
    for selector in selectors():
        *above, last = split(selector, " >~+")
        if any(condition in part for part in above for condition in CHANGING):
            for subject in subjects(last):
                assert re.match(r"(\[[^\]]*\])*[.#]", re.sub(r"^\w+", "", subject)), selector
