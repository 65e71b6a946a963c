"""What is kept for all readers takes no more bytes than were granted; what was longest unused gives way, and that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.data.table import Table
from lmmcompare.ui.server import cache_budget as budget_module
from lmmcompare.ui.server.cache import cached
from lmmcompare.ui.server.cache_budget import LEAST, Budget, Store, limit_in_bytes
from lmmcompare.ui.server.size import size_of
from lmmcompare.ui.server.uploads import ChangedTable


def test_stores_share_one_budget_and_the_longest_unused_gives_way():
    budget = Budget(3 * LEAST + 30, weigh=lambda value: value)
    tables, fits = Store[int](budget), Store[int](budget)
    tables["a"], fits["a"], tables["b"] = 10, 10, 10
    assert tables["a"] == 10  # used: the fit is the oldest now
    fits["c"] = 10
    assert "a" not in fits and fits.was_evicted("a") and not tables.was_evicted("a")
    assert {*tables} == {"a", "b"} and {*fits} == {"c"} and budget.bytes == 3 * LEAST + 30
    fits["a"] = 10
    assert not fits.was_evicted("a") and tables.was_evicted("b")


def test_the_last_one_stays_however_large():
    budget = Budget(1_000, weigh=lambda value: value)
    store = Store[int](budget)
    store["small"], store["large"] = 10, 10_000
    assert [*store] == ["large"]
    store["small"] = 10
    assert [*store] == ["small"] and budget.bytes == LEAST + 10


def test_a_store_has_a_limit_of_its_own_and_a_time(monkeypatch):
    store = Store[int](Budget(1e9), entries=2, ttl=60.0)
    for key in "abc":
        store[key] = 1
    assert [*store] == ["b", "c"]
    now = budget_module.time.monotonic()
    monkeypatch.setattr(budget_module.time, "monotonic", lambda: now + 61)
    assert store.get("b") is None and not store.was_evicted("b") and [*store] == ["c"]


def test_what_has_expired_does_not_keep_the_rest_from_being_cleared(monkeypatch):
    budget = Budget(1e9)
    store = Store[int](budget, ttl=60.0)
    store["old"] = 1
    now = budget_module.time.monotonic()
    monkeypatch.setattr(budget_module.time, "monotonic", lambda: now + 61)
    store["new"] = 1
    store.clear()
    assert [*store] == [] and budget.bytes == 0


def test_forgetting_and_replacing_give_back_their_bytes():
    budget = Budget(1e6, weigh=lambda value: value)
    store = Store[int](budget)
    store["a"], store["b"] = 100, 100
    store["a"] = 50
    assert budget.bytes == 2 * LEAST + 150
    del store["b"]
    store.clear()
    assert budget.bytes == 0 == len(budget.order)


def test_results_of_functions_count(monkeypatch):
    shared = Budget(1e6)
    monkeypatch.setattr("lmmcompare.ui.server.cache.SHARED", shared)
    made = []

    @cached(100)
    def rows(n: int) -> np.ndarray:
        made.append(n)
        return np.zeros(n)

    for n in (50_000, 50_000, 50_001, 50_002, 50_000):
        rows(n)
    assert made == [50_000, 50_001, 50_002, 50_000]  # 0.4 MB each: two at a time
    assert 8e5 < shared.bytes < 9e5
    rows.cache_clear()
    assert shared.bytes == 0


def test_an_array_counts_once_and_a_view_as_what_it_looks_into():
    whole = np.zeros(1_000)
    assert size_of([whole, whole[:10], {"again": whole}]) == pytest.approx(8_000, abs=100)
    assert size_of(whole[:10]) == 8_000


def test_text_counts_with_its_letters():
    table = pd.DataFrame({"school": pd.Series(["a long name of a school " * 4] * 1_000, dtype=object)})
    assert size_of(table) > 96 * 1_000
    assert size_of(table.astype("str")) > 96 * 1_000
    for frame in (table, table.astype("str"), table.head(0)):
        assert size_of(frame) == frame.memory_usage(index=True, deep=True).sum()


def test_a_comparison_counts_with_what_it_keeps_of_the_rows():
    table = examples.load("pshp2")
    result = compare("pSHP2 ~ condition + (1 | cluster)", table)
    assert 8 * len(table) < size_of(result) < 60 * len(table)


@pytest.mark.parametrize(("text", "megabytes"), [("250", 250), ("", 700), ("much", 700), ("-3", 700), ("nan", 700)])
def test_the_administrator_sets_the_limit(monkeypatch, text, megabytes):
    monkeypatch.setenv(budget_module.VARIABLE, text)
    assert limit_in_bytes() == megabytes * 1e6


def test_a_changed_table_counts_with_its_companions():
    frame = pd.DataFrame({"x": np.zeros(1_000)})
    alone = Table(frame, "a")
    changed = ChangedTable(frame, "a, changed", companions=(Table(frame + 1.0, "b"),))
    assert size_of(alone) > 8_000 and size_of(changed) > 16_000
