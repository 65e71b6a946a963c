"""The session's analysis (table, formula, method), kept through page changes, reload and a shared link.

The page's address holds the state. It is read as data: names that exist, a formula that the package's own grammar accepts,
numbers within bounds. A part that cannot be used is replaced, and a notice says so.
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
from ...share.excluded_rows import parts_of
from ...share.view_parameters import AS_IT_OPENS, Choices
from ...simulate.settings import Settings
from ..server import comparison_cache, table_sources
from . import view_address
from .address_history import is_history, is_newly_opened, remember, repeated_parameters

ANALYSIS = "analysis"
ADDRESS = "address"
NOTICES = "notices"
REFUSED = "refused formula"
TYPED = "typed formula of the address"
LAST_GOOD = "last analysis that could be fitted"
FIRST = "cv161703"
"""The example that the app opens with."""


@dataclass(frozen=True)
class Analysis:
    """A table, and the formula and method of its comparison.

    Parameters
    ----------
    table : str
        Its id: an example's name, or another kind of table as `ui.server.table_sources` names them.
    formula : str
        Formula text that can be parsed.
    """

    table: str
    formula: str
    reml: bool = True

    @property
    def key(self) -> tuple[str, str, bool]:
        """The key of `ui.server.comparison_cache.comparison` and of the panels' caches."""
        return self.table, self.formula, self.reml

    @property
    def spec(self) -> ModelSpec:
        """The parsed formula; a pattern of columns in it is resolved by the table's columns."""
        spec = parse(self.formula)
        return read(spec, [c.name for c in comparison_cache.columns(self.table)]) if spec.pattern else spec

    @property
    def title(self) -> str:
        """The table's name for readers: its file's, and which it is of several in the file."""
        return table_sources.find(self.table).full_name

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


@dataclass(frozen=True)
class RefusedFormula:
    """A formula as it was typed, and why it cannot be used."""

    text: str
    error: LmmCompareError


def current() -> Analysis:
    """The session's analysis, after adopting the address if the reader has opened a new one."""
    _adopt_address()
    if ANALYSIS not in st.session_state:
        st.session_state[ANALYSIS] = opening(FIRST)
    analysis: Analysis = st.session_state[ANALYSIS]
    return analysis


def named_analysis() -> Analysis | None:
    """The analysis that a reader's first address names, without loading its table; None where its formula takes a look at the table."""
    opened = link.read(st.query_params.to_dict(), repeated_parameters())
    if not opened.table:
        return st.session_state.get(ANALYSIS) or opening(FIRST)
    if not opened.formula and link.kind_of(parts_of(opened.table)[0]) != link.EXAMPLE:
        return None
    return Analysis(opened.table, opened.formula or own_formula(opened.table), opened.reml)


def change(*, table: str | None = None, formula: str | None = None, reml: bool | None = None) -> None:
    """Replace parts of the session's analysis; those that are not given stay."""
    old = current()
    st.session_state[ANALYSIS] = Analysis(
        old.table if table is None else table,
        old.formula if formula is None else formula,
        old.reml if reml is None else reml,
    )
    if formula is not None:
        _forget_typed()


def refuse_formula(text: str, error: LmmCompareError) -> None:
    """Keep a formula that cannot be used in its field, until another one is used."""
    st.session_state[REFUSED] = RefusedFormula(text, error)


def refused_formula() -> RefusedFormula | None:
    """The formula that was typed last, where it cannot be used."""
    result: RefusedFormula | None = st.session_state.get(REFUSED)
    return result


def take_typed() -> str:
    """The formula that the address says was typed and refused, once; empty where there is none."""
    result: str = st.session_state.pop(TYPED, "")
    return result


def _forget_typed() -> None:
    for key in (REFUSED, TYPED):
        st.session_state.pop(key, None)


def open_analysis(analysis: Analysis) -> None:
    """Look at another analysis from now on."""
    st.session_state[ANALYSIS] = analysis
    _forget_typed()
    view_address.forget()


def open_first(words: str) -> None:
    """Go back to the first example, and say why."""
    open_analysis(opening(FIRST))
    set_notices([words])


def replace_table(analysis: Analysis, words: list[str]) -> None:
    """Replace the session's analysis by the same on a table uploaded again; the choices of the view stay."""
    st.session_state[ANALYSIS] = analysis
    _forget_typed()
    set_notices(words)


def set_notices(words: Sequence[str | LmmCompareError]) -> None:
    """Set the notices that pages show for as long as the session has its present analysis."""
    st.session_state[NOTICES] = st.session_state[ANALYSIS], list(words)


def add_notice(words: str) -> None:
    """Add a notice."""
    set_notices([*notices(), words])


def notices() -> list[str | LmmCompareError]:
    """The notices of the present analysis.

    They are shown in every run, not in the first only: on a phone the page is rerun as soon as its width is known.
    """
    instead, result = st.session_state.get(NOTICES, (None, []))
    return result if instead == st.session_state[ANALYSIS] else []


def write_address(choices: Choices = AS_IT_OPENS, display: Analysis | None = None) -> None:
    """Write the state and these choices of the view into the address.

    ``display`` is the analysis that the page shows; where the one asked for cannot be fitted, it is the last that could be.
    """
    analysis: Analysis = st.session_state[ANALYSIS]
    shown = "" if display is None else display.formula
    refused = refused_formula()
    typed = refused.text if refused else st.session_state.get(TYPED, "")
    address = link.make(analysis.table, analysis.formula, analysis.reml, choices, shown, typed)
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)
    remember(ADDRESS, address)


def own_address() -> dict[str, str]:
    """The address of the session's analysis, for the app's own links; empty before there is one."""
    analysis: Analysis | None = st.session_state.get(ANALYSIS)
    return {} if analysis is None else link.make(analysis.table, analysis.formula, analysis.reml)


def _adopt_address() -> None:
    address = st.query_params.to_dict()
    if not address.keys() & {*link.NAMES} or not is_newly_opened(ADDRESS, address):
        return
    if _is_own(address):
        remember(ADDRESS, address)
        return
    opened = link.read(address, repeated_parameters())
    analysis, missing = opening(FIRST), False
    if opened.table:
        try:
            table_sources.find(opened.table)
            analysis = Analysis(opened.table, opened.formula or own_formula(opened.table))
        except LmmCompareError:  # the page shows the error; no other table is opened
            analysis, missing = Analysis(opened.table, opened.formula), True
    open_analysis(replace(analysis, reml=opened.reml))
    if opened.shown:
        st.session_state[LAST_GOOD] = Analysis(opened.table, opened.shown, opened.reml)
    if opened.typed:
        st.session_state[TYPED] = opened.typed
    view_address.restore(opened.choices)
    set_notices(opened.notices)
    remember(ADDRESS, address)
    if missing:  # otherwise the page writes its address
        write_address(opened.choices)


def _is_own(address: Mapping[str, str]) -> bool:
    """Whether the address is one of the app's own links to the present analysis; then the session's view stays."""
    return address == own_address() and not is_history()


def own_formula(table: str) -> str:
    """The formula that a table opens with if none is given; rows that are left out do not change it."""
    table, _ = parts_of(table)
    settings = table_sources.settings_of(table)
    if settings is not None:
        return settings.formula
    if link.kind_of(table) == link.EXAMPLE:
        return examples.get(table).formula
    return comparison_cache.suggested_formula(table)
