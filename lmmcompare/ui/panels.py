"""The panels of the compare and shrinkage pages: frames from the comparison, a figure, one sentence that says what to see."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ..columns import INTERCEPT
from ..compare import Comparison
from ..explain.identity import explain
from ..explain.words import baseline, first_term
from ..figures.coefficients import coefficient_plot
from ..figures.lines import group_lines
from ..figures.panels import group_panels
from ..figures.shrinkage import caterpillar, shrinkage_arrows, shrinkage_plane
from ..figures.weights import weight_bars
from ..labels import POOLING, an, literal, model_label, noun, plural
from ..numbers import decimals_for, number
from ..picture import Picture, predictors
from ..results import MixedResult
from ..shrinkage import ellipse, shrinkage
from ..tables import coefficient_table, term_label, to_frame, to_html
from . import store
from .shell import chart, chart_by_width, heading, is_dark, note, plain
from .state import Analysis

SWITCHED = ("ols", "no_pooling", "per_group", "random_intercept", "random_slope")
MARKS = {
    "ols": ":blue[●]", "no_pooling": ":orange[■]", "per_group": ":orange[□]", "random_intercept": ":green[◆]",
    "random_slope": ":green[▲]",
}  # fmt: skip
PANELS = 24
REDRAW = "redraw all panels"


@dataclass(frozen=True)
class View:
    """What the reader chose to see, apart from the model itself.

    Parameters
    ----------
    x : str or None
        The predictor on the x axis.
    term : str
        The coefficient that headline and small figures are about.
    zero : bool
        Whether the x axis reaches to 0.
    highlight : str or None
        The marked group.
    """

    x: str | None
    term: str
    zero: bool
    highlight: str | None


def current_view(comparison: Comparison) -> View:
    """The session's view, with whatever the comparison no longer has left out."""
    available = predictors(comparison)
    x = st.session_state.get("view x")
    x = x if x in available else (available[0] if available else None)
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    highlight = st.session_state.get("view highlight")
    highlight = highlight if highlight in labels else None
    zero = st.session_state.get("view zero")
    if zero is None:
        zero = _zero_is_near(comparison, x)
    return View(x, _term_of(comparison, x), bool(zero), highlight)


def opening_view(comparison: Comparison) -> View:
    """The view that a comparison opens with, whatever the session's view is."""
    available = predictors(comparison)
    x = available[0] if available else None
    return View(x, _term_of(comparison, x), _zero_is_near(comparison, x), None)


def _zero_is_near(comparison: Comparison, x: str | None) -> bool:
    """Show x = 0 unless told otherwise where it is within a data range of the data, so that intercepts can be seen."""
    names = comparison.design.names
    if x is None or x not in names:
        return False
    center, scale = (float(v[names.index(x)]) for v in (comparison.moments.center, comparison.moments.scale))
    return 0 < abs(center) < 5 * scale


def _term_of(comparison: Comparison, x: str | None) -> str:
    """The first coefficient that x has a part in."""
    for k in comparison.design.fixed:
        column = comparison.design.columns[k]
        if x is not None and any(x in uses for uses in column.uses):
            return column.name
    return first_term(comparison)


def picture_of(analysis: Analysis, view: View) -> Picture:
    """The frames of the group-lines figures."""
    return store.frames(
        analysis.table, analysis.uploaded, analysis.formula, analysis.reml, view.x, view.zero, view.highlight
    )


def model_switch(comparison: Comparison) -> list[str]:
    """Which models are drawn."""
    offered = [m for m in SWITCHED if m in comparison.fits or (m == "per_group" and "no_pooling" in comparison.fits)]

    def label(model: str) -> str:
        return f"{MARKS[model]} {plain(model_label(model, comparison.group))} ({POOLING[model]})"

    return list(
        st.pills(
            "Models drawn", offered, selection_mode="multi", default=["ols", comparison.chosen], format_func=label,
            key=f"models drawn {comparison.chosen}", label_visibility="collapsed", persist_state="session",
        )
    )  # fmt: skip


def lines_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The picture with its model switch."""
    draw_lines(analysis, comparison, view, model_switch(comparison))


def draw_lines(analysis: Analysis, comparison: Comparison, view: View, models: list[str]) -> None:
    """Points, a line per group, OLS and the population line."""
    group = noun(comparison.group)
    picture = picture_of(analysis, view)
    lines = picture.lines[picture.lines["model"].isin(models)]
    figure = group_lines(
        picture.points, lines, x_label=picture.x_label, y_label=picture.y_label, x_range=picture.x_range,
        y_range=picture.y_range, group_order=picture.group_order, data_x_range=picture.data_x_range,
        highlight=view.highlight, group_name=group, notes="; ".join(picture.notes), labels=_end_labels(comparison, view, models),
        x_ticks=picture.x_ticks, dark=is_dark(),
    )  # fmt: skip
    chart(figure, "lines figure", mark_group)
    drawn = [m for m in models if m in ("no_pooling", "per_group", "random_intercept", "random_slope")]
    if len(drawn) > 1:
        note(f"Each line is {literal(an(group))} over its own range, in its model's colour and dash.")
    elif drawn:
        note(
            f"Points and lines are {literal(plural(group))}, coloured by their fitted intercept; each line covers its own "
            f"{literal(group)}'s range."
        )
    else:
        note(f"Points are coloured by {literal(group)}, by fitted intercept.")


def _end_labels(comparison: Comparison, view: View, models: list[str]) -> dict[str, str]:
    """What to write at the lines' ends: the model and its slope."""
    labels = {}
    if view.term == INTERCEPT:
        return {m: model_label(m) for m in models if m in comparison.fits and m != "no_pooling"}
    decimals = decimals_for(float(comparison.ols.bse[view.term]))
    mixed = [m for m in models if isinstance(comparison.fits.get(m), MixedResult)]
    for model in models:
        if model not in comparison.fits or model == "no_pooling":
            continue
        value = number(float(comparison.fits[model].params[view.term]), decimals=decimals)
        if model == "ols":
            labels[model] = f"OLS {value}"
        else:
            labels[model] = f"population line {value}" if len(mixed) == 1 else f"{model_label(model).lower()} {value}"
    return labels


def view_controls(comparison: Comparison, view: View, *, zero: bool = True) -> None:
    """X axis, zero on the axis, highlighted group."""
    available = predictors(comparison)
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if len(available) > 1:
            st.session_state["pick x"] = view.x
            st.selectbox(
                "On the x axis", available, key="pick x", width=220, on_change=_remember, args=("view x", "pick x")
            )
        st.session_state["pick highlight"] = view.highlight
        st.selectbox(
            f"Highlight {plain(an(comparison.group))}", labels, key="pick highlight", index=None, placeholder="none", width=220,
            on_change=_remember, args=("view highlight", "pick highlight"),
        )  # fmt: skip
        if zero and view.x is not None:
            st.session_state["pick zero"] = view.zero
            st.toggle("Show x = 0", key="pick zero", on_change=_remember, args=("view zero", "pick zero"))


def _remember(key: str, widget: str) -> None:
    st.session_state[key] = st.session_state[widget]
    st.session_state[REDRAW] = key != "view zero"  # no other panel shows where the axis ends


def mark_group(group: str) -> None:
    """Mark a group in every figure; the marked one again takes the mark away."""
    marked = st.session_state.get("view highlight")
    st.session_state["view highlight"] = None if marked == group else group
    st.session_state[REDRAW] = True


def redraw_if_asked() -> None:
    """Run the whole page again when a fragment changed what other panels show too."""
    if st.session_state.pop(REDRAW, False):
        st.rerun()


def weights_panel(comparison: Comparison, view: View) -> None:
    """What the slope is made of: the weight of each model on the slope within groups."""
    parts = explain(comparison, view.term)
    group = noun(comparison.group)
    ols = parts.set_index("model").loc["ols"]
    decimals = decimals_for(float(comparison.ols.bse[view.term]))
    levels = baseline(comparison, view.term)
    heading(f"What the {'difference' if levels else 'slope'} is made of")
    within, between = (float(ols[f"estimate_{level}"]) for level in ("within", "between"))
    figure = weight_bars(
        parts,
        within_label=f"weight on within {number(within, decimals=decimals)}"
        if np.isfinite(within)
        else "nothing within",
        between_label=f"between {number(between, decimals=decimals)}" if np.isfinite(between) else "nothing between",
        group_name=group,
        dark=is_dark(),
    )
    chart(figure, "weights figure")


def coefficient_panel(comparison: Comparison, view: View) -> None:
    """The chosen coefficient by model, with 95% intervals."""
    frame = comparison.coefficients()
    frame = frame[(frame["term"] == view.term) & np.isfinite(frame["estimate"])]
    label = term_label(comparison, view.term)
    heading(f"{label}, by model" if view.term != INTERCEPT else "The mean, by model")
    figure = coefficient_plot(
        frame,
        term_labels={view.term: label},
        group_name=noun(comparison.group),
        x_label="estimate with 95% interval",
        dark=is_dark(),
    )
    chart(figure, "coefficient figure")


def table_panel(comparison: Comparison) -> None:
    """The coefficient table, to read and to take away."""
    table = coefficient_table(comparison)
    method = "REML" if comparison.reml else "ML"
    st.html(to_html(table, (
        f"Estimate (standard error) and 95% interval. {comparison.design.rows_sentence} Mixed models by {method}, "
        "with Satterthwaite degrees of freedom; cluster-robust errors are CR2."
    )))  # fmt: skip
    frame = to_frame(table)
    with st.popover("Copy or save the table", type="tertiary", icon=":material/content_copy:"):
        st.code(frame.to_csv(sep="\t"), language=None, height=180)
        numbers = comparison.coefficients().to_csv(index=False)
        st.download_button("Save as CSV, every digit", numbers, "coefficients.csv", "text/csv", on_click="ignore")


def all_coefficients_panel(comparison: Comparison) -> None:
    """Every coefficient by model."""
    frame = comparison.coefficients()
    frame = frame[np.isfinite(frame["estimate"])]
    labels = {t: term_label(comparison, t) for t in comparison.terms}
    figure = coefficient_plot(frame, term_labels=labels, group_name=noun(comparison.group), columns=2, dark=is_dark())
    chart(figure, "all coefficients figure")


def panels_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """A small panel per group on common axes."""
    group = noun(comparison.group)
    models = model_switch_for_panels(comparison)
    picture = picture_of(analysis, replace(view, zero=False))
    order = picture.group_order
    first = 0
    if len(order) > PANELS:
        pages = [f"{i + 1} to {min(i + PANELS, len(order))}" for i in range(0, len(order), PANELS)]
        chosen = st.selectbox(plain(f"{plural(group)} by fitted intercept"), pages, key="panels page", width=220)
        first = pages.index(chosen) * PANELS
    shown = order[first : first + PANELS]
    lines = picture.lines[picture.lines["model"].isin([*models, "ols"])]
    columns = min(6, max(2, int(np.ceil(np.sqrt(len(shown) * 1.5)))))

    def draw(narrow: bool) -> go.Figure:
        return group_panels(
            picture.points, lines, x_label=picture.x_label, y_label=picture.y_label, x_range=picture.x_range,
            y_range=picture.y_range, groups=shown, columns=2 if narrow else columns, highlight=view.highlight,
            group_name=group, x_ticks=picture.x_ticks, dark=is_dark(),
        )  # fmt: skip

    chart_by_width(draw, "panels", mark_group)


def model_switch_for_panels(comparison: Comparison) -> list[str]:
    """Which models' lines the small panels show."""
    offered = [
        m
        for m in SWITCHED
        if m != "ols" and (m in comparison.fits or (m == "per_group" and "no_pooling" in comparison.fits))
    ]
    return list(
        st.pills(
            "Lines in the panels", offered, selection_mode="multi",
            default=["per_group" if "per_group" in offered else offered[0], comparison.chosen],
            format_func=lambda m: f"{MARKS[m]} {plain(model_label(m, comparison.group))}",
            key=f"panel models {comparison.chosen}", label_visibility="collapsed", persist_state="session",
        )
    )  # fmt: skip


def arrows_panel(comparison: Comparison, fit: MixedResult, term: str, highlight: str | None, key: str) -> None:
    """An arrow from each group's own estimate to the partially pooled one."""
    frame = shrinkage(fit)
    figure = shrinkage_arrows(
        frame[frame["term"] == term], term=term, group_name=noun(comparison.group), highlight=highlight,
        x_label=f"{_coefficient_word(term)}: own estimate → partially pooled", dark=is_dark(),
    )  # fmt: skip
    chart(figure, key, mark_group)


def plane_panel(comparison: Comparison, fit: MixedResult, slope: str, highlight: str | None) -> None:
    """The same arrows in the plane of intercept and slope, with the fitted covariance's ellipse."""
    figure = shrinkage_plane(
        shrinkage(fit), x_term=INTERCEPT, y_term=slope, ellipse=ellipse(fit, INTERCEPT, slope), x_label="intercept",
        y_label=f"slope of {slope}", group_name=noun(comparison.group), highlight=highlight, dark=is_dark(),
    )  # fmt: skip
    chart(figure, "plane figure", mark_group)


def caterpillar_panel(comparison: Comparison, model: str, term: str, highlight: str | None) -> None:
    """Sorted conditional modes with their intervals."""
    frame = comparison.random_effects(model)
    figure = caterpillar(
        frame[frame["term"] == term], term=term, group_name=noun(comparison.group), highlight=highlight,
        x_label=f"{_coefficient_word(term)}: distance from the population line", dark=is_dark(),
    )  # fmt: skip
    chart(figure, f"caterpillar {term}", mark_group)


def _coefficient_word(term: str) -> str:
    return "intercept" if term == INTERCEPT else f"slope of {term}"
