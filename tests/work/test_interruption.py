"""A real fit ends where it is not wanted any more, and tells its cost before it begins."""

from __future__ import annotations

import time
from itertools import count

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, lmer
from lmmcompare.assess.gee import population_averaged
from lmmcompare.assess.statsmodels_check import crosscheck
from lmmcompare.inference.kenward_roger import kenward_roger
from lmmcompare.work.interruption import Interrupted, Watch, announce_duration, check, watched


def rows(correlated: bool = False) -> pd.DataFrame:
    """A small table of two grouping factors and a time."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        {"g": np.repeat(np.arange(20), 6), "h": rng.integers(8, size=120), "t": np.tile(np.arange(6), 20)}
    )
    return table.assign(x=rng.normal(size=120), y=rng.normal(size=120) + rng.normal(size=20)[table["g"]])


def unwanted_after(times: int) -> Watch:
    """A watch that lets work ask so often."""
    asked = count()
    return Watch(lambda: next(asked) >= times, lambda seconds: None)


@pytest.mark.parametrize(
    ("formula", "structure"),
    [
        ("y ~ x + (1 | g)", None),
        ("y ~ x + (x | g)", None),
        ("y ~ x + (1 | g) + (1 | h)", None),
        ("y ~ x + (1 | g)", "cs(1 | g)"),
        ("y ~ x + (1 | g)", "ar1(t | g)"),
    ],
)
@pytest.mark.parametrize("times", [0, 1, 3])
def test_every_kind_of_fit_ends_when_it_is_not_wanted(formula, structure, times):
    with pytest.raises(Interrupted), watched(unwanted_after(times)):
        compare(formula, rows(), correlation=structure)


CHECKED = compare("y ~ x + (x | g)", rows())
CROSSED = lmer("y ~ x + (1 | g) + (1 | h)", rows())


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda: crosscheck(CHECKED), id="statsmodels' mixed models"),
        pytest.param(lambda: population_averaged(lmer("y ~ x + (1 | g)", rows())), id="GEE"),
        pytest.param(lambda: kenward_roger(CROSSED.fit), id="Kenward-Roger"),
    ],
)
def test_what_follows_a_fit_ends_at_any_iteration(work):
    asked = count()
    with watched(Watch(lambda: next(asked) < 0, lambda seconds: None)):
        work()
    n = next(asked)
    assert n > 3
    for times in (0, n // 2, n - 1):
        with pytest.raises(Interrupted), watched(unwanted_after(times)):
            work()


def test_what_is_wanted_gives_what_it_gives_unwatched():
    with watched(Watch(lambda: False, lambda seconds: None)):
        watched_result = compare("y ~ x + (x | g)", rows()).coefficients()
    pd.testing.assert_frame_equal(watched_result, compare("y ~ x + (x | g)", rows()).coefficients())


def test_the_cost_is_told_before_anything_is_fitted():
    told, asked = [], count()

    def foreseen(seconds: float) -> None:
        told.append((seconds, next(asked)))
        raise TimeoutError

    with pytest.raises(TimeoutError), watched(Watch(lambda: next(asked) < 0, foreseen)):
        compare("y ~ x + (1 | g)", rows())
    ((seconds, criteria),) = told
    assert 0 < seconds < 1 and criteria == 0


def test_nobody_watches_after_the_block_or_in_code_that_was_never_watched():
    with watched(Watch(lambda: True, lambda seconds: None)), pytest.raises(Interrupted):
        check()
    check()
    announce_duration(lambda: pytest.fail("a cost that nobody asks for is not worked out"))


def test_asking_costs_next_to_nothing():
    begin = time.process_time()
    for _ in range(10_000):
        check()
    assert time.process_time() - begin < 0.05  # 5 microseconds each, of a criterion's 100 at least
