"""Tables that were brought together: which there are, and how they can be joined, with what comes of it before it is done."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ...data.join import Join
from ...data.keys import Proposal, propose
from ...data.table import Table, with_companions
from ...errors import LmmCompareError
from ...text.labels import literal
from ...text.numbers import count
from ..kit.page_elements import explain_error, heading, note, plain
from ..server import comparison_cache, table_sources
from ..server.cache import cached
from ..server.uploads import ChangedTable
from ..session import state
from ..session.state import Analysis
from . import recipes
from .step_button import do_button


def tables_panel(analysis: Analysis) -> None:
    """Every table at hand with its size and a way to it, and the joins that their keys allow."""
    table = table_sources.find(analysis.table)
    if not table.companions:
        return
    heading(f"{len(table.companions) + 1} tables at hand", f"{literal(_size(table))}: shown on this page.")
    joined = (
        {step.table for step in table.recipe.steps if isinstance(step, Join)} if isinstance(table, ChangedTable) else {}
    )
    for place, other in enumerate(table.companions):
        with st.container(key=f"companion-{place}", gap=None):
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(width="stretch"):
                    note(literal(_size(other)) + (": joined already." if other.title in joined else "."))
                if st.button("Look at it", key=f"look at {place}", type="tertiary", icon=":material/visibility:"):
                    _look_at(analysis, other)
            if other.title not in joined:
                _proposal(analysis, table, other, place)


def _size(table: Table) -> str:
    rows, columns = table.frame.shape
    return f"“{table.title}”, {count(rows, 'row')} × {count(columns, 'column')}"


def _proposal(analysis: Analysis, table: Table, other: Table, place: int) -> None:
    """What joining two tables would do, and the button that does it; or why they cannot be joined."""
    proposal, words = proposals(analysis.table)[place]
    if proposal.join is None:
        if proposal.reason:
            note(f"**Cannot be joined.** {literal(proposal.reason)}")
        else:
            note("No columns of both were found to match. If some do, choose them under “Change the table”, “Join”.")
        return
    note(literal(words))
    keys = " and ".join(here for here, _ in proposal.join.keys)
    if not proposal.reversed:
        label = plain(f"Join {other.title} by {keys}")
        do_button(label, analysis, proposal.join, f"join {place}", primary=True)
    elif st.button(plain(f"Join this to {other.title} by {keys}"), key=f"join {place}", type="primary"):
        key = table_sources.keep(_among(other, table))
        try:
            recipes.apply_step(Analysis(key, "", analysis.reml), proposal.join)
        except LmmCompareError as error:
            explain_error(error)
        else:
            st.rerun()


@cached(50)
def proposals(table: str) -> list[tuple[Proposal, str]]:
    """For each companion of a table how they may be joined, and what would come of it in a sentence or two."""
    here, result = table_sources.find(table), []
    for there in here.companions:
        proposal = propose(here, there)
        one, other = (there, here) if proposal.reversed else (here, there)
        words = proposal.join.apply(one.frame, other.frame)[1] if proposal.join is not None else ""
        result.append((proposal, f"“{one.title}” is the finer table. {words}" if proposal.reversed else words))
    return result


def _among(table: Table, before: Table) -> Table:
    """A companion as the table that is looked at, and the one that was as its companion."""
    others = [other for other in before.companions if other.title != table.title]
    return with_companions(table, [replace(before, companions=()), *others])


def _look_at(analysis: Analysis, table: Table) -> None:
    key = table_sources.keep(_among(table, table_sources.find(analysis.table)))
    state.open_analysis(Analysis(key, comparison_cache.suggested_formula(key), analysis.reml))
    st.rerun()


def join_tab(analysis: Analysis) -> Join | None:
    """A join by columns that a person picks; None while something is missing."""
    table = table_sources.find(analysis.table)
    if not table.companions:
        note(
            "Drop a second file beside the first (above), or a file that holds several tables: its columns can be joined to these rows."
        )
        return None
    titles = [other.title for other in table.companions]
    title = st.selectbox("Table to join", titles, index=0 if len(titles) == 1 else None, key="join table")
    other = table.companion(title) if title else None
    if other is None:
        return None
    here, there = ([str(name) for name in frame.columns] for frame in (table.frame, other.frame))
    proposal, _ = proposals(analysis.table)[titles.index(other.title)]
    known = proposal.join.keys if proposal.join is not None and not proposal.reversed else ()
    keys = st.multiselect("Key columns of these rows", here, [a for a, _ in known], key=f"join keys {title}")
    pairs = []
    for name in keys:
        guess = dict(known).get(name, name)
        with_it = there.index(guess) if guess in there else None
        match = st.selectbox(f"“{plain(name)}” is called there", there, with_it, key=f"join key {title} {name}")
        if match is None:
            return None
        pairs.append((name, match))
    if not pairs:
        return None
    step = Join(other.title, tuple(pairs), other.digest)
    try:
        note(literal(step.apply(table.frame, other.frame)[1]))
    except LmmCompareError as error:
        explain_error(error)
        return None
    return step
