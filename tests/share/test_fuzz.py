"""Links that were changed by chance or ill will (2,500, and 10,000 with -m slow).

Each gives an analysis or a sentence, quickly and in little memory.
"""

from __future__ import annotations

import time
import tracemalloc

import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.formula import parse
from lmmcompare.share import link, table_in_link, upload_address
from lmmcompare.share.excluded_rows import parts_of
from lmmcompare.share.study_address import StudyChoices
from lmmcompare.share.view_parameters import Choices
from lmmcompare.simulate import link as simulated
from tests.effort import first

from .fuzzed import GOOD, PACKED, links

PARTS = 4


@pytest.mark.parametrize("address", GOOD, ids=lambda a: next(iter(a)))
def test_the_links_to_begin_with_are_good(address: dict[str, str]) -> None:
    assert link.read(address).notices == ()


def test_some_changed_links_still_open() -> None:
    opened = [link.read(address) for address in links(400, seed=0)]
    assert sum(o.table != "" for o in opened) > 100
    assert sum(o.notices != () for o in opened) > 100


@pytest.mark.parametrize("part", first(range(PARTS), 1))
def test_thousands_of_links_are_opened_or_explained(part: int) -> None:
    slowest = 0.0
    for address in links(10_000 // PARTS, seed=part + 1):
        start = time.process_time()
        opened = link.read(address)
        slowest = max(slowest, time.process_time() - start)
        check(opened)
        asked, said = StudyChoices.from_address(address)
        assert StudyChoices.from_address(asked.to_address()) == (asked, ()) and all(len(s) < 200 for s in said)
    assert slowest < 1


def check(opened: link.Opened) -> None:
    """What was opened is of the declared types and within their bounds, and can be made a link again."""
    whole, _ = parts_of(opened.table)
    kind, place = link.kind_of(whole), link.place_of(whole)
    assert kind in link.KINDS
    if opened.table:
        if kind == link.EXAMPLE:
            assert place in examples.names()
        elif kind == link.SIMULATED:
            simulated.decode(place)
        elif kind == link.INLINE:
            frame = table_in_link.decode(place)
            assert isinstance(frame, pd.DataFrame) and 0 < frame.size <= table_in_link.MAX_CELLS
        elif kind != link.FOLDER:
            assert link.ID.fullmatch(place.partition("~")[0])
            said = (
                upload_address.read(place) if kind == link.UPLOAD else None
            )  # name, size, steps, content, how it was read
            assert said is None or upload_address.read(said.to_place()) == said
    if opened.formula:
        assert parse(opened.formula).formula == opened.formula
    assert type(opened.reml) is bool and isinstance(opened.choices, Choices)
    for said in map(str, opened.notices):
        assert 20 < len(said) < 700 and said.encode() and "Traceback" not in said
    again = link.read(link.make(opened.table, opened.formula, opened.reml, opened.choices))
    assert (again.table, again.formula, again.choices) == (opened.table, opened.formula, opened.choices)


def test_a_bomb_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        for text in PACKED:
            link.read({"inline": f"1.{text}"})
            link.read({"simulated": f"1.{text}"})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50e6  # unpacked whole, one of them has 20 MB of text, and some hundred as a list
