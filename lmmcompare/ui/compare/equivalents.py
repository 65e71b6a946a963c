"""The same coefficients by other ways, on request: least squares with the implied covariance, all groups fixed, GEE."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from ...assess.all_factor_dummies import fit_all_factor_dummies
from ...assess.gee import population_averaged
from ...assess.implied_gls import gls_check
from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...models import MixedResult
from ...panels.equivalents import HEADS, Equivalents, equivalents, implied_covariance
from ...text.labels import literal
from ..kit import address_widgets
from ..kit.page_elements import note
from ..kit.panel import body, head, show
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis

T = TypeVar("T")


@cached(50, spinner="Computing the coefficients by other ways…")
def _computed(table: str, formula: str, reml: bool) -> Equivalents:
    fit = comparison_cache.comparison(table, formula, reml).mixed
    left_out: list[str] = []

    def attempt(name: str, compute: Callable[[MixedResult], T]) -> T | None:
        try:
            return compute(fit)
        except LmmCompareError as error:
            left_out.append(f"**{HEADS[name][0]}** is left out: {literal(error.text_in_app)}")
            return None

    gls = attempt("gls", gls_check)
    fixed, gee = attempt("fixed", fit_all_factor_dummies), attempt("gee", population_averaged)
    return Equivalents(gls, fixed, gee, tuple(left_out))


def equivalents_panel(analysis: Analysis, comparison: Comparison) -> None:
    """Draw the button, and after a click the coefficients side by side."""
    head(equivalents(comparison, None))
    if comparison.design.is_sample:
        note(f"They would go through all {comparison.design.n:,} rows, and are offered for tables that are read whole.")
        return
    if st.toggle("Compute them", **address_widgets.switch("ways", "equivalents")):
        computed = _computed(*analysis.key)
        body(equivalents(comparison, computed), analysis.key)
        show(implied_covariance(computed), analysis.key)
