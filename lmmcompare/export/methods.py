"""What was done and found, as sentences for a paper."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..columns import INTERCEPT
from ..compare import Comparison
from ..explain.effect import first_term
from ..explain.paragraph import group_sizes
from ..labels import model_label, noun, plural, term_label
from ..numbers import count, number, p_value
from ..results import MixedResult
from ..tables import with_kenward_roger
from ..version import VERSION
from .source import Source


def methods(comparison: Comparison, source: Source, *, kenward_roger: bool = False) -> str:
    """A methods paragraph and a results paragraph, plain text with an empty line between them.

    Parameters
    ----------
    comparison : Comparison
    source : Source
    kenward_roger : bool
        Whether the mixed models' errors and degrees of freedom reported are Kenward and Roger's.
    """
    sentences = [
        _data(comparison, source),
        *_models(comparison),
        _estimation(comparison, kenward_roger),
        *_states(comparison),
    ]
    return " ".join(sentences) + "\n\n" + _results(comparison, kenward_roger)


def _data(comparison: Comparison, source: Source) -> str:
    design = comparison.design
    outcome = design.names[-1]
    origin = (
        f"Data were simulated (seed {source.settings.seed})."
        if source.settings
        else f"The data are the example {source.example} of lmmcompare."
        if source.example
        else ""
    )
    used = f"{outcome} was analysed in {count(design.n, 'row')} ({group_sizes(comparison)})"
    if design.n < design.n_total:
        reasons = ", ".join(f"{k:,} without {name}" for name, k in design.missing.items())
        left = design.n_total - design.n
        used += f"; {left:,} of {count(design.n_total, 'row')} {'was' if left == 1 else 'were'} left out ({reasons})"
    return f"{origin} {used}.".strip()


def _models(comparison: Comparison) -> list[str]:
    """What was fitted beside what."""
    fixed = comparison.spec.fixed_only().formula
    groups, one = plural(comparison.group), noun(comparison.group)
    found = [
        f"Ordinary least squares (complete pooling) was fitted as {fixed}, with cluster-robust standard errors (CR2) by {one}."
    ]
    if comparison.fits.get("no_pooling") and comparison.design.fixed:
        found.append(
            f"Group dummies (no pooling) gave every {one} an intercept of its own and all of them common slopes."
        )
    asked = comparison.spec.formula
    beside = []
    if "random_intercept" in comparison.fits and comparison.asked != "random_intercept":
        beside.append(f"a random intercept for {groups}")
    slope = comparison.fits.get("random_slope")
    if isinstance(slope, MixedResult) and comparison.asked != "random_slope":
        names = [term_label(n) for n in slope.random_names if n != INTERCEPT]
        beside.append(f"random slopes of {' and '.join(names)} for {groups}")
    if "within_between" in comparison.fits:
        names = [term_label(comparison.design.names[k]) for k in comparison.mixed_fits()["within_between"].means_of]
        beside.append(f"the mean of {' and of '.join(names)} in each {one} added (Mundlak’s within–between model)")
    found.append(f"The linear mixed model (partial pooling) was {asked}.")
    if beside:
        found.append(f"It was set beside models with {', with '.join(beside)}.")
    return found


def _estimation(comparison: Comparison, kenward_roger: bool) -> str:
    method = "restricted maximum likelihood (REML)" if comparison.reml else "maximum likelihood"
    df = (
        "standard errors and degrees of freedom are Kenward and Roger’s"
        if kenward_roger
        else "degrees of freedom are Satterthwaite’s"
    )
    ml = "; likelihoods and information criteria are by maximum likelihood" if comparison.reml else ""
    return f"Mixed models were estimated by {method}; their {df}{ml}. All models were fitted to the same rows with lmmcompare {VERSION}."


def _states(comparison: Comparison) -> list[str]:
    """Fits on the boundary, and fits that did not converge."""
    edge = [model_label(k).lower() for k, f in comparison.mixed_fits().items() if f.converged and f.singular]
    lost = [model_label(k).lower() for k, f in comparison.mixed_fits().items() if not f.converged]
    found = []
    if not lost and not edge:
        found.append("All fits converged, none on the boundary of the parameter space.")
    for names, what in ((edge, "lay on the boundary (singular): a variance of 0 or a correlation of 1 or −1"),
                        (lost, "did not converge and cannot be relied on")):  # fmt: skip
        if names:
            found.append(f"The fit{'s' if len(names) > 1 else ''} of “{'” and “'.join(names)}” {what}.")
    return found


def _results(comparison: Comparison, kenward_roger: bool) -> str:
    """The first coefficient by OLS and by the mixed model, and what varies between groups."""
    term = first_term(comparison)
    name = "The mean" if term == INTERCEPT else f"The coefficient of {term_label(term)}"
    frame = with_kenward_roger(comparison) if kenward_roger else comparison.coefficients()
    frame = frame[frame["term"] == term].set_index("model")
    keys = [k for k in ("ols", "ols_robust", "no_pooling", comparison.asked, "within_between") if k in frame.index]
    parts = [
        _estimate(model_label(k, comparison.group), frame.loc[k]) for k in keys if np.isfinite(frame.loc[k, "estimate"])
    ]
    spread = []
    for factor, covariance in comparison.mixed.cov_re.items():
        for n in covariance.columns:
            what = "intercepts" if n == INTERCEPT else f"slopes of {term_label(n)}"
            spread.append(f"{number(float(np.sqrt(covariance.loc[n, n])))} ({what} between {plural(factor)})")
    sds = f"The mixed model’s standard deviations were {', '.join(spread)} and {number(comparison.mixed.sigma)} (residuals)."
    return f"{name}: {'; '.join(parts)}. {sds}"


def _estimate(label: str, row: pd.Series) -> str:
    estimate, se, df, t, p, lower, upper = (float(row[c]) for c in ("estimate", "se", "df", "t", "p", "lower", "upper"))
    return (
        f"{label} {number(estimate)} (SE {number(se)}, 95% CI {number(lower)} to {number(upper)}, "
        f"t({number(df, decimals=0 if abs(df - round(df)) < 0.05 else 1)}) = {number(t)}, {p_value(p)})"
    )
