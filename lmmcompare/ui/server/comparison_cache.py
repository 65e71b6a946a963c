"""What the server's process keeps, so that forty readers of one table share one fit."""

from __future__ import annotations

from contextlib import suppress

import pandas as pd
import streamlit as st

from ...comparison.compare import Comparison, compare
from ...comparison.fitted_lines import Picture, picture
from ...data.describe import ColumnInfo, GroupSizes, Relation, describe, groups, relation, suggest
from ...data.times import Times, times
from ...design.build import build as build_design
from ...design.levels import factorize, whole
from ...errors import LmmCompareError
from ...formula.parser import parse
from ...share import link
from ...tables.simulation_truth import with_truth
from . import table_sources
from .background_jobs import Jobs
from .cache import cached

LARGE = 100_000
"""Rows from which on a comparison's columns take so much memory that only the last few are kept."""


@st.cache_resource(show_spinner=False)
def study_jobs(place: str) -> Jobs:
    """The process's studies; all who ask for the same one share it.

    Each place on the page has its own thread, so that long steps in one do not keep another's short ones waiting.
    """
    return Jobs()


def frame(table: str) -> pd.DataFrame:
    """A table by id; shared, so never changed."""
    return table_sources.find(table).frame


def comparison(table: str, formula: str, reml: bool) -> Comparison:
    """All models of a formula."""
    if link.kind_of(table) == link.SIMULATED:
        return _of_simulated(table, formula, reml)
    if _is_large(table):
        return _of_large_table(table, formula, reml)
    return _of_table(table, formula, reml)


@cached(1_000)
def _is_large(table: str) -> bool:
    return table_sources.n_rows(table) > LARGE


@cached(200, spinner="Fitting all models…")
def _of_table(table: str, formula: str, reml: bool) -> Comparison:
    with table_sources.asked(table):
        return compare(formula, table_sources.data(table), reml=reml)


@cached(6, spinner="Fitting all models…")
def _of_large_table(table: str, formula: str, reml: bool) -> Comparison:
    with table_sources.asked(table):
        return compare(formula, table_sources.data(table), reml=reml)


@cached(40)  # every step of a slider makes one
def _of_simulated(table: str, formula: str, reml: bool) -> Comparison:
    return compare(formula, frame(table), reml=reml)


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
    made = picture(comparison(table, formula, reml), frame(table), x, by=by, include_zero=zero, keep=keep, only=only)
    settings = table_sources.settings_of(table)
    return made if settings is None else with_truth(made, settings)


@cached(100)
def columns(table: str) -> list[ColumnInfo]:
    """What each column holds."""
    return describe(frame(table))


def is_number(table: str, column: str) -> bool:
    """Whether a column holds numbers."""
    return any(info.name == column and info.is_number for info in columns(table))


@cached(500)
def levels(table: str, column: str) -> list[str]:
    """A column's different values as texts, in the order in which a model has them."""
    values = frame(table)[column].dropna()
    return [whole(level) for level in factorize(values)[1]] if len(values) else []


@cached(500)
def how_it_varies(table: str, column: str, group: str) -> Relation:
    """Whether a column varies within groups, between them, or both."""
    return relation(frame(table), column, group)


@cached(200)
def times_of(table: str, group: tuple[str, ...], outcome: str) -> Times:
    """The columns by which rows of one group may be told apart."""
    return times(frame(table), group, outcome)


@cached(200)
def sizes(table: str, group: str) -> GroupSizes:
    """Count and sizes of the groups."""
    if table_sources.is_sample(table):
        with table_sources.asked(table):
            return GroupSizes.of(group, *table_sources.opened(table).group_sizes(group))
    return groups(frame(table), group)


@cached(500)
def n_incomplete(table: str, names: tuple[str, ...]) -> int:
    """How many rows lack a value in one of these columns; a name that is no column is passed over."""
    result = frame(table)
    return int(result[[name for name in names if name in result]].isna().any(axis=1).sum())


@cached(100)
def suggested_formula(table: str) -> str:
    """The comparison that a table opens with: the one that its file holds, else a guess; empty when nothing suits."""
    stored = "" if table_sources.is_sample(table) else table_sources.find(table).formula
    if stored:
        with suppress(LmmCompareError):
            build_design(parse(stored), frame(table))
            return stored
    return suggest(frame(table)).formula or ""
