"""From a comparison to a study of its power: data like these, simulated, with the fitted values as settings."""

from __future__ import annotations

import streamlit as st

from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...share.study_address import StudyChoices
from ...simulate import link
from ...studies.settings_from_comparison import settings_like
from ...tables.coefficients import term_label
from ...text.english import listed
from ...text.labels import literal, plural
from ..kit.page_elements import heading, note


def power_panel(comparison: Comparison, term: str) -> None:
    """The question, what the answer rests on, and the way to it; where such data cannot be simulated, why not."""
    if term == comparison.constant or term not in comparison.design.by_name:
        return
    heading(f"How many more {literal(plural(comparison.group))} would I need?")
    try:
        settings = settings_like(comparison, term)
    except LmmCompareError as error:
        note(literal(f"Data like these cannot be simulated here: {error.text_in_app}"))
        return
    without = ""
    if len(comparison.design.fixed) > 1:
        without += "Other predictors are left out; its predictor there is what they leave of this one. "
    if len(comparison.factors) > 1:
        without += "Other grouping factors are left out. "
    if others := [n for n in comparison.one_factor.random_names if n not in (comparison.constant, term)]:
        differ = f"That slopes of {listed([comparison.coefficient(n).label for n in others])} differ between {plural(comparison.group)}"
        own = "as differences in the predictor’s own slope"
        of_groups = f"in the variance between {plural(comparison.group)}"
        within = comparison.moments.varies_within[comparison.coefficient(term).column]
        without += literal(
            f"{differ} counts there {own if within else of_groups}, as much as its standard error here asks for. "
        )
    if comparison.structured is not None:
        without += "Residuals there are independent and of one variance. "
    note(
        f"Study simulates tables like this one: {settings.groups:,} groups of about {settings.size:,} rows, with the effect of "
        f"“{literal(term_label(comparison, term))}” and the variances as estimated. It counts how often the test finds the effect "
        f"(its power) with more or fewer groups. {without}An estimate that was picked because it is significant tends to be too "
        "large: rather set **Slope** there to the smallest effect that would matter."
    )
    address = {"simulated": link.encode(settings), **StudyChoices(replicates=1_000, panel="groups").to_address()}
    st.page_link(
        "pages/study.py",
        label="How many groups? Start from these values",
        icon=":material/groups:",
        query_params=address,
    )
