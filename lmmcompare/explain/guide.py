"""Sentences for the depth of the page: the standard error, the intercept, who accounts for the gap, which to report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..columns import INTERCEPT
from ..compare import Comparison
from ..inference.influence import leave_one_group_out
from ..labels import an, literal, model_label, noun, plural, term_label
from ..numbers import decimals_for, number, p_value, percent
from ..once import once
from ..results import MixedResult
from ..shrinkage import shrinkage
from ..spec import Call, Column, Term
from .identity import attribution, split
from .standard_errors import error_table, moulton, slopes_vary
from .words import NEARLY_ALL, contrast, headline_decimals


@once
def errors_sentence(comparison: Comparison, term: str) -> str:
    """Why OLS's standard error of a coefficient is too large, too small, or about right."""
    a_group, groups, name = (literal(w) for w in (an(comparison.group), plural(comparison.group), term_label(term)))
    found = moulton(comparison, term)
    frame = error_table(comparison, term).set_index("label")
    robust, mixed = float(frame.loc["OLS, CR2", "ratio"]), float(comparison.pooled.bse[term] / comparison.ols.bse[term])
    what = "The mean" if term == INTERCEPT else name
    if term == INTERCEPT:
        where = f"belongs to all rows of {a_group} alike"
    elif found.predictor > 0.98:
        where = f"is the same in all rows of {a_group}"
    elif found.predictor < 0:
        never = not comparison.moments.varies_between[comparison.ols.columns[comparison.ols.names.index(term)]]
        where = f"varies within {groups} and {'not at all' if never else 'hardly'} between them"
    else:
        where = f"varies within and between {groups} (intraclass correlation {number(found.predictor, 2)})"
    alike = (
        f"the rows of {a_group} are alike (their OLS residuals have an intraclass correlation of "
        f"{number(found.residual, 2)})"
    )
    if found.residual <= 0.01:
        text = (
            f"{what} {where}, but the OLS residuals of {a_group} are hardly alike, so clustering changes little here."
        )
        return f"{text} {_few_groups(comparison, term)}".strip()
    factor = number(found.factor, 2)
    others = f"cluster-robust it is {number(robust, 2)}, in the mixed model {number(mixed, 2)} times"
    sd = slopes_vary(comparison, term)
    if np.isfinite(sd) and comparison.chosen == "random_slope" and max(robust, mixed) > 1.15 * found.factor:
        return (
            f"{what} {where}, and {alike}. With one slope for all {groups} the right standard error would be **{factor}** times "
            f"OLS's (Moulton's factor). But the slope varies between {groups} (SD {number(sd, 2)}), and each has only one: "
            f"{others}. So OLS's is {_verdict(max(robust, mixed))}."
        )
    if (found.factor - 1) * (robust - 1) < 0 and abs(robust - found.factor) > 0.1:
        text = (
            f"{what} {where}, and {alike}. Moulton's factor, which takes the rows of every group to be equally alike, puts the "
            f"right standard error at **{factor}** times OLS's; the cluster-robust error, which does not, at {number(robust, 2)} "
            f"times. They point in opposite directions, so these data do not say that OLS's is wrong; in the mixed model, for its "
            f"own estimate, it is {number(mixed, 2)} times."
        )
    else:
        text = (
            f"{what} {where}, and {alike}. So OLS's standard error, for OLS's estimate, is {_verdict(found.factor)}. Moulton's "
            f"factor puts the right one at **{factor}** times OLS's; {others}."
        )
        if mixed < 0.8 * found.factor:
            text += (
                " The mixed model's is smaller because it belongs to another, more precise estimate, one that leans on the "
                f"differences within {groups}"
                + (
                    f", and because it takes the slope to be the same in all {groups}, which AIC doubts."
                    if _slopes_differ(comparison)
                    else "."
                )
            )
    return f"{text} {_few_groups(comparison, term)}".strip()


FEW = 20
"""With fewer groups than this the cluster-robust errors are themselves uncertain, and the page says so."""


def _few_groups(comparison: Comparison, term: str) -> str:
    """A warning that cluster-robust errors rest on few groups."""
    n = comparison.moments.n_groups
    df = float(comparison.ols.robust("CR2").df[comparison.ols.names.index(term)])
    if n >= FEW and df >= 5:
        return ""
    groups = literal(plural(comparison.group))
    return f"With {n} {groups} the cluster-robust errors are uncertain themselves (CR2 has {number(df, 2)} degrees of freedom)."


def _slopes_differ(comparison: Comparison) -> bool:
    """Whether AIC prefers the random slope to the random intercept by more than 2."""
    if "random_slope" not in comparison.fits:
        return False
    ml = comparison.by_ml
    return bool(ml["random_intercept"].aic - ml["random_slope"].aic > 2)  # type: ignore[attr-defined]


def _verdict(factor: float) -> str:
    """Whether OLS's standard error is too large or too small, given the right one as a multiple of it."""
    if factor < 0.95:
        return "too large: it counts the differences between groups as noise, though the coefficient does not depend on them"
    if factor > 1.05:
        return "too small: it counts every row as new evidence, though rows of one group repeat each other"
    return "about right"


@once
def intercept_sentence(comparison: Comparison) -> str:
    """Why the intercepts differ: averages over rows or groups, and extrapolation to where all predictors are 0."""
    if not comparison.design.intercept:
        return "The formula has no intercept."
    ols, mixed, groups = comparison.ols, comparison.pooled, literal(plural(comparison.group))
    a, b = float(ols.params[INTERCEPT]), float(mixed.params[INTERCEPT])
    decimals = decimals_for(min(float(ols.bse[INTERCEPT]), float(mixed.bse[INTERCEPT])))
    values = f"{number(a, decimals=decimals)} under OLS and {number(b, decimals=decimals)} in the mixed model"
    names = [n for n in ols.names if n != INTERCEPT]
    index = [ols.columns[ols.names.index(n)] for n in names]
    slopes = float((mixed.params[names] - ols.params[names]).to_numpy() @ comparison.moments.center[index])
    text = f"The intercept is {values}."
    far = far_from_zero(comparison)
    if far:
        text += (
            f" It is the fitted value where {' and '.join(f'{literal(n)} is 0' for n in far)}, which lies outside the data: each "
            "line is carried on to there, so a small difference in slope becomes a large one in the intercept, even in its sign."
        )
    if number(a, decimals=decimals) == number(b, decimals=decimals):
        return text
    parts = f"Of the difference of {number(a - b, decimals=decimals)}, {number(slopes, decimals=decimals)} comes from the slopes"
    rest = number(a - b - slopes, decimals=decimals)
    if np.ptp(comparison.moments.n) == 0:
        why = f"all {groups} have the same number of rows, so averaging over rows or over {groups} is the same"
    else:
        why = f"OLS averages over rows, the mixed model nearly over {groups}"
    return f"{text} {parts} and {rest} from the averaging: {why}."


@once
def far_from_zero(comparison: Comparison) -> list[str]:
    """Numeric predictors whose data do not reach to 0."""
    found = []
    for k in comparison.design.fixed:
        column = comparison.design.columns[k]
        if len(column.pieces) == 1 and isinstance(column.pieces[0], np.ndarray) and column.uses[0] == (column.name,):
            low, high = comparison.design.range_of(column.name, column.pieces[0])
            if low > 0 or high < 0:
                found.append(column.name)
    return found


def recentred_formula(comparison: Comparison) -> str:
    """The same model with predictors far from 0 centred at their means, so that the intercept is inside the data."""
    spec, far = comparison.spec, set(far_from_zero(comparison))

    def centred(term: Term) -> Term:
        return Term(tuple(Call("center", f) if isinstance(f, Column) and f.name in far else f for f in term.factors))

    changed = [centred(t) for t in spec.terms]
    random = [type(r)(r.group, tuple(centred(t) for t in r.terms), r.intercept, r.correlated) for r in spec.random]
    return type(spec)(spec.outcome, tuple(changed), spec.intercept, tuple(random)).formula


@once
def gap_sentence(comparison: Comparison, term: str) -> str:
    """Who accounts for the gap between OLS and the mixed model: which level, and which groups."""
    frame, groups = attribution(comparison, term), literal(plural(comparison.group))
    ols, mixed = float(comparison.ols.params[term]), float(comparison.pooled.params[term])
    gap = ols - mixed
    decimals = decimals_for(float(comparison.ols.bse[term]))
    if frame["share"].isna().all() or abs(gap) < 0.02 * float(comparison.ols.bse[term]):
        return "OLS and the mixed model agree, so there is no gap to account for."
    between, within = float(frame["between"].sum()) / gap, float(frame["within"].sum()) / gap
    level = (
        f"The differences between {groups} pull OLS by {number(between * gap, decimals=decimals)}, those within by "
        f"{number(within * gap, decimals=decimals)}."
    )
    ranked = frame.sort_values("share", ascending=False)
    top = ranked.head(3 if len(frame) > 4 else 1)
    label = noun(comparison.group)
    names = [literal(f"{label[:1].upper() + label[1:]} {g}") for g in top["group"]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    share, pull = float(top["share"].sum()), float(top["total"].sum())
    several = len(names) > 1
    if share <= 0.95:
        who = f"{listed} alone {'account' if several else 'accounts'} for {percent(share)} of it."
    else:
        verb = "pull" if several else "pulls"
        who = (
            f"{listed} {verb} OLS by {number(pull, decimals=decimals)}, all others together by "
            f"{number(gap - pull, decimals=decimals)}."
        )
    return (
        f"The gap is {number(gap, decimals=decimals)} ({number(ols, decimals=decimals)} against "
        f"{number(mixed, decimals=decimals)}). {level} {who}"
    )


@dataclass(frozen=True)
class Advice:
    """One question that a reader may have, and the number that answers it.

    Parameters
    ----------
    question : str
    answer : str
        The number, with its interval.
    reason : str
    """

    question: str
    answer: str
    reason: str


@once
def mundlak_sentence(comparison: Comparison, term: str) -> str:
    """What Mundlak's test says: whether the slope within and the slope between groups differ."""
    name = f"{term}_mean"
    fit = comparison.fits.get("within_between")
    if not isinstance(fit, MixedResult) or name not in fit.names:
        return ""
    difference, p, limits = float(fit.params[name]), float(fit.pvalues[name]), fit.conf_int().loc[name]
    decimals = decimals_for(float(fit.bse[name]))
    ends = sorted(float(limits[end]) * (1 if difference > 0 else -1) for end in ("lower", "upper"))
    low, high = (number(end, decimals=decimals) for end in ends)
    shown = f"{number(abs(difference), decimals=decimals)} (95% interval {low} to {high}, {p_value(p)})"
    if p < 0.05:
        verdict = "so one slope for both, as OLS and the random intercept have it, mixes two different things"
    else:
        verdict = "so the data do not show that they differ, though they may"
    groups = literal(plural(comparison.group))
    apart = "higher" if difference > 0 else "lower"
    return f"Mundlak's test: the slope between {groups} is {apart} than the one within, by {shown}, {verdict}."


@once
def which_to_report(comparison: Comparison, term: str) -> list[Advice]:
    """The number for each question, with the reason; nothing is hidden and nothing is called significant."""
    group, groups, name = (literal(w) for w in (noun(comparison.group), plural(comparison.group), term_label(term)))
    part = split(comparison, term, "ols")
    coefficients = comparison.coefficients().set_index(["model", "term"])
    decimals = headline_decimals(comparison, term)

    def shown(model: str, which: str) -> str:
        row = coefficients.loc[(model, which)]
        low, high = (number(float(row[c]), decimals=decimals) for c in ("lower", "upper"))
        return f"{number(float(row['estimate']), decimals=decimals)} ({low} to {high})"

    advice = []
    test = _mundlak(comparison, term)
    if "no_pooling" in comparison.fits and np.isfinite(comparison.no_pooling.params.get(term, np.nan)):
        answer = f"{shown('no_pooling', term)}, from {literal(model_label('no_pooling', comparison.group))}"
        same = "Within–between gives the same number. " if test else ""
        slope_fit = comparison.fits.get("random_slope")
        if isinstance(slope_fit, MixedResult) and term in slope_fit.random_names and _slopes_differ(comparison):
            answer = f"{shown('random_slope', term)}, on average over {groups}, from the random slope"
            same = f"The slope differs between {groups}, which the dummies' narrower interval does not count. "
        advice.append(Advice(
            f"What goes with a change of {name} within the same {group}?", answer,
            f"It compares rows of the same {group}, so nothing that is constant within {literal(an(comparison.group))} can "
            f"disturb it. {same}Whether it is a cause is another question.",
        ))  # fmt: skip
    if (
        np.isfinite(part.estimate_between)
        and part.weight_within < NEARLY_ALL
        and comparison.moments.varies_between[comparison.ols.columns[comparison.ols.names.index(term)]]
    ):
        value = number(part.estimate_between, decimals=contrast(comparison, term, decimals)[0])
        advice.append(Advice(
            f"How do {groups} with a higher {name} differ?", f"{value}, the slope between {groups}",
            f"It compares {groups}' means, so it carries along whatever else differs between {groups}.",
        ))  # fmt: skip
    advice.append(Advice(
        "What is the average over everyone, rows drawn as these were?",
        f"{shown('ols_robust', term)}, OLS with cluster-robust errors",
        "It describes the rows as they are, without saying why; only its standard error needs the clusters. "
        + _few_groups(comparison, term),
    ))  # fmt: skip
    if test and test[1] < 0.05:
        advice.append(Advice(
            f"What is to be expected of a known {group}, or of a new one?", "Predict from within–between",
            f"The two slopes differ here, so a {group}'s mean of {name} tells something that the {name} of a row does not; the "
            f"mixed model without it, {shown(comparison.chosen, term)}, blends the two.",
        ))  # fmt: skip
    else:
        advice.append(Advice(
            f"What is to be expected of a known {group}, or of a new one?", f"{shown(comparison.chosen, term)}, the mixed model",
            f"A known {group} is predicted from its own rows and the others', a new one from the population line.",
        ))  # fmt: skip
    return advice


def _mundlak(comparison: Comparison, term: str) -> tuple[float, float] | None:
    """The between slope minus the within slope, and its p value, by within–between."""
    fit, name = comparison.fits.get("within_between"), f"{term}_mean"
    if not isinstance(fit, MixedResult) or name not in fit.names:
        return None
    return float(fit.params[name]), float(fit.pvalues[name])


@once
def groups_frame(comparison: Comparison, term: str) -> pd.DataFrame:
    """Every group: rows, weight in OLS's and the mixed model's coefficient, part in the gap, shrinkage, influence.

    ``kept`` is the weight on the group's own rows in its random effect; ``influence`` is by how much the mixed model's
    coefficient would change if the group were left out.
    """
    ols, mixed = split(comparison, term, "ols"), split(comparison, term, comparison.chosen)
    gap, fit = attribution(comparison, term), comparison.pooled
    kept = shrinkage(fit)
    without = leave_one_group_out(fit.fit, fit.moments, fit.columns).beta[fit.names.index(term)]
    return pd.DataFrame({
        "group": gap["group"], "n": gap["n"], "weight_ols": ols.group_weight, "weight_mixed": mixed.group_weight,
        "pull": gap["total"], "share": gap["share"],
        "kept": kept.loc[kept["term"] == fit.random_names[0], "weight"].to_numpy(),
        "influence": without - float(fit.params[term]),
    })  # fmt: skip


def new_weight(comparison: Comparison, n: float, sd: float) -> float:
    """The weight on a group's own rows if it had ``n`` of them, with residual SD ``sd``, at the fitted variances."""
    fit = comparison.random_intercept
    tau2 = float(fit.cov_re[fit.group].to_numpy()[0, 0])
    return n * tau2 / (n * tau2 + sd**2) if tau2 > 0 else 0.0
