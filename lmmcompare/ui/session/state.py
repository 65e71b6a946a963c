"""What the reader is looking at, kept through page changes, reload and a shared link.

The address holds the state: which table, which formula, which method, which view. It is read as data: names that exist,
a formula that our own grammar reads, numbers within bounds; what cannot be used is said and replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from ... import examples
from ...errors import LmmCompareError
from ...formula import parse, read
from ...formula.spec import ModelSpec
from ...share import link
from ...share.view_parameters import AS_IT_OPENS, Choices
from ...simulate.settings import Settings
from ..server import comparison_cache, table_sources
from . import view_address
from .address_history import is_history, is_news, remember, repeated

ANALYSIS = "analysis"
ADDRESS = "address"
NOTICES = "notices"
FIRST = "cv161703"
"""The example that the app opens with."""


@dataclass(frozen=True)
class Analysis:
    """A table and the comparison asked of it.

    Parameters
    ----------
    table : str
        Its id: an example's name, or another kind of table as `sources` names them.
    formula : str
        Formula text that can be parsed.
    reml : bool
    """

    table: str
    formula: str
    reml: bool = True

    @property
    def key(self) -> tuple[str, str, bool]:
        """What `ui.server.comparison_cache.comparison` and the caches behind the panels go by."""
        return self.table, self.formula, self.reml

    @property
    def spec(self) -> ModelSpec:
        """The formula, parsed; beside the table's columns where these say what it means."""
        spec = parse(self.formula)
        return read(spec, [c.name for c in comparison_cache.columns(self.table)]) if spec.pattern else spec

    @property
    def title(self) -> str:
        """The table's name for readers."""
        return table_sources.find(self.table).name

    @property
    def example(self) -> str | None:
        """The example's name; None for any other table."""
        return self.table if link.kind_of(self.table) == link.EXAMPLE else None

    @property
    def settings(self) -> Settings | None:
        """What the table was simulated from; None for any other."""
        return table_sources.settings_of(self.table)

    def frame(self) -> pd.DataFrame:
        """The table."""
        return comparison_cache.frame(self.table)


def opening(name: str, formula: str = "") -> Analysis:
    """The comparison that an example opens with, or another of its data."""
    return Analysis(name, formula or examples.get(name).formula)


def simulated(settings: Settings) -> Analysis:
    """The comparison that simulated data open with: the model that they come from."""
    return Analysis(table_sources.simulated_id(settings), settings.formula)


def current() -> Analysis:
    """The analysis of this session; the address has the first word."""
    _adopt_address()
    if ANALYSIS not in st.session_state:
        st.session_state[ANALYSIS] = opening(FIRST)
    analysis: Analysis = st.session_state[ANALYSIS]
    return analysis


def change(**changes: object) -> None:
    """Replace parts of the session's analysis."""
    st.session_state[ANALYSIS] = replace(current(), **changes)  # type: ignore[arg-type]


def open_analysis(analysis: Analysis) -> None:
    """Look at another analysis from now on."""
    st.session_state[ANALYSIS] = analysis
    st.session_state.pop("formula text", None)
    st.session_state.pop("formula error", None)
    view_address.forget()


def open_first(words: str) -> None:
    """Go back to the first example, and say why."""
    open_analysis(opening(FIRST))
    say([words])


def take_up(analysis: Analysis, words: list[str]) -> None:
    """Go on with the same comparison on a table that was brought anew: what the reader chose to see stays."""
    st.session_state[ANALYSIS] = analysis
    st.session_state.pop("formula text", None)
    st.session_state.pop("formula error", None)
    say(words)


def say(words: Sequence[str | LmmCompareError]) -> None:
    """Have a page say this for as long as the session's analysis is looked at."""
    st.session_state[NOTICES] = st.session_state[ANALYSIS], list(words)


def say_also(words: str) -> None:
    """Have a page say this too."""
    say([*notices(), words])


def notices() -> list[str | LmmCompareError]:
    """What could not be opened as it was asked for, for as long as what was opened instead is looked at.

    Not once: a phone's browser tells its width, and the page is drawn anew at once.
    """
    instead, result = st.session_state.get(NOTICES, (None, []))
    return result if instead == st.session_state[ANALYSIS] else []


def write_address(choices: Choices = AS_IT_OPENS) -> None:
    """Put the whole state into the address; a page says what its reader chose to see."""
    analysis: Analysis = st.session_state[ANALYSIS]
    address = link.make(analysis.table, analysis.formula, analysis.reml, choices)
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)
    remember(ADDRESS, address)


def own_address() -> dict[str, str]:
    """The address of what the session looks at, for the app's own links; empty before there is anything."""
    analysis: Analysis | None = st.session_state.get(ANALYSIS)
    return {} if analysis is None else link.make(analysis.table, analysis.formula, analysis.reml)


def _adopt_address() -> None:
    address = st.query_params.to_dict()
    if not address.keys() & {*link.NAMES} or not is_news(ADDRESS, address) or _is_own(address):
        return
    opened = link.read(address, repeated())
    analysis, missing = opening(FIRST), False
    if opened.table:
        try:
            table_sources.find(opened.table)
            analysis = Analysis(opened.table, opened.formula or own_formula(opened.table))
        except LmmCompareError:  # a page says so: nothing else is opened in its place
            analysis, missing = Analysis(opened.table, opened.formula), True
    open_analysis(replace(analysis, reml=opened.reml))
    view_address.restore(opened.choices)
    say(opened.notices)
    if missing:  # else the page writes what it shows
        write_address(opened.choices)


def _is_own(address: Mapping[str, str]) -> bool:
    """Whether one of the app's own links leads on with what the session looks at anyway: it knows better what is seen of it."""
    return address == own_address() and not is_history()


def own_formula(table: str) -> str:
    """What a table is opened with that no formula was asked of."""
    settings = table_sources.settings_of(table)
    if settings is not None:
        return settings.formula
    if link.kind_of(table) == link.EXAMPLE:
        return examples.get(table).formula
    return comparison_cache.suggested_formula(table)
