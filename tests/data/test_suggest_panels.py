"""A first guess at tables of places and years: which of many amounts was explained, by which, and what merely says how large or when."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.suggest import suggest

where, when = np.repeat(np.arange(24), 8), np.tile(np.arange(1988, 1996), 24)


def states(**columns: np.ndarray) -> pd.DataFrame:
    """24 states in 1988 to 1995, with what is known of them each year."""
    return pd.DataFrame({"state": [f"s{k:02d}" for k in where], "year": when} | columns)


def amounts(seed: int, number: int) -> list[np.ndarray]:
    """Amounts of states in years that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return [(20 + rng.normal(0, 3, 24)[where] + rng.normal(0, 1, len(where))).round(2) for _ in range(number)]


@pytest.mark.parametrize("name", ["pop", "population", "Population"])
def test_the_population_is_neither_what_is_asked_about_nor_the_first_that_explains_it(name):
    litres, fee, pay = amounts(1, 3)
    people = (1e6 * (2 + where) + 3e4 * amounts(2, 1)[0]).round()
    assert suggest(states(**{name: people}, litres=litres, fee=fee, pay=pay)).formula == "litres ~ fee + (1 | state)"
    assert suggest(states(litres=litres, **{name: people}, fee=fee, pay=pay)).formula == "litres ~ fee + (1 | state)"


def test_what_is_the_same_everywhere_in_a_year_says_when():
    litres, fee, pay = amounts(3, 3)
    interest = np.array([3.1, 2.4, 2.9, 4.2, 5.0, 3.6, 1.8, 2.2])[when - 1988]
    frame = states(interest=interest, litres=litres, fee=fee, pay=pay)
    assert suggest(frame).formula == "litres ~ fee + (1 | state)"
    assert suggest(frame[["state", "year", "interest", "litres"]]).predictors[0] in ("year", "interest")


def law(first: np.ndarray, on: object, off: object) -> np.ndarray:
    return np.where(when >= first[where], on, off)


@pytest.mark.parametrize(("on", "off"), [(1, 0), ("yes", "no")])
def test_a_law_that_comes_into_force_is_what_was_varied(on, off):
    thefts, pay, jobs = amounts(4, 3)
    first = np.where(np.arange(24) < 14, 1990 + np.arange(24) % 5, 2100)  # ten states never have it
    frame = states(thefts=thefts, pay=pay, jobs=jobs, law=law(first, on, off))
    assert suggest(frame).formula == "thefts ~ law + (1 | state)"


def test_a_dummy_of_a_first_year_and_an_event_in_a_last_row_set_nothing_in():
    thefts, pay, jobs = amounts(5, 3)
    north_1988 = ((when == 1988) & (where < 9)).astype(int)
    closed = ((when == 1995) & (where % 3 == 0)).astype(int)
    frame = states(thefts=thefts, pay=pay, jobs=jobs, north_1988=north_1988, closed=closed)
    assert suggest(frame).formula == "thefts ~ pay + (1 | state)"


def test_of_a_wide_table_dummies_by_the_dozen_are_looked_at_last():
    thefts, pay, jobs = amounts(6, 3)
    dummies = {f"trend_{k + 1}": np.where(where == k, when - 1987, 0) for k in range(24)}
    dummies |= {f"d{k}": ((when == 1988 + k % 8) & (where % 3 == k // 8)).astype(int) for k in range(24)}
    first = np.where(np.arange(24) < 14, 1990 + np.arange(24) % 5, 2100)
    frame = states(thefts=thefts, pay=pay, jobs=jobs, **dummies, law=law(first, 1, 0))
    assert suggest(frame).formula == "thefts ~ law + (1 | state)"


def test_last_years_amount_is_no_outcome():
    thefts, pay = amounts(7, 2)
    assert suggest(states(thefts_lag=thefts[::-1].copy(), thefts=thefts, pay=pay)).outcome == "thefts"


def test_quarters_as_text_are_categories_until_they_are_read_as_dates():
    quarter = np.array([f"Q{k % 4 + 1} {2010 + k // 4}" for k in range(8)])[when - 1988]
    frame = states(thefts=amounts(8, 1)[0]).assign(year=quarter)
    assert suggest(frame).formula == "thefts ~ year + (1 | state)"


def test_of_a_chosen_outcome_the_rest_is_guessed():
    thefts, pay, jobs = amounts(9, 3)
    first = np.where(np.arange(24) < 14, 1990 + np.arange(24) % 5, 2100)
    frame = states(thefts=thefts, pay=pay, jobs=jobs, jobs_z=(jobs - jobs.mean()) / jobs.std(), law=law(first, 1, 0))
    assert suggest(frame, outcome="jobs").formula == "jobs ~ law + (1 | state)"
    assert suggest(frame, outcome="law").formula == "law ~ thefts + (1 | state)"
    found = suggest(frame, outcome="jobs_z")  # what it is a copy of explains nothing of it
    assert {*found.predictors} == {"law"} and not any("jobs " in other.formula for other in found.alternatives)
    assert all(other.formula.startswith("jobs_z ~ ") for other in found.alternatives)


def test_a_chosen_outcome_is_looked_at_among_however_many_columns():
    names = [f"week_{k}_score" for k in range(60)]
    frame = states(**dict(zip([*names, "zz"], amounts(10, 61), strict=True)))
    assert suggest(frame, outcome="zz").outcome == "zz"


@pytest.mark.parametrize(("trend", "expected"), [(0.0, "labour"), (2.0, "week")])
def test_weeks_that_tell_nothing_merely_say_when(trend, expected):
    """Of firms followed by the week, what they put in explains what comes out, unless it grows with the weeks."""
    rng = np.random.default_rng(11)
    firm, week = np.repeat(np.arange(1, 21), 12), np.tile(np.arange(1, 13), 20)
    labour = (40 + rng.normal(0, 8, 20)[firm - 1] + rng.normal(0, 4, 240)).round(1)
    output = (2 * labour + trend * week + rng.normal(0, 4, 240)).round(1)
    frame = pd.DataFrame({"firm": firm, "week": week, "output": output, "labour": labour})
    assert suggest(frame).formula == f"output ~ {expected} + (1 | firm)"
