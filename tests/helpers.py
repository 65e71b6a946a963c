"""The reference fits of R, the data that they were made from, and how closely the package agrees with each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

import lmmcompare
from lmmcompare.assess.variance_explained import shares
from lmmcompare.fit.mixed import MixedFit, at_theta
from lmmcompare.models import MixedResult
from lmmcompare.models.gathering import compute_crossing

TESTS = Path(__file__).parent

# Every case, and the columns that cases.R makes factors.
CASES = {
    "chapter7_ri": ["groups"],
    "cv161703_ri": ["ID"],
    "cv161703_rs": ["ID"],
    "dragons_mundlak": ["mountainRange"],
    "dragons_ri": ["mountainRange"],
    "drug_ri": ["ID"],
    "dyestuff2_singular": ["Batch"],
    "dyestuff_ri": ["Batch"],
    "exam_ri": ["school"],
    "exam_rs": ["school", "sex", "schgend"],
    "hsb82_rs": ["school", "sector"],
    "insteval_crossed": ["s", "d", "service"],
    "oats_nested": ["B", "V", "N"],
    "pastes_nested": ["batch", "cask"],
    "penicillin_crossed": ["plate", "sample"],
    "penicillin_fixed_sample": ["plate", "sample"],
    "pshp2_ri": ["cluster"],
    "sleepstudy_ri": ["Subject"],
    "sleepstudy_rs": ["Subject"],
    "sleepstudy_unbalanced_ri": ["Subject"],
    "sleepstudy_unbalanced_rs": ["Subject"],
    "sleepstudy_uncorrelated": ["Subject"],
}

# Largest differences allowed. lme4 stops within about 1e-8 of the best criterion, so its theta is good to about 1e-5
# (the criterion is flat at its minimum), and whatever depends on theta inherits that; OLS has no such slack, and the
# files print 12 decimals.
TOLERANCES = {
    "criterion": 1e-6,  # absolute, and only upwards: lower is a better fit
    "loglik": 1e-6,  # absolute
    "estimate": 1e-6,  # relative to the estimate or to its standard error, whichever is larger
    "se": 1e-5,  # relative
    "vcov": 2e-5,  # relative to the product of the two standard errors: twice that of one
    "sigma": 1e-5,  # relative
    "theta": 1e-4,  # absolute
    "random variance": 2e-4,  # relative to the largest variance: theta squared
    "random effect": 1e-4,  # relative to the largest
    "conditional variance": 1e-4,  # relative to the largest
    "fitted": 1e-5,  # relative to sigma
    # at lme4's own theta nothing is left of the optimisers: two ways to compute the same numbers
    "criterion at R's theta": 1e-7,  # absolute
    "estimate at R's theta": 1e-8,  # relative to the estimate or its standard error
    "se at R's theta": 1e-8,  # relative
    "satterthwaite df": 1e-3,  # relative: second differences of the criterion on both sides
    "kenward-roger se": 1e-3,  # relative
    "kenward-roger df": 1e-3,  # relative
    "r2": 1e-4,  # absolute
    "icc": 1e-4,  # absolute
    "ols estimate": 1e-6,  # relative to the estimate or its standard error
    "ols se": 1e-6,  # relative
    "ols robust se": 1e-6,  # relative
    "ols robust df": 1e-4,  # relative
    "ols fit": 1e-8,  # relative: sigma, R squared, log-likelihood, AIC, BIC
    "dummies estimate": 1e-6,  # relative to the estimate or its standard error
    "dummies se": 1e-6,  # relative
    "per group": 1e-6,  # relative to the largest of its kind
    "plm within": 1e-6,  # relative
}


@dataclass(frozen=True)
class Difference:
    """How far a quantity of one case is from the reference."""

    case: str
    quantity: str
    where: str
    measured: float

    @property
    def tolerance(self) -> float:
        return TOLERANCES[self.quantity]


@cache
def reference(case: str) -> dict[str, Any]:
    return json.loads((TESTS / "reference" / f"{case}.json").read_text())


@cache
def table(name: str) -> pd.DataFrame:
    if name == "pshp2_twin":  # no file of its own: 9 MB that the recipe makes
        return lmmcompare.examples.load("pshp2").astype({"cluster": int, "condition": str})
    plain = TESTS / "data_files" / f"{name}.csv"
    return pd.read_csv(plain if plain.exists() else plain.with_suffix(".csv.gz"))


@cache
def data(case: str) -> pd.DataFrame:
    """The frame that R fitted, with the factors and derived columns of cases.R."""
    frame = table(reference(case)["data"]).copy()
    for name in CASES[case]:
        levels = np.unique(frame[name])
        frame[name] = pd.Categorical(frame[name].astype(str), categories=[str(v) for v in levels])
    if case == "dragons_mundlak":
        means = frame.groupby("mountainRange", observed=True)["bodyLength2"].mean()
        frame["bodyLength2_mean"] = frame["mountainRange"].map(means).astype(float)
    if case == "pshp2_ri":
        frame["condition"] = pd.Categorical(frame["condition"], categories=["unstim", "stim"])
    return frame


@cache
def comparison(case: str, reml: bool = True) -> lmmcompare.Comparison:
    return lmmcompare.compare(reference(case)["formula"], data(case), reml=reml)


@cache
def example(name: str, formula: str = "", reml: bool = True) -> lmmcompare.Comparison:
    """The comparison of a bundled example, by its own formula or another, made once for all tests of a process."""
    examples = lmmcompare.examples
    return lmmcompare.compare(formula or examples.get(name).formula, examples.load(name), reml=reml)


@cache
def own_fit(case: str, reml: bool = True) -> MixedResult:
    return lmmcompare.lmer(reference(case)["formula"], data(case), reml=reml)


def differences(case: str) -> Iterator[Difference]:
    """Every number of a case that both sides have, compared."""
    known = reference(case)
    for kind in ("reml", "ml"):
        yield from _mixed(case, kind, known[kind])
    yield from _ols(case, known["ols"])
    if "no_pooling_intercepts" in known:
        yield from _dummies(case, known["no_pooling_intercepts"])
    if "per_group_ols" in known:
        ours = comparison(case).no_pooling.per_group.beta.T
        theirs = _array(known["per_group_ols"]["values"])
        theirs[np.isnan(theirs).any(axis=1)] = (
            np.nan
        )  # R gives a lone row an intercept; we say that it has no regression
        if not np.isnan(theirs).all():
            yield Difference(case, "per group", "", _worst(ours, theirs, np.nanmax(np.abs(theirs), axis=0)))
    if "within" in known.get("plm", {}):
        fit, within = comparison(case).no_pooling, known["plm"]["within"]
        estimate, se = _array(within["estimate"]), _array(within["se"])
        yield Difference(case, "plm within", "estimate", _worst(fit.params, estimate, np.maximum(np.abs(estimate), se)))
        yield Difference(case, "plm within", "se", _worst(fit.bse, se, se))


def _mixed(case: str, kind: str, known: dict[str, Any]) -> Iterator[Difference]:
    fit = own_fit(case, kind == "reml")
    estimate, se = _array(known["estimate"]), _array(known["se"])

    def found(quantity: str, ours: Any, theirs: Any, scale: Any) -> Difference:
        return Difference(case, quantity, kind, _worst(ours, theirs, scale))

    yield Difference(case, "criterion", kind, max(fit.criterion - known["criterion"], 0.0))
    yield found("loglik", [fit.llf, fit.aic / 2, fit.bic / 2], [known["loglik"], known["aic"] / 2, known["bic"] / 2], 1)
    yield found("estimate", fit.params, estimate, np.maximum(np.abs(estimate), se))
    yield found("se", fit.bse, se, se)
    yield found(
        "vcov", fit.cov_params(), np.reshape(_array(known["vcov"]["values"]), fit.cov_params().shape), np.outer(se, se)
    )
    yield found("sigma", fit.sigma, known["sigma"], known["sigma"])
    yield found("theta", fit.theta, _array(known["theta"]), 1)
    for at, factor in enumerate(fit.factors):
        # (x || g) is a factor a term in lme4: Subject, Subject.1
        named = {k: v for k, v in known["varcorr"].items() if len(fit.factors) == 1 or k == factor}
        covariance = block_diag(*(np.atleast_2d(np.array(v["cov"], dtype=float)) for v in named.values()))
        scale = max(covariance.max(), 1e-8 * known["sigma"] ** 2)
        yield found("random variance", fit.cov_re[factor], covariance, scale)
        ranef = known["ranef"][factor]  # of many levels the first ones as R orders them
        levels = list(map(str, ranef.get("levels", ranef.get("head"))))
        order = [fit.groupings[at].labels.index(level) for level in levels]
        modes = np.array(ranef["values"], dtype=float).reshape(len(levels), -1)
        largest = np.maximum(np.abs(modes).max(axis=0), 1e-6 * known["sigma"])
        yield found("random effect", fit.random_effects[factor].iloc[order], modes, largest)
        if "cond_var" in ranef:
            variances = np.array(ranef["cond_var"], dtype=float).reshape(-1, modes.shape[1], modes.shape[1])
            largest = np.maximum(np.abs(variances).max(), 1e-8 * known["sigma"] ** 2)
            ours = np.moveaxis(fit.fit.mode_covariances[at], -1, 0)[order]
            yield found("conditional variance", ours, variances, largest)
    fitted = (fit.fittedvalues[:10], fit.predict(level="population")[:10])
    heads = (known["fitted_head"][:10], known["fitted_population_head"][:10])
    yield found("fitted", fitted, heads, known["sigma"])
    if not known["singular"]:
        df = _array(known["satterthwaite_df"])
        yield found("satterthwaite df", fit.df_satterthwaite, df, df)
    if "se" in known.get("kenward_roger", {}):
        adjusted, df = _array(known["kenward_roger"]["se"]), _array(known["kenward_roger"]["df"])
        yield found("kenward-roger se", fit.bse_kenward_roger, adjusted, adjusted)
        yield found("kenward-roger df", fit.df_kenward_roger, df, df)
    if case != "sleepstudy_uncorrelated" and not known["singular"]:  # a slip of that version of performance
        ours = shares(fit)
        if "r2" in known:
            pair = [known["r2"]["marginal"], known["r2"]["conditional"]]
            yield found("r2", [ours.r2_marginal, ours.r2_conditional], pair, 1)
        if "icc" in known:
            pair = [known["icc"]["adjusted"], known["icc"]["unadjusted"]]
            yield found("icc", [sum(ours.icc.values()), ours.between / ours.total], pair, 1)
    same = at_reference_theta(fit, _array(known["theta"]))
    yield found("criterion at R's theta", same.criterion, known["criterion"], 1)
    yield found("estimate at R's theta", same.beta, estimate, np.maximum(np.abs(estimate), se))
    yield found("se at R's theta", np.sqrt(np.diag(same.vcov)), se, se)


def at_reference_theta(fit: MixedResult, theta: np.ndarray) -> MixedFit:
    """Our fit at lme4's theta, which is in the columns' units while ours is in centred and scaled columns."""
    setting = fit.fit.problem
    factor = setting.theta_map.matrix(theta)
    for rows, part in zip(setting.theta_map.block_slices(), setting.random, strict=True):
        factor[rows] = np.linalg.solve(part.to_units, factor[rows])
    scaled = setting.theta_map.from_covariance(factor @ factor.T)
    blocks, factors = [b.columns for b in fit.blocks], [b.factor for b in fit.blocks]
    data = compute_crossing(fit.design)
    return at_theta(data, fit.columns, blocks, scaled, reml=fit.reml, factors=factors)


def _ols(case: str, known: dict[str, Any]) -> Iterator[Difference]:
    fit = comparison(case).ols
    estimate, se = _array(known["estimate"]), _array(known["se"])
    yield Difference(case, "ols estimate", "", _worst(fit.params, estimate, np.maximum(np.abs(estimate), se)))
    yield Difference(case, "ols se", "", _worst(fit.bse, se, se))
    ours = [fit.sigma, fit.llf, fit.aic, fit.bic, 1 + fit.rsquared, fit.df_resid]
    theirs = [known["sigma"], known["loglik"], known["aic"], known["bic"], 1 + known["r2"], known["df"]]
    yield Difference(case, "ols fit", "", _worst(ours, theirs, np.abs(theirs)))
    for kind in ("CR0", "CR1", "CR2"):
        if kind in known:
            robust = fit.robust(kind)
            se, df = _array(known[kind]["se"]), _array(known[kind]["df"])
            yield Difference(case, "ols robust se", kind, _worst(np.sqrt(np.diag(robust.vcov)), se, se))
            yield Difference(case, "ols robust df", kind, _worst(robust.df, df, df))


def _dummies(case: str, known: dict[str, Any]) -> Iterator[Difference]:
    fit = comparison(case).no_pooling
    rows = fit.treatment_contrasts().rename(_r_name)
    theirs = pd.DataFrame({k: _array(known[k]) for k in ("estimate", "se")}, index=known["terms"])
    if fit.params.isna().any():
        # a predictor that is constant within groups is aliased with the dummies: we drop it, R the last dummies
        theirs = theirs.loc[fit.params.dropna().rename(_r_name).index]
    rows = rows.loc[theirs.index]
    scale = np.maximum(theirs["estimate"].abs(), theirs["se"])
    yield Difference(case, "dummies estimate", "", _worst(rows["estimate"], theirs["estimate"], scale))
    yield Difference(case, "dummies se", "", _worst(rows["se"], theirs["se"], theirs["se"]))
    ours, known_fit = [fit.sigma, fit.df_resid, fit.llf, fit.aic], [known[k] for k in ("sigma", "df", "loglik", "aic")]
    yield Difference(case, "ols fit", "dummies", _worst(ours, known_fit, np.abs(known_fit)))


def _r_name(name: str) -> str:
    return "(Intercept)" if name == "Intercept" else name.replace("[T.", "").replace("]", "")


def _array(value: Any) -> np.ndarray:
    """A number or list of R's JSON, where a vector of one stands as a number."""
    return np.atleast_1d(np.array(value, dtype=float))


def _worst(ours: Any, theirs: Any, scale: Any) -> float:
    """The largest scaled difference; infinite where one side is NaN and the other is not, or shapes differ."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if a.shape != b.shape or (np.isnan(a) != np.isnan(b)).any():
        return float("inf")
    gap = np.abs(a - b) / np.asarray(scale, dtype=float)
    return float(np.nanmax(gap)) if gap.size else 0.0
