"""The shrinkage page: how far each group is pulled, in pictures and in a table."""

import router

router.require()

import streamlit as st

from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.shrinkage_sentences import (
    partial_pooling_sentence,
    shares_sentence,
    spreads_phrase,
    whole_line_sentence,
)
from lmmcompare.model_catalogue import Model
from lmmcompare.models import MixedResult
from lmmcompare.panels.shrinkage import arrows, plane, sorted_effects
from lmmcompare.text.labels import an, literal, model_label, noun, plural
from lmmcompare.ui.compare.fitted_comparison import fitted_or_last
from lmmcompare.ui.data.tables import shrinkage_table
from lmmcompare.ui.kit import address_widgets, page_elements
from lmmcompare.ui.kit.panel import body, head, show
from lmmcompare.ui.session import state, view_address, views
from lmmcompare.ui.sharing import share_button


def page() -> None:
    result = fitted_or_last()
    if result is None:
        return
    analysis, comparison = result
    group, view = noun(comparison.group), views.current_view(comparison)
    fits: dict[Model, MixedResult] = {k: f for k, f in comparison.mixed_fits().items() if k != Model.WITHIN_BETWEEN}
    share_button.share("Shrinkage", analysis)
    page_elements.title(
        f"How far each {group} is pulled towards the common line",
        literal(f"{shares_sentence(comparison.mixed, comparison.group)} {partial_pooling_sentence(comparison.group)}"),
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
    with st.container(key="shrinkage"):
        figures(analysis, comparison, model)
    with st.container(key="shrinkage-table"):
        groups = literal(plural(comparison.group))
        words = (
            f"Of its distance from the common line {literal(an(comparison.group))} keeps 100% where nothing is pulled, 0% where it is put "
            "on the common line.",
            whole_line_sentence(fit),
            f"Standard deviations between {groups}: {literal(spreads_phrase(fit))}.",
        )
        page_elements.heading(f"Every {group}", " ".join(filter(None, words)))
        shrinkage_table(fit)
    state.write_address(view_address.of_comparison(comparison, view.term, view.x, view.highlight, view.zero), analysis)


def figures(analysis: state.Analysis, comparison: Comparison, model: Model) -> None:
    """The groups in the plane of intercept and slope, or as arrows, beside a random effect of all groups, sorted."""
    fit = comparison.mixed_fits()[model]
    names, term = fit.random_names, fit.random_names[0]
    slopes = [n for n in names if n != fit.design.constant]
    left, right = st.columns(2, gap="large")
    with left:
        in_plane = bool(slopes) and fit.design.constant in names
        panel = plane(comparison, model, slopes[0]) if in_plane else arrows(comparison, model)
        show(panel, analysis.key, views.mark_group)
    with right:
        above = st.container()
        if len(names) > 1:
            picked = st.segmented_control(
                "Random effect",
                names,
                format_func=page_elements.plain,
                required=True,
                **address_widgets.one_of("effect", f"effect {model}", names, term),
            )
            term = picked or term
        effects = sorted_effects(comparison, model, term)
        with above:
            head(effects)
        body(effects, analysis.key, views.mark_group)


page()
