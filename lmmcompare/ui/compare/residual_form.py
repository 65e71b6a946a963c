"""The control of the residuals: independent, correlated within groups, or of unequal variances; what is wrong said below it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from ...data.time_columns import is_whole
from ...errors import DesignError, LmmCompareError
from ...formula import edit
from ...formula.correlation import Correlation
from ...formula.correlation_parser import with_residuals
from ...formula.spec import ModelSpec
from ...text.labels import literal
from ..kit.binding import bind
from ..kit.page_elements import explain_error, note
from ..server import comparison_cache
from ..server.waiting import go_on
from ..session import state
from ..session.state import Analysis

KINDS = {
    "independent": "independent",
    "cs": "one correlation within groups (cs)",
    "serial": "serial correlation (ar1)",
    "us": "free, by visit (us)",
    "variance": "unequal variances",
}
COLUMN = {"serial": "Times", "us": "Visits", "variance": "Residual variance by"}
"""The label of the column that a structure depends on, by kind of structure."""
HELP = (
    "One further model beside the others. One correlation for any two rows of a group, which may be negative; a correlation that "
    "falls with the time between rows, beside the random part; for each visit its own variance and correlations; or a "
    "residual variance for each level of a column."
)
REFUSED = "residuals refused"


@dataclass(frozen=True)
class _Refused:
    """A structure that could not be fitted, the analysis that it was asked of, and why."""

    analysis: Analysis
    kind: str
    column: str
    error: LmmCompareError


def residual_controls(analysis: Analysis) -> None:
    """Draw the controls for the residuals' structure and the column that it depends on."""
    spec = analysis.spec
    if not spec.random:
        return
    refused: _Refused | None = st.session_state.get(REFUSED)
    if refused is not None and refused.analysis != analysis:
        refused = None
    kind, column = (refused.kind, refused.column) if refused else _structure_of(spec)
    keeps = bind("pick residuals", kind, _choose_kind)
    st.selectbox("Residuals", list(KINDS), format_func=KINDS.__getitem__, help=HELP, **keeps)
    if kind in COLUMN:
        columns = _columns_for(analysis, kind)
        options = [*columns, *[column] * (column not in columns and bool(column))]
        if options:
            keeps = bind("pick residuals by", column or None, partial(_choose_column, kind))
            st.selectbox(COLUMN[kind], options, **keeps)
    if refused:
        explain_error(refused.error)
        correlation = f"{spec.correlation}" if spec.correlation else "independent residuals"
        note(f"Still shown: {literal(correlation)}{literal(f', variance by {spec.variance}') if spec.variance else ''}")


def _structure_of(spec: ModelSpec) -> tuple[str, str]:
    """The kind of a model's residual structure, as in this control, and its column."""
    if spec.correlation is not None:
        kind = spec.correlation.kind
        return {"ar1": "serial", "car1": "serial"}.get(kind, kind), spec.correlation.order or ""
    return ("variance", spec.variance) if spec.variance else ("independent", "")


def _columns_for(analysis: Analysis, kind: str) -> list[str]:
    """The columns for a structure, those among the predictors first: the first one is proposed."""
    spec = analysis.spec
    names = {c.name for c in comparison_cache.columns(analysis.table)}
    if not {*spec.random[0].group} <= names:
        return []
    result = comparison_cache.times_of(analysis.table, spec.random[0].group, edit.outcome_column(spec))
    columns = {"serial": (*result.whole, *result.times), "us": result.visits, "variance": result.levels}[kind]
    used = edit.predictor_columns(spec)
    return [*(c for c in columns if c in used), *(c for c in columns if c not in used)]


def _choose_kind(kind: str) -> None:
    analysis = st.session_state[state.ANALYSIS]
    columns = _columns_for(analysis, kind) if kind in COLUMN else []
    set_structure(analysis, kind, columns[0] if columns else "")


def _choose_column(kind: str, column: str | None) -> None:
    set_structure(st.session_state[state.ANALYSIS], kind, column or "")


def set_structure(analysis: Analysis, kind: str, column: str) -> None:
    """Set a structure if it can be fitted; otherwise keep the present one, and show the error."""
    st.session_state.pop(REFUSED, None)
    try:
        formula = _with(analysis, kind, column).text
        go_on((analysis.table, formula, analysis.reml))
        comparison_cache.comparison(analysis.table, formula, analysis.reml)
    except LmmCompareError as error:
        st.session_state[REFUSED] = _Refused(analysis, kind, column, error)
        return
    state.change(formula=formula)


def _with(analysis: Analysis, kind: str, column: str) -> ModelSpec:
    """The model with a structure.

    Raises
    ------
    DesignError
        When no column of the table suits it.
    """
    spec = analysis.spec
    group = spec.random[0].group
    if kind in COLUMN and not column:
        problem = {
            "serial": f"No column of numbers or dates has a different value in each row of one “{edit.choice(group)}”.",
            "us": f"No column of at most 40 values has a different one in each row of one “{edit.choice(group)}”.",
            "variance": "No further column has 2 to 12 levels.",
        }[kind]
        words = " (of text such as “week 4” the Data page makes numbers)" if kind == "serial" else ""
        raise DesignError(problem, f"Add one to the table{words}, or choose another structure.")
    match kind:
        case "cs":
            return with_residuals(spec, Correlation("cs", group))
        case "us":
            return with_residuals(spec, Correlation("us", group, column))
        case "serial":
            steps = is_whole(analysis.frame()[column])
            return with_residuals(spec, Correlation("ar1" if steps else "car1", group, column))
        case "variance":
            return with_residuals(spec, variance=column)
    return with_residuals(spec)
