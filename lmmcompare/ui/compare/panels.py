"""The panels of the compare page: frames from the comparison, a figure, one sentence that says what to see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ...catalogue import Model
from ...comparison.compare import Comparison
from ...comparison.fitted_lines import Picture
from ...comparison.shrinkage import fitted_order
from ...explain.effect import noun_of
from ...explain.facts import facts
from ...explain.identity import explain
from ...explain.line_labels import line_labels, lines_sentence, weight_labels
from ...export.tables import csv
from ...figures.coefficients import coefficient_plot
from ...figures.lines import group_lines
from ...figures.marks import Columns
from ...figures.panels import group_panels
from ...figures.weights import weight_bars
from ...tables.coefficients import OPTIMUM, coefficient_table, term_label
from ...tables.inference import Inferred, usual
from ...tables.table import to_frame, to_html
from ...text.labels import literal, noun, plural
from ...text.memo import once
from ...text.numbers import decimals_for, number
from ..kit import bound_widgets, viewport
from ..kit.figure_cache import drawn
from ..kit.shell import chart, chart_by_width, heading, html, is_dark, marked, note, plain
from ..server import comparison_cache
from ..server.cache import cached
from ..session import view_state
from ..session.state import Analysis
from ..session.views import View, mark_group, picture_of, redraw_if_asked
from .inference import inference_controls, inferred
from .least_squares import dummies_panel

PANELS = 24


def model_switch(comparison: Comparison, *, brief: bool = False) -> list[str]:
    """Which models are drawn."""
    names = _with_lines(comparison)
    labels = names if brief else {m: f"{name} ({Model(m).pooling})" for m, name in names.items()}
    return list(
        st.pills(
            "Models drawn", [*names], selection_mode="multi", key=view_state.models_key(comparison, [*names]),
            format_func=labels.__getitem__, label_visibility="collapsed", persist_state="session",
        )
    )  # fmt: skip


def _with_lines(comparison: Comparison) -> dict[str, str]:
    """The models that have lines to draw, with the mark and the name that a switch gives them."""
    there = {*comparison.fits} | ({Model.PER_GROUP} if Model.NO_POOLING in comparison.fits else set())
    return {m: marked(m, comparison.group) for m in Model if m in there and (m.has_group_lines or m is Model.OLS)}


def lines_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The picture with its model switch."""
    draw_lines(analysis, comparison, view, model_switch(comparison))


def draw_lines(analysis: Analysis, comparison: Comparison, view: View, models: list[str]) -> None:
    """Points, a line per group, OLS and the population line; the true lines too where the data were simulated."""
    group = noun(comparison.group)

    def draw() -> go.Figure:
        picture = picture_of(analysis, view)
        points, lines = _columns(picture)
        return group_lines(
            points, lines, models=models, x_label=picture.x_label,
            y_label=picture.y_label, x_range=picture.x_range, y_range=picture.y_range, group_order=picture.group_order,
            data_x_range=picture.data_x_range, highlight=view.highlight, group_name=group, notes="; ".join(picture.notes),
            labels=line_labels(comparison, view.term, models) | _truth_label(analysis, comparison, view),
            x_ticks=picture.x_ticks, dark=is_dark(),
        )  # fmt: skip

    chart(drawn(draw, analysis.key, view, tuple(models)), "lines figure", mark_group)
    said = lines_sentence(comparison.group, models)
    if analysis.settings is not None:
        said += f" {'White' if is_dark() else 'Black'} is the truth: thin for each {literal(group)}, dash-dotted for an ordinary one."
    note(said)


@once
def _columns(picture: Picture) -> tuple[Columns, Columns]:
    """Points and lines, for all the pictures that mark another group or leave models out."""
    return Columns.of(picture.points), Columns.of(picture.lines)


def _truth_label(analysis: Analysis, comparison: Comparison, view: View) -> dict[str, str]:
    """What to write at the end of the true line of simulated data."""
    if analysis.settings is None:
        return {}
    if view.term != analysis.settings.x_name:
        return {"truth": "truth"}
    return {
        "truth": f"truth {number(analysis.settings.slope, decimals=decimals_for(float(comparison.ols.bse[view.term])))}"
    }


def weights_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """What the slope is made of: the weight of each model on the slope within groups."""

    def draw() -> go.Figure:
        parts = explain(comparison, view.term)
        parts = parts[parts["model"] != "random_slope"]  # its two slopes are not those that the others share
        within, between = weight_labels(comparison, view.term)
        return weight_bars(
            parts, within_label=within, between_label=between, group_name=noun(comparison.group), dark=is_dark()
        )

    if view.term == comparison.constant or not facts(comparison, view.term).blend:
        return  # no two parts that shares could be given of; the headline says what there is
    heading(f"What the {noun_of(comparison, view.term)} is made of")
    chart(drawn(draw, analysis.key, view.term), "weights figure")


def coefficient_panel(analysis: Analysis, comparison: Comparison, view: View, shown: Inferred) -> None:
    """The chosen coefficient by model, with 95% intervals."""
    label = term_label(comparison, view.term)

    def draw() -> go.Figure:
        frame = shown.within()
        frame = frame[(frame["term"] == view.term) & np.isfinite(frame["estimate"])]
        return coefficient_plot(
            frame, term_labels={view.term: label}, group_name=noun(comparison.group), x_label="estimate with 95% interval",
            dark=is_dark(),
        )  # fmt: skip

    heading(f"{label}, by model" if view.term != comparison.constant else "The mean, by model")
    chart(drawn(draw, analysis.key, view.term, shown.key), "coefficient figure")


def table_panel(analysis: Analysis, comparison: Comparison, shown: Inferred | None = None) -> None:
    """The coefficient table, to read and to take away; with controls where the reader's choice of inference is given."""
    controls, shown = shown is not None, shown or usual(comparison)
    html(_laid_out(analysis, comparison, shown)[0])
    _below_table(analysis, controls)


@st.fragment
def _below_table(analysis: Analysis, controls: bool) -> None:
    """The table to copy, and the inference to choose; what a button opens is drawn only then."""
    redraw_if_asked()
    with st.container(horizontal=True, gap="medium"):
        copied = st.popover(
            "Copy or save the table", type="tertiary", icon=":material/content_copy:", key="copy the table", on_change="rerun",
        )  # fmt: skip
        chosen = controls and st.popover(
            "Degrees of freedom, intervals, p values", type="tertiary", icon=":material/tune:", key="choose inference",
            on_change="rerun",
        )  # fmt: skip
        group = noun(comparison_cache.comparison(*analysis.key).group)
        dummies = "no_pooling" in comparison_cache.comparison(*analysis.key).fits and st.popover(
            plain(f"Every {group} dummy"), type="tertiary", icon=":material/format_list_numbered:", key="the dummies",
            on_change="rerun",
        )  # fmt: skip
    if copied.open:
        comparison = comparison_cache.comparison(*analysis.key)
        shown = inferred(analysis, comparison) if controls else usual(comparison)
        with copied:
            st.code(_laid_out(analysis, comparison, shown)[1], language=None, height=180)
            st.download_button(
                "Save as CSV, every digit",
                lambda: csv(shown.within()),
                "coefficients.csv",
                "text/csv",
                on_click="ignore",
            )
    if chosen and chosen.open:
        with chosen:
            inference_controls()
    if dummies and dummies.open:
        with dummies:
            dummies_panel(comparison_cache.comparison(*analysis.key))


def _laid_out(analysis: Analysis, comparison: Comparison, shown: Inferred) -> tuple[str, str]:
    return _table(
        analysis=analysis.key, inference=shown.key, narrow=viewport.narrow(), _comparison=comparison, _shown=shown
    )


@cached(500)
def _table(
    analysis: tuple[str, str, bool],
    inference: tuple[object, ...],
    narrow: bool,
    _comparison: Comparison,
    _shown: Inferred,
) -> tuple[str, str]:
    """The table as HTML and as text with tabs, for all who look at the same analysis with the same inference."""
    table = coefficient_table(_comparison, _shown.frame, _shown.limits, p_values=_shown.p_values, asked_early=narrow)
    what = "p value against 0" if _shown.p_values else "degrees of freedom (df)"
    shown = to_html(table, (
        f"Estimate (standard error), 95% interval and {what}. {_comparison.design.rows_sentence} Complete pooling: one line "
        f"for all; no pooling: each {noun(_comparison.group)} by itself; partial pooling: in between. {_shown.said}; standard "
        f"errors that allow for rows that are alike (cluster-robust) are {_shown.robust}. "
        f"{OPTIMUM}"
    ), "Coefficients of all models")  # fmt: skip
    return shown, to_frame(table).to_csv(sep="\t")


def all_coefficients_panel(analysis: Analysis, comparison: Comparison, shown: Inferred) -> None:
    """Every coefficient by model."""

    def draw(narrow: bool) -> go.Figure:
        frame = shown.within()
        frame = frame[np.isfinite(frame["estimate"])]
        labels = {t: term_label(comparison, t) for t in comparison.terms}
        columns = 1 if narrow else 2
        return coefficient_plot(
            frame, term_labels=labels, group_name=noun(comparison.group), columns=columns, dark=is_dark()
        )

    key = analysis.key, shown.key
    chart_by_width(lambda narrow: drawn(lambda: draw(narrow), key, narrow), "all coefficients")


def panels_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """A small panel per group on common axes."""
    group = noun(comparison.group)
    models = model_switch_for_panels(comparison)
    picture = picture_of(analysis, replace(view, zero=False))
    order = picture.group_order if comparison.design.is_sample else fitted_order(comparison.pooled)
    first = 0
    if len(order) > PANELS:
        pages = [f"{i + 1} to {min(i + PANELS, len(order))}" for i in range(0, len(order), PANELS)]
        keeps = bound_widgets.one_of("panels", "panels page", pages, pages[0], lambda page: page.split()[0])
        chosen = st.selectbox(plain(f"{plural(group)} by fitted intercept"), pages, width=220, **keeps)
        first = pages.index(chosen) * PANELS
    shown, y_range = order[first : first + PANELS], picture.y_range
    if len(picture.points) < comparison.design.n:  # then all rows of these groups, as far as they can be drawn
        picture = comparison_cache.frames(*analysis.key, view.x, False, None, tuple(shown))
        y_range = (min(y_range[0], picture.y_range[0]), max(y_range[1], picture.y_range[1]))
    lines = picture.lines[picture.lines["model"].isin([*models, "ols", "truth"])]
    columns = min(6, max(2, int(np.ceil(np.sqrt(len(shown) * 1.5)))))

    def draw(narrow: bool) -> go.Figure:
        return group_panels(
            picture.points, lines, x_label=picture.x_label, y_label=picture.y_label, x_range=picture.x_range,
            y_range=y_range, groups=shown, columns=2 if narrow else columns, highlight=view.highlight,
            group_name=group, x_ticks=picture.x_ticks, dark=is_dark(),
        )  # fmt: skip

    key = analysis.key, view, tuple(models), tuple(shown)
    chart_by_width(lambda narrow: drawn(lambda: draw(narrow), key, narrow), "panels", mark_group)
    if picture.notes:
        note(literal(f"{'; '.join(picture.notes)}."))


def model_switch_for_panels(comparison: Comparison) -> list[str]:
    """Which models' lines the small panels show."""
    names = _with_lines(comparison)
    offered = [m for m in names if m != "ols"]
    first = ["per_group" if "per_group" in offered else offered[0], comparison.asked]
    return list(
        st.pills(
            "Lines in the panels", offered, selection_mode="multi", label_visibility="collapsed",
            format_func=names.__getitem__,
            **bound_widgets.some_of("lines", f"panel models {comparison.asked}", offered, first),
        )
    )  # fmt: skip
