"""Cached comparisons, figures' data and table descriptions by table id, shared by all sessions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pandas as pd

from ...comparison.compare import compare
from ...comparison.comparison import Comparison
from ...comparison.excluded_rows import with_left_out, with_numbers
from ...comparison.picture import Picture, make_picture
from ...comparison.true_lines import with_true_lines
from ...data.column_info import ColumnInfo
from ...data.columns import describe
from ...data.relation_to_groups import GroupSizes, Relation, groups, relation
from ...data.suggest import Suggestion, suggest
from ...data.time_columns import Times, times
from ...design.build import build as build_design
from ...design.levels import factorize, label_text
from ...errors import LmmCompareError
from ...formula.parser import parse
from ...share.excluded_rows import parts_of
from ...work import interruption
from . import table_sources
from .cache import cached, register
from .shared_work import SharedWork, TooLong
from .waiting import Stopped, Waiting, go_on, refuse_stopped, stop

FITTING = "Fitting all models"
LONG = 10.0
"""Estimated seconds of a fit above which the reader has to confirm it."""


def frame(table: str) -> pd.DataFrame:
    """The rows of a table by id; shared, so not to be changed."""
    return table_sources.find(table).frame


def comparison(
    table: str,
    formula: str,
    reml: bool,
    waiting: Callable[[float], None] | None = None,
    most: float = float("inf"),
) -> Comparison:
    """All models of a formula.

    Parameters
    ----------
    waiting : callable, optional
        Called with the seconds that the fit has taken so far, to draw progress; by default a line with a Stop button.
    most : float
        Estimated seconds above which the fit is refused.

    Raises
    ------
    LmmCompareError
        When they cannot be fitted.
    Stopped
        When this session has stopped the fit before, and ``waiting`` is left out.
    TooLong
        Before they are fitted, when that is likely to take more than ``most`` seconds.
    """
    key = table, formula, reml
    if waiting is not None or _WORK.has(*key):
        return _WORK.get(*key, wait=waiting or check_within, most=most)
    refuse_stopped(FITTING, key)
    line = Waiting(FITTING, f"fit {hash(key)}", partial(stop, key), partial(go_on, key))
    try:
        return _WORK.get(*key, wait=line, most=most)
    finally:
        line.close()


def check_within(_seconds: float) -> None:
    """Raise `work.interruption.Interrupted` if the surrounding work has been cancelled; for ``waiting`` without a page."""
    interruption.check()


def is_fitted(table: str, formula: str, reml: bool) -> bool:
    """Whether a comparison is in the cache."""
    return _WORK.has(table, formula, reml)


def was_evicted(table: str, formula: str, reml: bool) -> bool:
    """Whether a comparison has been evicted from the cache to make room."""
    return _WORK.was_evicted(table, formula, reml)


def _fitted(table: str, formula: str, reml: bool) -> Comparison:
    with table_sources.consistent_reads(table):
        return compare(formula, table_sources.data(table), reml=reml)


_WORK = SharedWork(_fitted)
register(_WORK)


@cached(200)
def frames(
    table: str,
    formula: str,
    reml: bool,
    x: str | None,
    zero: bool,
    keep: str | None,
    only: tuple[str, ...] = (),
    by: str | None = None,
) -> Picture:
    """The frames behind the picture of a comparison."""
    fitted = comparison(table, formula, reml)
    made = make_picture(fitted, frame(table), x, by=by, include_zero=zero, keep=keep, only=only)
    whole, rows = parts_of(table)
    made = replace(made, titles=table_sources.find(whole).labels)
    if rows:
        return with_left_out(made, frames(whole, formula, reml, x, zero, keep, only, by), rows)
    made = with_numbers(made, fitted.design)
    settings = table_sources.settings_of(table)
    return made if settings is None else with_true_lines(made, settings)


@cached(100)
def columns(table: str) -> list[ColumnInfo]:
    """A description of each column."""
    return describe(frame(table))


def is_number(table: str, column: str) -> bool:
    """Whether a column holds numbers."""
    return any(info.name == column and info.is_number for info in columns(table))


@cached(500)
def levels(table: str, column: str) -> list[str]:
    """A column's different values as texts, in the order in which a model has them."""
    values = frame(table)[column].dropna()
    return [label_text(level) for level in factorize(values)[1]] if len(values) else []


@cached(500)
def how_it_varies(table: str, column: str, group: str) -> Relation:
    """Whether a column varies within groups, between them, or both."""
    return relation(frame(table), column, group)


@cached(200)
def times_of(table: str, group: tuple[str, ...], outcome: str) -> Times:
    """The columns by which rows of one group may be told apart; of a sample those that whole groups do not speak against."""
    result = times(frame(table), group, outcome)
    if not table_sources.is_sample(table):
        return result
    with table_sources.consistent_reads(table):
        return result.within_rows(times(table_sources.open_server_table(table).whole_groups(group), group, outcome))


@cached(200)
def sizes(table: str, group: str) -> GroupSizes:
    """Count and sizes of the groups."""
    if table_sources.is_sample(table):
        with table_sources.consistent_reads(table):
            return GroupSizes.of(table_sources.open_server_table(table).group_sizes(group))
    return groups(frame(table), group)


@cached(500)
def n_incomplete(table: str, names: tuple[str, ...]) -> int:
    """How many rows lack a value in one of these columns; a name that is no column is passed over."""
    result = frame(table)
    return int(result[[name for name in names if name in result]].isna().any(axis=1).sum())


@cached(100)
def suggestion(table: str, outcome: str = "") -> Suggestion:
    """A first guess at a comparison and what else may be meant, from values, names and labels; of an outcome, where one is chosen."""
    return suggest(frame(table), table_sources.find(table).labels, columns(table), outcome)


@cached(100)
def suggested_formula(table: str) -> str:
    """The comparison that a table opens with: the one that its file holds, else the likeliest guess that can be fitted; or empty."""
    guess = suggestion(table)
    if table_sources.is_sample(table):  # a fit reads all rows of it
        return guess.formula or ""
    stored = table_sources.find(table).formula
    if stored:
        with suppress(LmmCompareError):
            build_design(parse(stored), frame(table))
            return stored
    formulas = [guess.formula, *(other.formula for other in guess.alternatives)] if guess.formula else []
    return next((formula for formula in formulas if formula and _can_be_fitted(table, formula)), "")


def _can_be_fitted(table: str, formula: str) -> bool:
    try:
        comparison(table, formula, True, most=LONG)
    except TooLong:  # can be fitted, once its reader confirms it
        return True
    except Stopped:
        raise
    except LmmCompareError:
        return False
    return True
