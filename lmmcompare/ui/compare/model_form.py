"""The model's controls: pick lists and formula text, each in step with the other."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ... import examples
from ...data.column_info import ColumnInfo
from ...errors import FormulaError, LmmCompareError
from ...formula import edit, read
from ...formula.calls import is_call
from ...formula.spec import ModelSpec, RandomTerm
from ...text.english import listed
from ...text.labels import literal
from ...text.numbers import count
from ..kit.binding import bind
from ..kit.page_elements import explain_error, note, plain
from ..server import comparison_cache, table_sources
from ..session import state
from ..session.state import Analysis
from . import pasted_call
from .absent_columns import refuse_absent
from .residual_form import residual_controls

METHODS = {True: "REML", False: "ML"}
WEIGHTS = (
    "Prior weights, as R’s: a row of weight 4 is as precise as the mean of 4 rows of weight 1, so its residual variance is a quarter. "
    "Known parts of the outcome stand in the formula, as + offset(x)."
)
MORE, FOLD = "Groups, weights", "more of the model"
"""Label and key of what is seldom changed and stands folded below the rest, so that a screen holds all that a model needs."""
BOX_HOLDS = 34
"""Number of characters of a formula that fit into its box in the sidebar."""


def model_controls(analysis: Analysis, display: str) -> DeltaGenerator:
    """Data, outcome, predictors, grouping factor, random slopes, formula and method, in the sidebar.

    ``display`` is the last formula that could be fitted, which the page shows while one in the box is wrong; or empty.
    The session's analysis is the only truth: every list is set from it before it is drawn, and what a reader picks goes
    through a callback into a new formula. Gives the place below the formula for what is wrong with it.
    """
    spec = analysis.spec
    kinds = {c.name: c for c in comparison_cache.columns(analysis.table)}
    names, rows = list(kinds), table_sources.n_rows(analysis.table)
    outcome, predictors = edit.outcome_column(spec), edit.predictor_columns(spec)
    group, slopes = edit.group_column(spec), edit.slope_columns(spec)

    with st.sidebar, st.container(key="controls", gap="small"):
        _data_picker(analysis)
        numeric = [n for n in names if kinds[n].is_number or kinds[n].is_truth]
        _select("Outcome", "pick outcome", _with(numeric, outcome), outcome, edit.with_outcome)
        free = [n for n in names if n not in (outcome, group)]
        _several("Predictors", "pick predictors", _with(free, *predictors), predictors, edit.with_predictors, "none")
        sampled = table_sources.is_sample(
            analysis.table
        )  # a sample of rows does not show whether a column varies within groups
        if group in kinds and not sampled:
            _how_they_vary(analysis, [n for n in predictors[:6] if n in kinds], group)
        others = [n for n in names if n != outcome]
        present = [edit.choice(g) for g in spec.groupings]
        _select("Grouping factor", "pick group", _with(others, *present), group, edit.with_group)
        if group in kinds:
            incomplete = 0 if sampled else comparison_cache.n_incomplete(analysis.table, spec.columns)
            left_out = count(incomplete, "row with missing values is", "rows with missing values are")
            before = f", before {left_out} left out" if incomplete else ""
            note(f"{comparison_cache.sizes(analysis.table, group).words}{before}")
            if further := [f"**{literal(edit.nested_label(g))}**" for g in edit.more_groups(spec)]:
                note(f"Beside it, under “{MORE}”: {listed(further)}")
        free = [n for n in others if n not in predictors]
        known = group in kinds and not sampled
        offered = [n for n in predictors if n not in kinds or not known or _may_slope(analysis, n, group)]
        empty = "intercept only"
        _several("Random slopes", "pick slopes", _with(offered, *slopes), slopes, edit.with_slopes, empty)
        residual_controls(analysis)
        _formula_box(analysis, display, names)
        below = st.container()
        _method(analysis)
        more = st.expander(MORE, key=FOLD, on_change="rerun")
        if more.open:
            with more:
                _more_groups(analysis, free if sampled else [n for n in free if _may_group(kinds[n], rows)])
                weights = edit.weights_choice(spec)
                weighing = _with([n for n in numeric if n != outcome and kinds[n].minimum >= 0], weights)
                _select("Weights", "pick weights", weighing, weights, edit.with_weights, WEIGHTS)
    return below


def _how_they_vary(analysis: Analysis, predictors: list[str], group: str) -> None:
    """One remark for all predictors, those that vary alike together."""
    alike: dict[str, list[str]] = {}
    for name in predictors:
        words = comparison_cache.how_it_varies(analysis.table, name, group).words
        alike.setdefault(words, []).append(f"**{literal(name)}**")
    many = {words: words.replace("varies", "vary", 1).replace("has", "have", 1) for words in alike}
    if alike:
        note(
            "; ".join(
                f"{listed(result)} {words if len(result) == 1 else many[words]}" for words, result in alike.items()
            )
        )


def _with(options: list[str], *needed: str) -> list[str]:
    return options + [n for n in needed if n and n not in options]


def _may_group(info: ColumnInfo, rows: int) -> bool:
    """Whether a column's values repeat, as those of groups do."""
    return info.kind not in ("constant", "empty") and 2 * info.n_unique <= rows


def _may_slope(analysis: Analysis, name: str, group: str) -> bool:
    return comparison_cache.how_it_varies(analysis.table, name, group).varies in ("within", "both")


def _more_groups(analysis: Analysis, names: list[str]) -> None:
    """Further grouping factors: crossed with the first, or nested in it."""
    spec = analysis.spec
    if not spec.random:
        return
    first, chosen = spec.random[0].group, edit.more_groups(spec)
    offered = [(n,) for n in names if (n,) != first] + [(*first, n) for n in names if n not in first]
    options = [*offered, *(g for g in chosen if g not in offered)]

    def change(groups: list[tuple[str, ...]]) -> None:
        apply(lambda spec: edit.with_more_groups(spec, list(groups)))

    keeps = bind("pick more groups", chosen, change)
    st.multiselect("Further grouping factors", options, format_func=edit.nested_label, placeholder="none", **keeps)
    if chosen:
        note("The picture shows the first one’s groups; pick another above, or below the picture.")


def _data_picker(analysis: Analysis) -> None:
    options = [f"example {n}" for n in examples.names()]
    own = f"table {analysis.table}"
    if not analysis.example:
        options = [own, *options]

    def label(option: str) -> str:  # Streamlit goes by labels, so each must be another
        if option != own:
            return option.removeprefix("example ")
        return f"{analysis.title}, yours" if analysis.title in examples.names() else analysis.title

    def open_data(choice: str) -> None:
        if choice.startswith("example "):
            state.open_analysis(state.opening(choice.removeprefix("example ")))

    keeps = bind("pick data", f"example {analysis.example}" if analysis.example else own, open_data)
    st.selectbox("Data", options, format_func=label, **keeps)


def apply(change: Callable[[ModelSpec], ModelSpec]) -> None:
    """Change the session's formula by a control's value."""
    analysis = st.session_state[state.ANALYSIS]
    spec = change(analysis.spec)
    state.change(formula=spec.text)


def _select(
    label: str,
    key: str,
    options: list[str],
    value: str,
    change: Callable[[ModelSpec, str], ModelSpec],
    may_lack: str = "",
) -> None:
    """A pick list of one column; ``may_lack`` is the help of one that may be empty."""
    keeps = bind(key, value if value in options else None, lambda name: apply(lambda spec: change(spec, name or "")))
    if may_lack:
        st.selectbox(label, options, None, placeholder="none", help=may_lack, **keeps)
    else:
        st.selectbox(label, options, **keeps)


def _several(
    label: str,
    key: str,
    options: list[str],
    value: list[str],
    change: Callable[[ModelSpec, list[str]], ModelSpec],
    placeholder: str,
) -> None:
    keeps = bind(key, value, lambda names: apply(lambda spec: change(spec, list(names))))
    st.multiselect(label, options, placeholder=placeholder, **keeps)


def _understood(text: str, present: ModelSpec, columns: list[str]) -> ModelSpec:
    """A typed formula, read; raises an error where it cannot be used with these columns."""
    spec = read(text, columns)
    refuse_absent(spec, text, columns)
    if not spec.random:
        group = edit.group_column(present)
        raise FormulaError(
            "The formula has no grouping factor.",
            "Add one, such as + (1 | group).",
            suggestion=spec.with_random(RandomTerm((group,))).text if group in columns else "",
        )
    return spec


def _formula_box(analysis: Analysis, display: str, columns: list[str]) -> None:
    def enter(text: str) -> None:
        try:
            if is_call(text):
                pasted_call.adopt_call(text)
                return
            formula = _understood(text, analysis.spec, columns).text
        except LmmCompareError as error:
            state.refuse_formula(text, error)
            return
        state.change(formula=formula)

    if (typed := state.take_typed()) and not is_call(typed):
        try:
            _understood(typed, analysis.spec, columns)
        except LmmCompareError as error:
            state.refuse_formula(typed, error)
    refused = state.refused_formula()
    st.text_input(
        "Formula",
        **bind("formula", refused.text if refused else analysis.formula, enter),
        help="The same model in lme4's notation. Press Enter to fit. A call of "
        "lmer, lme, gls, lm or feols of R, mixedlm of statsmodels, MIXED of SPSS, mixed or xtreg of Stata, "
        "proc mixed of SAS may be pasted too, with the script around it, or what R prints of a fit.",
    )

    if refused:
        explain_error(refused.error)
        if meant := getattr(refused.error, "suggestion", ""):
            st.button(
                f"Use {plain(meant)}",
                key="use suggestion",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=enter,
                args=(meant,),
            )
        if display:
            note(f"Still shown: {literal(display)}")
    elif len(analysis.formula) > BOX_HOLDS:
        note(literal(analysis.formula))


def _method(analysis: Analysis) -> None:
    keeps = bind("pick method", METHODS[analysis.reml], lambda method: state.change(reml=method != "ML"))
    st.segmented_control("Estimation", list(METHODS.values()), required=True, **keeps)
