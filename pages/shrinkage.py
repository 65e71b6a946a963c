"""The shrinkage page: how far each group is pulled, in pictures and in a table."""

import router

router.require()

import streamlit as st

from lmmcompare.comparison.nested_factors import nested_factors
from lmmcompare.comparison.shrinkage import shrinkage
from lmmcompare.model_catalogue import Model
from lmmcompare.models import MixedResult
from lmmcompare.panels.shrinkage import arrows, plane, sorted_effects
from lmmcompare.text.labels import an, literal, model_label, noun, plural
from lmmcompare.text.numbers import count, number, percent
from lmmcompare.ui.compare.fitted_comparison import fitted_or_last
from lmmcompare.ui.data.tables import shrinkage_table
from lmmcompare.ui.kit import address_widgets, page_elements
from lmmcompare.ui.kit.panel import body, head, show
from lmmcompare.ui.session import state, view_address, views
from lmmcompare.ui.sharing import share_button


def lead(fit: MixedResult, group: str) -> str:
    """A sentence on the amount of shrinkage in this fit."""
    frame = shrinkage(fit)
    frame = frame[(frame["term"] == fit.random_names[0]) & frame["share"].notna()]
    n, share = frame["n"], frame["share"]
    if (share < 1e-6).all():
        return f"The fitted variance between {plural(group)} is 0, so every {group} is pulled all the way to the common line."
    distance = "its own distance from the common line"
    low, high = percent(float(share.min())), percent(float(share.max()))
    shares = low if low == high else f"{low} to {high}"
    if n.nunique() == 1:
        return f"Every {group} has {count(int(n.iloc[0]), 'row')} and keeps {shares} of {distance}."
    by_rows = len(fit.random_names) == 1 and fit.design.weights is None and not nested_factors(fit)
    if not by_rows:  # not their numbers of rows alone order them
        return f"With {int(n.min()):,} to {count(int(n.max()), 'row')}, {an(group)} keeps {shares} of {distance}."
    small, large = frame.loc[n.idxmin()], frame.loc[n.idxmax()]
    return (
        f"The smallest {group} ({small['group']}, {count(int(small['n']), 'row')}) keeps {percent(float(small['share']))} of "
        f"{distance}, the largest ({large['group']}, {count(int(large['n']), 'row')}) {percent(float(large['share']))}."
    )


def pulling(name: str) -> str:
    """A sentence that explains shrinkage."""
    return (
        f"A mixed model estimates each {noun(name)} from its own rows and from what all {plural(name)} have in common. So it lies nearer "
        "to the common line than its own rows alone would put it: shrinkage, or partial pooling."
    )


def page() -> None:
    result = fitted_or_last()
    if result is None:
        return
    analysis, comparison = result
    group, view = noun(comparison.group), views.current_view(comparison)
    fits = {k: f for k, f in comparison.mixed_fits().items() if k != Model.WITHIN_BETWEEN}
    share_button.share("Shrinkage", analysis)
    page_elements.title(
        f"How far each {group} is pulled towards the common line",
        literal(f"{lead(comparison.mixed, group)} {pulling(comparison.group)}"),
    )
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        model = st.segmented_control(
            "Model",
            list(fits),
            format_func=model_label,
            required=True,
            **address_widgets.one_of(
                "model", f"shrinkage model {comparison.formula_model}", fits, comparison.formula_model
            ),
        )
        views.view_controls(comparison, view, zero=False)
    views.mark_in_figures(comparison, view)
    model = model or comparison.formula_model
    fit = fits[model]
    slopes = [n for n in fit.random_names if n != fit.design.constant]
    with st.container(key="shrinkage"):
        left, right = st.columns(2, gap="large")
        with left:
            if slopes and fit.design.constant in fit.random_names:
                panel = plane(comparison, model, slopes[0])
                show(panel, analysis.key, views.mark_group)
            else:
                show(arrows(comparison, model), analysis.key, views.mark_group)
        with right:
            above = st.container()
            names, term = fit.random_names, fit.random_names[0]
            if len(names) > 1:
                picked = st.segmented_control(
                    "Random effect", names, format_func=page_elements.plain, required=True,
                    **address_widgets.one_of("effect", f"effect {model}", names, term),
                )  # fmt: skip
                term = picked or term
            effects = sorted_effects(comparison, model, term)
            with above:
                head(effects)
            body(effects, analysis.key, views.mark_group)
    with st.container(key="shrinkage-table"):
        page_elements.heading(
            f"Every {group}",
            f"Of its distance from the common line {literal(an(group))} keeps 100% where nothing is pulled, 0% where it is put on the "
            f"common line. {whole_line(fit)}Standard deviations between {literal(plural(group))}: {literal(spread(fit))}.",
        )
        shrinkage_table(fit)
    state.write_address(view_address.of_comparison(comparison, view.term, view.x, view.highlight, view.zero))


def whole_line(fit: MixedResult) -> str:
    """What the share of a group's distance is of, where it has several random effects."""
    if len(fit.random_names) == 1:
        return ""
    return "That share is of its whole line, over its own rows: a single coefficient may be moved more or less, even past the common one. "


def spread(fit: MixedResult) -> str:
    """The fitted standard deviations of the random effects."""
    covariance = fit.cov_re[fit.group]
    return ", ".join(f"{number(float(covariance.loc[n, n]) ** 0.5)} ({n})" for n in fit.random_names)


page()
