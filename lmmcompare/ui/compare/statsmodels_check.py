"""What was fitted, how the optimiser's end point was checked, and the live cross-check against statsmodels."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ...assess.statsmodels_check import MAX_ROWS, crosscheck
from ...comparison.comparison import Comparison
from ...models import MixedResult
from ...text.labels import literal, model_label
from ...text.numbers import count, number
from ..kit.page_elements import heading, note, paragraph
from ..server.cache import cached
from ..session.state import Analysis

CHECKED = "cross-checked"
"""Key of the session state: the analysis that the reader has had refitted, which stays beside what is opened next."""


@cached(50, spinner="Fitting the same models with statsmodels…")
def _checked(table: str, formula: str, reml: bool, _comparison: Comparison) -> pd.DataFrame:
    return crosscheck(_comparison)


def check_panel(analysis: Analysis, comparison: Comparison) -> None:
    """Rows, optimum and cross-check."""
    heading("What was fitted")
    paragraph(f"{comparison.design.rows_sentence} The formula is **{literal(comparison.spec.text)}**.")
    fits = {key: fit for key, fit in comparison.fits.items() if isinstance(fit, MixedResult)}
    for key, fit in fits.items():
        _optimum(key, fit)
    note(_criterion(any(fit.reml for fit in fits.values())))
    heading(
        "Check against statsmodels",
        "The same models on the same rows by another program, with code that shares nothing with ours.",
    )
    if comparison.design.n > MAX_ROWS:
        note(
            f"statsmodels would take minutes for {comparison.design.n:,} rows; the check is offered up to {MAX_ROWS:,}."
        )
        return
    if st.button("Refit with statsmodels", key="crosscheck"):
        st.session_state[CHECKED] = analysis.key
    if st.session_state.get(CHECKED) != analysis.key:
        return
    frame = _checked(analysis.table, analysis.formula, analysis.reml, comparison)
    for model, part in frame.groupby("model", sort=False):
        worst = part.loc[part["difference"].idxmax()]
        paragraph(
            f"**{model_label(str(model))}**: the largest relative difference over {count(len(part), 'number')} is "
            f"**{number(float(worst['difference']), 2)}**, in the {literal(worst['quantity'])}."
        )
        likelihood = part[part["quantity"].str.endswith("log-likelihood")].iloc[0]
        short = float(likelihood["ours"] - likelihood["statsmodels"])
        if short > 1e-4:
            note(
                f"statsmodels' {likelihood['quantity']} is lower by {number(short, 2)}: its search stopped short of the optimum."
            )
    display = frame.assign(model=frame["model"].map(model_label))
    st.dataframe(display, hide_index=True, column_config={"difference": st.column_config.NumberColumn(format="%.1e")})


def _optimum(key: str, fit: MixedResult) -> None:
    optimum = fit.fit.optimum
    name = "REML criterion" if fit.reml else "deviance"
    if not optimum.converged:
        state = "**not converged**: where the search ended, a small change of the variances still fits better"
    elif fit.unidentified:
        state = "**a variance is not identified**: the fixed part has the same groups"
    elif optimum.singular:
        state = (
            "the end point was checked and lies on the boundary (singular): a variance is 0 or a correlation is 1 or −1"
        )
    else:
        state = "the optimiser’s end point was checked"
    paragraph(
        f"**{model_label(key)}**: {state}. {name[:1].upper()}{name[1:]} {number(fit.criterion, decimals=4)} after "
        f"{count(optimum.evaluations, 'trial')}; one more step of the search (Newton's) would lower it by "
        f"{number(optimum.decrement, 1) if optimum.decrement > 1e-12 else 'less than 1e−12'}."
    )


def _criterion(reml: bool) -> str:
    """An explanation of the criterion that the optimiser minimises."""
    likelihood = "−2 times the log of how likely the model makes these data"
    means = f"The deviance is {likelihood} (maximum likelihood, ML)"
    if reml:
        means = f"The REML criterion is {likelihood}, once the coefficients are allowed for (restricted maximum likelihood, REML)"
    return (
        f"{means}; the smaller, the likelier. The check is of the optimiser: that no other variances make it smaller. It does not "
        "vouch for the model."
    )
