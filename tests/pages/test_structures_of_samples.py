"""Correlated residuals of a table that the server offers and an engine sums: proposed, fitted by all rows, every tab drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.engines import folder_tables, server_tables
from lmmcompare.export.report import report
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.ui.session.state import ANALYSIS
from tests.sources import file_source

from .conftest import errors, opened, said, turn_to
from .test_compare_tabs import TABS
from .test_offered import forget

RANDOM = "y ~ x + day + (1 | person)"
AR1 = f"{RANDOM}, correlation = ar1(day | person)"

US = f"{RANDOM}, correlation = us(day | person)"


def diaries() -> pd.DataFrame:
    """30,000 rows: 5,000 people on 6 of 8 days each, in disorder."""
    random, people = np.random.default_rng(11), 5_000
    seen = pd.DataFrame({"person": np.repeat(np.arange(people), 8), "day": np.tile(np.arange(8), people)})
    noise = random.normal(size=(people, 8))
    for day in range(1, 8):
        noise[:, day] = 0.6 * noise[:, day - 1] + 0.8 * noise[:, day]
    x, arm = random.normal(size=len(seen)).round(1), np.where(seen["person"] % 2, "new", "old")
    y = x + 0.1 * seen["day"] + np.repeat(random.normal(size=people), 8) + noise.ravel()
    frame = seen.assign(x=x, arm=arm, mood=random.integers(1, 6, len(seen)), y=y)
    keep = random.permuted(np.tile(np.arange(8) < 6, (people, 1)), axis=1).ravel()
    return frame[keep].sample(frac=1, random_state=1).reset_index(drop=True)


DIARIES = diaries()


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """A folder with the table, as if it did not fit into memory."""
    place = tmp_path / "offered"
    place.mkdir()
    DIARIES.to_parquet(place / "diaries.parquet")
    monkeypatch.setenv(server_tables.VARIABLE, str(place))
    monkeypatch.setattr(folder_tables, "IN_MEMORY", 1_000)
    forget()
    yield place
    forget()


def test_the_time_is_proposed_and_what_repeats_in_groups_is_not(open_page):
    at = open_page("compare", folder="diaries.parquet", formula=RANDOM)
    at.sidebar.selectbox(key="pick residuals").set_value("serial").run()
    assert not errors(at)
    assert at.session_state[ANALYSIS].formula == AR1 and at.query_params["formula"] in (AR1, [AR1])
    by = at.sidebar.selectbox(key="pick residuals by")
    assert by.value == "day" and {"mood", "arm"}.isdisjoint(by.options)  # single rows of a sample would not tell
    assert "Structured residuals" in said(at)
    at.sidebar.selectbox(key="pick residuals").set_value("us").run()
    assert not errors(at) and "us(day | person)" in at.session_state[ANALYSIS].formula


def test_the_numbers_are_those_of_all_rows(open_page):
    known = lc.compare(RANDOM, DIARIES, correlation="ar1(day | person)").structured
    assert known is not None
    text = said(opened(open_page, "The numbers", folder="diaries.parquet", formula=AR1))
    assert f"{known.params['x']:.3f}"[:5] in text


@pytest.mark.parametrize(("formula", "tabs"), [(AR1, TABS), (US, ("Which model?", "The numbers"))])
def test_every_tab_is_drawn_and_says_what_it_leaves_out(open_page, formula, tabs):
    at = open_page("compare", folder="diaries.parquet", formula=formula)
    for tab in tabs:
        turn_to(at, tab)
        if tab in ("Errors and intervals", "Which model?", "Can I trust it?"):
            assert "left out" in said(at) or "compare_structures" in said(at)


def test_a_report_says_what_it_leaves_out_and_has_the_correlations_interval(folder):
    comparison = lc.compare(RANDOM, folder / "diaries.parquet", correlation="ar1(day | person)")
    assert comparison.design.is_sample
    text = report(Snapshot(comparison, file_source("diaries.parquet", comparison.design.rows_of(None))))
    assert "What needs all rows" in text and "How well is the residuals’ correlation known?" in text
    assert "How are the residuals correlated?" not in text  # of a sample it would not be
