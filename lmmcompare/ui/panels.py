"""The panels of the compare page: frames from the comparison, a figure, one sentence that says what to see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ..columns import INTERCEPT
from ..compare import Comparison
from ..explain.identity import explain
from ..explain.words import baseline
from ..figures.coefficients import coefficient_plot
from ..figures.lines import group_lines
from ..figures.panels import group_panels
from ..figures.weights import weight_bars
from ..labels import POOLING, an, literal, model_label, noun, plural
from ..numbers import decimals_for, number
from ..results import MixedResult
from ..tables import coefficient_table, term_label, to_frame, to_html
from .inferred import Inferred, inference_controls, usual
from .shell import chart, chart_by_width, heading, is_dark, note, plain
from .state import Analysis
from .views import View, mark_group, picture_of

SWITCHED = ("ols", "no_pooling", "per_group", "random_intercept", "random_slope", "several")
MARKS = {
    "ols": ":blue[●]", "no_pooling": ":orange[■]", "per_group": ":orange[□]", "random_intercept": ":green[◆]",
    "random_slope": ":green[▲]", "several": ":green[⬢]",
}  # fmt: skip
PANELS = 24


def model_switch(comparison: Comparison, *, brief: bool = False) -> list[str]:
    """Which models are drawn."""
    offered = [m for m in SWITCHED if m in comparison.fits or (m == "per_group" and "no_pooling" in comparison.fits)]

    def label(model: str) -> str:
        name = f"{MARKS[model]} {plain(model_label(model, comparison.group))}"
        return name if brief else f"{name} ({POOLING[model]})"

    return list(
        st.pills(
            "Models drawn", offered, selection_mode="multi", default=["ols", comparison.asked], format_func=label,
            key=f"models drawn {comparison.asked}", label_visibility="collapsed", persist_state="session",
        )
    )  # fmt: skip


def lines_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The picture with its model switch."""
    draw_lines(analysis, comparison, view, model_switch(comparison))


def draw_lines(analysis: Analysis, comparison: Comparison, view: View, models: list[str]) -> None:
    """Points, a line per group, OLS and the population line; the true lines too where the data were simulated."""
    group = noun(comparison.group)
    picture = picture_of(analysis, view)
    lines = picture.lines[picture.lines["model"].isin([*models, "truth"])]
    labels = _end_labels(comparison, view, models) | _truth_label(analysis, comparison, view)
    figure = group_lines(
        picture.points, lines, x_label=picture.x_label, y_label=picture.y_label, x_range=picture.x_range,
        y_range=picture.y_range, group_order=picture.group_order, data_x_range=picture.data_x_range,
        highlight=view.highlight, group_name=group, notes="; ".join(picture.notes), labels=labels,
        x_ticks=picture.x_ticks, dark=is_dark(),
    )  # fmt: skip
    chart(figure, "lines figure", mark_group)
    drawn = [m for m in models if m in ("no_pooling", "per_group", "random_intercept", "random_slope", "several")]
    if len(drawn) > 1:
        said = f"Each line is {literal(an(group))} over its own range, in its model's colour and dash."
    elif drawn:
        said = (
            f"Points and lines are {literal(plural(group))}, coloured by their fitted intercept; each line covers its own "
            f"{literal(group)}'s range."
        )
    else:
        said = f"Points are coloured by {literal(group)}, by fitted intercept."
    if "truth" in set(lines["model"]):
        said += f" {'White' if is_dark() else 'Black'} is the truth: thin for each {literal(group)}, dash-dotted for an ordinary one."
    note(said)


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


def _truth_label(analysis: Analysis, comparison: Comparison, view: View) -> dict[str, str]:
    """What to write at the end of the true line of simulated data."""
    if analysis.settings is None:
        return {}
    if view.term != analysis.settings.x_name:
        return {"truth": "truth"}
    return {
        "truth": f"truth {number(analysis.settings.slope, decimals=decimals_for(float(comparison.ols.bse[view.term])))}"
    }


def weights_panel(comparison: Comparison, view: View) -> None:
    """What the slope is made of: the weight of each model on the slope within groups."""
    parts = explain(comparison, view.term)
    parts = parts[parts["model"] != "random_slope"]  # its two slopes are not those that the others share
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


def coefficient_panel(comparison: Comparison, view: View, shown: Inferred) -> None:
    """The chosen coefficient by model, with 95% intervals."""
    frame = shown.within()
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


def table_panel(comparison: Comparison, shown: Inferred | None = None) -> None:
    """The coefficient table, to read and to take away; with controls where the reader's choice of inference is given."""
    controls, shown = shown is not None, shown or usual(comparison)
    table = coefficient_table(comparison, shown.frame, shown.limits, p_values=shown.p_values)
    what = "p value against 0" if shown.p_values else "degrees of freedom (df)"
    st.html(to_html(table, (
        f"Estimate (standard error), 95% interval and {what}. {comparison.design.rows_sentence} {shown.said}; cluster-robust errors "
        "are CR2."
    ), "Coefficients of all models"))  # fmt: skip
    frame = to_frame(table)
    with st.container(horizontal=True, gap="medium"):
        with st.popover("Copy or save the table", type="tertiary", icon=":material/content_copy:"):
            st.code(frame.to_csv(sep="\t"), language=None, height=180)
            numbers = shown.within().to_csv(index=False)
            st.download_button("Save as CSV, every digit", numbers, "coefficients.csv", "text/csv", on_click="ignore")
        if controls:
            inference_controls(comparison)


def all_coefficients_panel(comparison: Comparison, shown: Inferred) -> None:
    """Every coefficient by model."""
    frame = shown.within()
    frame = frame[np.isfinite(frame["estimate"])]
    labels = {t: term_label(comparison, t) for t in comparison.terms}

    def draw(narrow: bool) -> go.Figure:
        columns = 1 if narrow else 2
        return coefficient_plot(
            frame, term_labels=labels, group_name=noun(comparison.group), columns=columns, dark=is_dark()
        )

    chart_by_width(draw, "all coefficients")


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
    lines = picture.lines[picture.lines["model"].isin([*models, "ols", "truth"])]
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
            default=["per_group" if "per_group" in offered else offered[0], comparison.asked],
            format_func=lambda m: f"{MARKS[m]} {plain(model_label(m, comparison.group))}",
            key=f"panel models {comparison.asked}", label_visibility="collapsed", persist_state="session",
        )
    )  # fmt: skip
