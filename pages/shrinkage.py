"""The shrinkage page: how far each group is pulled, in pictures and in a table."""

import router

router.require()

import streamlit as st

from lmmcompare.columns import INTERCEPT
from lmmcompare.explain.paragraph import pull_sentence
from lmmcompare.labels import literal, model_label, noun, plural
from lmmcompare.numbers import count, number, percent
from lmmcompare.results import MixedResult
from lmmcompare.shrinkage import shrinkage
from lmmcompare.ui import kept, pulled, sharing, shell, state, viewed, views
from lmmcompare.ui.fitted import fitted_or_last
from lmmcompare.ui.tables import shrinkage_table


def lead(fit: MixedResult, group: str) -> str:
    """What the shrinkage of this fit amounts to, in a sentence."""
    frame = shrinkage(fit)
    frame = frame[(frame["term"] == fit.random_names[0]) & frame["own"].notna()]
    n, weight = frame["n"], frame["weight"]
    if frame.empty:
        return f"No {group} has an own estimate of {fit.random_names[0]}: too few rows in each."
    if (weight.abs() < 1e-6).all():
        return f"The fitted variance between {plural(group)} is 0, so every {group} is pulled all the way to the common line."
    distance = "its own distance from the common line"
    if len(fit.random_names) > 1:
        distance = f"its own {'intercept' if fit.random_names[0] == INTERCEPT else fit.random_names[0]}"
    low, high = percent(float(weight.min())), percent(float(weight.max()))
    if n.nunique() == 1:
        kept = low if low == high else f"{low} to {high}"
        return f"Every {group} has {count(int(n.iloc[0]), 'row')} and keeps {kept} of {distance}."
    small, large = frame.loc[n.idxmin()], frame.loc[n.idxmax()]
    return (
        f"The smallest {group} ({small['group']}, {count(int(small['n']), 'row')}) keeps {percent(float(small['weight']))} of "
        f"{distance}, the largest ({large['group']}, {count(int(large['n']), 'row')}) {percent(float(large['weight']))}."
    )


def page() -> None:
    found = fitted_or_last()
    if found is None:
        return
    analysis, comparison = found
    group, view = noun(comparison.group), views.current_view(comparison)
    fits = {k: f for k, f in comparison.mixed_fits().items() if k != "within_between"}
    sharing.share("Shrinkage")
    shell.title(f"How far each {group} is pulled towards the common line", literal(lead(comparison.mixed, group)))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        model = st.segmented_control(
            "Model",
            list(fits),
            format_func=model_label,
            required=True,
            **kept.one_of("model", f"shrinkage model {comparison.asked}", fits, comparison.asked),
        )
        views.view_controls(comparison, view, zero=False)
    model = model or comparison.asked
    fit = fits[model]
    slopes = [n for n in fit.random_names if n != INTERCEPT]
    with st.container(key="shrinkage"):
        left, right = st.columns(2, gap="large")
        with left:
            if slopes and INTERCEPT in fit.random_names:
                shell.heading(
                    "Intercept and slope together",
                    f"Arrows run from each {literal(group)}'s own regression to the mixed model's; the ellipse holds 95% of "
                    f"{literal(plural(group))} under the fitted covariance.",
                )
                pulled.plane_panel(analysis, comparison, model, slopes[0], view.highlight)
            else:
                shell.heading("From own estimate to partially pooled", pull_sentence(fit))
                pulled.arrows_panel(analysis, comparison, model, view.highlight)
        with right:
            shell.heading(
                "Random effects, sorted",
                f"Each {literal(group)}'s conditional mode with its 95% conditional interval; zero is the population line.",
            )
            names, term = fit.random_names, fit.random_names[0]
            if len(names) > 1:
                picked = st.segmented_control(
                    "Random effect", names, format_func=shell.plain, required=True,
                    **kept.one_of("effect", f"effect {model}", names, term),
                )  # fmt: skip
                term = picked or term
            pulled.caterpillar_panel(analysis, comparison, model, term, view.highlight)
    with st.container(key="shrinkage-table"):
        shell.heading(
            f"Every {group}",
            f"Own weight 100% means no shrinkage. SD between {literal(plural(group))}: {literal(spread(fit))}.",
        )
        shrinkage_table(fit)
    state.write_address(viewed.of_comparison(comparison, view.x, view.highlight, view.zero))


def spread(fit: MixedResult) -> str:
    """The fitted standard deviations of the random effects."""
    covariance = fit.cov_re[fit.group]
    return ", ".join(f"{number(float(covariance.loc[n, n]) ** 0.5)} ({n})" for n in fit.random_names)


page()
