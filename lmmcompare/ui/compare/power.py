"""From a comparison to a study of its power: data like these, simulated, with the fitted values as settings."""

from __future__ import annotations

import streamlit as st

from ...comparison.compare import Comparison
from ...errors import LmmCompareError
from ...share.study import StudyChoices
from ...simulate import link
from ...studies.settings_from_comparison import settings_like
from ...text.labels import literal, plural
from ..kit.shell import heading, note


def power_panel(comparison: Comparison, term: str) -> None:
    """The question, what the answer rests on, and the way to it; where such data cannot be simulated, why not."""
    if term == comparison.constant or term not in comparison.design.by_name:
        return
    heading(f"How many more {literal(plural(comparison.group))} would I need?")
    try:
        settings = settings_like(comparison, term)
    except LmmCompareError as error:
        note(literal(f"Data like these cannot be simulated here: {error.problem} {error.remedy}"))
        return
    others = len(comparison.design.fixed) > 1 or len(comparison.factors) > 1
    without = "Other predictors and grouping factors are left out. " if others else ""
    note(
        literal(
            f"Study simulates tables like this one: {settings.groups:,} groups of about {settings.size:,} rows, the effect of "
            f"“{term}” and the variances as they were estimated, and counts how often the test finds the effect (its power) "
            f"with more or fewer groups. {without}An estimate of an effect is uncertain, and too large more often than not where "
            "only significant ones are followed up: there, set **Slope** to the smallest effect that would matter."
        )
    )
    address = {"simulated": link.encode(settings), **StudyChoices(replicates=1_000, panel="groups").to_address()}
    st.page_link(
        "pages/study.py",
        label="How many groups? Start from these values",
        icon=":material/groups:",
        query_params=address,
    )
