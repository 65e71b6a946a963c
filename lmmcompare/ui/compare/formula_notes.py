"""Remarks on the answer's coefficient and on the formula, with the formula that a reader may have meant a click away."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ...assess.formula_notes import remarks
from ...assess.remark import Remark
from ...comparison.comparison import Comparison
from ...formula import parse
from ...formula.expressions import columns_of
from ...formula.spec import RandomTerm
from ...panels.headline import coefficient_remarks
from ...text.labels import noun, plural
from ...text.numbers import count
from ..data.type_offers import order_offer
from ..kit.page_elements import note, plain, plain_note
from ..server import comparison_cache, table_sources
from ..session import state


def remarks_panel(analysis: state.Analysis, comparison: Comparison, term: str) -> None:
    """Draw the remarks on this coefficient, on the order of levels and on the session's formula, if there are any."""
    for sentence in coefficient_remarks(comparison, term):
        note(f"**Note.** {sentence}")
    for k, remark in enumerate([*_numbered_anew(analysis), *remarks(comparison)]):
        with st.container(key=f"remark-{k}", gap=None):
            plain_note(remark.sentence)
            if remark.formula:
                st.button(
                    plain(remark.action),
                    key=f"take up {k}",
                    type="tertiary",
                    icon=":material/arrow_forward:",
                    on_click=state.change,
                    kwargs={"formula": remark.formula},
                )
    if not table_sources.is_sample(analysis.table):
        predictors = {name for factor in comparison.spec.factors for name in columns_of(factor)}
        for name in comparison_cache.frame(analysis.table).columns.intersection(list(predictors)):
            order_offer(analysis, name)


def _numbered_anew(analysis: state.Analysis) -> list[Remark]:
    """That numbers of groups begin again in another column, where the model takes equal numbers for one group.

    The first guess at the table knows both columns (`lmmcompare.data.nested_groups`); the examples are opened with what is meant.
    """
    spec, present = analysis.spec, {random.group for random in analysis.spec.random}
    if analysis.example or table_sources.is_sample(analysis.table):
        return []
    guess = comparison_cache.suggestion(analysis.table).formula
    meant = [random.group for random in parse(guess).random] if guess else []
    both = next((group for group in meant if len(group) == 2 and group[1:] in present), None)
    if both is None or both in present or both[:1] in present:
        return []
    outer, inner = both
    one, many, whole = noun(inner), plural(inner), noun(outer)
    n = len(comparison_cache.frame(analysis.table)[[outer, inner]].dropna().drop_duplicates())
    random = tuple(replace(r, group=both) if r.group == (inner,) else r for r in spec.random)
    above = (RandomTerm((outer,)),) if (outer,) in meant else ()
    return [
        Remark(
            f"The {many} of each {whole} are numbered anew, and the model takes those of equal number for the same {one}. If they are "
            f"others, there are {count(n, one, many)}.",
            replace(spec, random=(*above, *random)).text,
            f"Take {one} within {whole}",
        )
    ]
