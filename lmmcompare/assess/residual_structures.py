"""Which structure of the residuals? Likelihood ratio tests between nested ones, and AIC, AICc and BIC of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from scipy.special import chdtrc

from ..errors import DesignError
from ..formula.correlation_parser import parse_correlation
from ..models.gls import GLSResult
from ..models.gls_fitting import OneTimeEach, gls_each
from ..models.request import FormulaLike, resolve
from ..text.numbers import p_value
from .information_criteria import aicc
from .likelihood_ratio import mixture
from .model_test import ModelTest, verdict

INDEPENDENT = "independent"


@dataclass(frozen=True, eq=False, repr=False)
class StructureComparison:
    """Models that differ in the residuals' structure only, over the same rows.

    Parameters
    ----------
    fits : dict
        Structure to its fit, "independent" first.
    information : DataFrame
        ``structure, parameters, loglik, aic, aicc, bic, outcome``, the best AICc first.
    tests : tuple of ModelTest
        Of each structure within each that it is a special case of.
    """

    fits: dict[str, GLSResult]
    information: pd.DataFrame
    tests: tuple[ModelTest, ...]

    def __repr__(self) -> str:
        return f"<StructureComparison of {', '.join(self.fits)}; information and table have the numbers>"

    @property
    def table(self) -> pd.DataFrame:
        """The tests as a frame, a row each."""
        return pd.DataFrame([asdict(test) for test in self.tests])


def compare_structures(
    formula: FormulaLike, data: Any, correlations: Sequence[str], reml: bool = True
) -> StructureComparison:
    """Fit independent residuals and each of some structures to the rows that are complete for all, and test between them.

    Parameters
    ----------
    formula : str
        The fixed part, the same for all; so REML likelihoods may be compared.
    data : DataFrame, table, str or Path
        As for `gls`.
    correlations : sequence of str
        As for `gls`.
    reml : bool
        REML, or maximum likelihood where False.

    Returns
    -------
    StructureComparison
        ``information`` has the likelihood and the criteria of each, ``table`` the tests between those that are nested.

    Raises
    ------
    LmmCompareError
        As `gls` does.
    """
    correlations = [correlations] if isinstance(correlations, str) else correlations
    spec, data, reml = resolve(formula, data, reml)
    asked = {str(c): c for c in map(parse_correlation, correlations)}
    results, one_time_each = gls_each(spec, data, [None, *asked.values()], reml=reml)
    fits = dict(zip([INDEPENDENT, *asked], results, strict=True))
    information = pd.DataFrame(
        [
            {
                "structure": name,
                "parameters": fit.n_parameters,
                "loglik": fit.llf,
                "aic": fit.aic,
                "aicc": aicc(fit.aic, fit.n_parameters, fit.nobs),
                "bic": fit.bic,
                "outcome": fit.outcome,
            }
            for name, fit in fits.items()
        ]
    ).sort_values("aicc", kind="stable", ignore_index=True)
    pairs = [(a, b) for a in fits for b in fits if a != b and is_special_case(fits[a], fits[b], one_time_each)]
    return StructureComparison(fits, information, tuple(structure_test(fits[a], fits[b]) for a, b in pairs))


def is_special_case(small: GLSResult, big: GLSResult, one_time_each: OneTimeEach) -> bool:
    """Whether one structure is a special case of the other: independence of all, one correlation of a free covariance.

    Serial correlation is one where the visits determine the times.
    """
    inner, outer = small.correlation, big.correlation
    if outer is None:
        return False
    if inner is None:
        return True
    if outer.kind != "us" or inner.kind == "us" or inner.group != outer.group:
        return False
    assert outer.order is not None
    return inner.order is None or one_time_each(outer.order, inner.order)


def structure_test(small: GLSResult, big: GLSResult) -> ModelTest:
    """Likelihood ratio test of one structure within another.

    No correlation lies inside the range of cs() and ar1(), where r may be negative, so the statistic is chi-square there; for
    car1() it is the end of the range, and the statistic a 50:50 mixture (Self and Liang 1987, J. Am. Stat. Assoc. 82).

    Raises
    ------
    DesignError
        Where the fits are not of the same rows and fixed part.
    """
    if small.names != big.names or small.nobs != big.nobs or small.reml != big.reml:
        raise DesignError(
            "The fits differ in more than the residuals’ structure.", "Give both one formula, rows and method."
        )
    df = big.n_parameters - small.n_parameters
    statistic = max(0.0, 2 * (big.llf - small.llf))
    naive = float(chdtrc(df, statistic))
    p, distribution, notes = naive, f"χ² with {df} df", [f"Both by {'REML' if big.reml else 'maximum likelihood'}."]
    corner = small.correlation is None and big.correlation is not None and big.correlation.kind == "car1"
    if corner:
        p, distribution = mixture(statistic, df), f"50:50 mixture of χ² with {df - 1} and {df} df"
        notes.append(f"This correlation cannot be negative; the naive χ² with {df} df would give {p_value(naive)}.")
    for fit in (small, big):
        if fit.outcome != "converged":
            notes.append(f"The fit of {fit.correlation} is {fit.outcome}: its test is not to be relied on.")
    inner = str(small.correlation) if small.correlation else "independent residuals"
    question = f"Do the data need {big.correlation} instead of {inner}?"
    words = verdict(p, f"The data speak against {inner}", f"The data are in keeping with {inner}")
    return ModelTest(
        f"Likelihood ratio test, {big.correlation} against {inner}",
        question,
        statistic,
        distribution,
        float(df),
        p,
        words,
        " ".join(notes),
        naive if corner else float("nan"),
    )
