"""Intervals of everything that a mixed model estimates, side by side: Wald and profile likelihood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..errors import OptionError
from ..inference.profile import Parameter, parameters
from ..inference.profile import profile as profile_of
from ..inference.profile_search import Interval
from ..models import MixedResult
from ..models.random_structures import parameters as variances_of
from ..text.numbers import number

Method = Literal["wald", "profile"]
Limits = Iterable[tuple[Parameter, Interval]]

NO_WALD = (
    "No Wald limits: estimates of spread are skewed and end at 0, so that a multiple of a standard error misleads. "
    "Use profile likelihood or a bootstrap."
)


@dataclass(frozen=True, eq=False)
class Profile:
    """One parameter's profile-likelihood interval.

    Parameters
    ----------
    row : dict
        Its row of `intervals`.
    curve : DataFrame
        ``name, kind, factor, value, zeta``: the signed root of the rise of the deviance, from limit to limit; straight where a
        Wald interval would do, and empty where there is nothing to draw.
    """

    row: dict[str, object]
    curve: pd.DataFrame


def intervals(
    result: MixedResult,
    method: Method = "wald",
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Confidence limits of the coefficients, standard deviations, correlations and the residual standard deviation.

    Parameters
    ----------
    method : {"wald", "profile"}
        Wald: estimate and standard error with the degrees of freedom of the t tests, for coefficients only. Profile: the
        values that a likelihood-ratio test would not reject; always by maximum likelihood (a REML fit is fitted again), as in
        lme4's ``confint(method="profile")``.
    alpha : float
        One minus the confidence level.

    Returns
    -------
    DataFrame
        ``name, kind, factor, estimate, lower, upper, note``; kind is "coefficient", "sd", "correlation" or "residual". The
        estimates are the fit's own. ``note`` is the reason why a limit is missing or at the bound of the parameter's range.
    """
    wanted = parameters(result.fit.problem)
    if method == "wald":
        return pd.DataFrame([_wald(result, p, alpha) for p in wanted])
    if method != "profile":
        raise OptionError(f"There are no intervals called {method!r}.", "Choose 'wald' or 'profile'.")
    return pd.DataFrame([known.row for known in profiles(result, alpha, wanted)])


def profiles(
    result: MixedResult, alpha: float = 0.05, wanted: Sequence[Parameter] | None = None, known: Limits | None = None
) -> Iterator[Profile]:
    """Profile-likelihood intervals one after another, each with its curve.

    Parameters
    ----------
    wanted : sequence of Parameter, optional
        All, when left out.
    known : iterable, optional
        What `lmmcompare.inference.profile.profile` gives of these, if it is known: of the fits by REML and by maximum
        likelihood it is the same.
    """
    for parameter, limits in profile_of(result.fit, result.moments, wanted, 1 - alpha) if known is None else known:
        named = _named(result, parameter)
        by_ml = result.reml and parameter.kind != "coefficient" and np.isfinite(limits.estimate)
        around = f"Around the estimate by maximum likelihood, {number(limits.estimate)}. " if by_ml else ""
        row = named | {"lower": limits.lower, "upper": limits.upper, "note": (around + limits.note).strip()}
        curve = {key: named[key] for key in ("name", "kind", "factor")} | {"value": limits.value, "zeta": limits.zeta}
        yield Profile(row, pd.DataFrame(curve))


def _wald(result: MixedResult, parameter: Parameter, alpha: float) -> dict[str, object]:
    row = _named(result, parameter)
    if parameter.kind != "coefficient":
        return row | {"lower": np.nan, "upper": np.nan, "note": NO_WALD}
    limits = result.conf_int(alpha).iloc[parameter.index[0]]
    return row | {"lower": float(limits["lower"]), "upper": float(limits["upper"]), "note": ""}


def _named(result: MixedResult, parameter: Parameter) -> dict[str, object]:
    """A parameter's name, kind and grouping factor, and the fit's estimate of it."""
    if parameter.kind == "coefficient":
        k = parameter.index[0]
        return _row(result.names[k], "coefficient", "", float(result.fit.beta[k]))
    if parameter.kind == "residual":
        return _row("Residual", "residual", "", result.sigma)
    at, *terms = parameter.index
    block, covariance = result.blocks[at], result.fit.covariances[at]
    if not block.is_full:
        own = [p for p in variances_of(block, covariance) if p[1] == parameter.kind]
        name, kind, value = own[terms[0]] if parameter.kind == "sd" else own[0]
        return _row(name, kind, result.factors[block.factor], value)
    size = np.sqrt(np.diag(covariance)[terms])
    names, factor = [block.names[t] for t in terms], result.factors[block.factor]
    if parameter.kind == "sd":
        return _row(names[0], "sd", factor, float(size[0]))
    covary = float(covariance[terms[0], terms[1]])
    return _row(", ".join(names), "correlation", factor, covary / float(size.prod()) if size.all() else float("nan"))


def _row(name: str, kind: str, factor: str, estimate: float) -> dict[str, object]:
    return {"name": name, "kind": kind, "factor": factor, "estimate": estimate}
