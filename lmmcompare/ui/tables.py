"""Tables of the data and shrinkage pages: upload, preview, what each column is, every group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from .. import edit, examples
from ..data.describe import suggest
from ..data.read import read_csv
from ..errors import LmmCompareError
from ..labels import literal
from ..results import MixedResult
from ..shrinkage import shrinkage
from ..spec import Column, ModelSpec, RandomTerm
from . import sources, state, store
from .shell import explain_error, heading, note, plain
from .state import Analysis

PREVIEW_ROWS = 200


def upload_box() -> None:
    """A place to drop a CSV file; what is wrong with a file is said beside it, and the table before it stays."""
    file = st.file_uploader("Bring your own table (CSV, up to 50 MB)", type=["csv", "tsv", "txt"], key="upload")
    if file is None:
        return
    if st.session_state.get("upload seen") == file.file_id:  # of this drop; the same file dropped again is taken again
        return
    try:
        with st.spinner("Reading the table…"):
            table = sources.keep(read_csv(file.getvalue(), file.name))
    except LmmCompareError as error:
        explain_error(error)
        return
    st.session_state["upload seen"] = file.file_id
    state.open_analysis(Analysis(table, store.suggested_formula(table)))
    state.write_address()
    st.rerun()


def example_box(analysis: Analysis) -> None:
    """The bundled examples, with the question and the source of the one that is open."""
    st.session_state["pick example"] = analysis.example

    def picked() -> None:
        state.open_analysis(state.opening(st.session_state["pick example"]))

    st.selectbox(
        "Or open an example", examples.names(), key="pick example", on_change=picked, placeholder="choose one",
        format_func=lambda name: f"{name}: {examples.get(name).title}",
    )  # fmt: skip
    if analysis.example:
        example = examples.get(analysis.example)
        note(f"{literal(example.summary)} Source: {literal(example.citation)}")


def suggestion_panel(analysis: Analysis) -> None:
    """What the page would compare, and the way there."""
    for text in sources.find(analysis.table).notes:
        note(text)
    if analysis.formula:
        spec = analysis.spec
        outcome, group = edit.outcome_column(spec), edit.group_column(spec)
        predictors = ", ".join(edit.predictor_columns(spec)) or "none"
        heading(
            f"Compare models of {outcome}",
            f"Predictors: **{literal(predictors)}**. Grouping factor: **{literal(group)}**. All can be changed there.",
        )
        st.page_link("pages/compare.py", label=f"Compare: {plain(analysis.formula)}", icon=":material/arrow_forward:")
        return
    reasons = suggest(analysis.frame()).reasons
    heading("Choose what to compare", " ".join(reasons.values()))
    names = [str(c) for c in analysis.frame().columns]
    numeric = [c.name for c in store.columns(analysis.table) if c.is_number]
    with st.form("choose"):
        chosen = st.selectbox("Outcome (numeric)", numeric, index=None)
        grouping = st.selectbox("Grouping column", names, index=None)
        if st.form_submit_button("Compare") and chosen and grouping:
            spec = ModelSpec(Column(chosen), random=(RandomTerm((grouping,)),))
            state.open_analysis(Analysis(analysis.table, spec.formula))
            st.switch_page("pages/compare.py")


def _known_group(analysis: Analysis) -> str:
    """The grouping column, where the table has it; a link may name one that it has not."""
    group = edit.group_column(analysis.spec) if analysis.formula else ""
    return group if group in map(str, analysis.frame().columns) else ""


def grouping_sentences(analysis: Analysis) -> str:
    """Count and sizes of the groups."""
    group = _known_group(analysis)
    if not group:
        return "No grouping column has been chosen yet."
    return f"Grouped by **{literal(group)}**: {store.sizes(analysis.table, group).words}."


def column_table(analysis: Analysis) -> None:
    """A row per column: what it holds, how it varies, what is missing."""
    group = _known_group(analysis)
    rows = []
    for info in store.columns(analysis.table)[:500]:
        varies = ""
        if group and info.name != group and info.kind not in ("constant", "empty"):
            varies = store.how_it_varies(analysis.table, info.name, group).words
        rows.append((info.name, info.words, varies, info.n_missing, ", ".join(map(str, info.examples[:4]))))
    shown = pd.DataFrame(rows, columns=["Column", "Holds", "Varies", "Missing", "For example"])
    st.dataframe(shown, hide_index=True, height="content" if len(shown) < 15 else 500)


def preview(analysis: Analysis) -> None:
    """The first rows."""
    frame = analysis.frame()
    shown = min(PREVIEW_ROWS, len(frame))
    heading("First rows", f"The first {shown:,} of {len(frame):,}." if shown < len(frame) else "")
    st.dataframe(frame.head(PREVIEW_ROWS), hide_index=True, height=320)


def shrinkage_table(fit: MixedResult) -> None:
    """Every group: size, own estimate, partially pooled estimate, the weight on its own rows."""
    frame = shrinkage(fit)
    frame["moved"] = frame["pooled"] - frame["own"]
    frame["weight"] = 100 * frame["weight"]
    columns = {"group": fit.group, "n": "Rows", "term": "Coefficient", "own": "Own estimate", "pooled": "Partially pooled",
               "moved": "Moved by", "weight": "Own weight"}  # fmt: skip
    shown = frame[list(columns)].rename(columns=columns)
    if len(fit.random_names) == 1:
        shown = shown.drop(columns="Coefficient")
    digits = max(0, 2 - int(np.floor(np.log10(max(float(frame["pooled"].std() or 1.0), 1e-12)))))
    number_format = st.column_config.NumberColumn(format=f"%.{min(digits, 8)}f")
    config = {c: number_format for c in ("Own estimate", "Partially pooled", "Moved by")}
    config["Own weight"] = st.column_config.ProgressColumn(format="%.0f%%", min_value=0, max_value=100)
    st.dataframe(shown, hide_index=True, column_config=config, height="content" if len(shown) <= 15 else 460)
    st.download_button(
        "Save as CSV, every digit",
        shrinkage(fit).to_csv(index=False),
        "shrinkage.csv",
        "text/csv",
        on_click="ignore",
        type="tertiary",
    )
