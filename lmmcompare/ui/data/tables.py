"""Tables of the data and shrinkage pages: what would be compared, what each column is, the first rows, every group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from ...comparison.shrinkage import shrinkage
from ...data.column_info import fitting
from ...data.columns import has_times, is_date
from ...formula import edit
from ...models import MixedResult
from ...text.labels import literal
from ...text.numbers import number
from ..kit.page_elements import heading, numbers_table, plain
from ..server import comparison_cache, table_sources
from ..session import state
from ..session.state import Analysis
from .choice_form import choice_form

PREVIEW_ROWS = 200
ROWS, KEEPS = "Rows", "Keeps of its distance"
NAMES, SHORT = ("Own estimate", "Partially pooled", "Moved by"), ("own", "pooled", "moved by")
"""The columns of the table of shrinkage, and what stands behind a coefficient's name where there are several."""
LARGE = 5
"""Megabytes from which on a table's size is worth a word."""


def in_memory(frame: pd.DataFrame) -> str:
    """What a large table takes of the server's memory; nothing for a small one."""
    megabytes = frame.memory_usage(deep=False).sum() / 1e6
    return f"It takes {number(megabytes, decimals=0)} MB in memory." if megabytes >= LARGE else ""


def suggestion_panel(analysis: Analysis) -> None:
    """What the page would compare, and the way there."""
    if analysis.formula:
        spec = analysis.spec
        outcome, factors = edit.outcome_column(spec), [edit.nested_label(g) for g in spec.groupings]
        groups = f"Grouping factor{'' if len(factors) == 1 else 's'}: **{literal(', '.join(factors) or 'none')}**"
        columns = edit.predictor_columns(spec)
        predictors = f"Predictor{'' if len(columns) == 1 else 's'}: **{literal(', '.join(columns) or 'none')}**"
        example = f"In the example {analysis.example}. " if analysis.example else ""
        heading(
            f"Compare models of {outcome}",
            f"{example}{predictors}. {groups}. The Compare page can change all of it.",
        )
        with st.container(key="way-on"):
            st.page_link(
                "pages/compare.py",
                label=f"Compare: {plain(analysis.formula)}",
                icon=":material/arrow_forward:",
                query_params=state.own_address(),
            )
        return
    choice_form(analysis)


def _known_group(analysis: Analysis) -> str:
    """The grouping column, where the table has it; a link may name one that it has not."""
    group = edit.group_column(analysis.spec) if analysis.formula else ""
    return group if group in map(str, analysis.frame().columns) else ""


def grouping_sentences(analysis: Analysis) -> str:
    """Count and sizes of the groups."""
    grouped = _grouped_sentence(analysis)
    if table_sources.is_sample(analysis.table):
        return f"{grouped} Below, the columns as the sample has them: {len(analysis.frame()):,} rows."
    return grouped


def _grouped_sentence(analysis: Analysis) -> str:
    if group := _known_group(analysis):
        return f"Grouped by **{literal(group)}**: {comparison_cache.sizes(analysis.table, group).words}."
    together = analysis.spec.random[0].group if analysis.formula and analysis.spec.random else ()
    if not together or not {*together} <= {*map(str, analysis.frame().columns)}:
        return "No grouping column has been chosen yet."
    guess = comparison_cache.suggestion(analysis.table)
    if guess.formula == analysis.formula:  # and why by several columns together
        return literal(guess.reasons["group"])
    return f"Grouped by **{literal(edit.group_column(analysis.spec))}**."


def column_table(analysis: Analysis) -> None:
    """A row per column: what it holds, how it varies, what is missing."""
    group, labels = _known_group(analysis), table_sources.find(analysis.table).labels
    known = group and not table_sources.is_sample(analysis.table)
    rows = []
    for info in comparison_cache.columns(analysis.table)[:500]:
        varies = ""
        if known and info.name != group and info.kind not in ("constant", "empty"):
            words = comparison_cache.how_it_varies(analysis.table, info.name, group).words
            varies = words.removeprefix("varies ").replace("between groups (", "between (")
        elif known and info.name == group:
            varies = "the grouping factor"
        examples = fitting(info.examples[:4], min(4, len(info.examples)), 22)
        rows.append((info.name, labels.get(info.name, ""), info.words, varies, info.n_missing, examples))
    display = pd.DataFrame(rows, columns=["Column", "Label", "Holds", "Varies", "Missing", "For example"])
    display = display.drop(columns=[name for name in ("Label", "Varies", "Missing") if not display[name].any()])
    # each table has a grid of its own: its columns, of the same names, would keep the width that they had for the table before
    with st.container(key=f"columns of {analysis.table}"):
        st.dataframe(display, hide_index=True, height="content" if len(display) < 15 else 500)


def preview(analysis: Analysis) -> None:
    """The first rows; of a table that is not at hand as a whole, some of them."""
    frame, rows = analysis.frame(), table_sources.n_rows(analysis.table)
    display = min(PREVIEW_ROWS, len(frame))
    if len(frame) < rows:
        heading("Some rows", f"{display:,} of {rows:,}, drawn at random.")
    else:
        heading("First rows", f"The first {display:,} of {len(frame):,}." if display < len(frame) else "")
    days = {
        str(name): st.column_config.DateColumn()
        for name, column in frame.items()
        if is_date(column) and not has_times(column)
    }
    st.dataframe(
        frame.head(PREVIEW_ROWS),
        hide_index=True,
        height=320 if display > 7 else "content",
        placeholder="missing",
        column_config=days,
    )


def shrinkage_table(fit: MixedResult) -> None:
    """Every group: size, own and partially pooled estimate of each coefficient, how much of its distance from the common line it keeps."""
    result = shrinkage(fit)
    terms = dict(iter(result.groupby("term", sort=False)))
    first = next(iter(terms.values()))
    group = f"{fit.group} (group)" if fit.group in (ROWS, KEEPS, *NAMES) else fit.group
    display = pd.DataFrame({group: first["group"].to_numpy(), ROWS: first["n"].to_numpy()})
    decimals = {}
    for term, part in terms.items():
        names = [f"{term}: {name}" for name in SHORT] if len(terms) > 1 else NAMES
        digits = max(0, 2 - int(np.floor(np.log10(max(float(part["pooled"].std() or 1.0), 1e-12)))))
        for name, values in zip(names, (part["own"], part["pooled"], part["pooled"] - part["own"]), strict=True):
            display[name] = values.to_numpy()
            decimals[name] = min(digits, 8)
    display[KEEPS] = 100 * first["share"].to_numpy()
    config = {KEEPS: st.column_config.ProgressColumn(format="%.0f%%", min_value=0, max_value=100)}
    numbers_table(display, decimals, config)
    st.download_button(
        "Save as CSV, every digit",
        lambda: result.to_csv(index=False),
        "shrinkage.csv",
        "text/csv",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )
