"""Whether the data call for structured residuals: the model that has them against those with the formula's fixed part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..assess.information_criteria import CLOSE, information_criteria
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models.gls import GLSResult
from ..text.labels import literal, model_phrase
from ..text.numbers import number
from ..work.memo import memoised

SAME_FIXED_PART = (Model.OLS, Model.RANDOM_INTERCEPT, Model.RANDOM_SLOPE, Model.SEVERAL)
"""Models that differ from the one with structured residuals in the covariance of the rows alone."""
PLANNED = (
    " A structure that was fixed before the data were seen, as a trial’s protocol does, is reported whatever AICc says."
)
WITHIN = 0.01
"""A coefficient of whose variance groups' own levels make up less than this share compares rows within groups."""


@dataclass(frozen=True)
class StructureChoice:
    """What AICc says of the model with structured residuals.

    Parameters
    ----------
    verdict : {"called for", "beside another", "undecided", "not called for", "unknown"}
        Better than every other covariance of the rows; better than the formula's own and about as good as another one; about as good as
        the formula's own; worse than another one; not to be judged.
    structured, own : float
        AICc of the model with structured residuals and of the formula's own.
    rival : str
        The key of the best of the other models.
    best : float
        Its AICc.
    """

    verdict: Literal["called for", "beside another", "undecided", "not called for", "unknown"]
    structured: float
    own: float
    rival: str
    best: float

    @property
    def preferred(self) -> bool:
        """Whether the formula's own model falls behind it, and no other leaves it behind."""
        return self.verdict in ("called for", "beside another")


@memoised
def structure_choice(comparison: Comparison) -> StructureChoice | None:
    """Judge structured residuals by AICc, all models by maximum likelihood; None where none were fitted."""
    fit = comparison.structured
    if fit is None:
        return None
    frame = information_criteria(
        {k: comparison.by_ml[k] for k in (*SAME_FIXED_PART, Model.STRUCTURED) if k in comparison.fits}
    )
    values = frame.set_index("model")["aicc"]
    others = values.drop(Model.STRUCTURED)
    structured, own, best = (
        float(values[Model.STRUCTURED]),
        float(values[comparison.formula_model]),
        float(others.min()),
    )
    result = (structured, own, str(others.idxmin()), best)
    if not (is_reliable(fit) and is_reliable(fit.by_ml) and np.isfinite(structured)):
        return StructureChoice("unknown", *result)
    if structured - best >= CLOSE:
        return StructureChoice("not called for", *result)
    if own - structured < CLOSE:
        return StructureChoice("undecided", *result)
    return StructureChoice("called for" if best - structured >= CLOSE else "beside another", *result)


def is_reliable(fit: GLSResult) -> bool:
    """Whether a fit is at a certified best value that its errors may be read at.

    A variance of zero of a random part, or a correlation of zero at the end of its range, is such a value; a residual covariance
    without an inverse is none.
    """
    if fit.outcome == "singular":
        return bool(fit.cov_re) and fit.converged
    correlation = fit.residual_correlation
    at_zero = isinstance(correlation, float) and abs(correlation) < 1e-6
    return fit.outcome == "converged" or (fit.outcome == "boundary" and at_zero and fit.variance is None)


def structure_text(fit: GLSResult) -> str:
    """The structure as it is written, for Markdown."""
    parts = [str(fit.correlation)] if fit.correlation else []
    return literal(" and ".join([*parts, f"a variance by {fit.variance}"] if fit.variance else parts))


def independence_sentence(comparison: Comparison) -> str:
    """What tests between models with residuals independent and of one variance leave out where a structure of them fits better."""
    fit = comparison.structured
    assert fit is not None
    text = "These tests take the residuals to be independent and of one variance; structured residuals, which are not, fit better"
    if fit.correlation is not None and fit.correlation.kind in ("ar1", "car1", "us"):
        return f"{text}: rows that are the more alike the nearer they are can look like slopes that vary."
    return f"{text}: variances that differ can look like slopes that vary." if fit.variance else f"{text}."


def aicc_clause(comparison: Comparison) -> str:
    """Both models' AICc: "AICc is 1,755.2 with structured residuals and 1,802.3 in the random-intercept model"."""
    choice, fit = structure_choice(comparison), comparison.structured
    assert choice is not None and fit is not None
    values = f"AICc is {number(choice.structured, decimals=1)} with structured residuals, {structure_text(fit)}, and "
    values += f"{number(choice.own, decimals=1)} in {model_phrase(comparison.formula_model)}"
    if choice.rival != comparison.formula_model:
        values += f"; the best of the others is {model_phrase(choice.rival)} with {number(choice.best, decimals=1)}"
    return values


def structure_verdict(comparison: Comparison) -> tuple[str, str]:
    """Whether the data call for structured residuals, and by which numbers."""
    choice, fit = structure_choice(comparison), comparison.structured
    assert choice is not None and fit is not None
    numbers = f"{aicc_clause(comparison)} (all by maximum likelihood, less is better)."
    match choice.verdict:
        case "called for":
            return "Yes", numbers
        case "beside another":
            return (
                f"They or {model_phrase(choice.rival)}",
                f"{numbers} The data hardly tell these two apart, and prefer both to {model_phrase(comparison.formula_model)}.",
            )
        case "undecided":
            return (
                "The data hardly tell",
                f"{numbers} {_same_model(fit) or f'A difference below {CLOSE:g} says little.'}{PLANNED}",
            )
        case "not called for":
            return "No", f"{numbers} {_same_model(fit)}".strip() + PLANNED
        case _:
            return "This cannot be told", _why_unknown(fit, choice)


def _same_model(fit: GLSResult) -> str:
    """Says that one positive correlation within groups is a random intercept, where it is what was fitted."""
    correlation, value = fit.correlation, fit.residual_correlation
    if correlation is None or correlation.kind != "cs" or fit.variance or not (isinstance(value, float) and value >= 0):
        return ""
    return f"With a correlation that is positive, as here, {structure_text(fit)} and a random intercept are the same model."


def _why_unknown(fit: GLSResult, choice: StructureChoice) -> str:
    if not np.isfinite(choice.structured):
        return f"There are too few rows for AICc: the model has {fit.n_parameters:,} parameters for {fit.nobs:,} rows."
    failed, method = (
        (fit, "REML" if fit.reml else "maximum likelihood")
        if not is_reliable(fit)
        else (fit.by_ml, "maximum likelihood")
    )
    last = f" {literal(failed.notes[-1])}" if failed.notes else ""
    ended = "lies on the boundary" if failed.outcome == "boundary" else f"is {failed.outcome}"
    return f"The fit of {structure_text(fit)} by {method} {ended}.{last}"


@memoised
def compares_within(comparison: Comparison, term: str) -> bool:
    """Whether the model with structured residuals reads a coefficient within groups: what sets groups apart hardly moves it.

    Were groups as far apart as OLS's residuals are, this would make up less than `WITHIN` of the coefficient's variance.
    """
    fit = comparison.structured
    assert fit is not None
    if fit.design.is_sample or fit.design.grouping is None or fit.design.grouping.name != comparison.group:
        return False
    shifts = fit.group_shifts().loc[term].to_numpy()
    return bool(comparison.ols.sigma**2 * (shifts**2).sum() < WITHIN * float(fit.bse[term]) ** 2)
