"""Sentences for the depth of the page: the standard error, the intercept, who accounts for the gap, which to report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..columns import INTERCEPT
from ..compare import Comparison
from ..inference.influence import leave_one_group_out
from ..labels import an, literal, noun, plural, term_label
from ..numbers import decimals_for, number, p_value, percent
from ..results import MixedResult
from ..shrinkage import shrinkage
from ..spec import Call, Column, Term
from .identity import attribution, split
from .standard_errors import error_table, moulton, slopes_vary


def errors_sentence(comparison: Comparison, term: str) -> str:
    """Why OLS's standard error of a coefficient is too large, too small, or about right."""
    a_group, groups, name = (literal(w) for w in (an(comparison.group), plural(comparison.group), term_label(term)))
    found = moulton(comparison, term)
    frame = error_table(comparison, term).set_index("label")
    robust, mixed = float(frame.loc["OLS, CR2", "ratio"]), float(comparison.mixed.bse[term] / comparison.ols.bse[term])
    what = "The mean" if term == INTERCEPT else name
    if term == INTERCEPT:
        where = f"belongs to all rows of {a_group} alike"
    elif found.predictor > 0.98:
        where = f"is the same in all rows of {a_group}"
    elif found.predictor < 0:
        where = f"varies within {groups} and hardly between them"
    else:
        where = f"varies within and between {groups} (intraclass correlation {number(found.predictor, 2)})"
    alike = (
        f"the rows of {a_group} are alike in what the predictors leave (intraclass correlation "
        f"{number(found.residual, 2)})"
    )
    if found.residual <= 0.01:
        return f"{what} {where}, but the rows of {a_group} are hardly alike, so clustering changes little here."
    factor = number(found.factor, 2)
    others = f"cluster-robust it is {number(robust, 2)}, in the mixed model {number(mixed, 2)} times"
    sd = slopes_vary(comparison, term)
    if np.isfinite(sd) and comparison.chosen == "random_slope" and max(robust, mixed) > 1.15 * found.factor:
        return (
            f"{what} {where}, and {alike}. With one slope for all {groups} the right standard error would be **{factor}** times "
            f"OLS's (Moulton's factor). But the slope varies between {groups} (SD {number(sd, 2)}), and each has only one: "
            f"{others}. So OLS's is {_verdict(max(robust, mixed))}."
        )
    text = (
        f"{what} {where}, and {alike}. So OLS's standard error is {_verdict(found.factor)}. Moulton's factor puts the right one at "
        f"**{factor}** times OLS's; {others}."
    )
    if (found.factor - 1) * (robust - 1) < 0 and abs(robust - found.factor) > 0.1:
        text += (
            " The two disagree: Moulton's factor takes the rows of every group to be equally alike, the cluster-robust error "
            f"does not, and with {comparison.moments.n_groups} {groups} it is uncertain itself."
        )
    if mixed < 0.8 * found.factor:
        text += (
            " The mixed model's is smaller because it belongs to another, more precise estimate, one that leans on the "
            f"differences within {groups}."
        )
    return text


def _verdict(factor: float) -> str:
    """Whether OLS's standard error is too large or too small, given the right one as a multiple of it."""
    if factor < 0.95:
        return "too large: it counts the differences between groups as noise, though the coefficient does not depend on them"
    if factor > 1.05:
        return "too small: it counts every row as new evidence, though rows of one group repeat each other"
    return "about right"


def intercept_sentence(comparison: Comparison) -> str:
    """Why the intercepts differ: averages over rows or groups, and extrapolation to where all predictors are 0."""
    if not comparison.design.intercept:
        return "The formula has no intercept."
    ols, mixed, groups = comparison.ols, comparison.mixed, literal(plural(comparison.group))
    a, b = float(ols.params[INTERCEPT]), float(mixed.params[INTERCEPT])
    decimals = decimals_for(min(float(ols.bse[INTERCEPT]), float(mixed.bse[INTERCEPT])))
    values = f"{number(a, decimals=decimals)} under OLS and {number(b, decimals=decimals)} in the mixed model"
    sizes = comparison.moments.n
    average = (
        f"All {groups} have the same number of rows, so an average over rows and one over {groups} are the same."
        if np.ptp(sizes) == 0
        else f"OLS averages over rows, so {groups} with many rows count for more; the mixed model averages nearly over {groups}."
    )
    far = far_from_zero(comparison)
    if not far:
        return f"The intercept is {values}. {average}"
    distance = (
        f"It is the fitted value where {' and '.join(f'{literal(n)} is 0' for n in far)}, which lies outside the data: each line is "
        "carried on to there, so a small difference in slope becomes a large one in the intercept, even in its sign."
    )
    return f"The intercept is {values}. {distance} {average}"


def far_from_zero(comparison: Comparison) -> list[str]:
    """Numeric predictors whose value 0 lies well outside the data (three standard deviations from the mean, or more)."""
    moments, found = comparison.moments, []
    for k in comparison.design.fixed:
        column = comparison.design.columns[k]
        if len(column.pieces) == 1 and isinstance(column.pieces[0], np.ndarray) and column.uses[0] == (column.name,):
            low, high = float(column.pieces[0].min()), float(column.pieces[0].max())
            if low > 0 or high < 0:
                found.append(column.name)
    return found if moments.n_rows else []


def recentred_formula(comparison: Comparison) -> str:
    """The same model with predictors far from 0 centred at their means, so that the intercept is inside the data."""
    spec, far = comparison.spec, set(far_from_zero(comparison))

    def centred(term: Term) -> Term:
        return Term(tuple(Call("center", f) if isinstance(f, Column) and f.name in far else f for f in term.factors))

    changed = [centred(t) for t in spec.terms]
    random = [type(r)(r.group, tuple(centred(t) for t in r.terms), r.intercept, r.correlated) for r in spec.random]
    return type(spec)(spec.outcome, tuple(changed), spec.intercept, tuple(random)).formula


def gap_sentence(comparison: Comparison, term: str) -> str:
    """Who accounts for the gap between OLS and the mixed model: which level, and which groups."""
    frame, groups = attribution(comparison, term), literal(plural(comparison.group))
    ols, mixed = float(comparison.ols.params[term]), float(comparison.mixed.params[term])
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
    names = [literal(f"{noun(comparison.group)} {g}") for g in top["group"]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    share = float(top["share"].sum())
    against = float(frame.loc[frame["share"] < 0, "share"].sum())
    several = len(names) > 1
    if against < -0.25:
        verb = "pull" if several else "pulls"
        who = f"{listed} {verb} most, by {percent(share)} of it; others pull the other way, by {percent(-against)}."
    else:
        who = f"{listed} alone {'account' if several else 'accounts'} for {percent(share)} of it."
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


def mundlak_sentence(comparison: Comparison, term: str) -> str:
    """What Mundlak's test says: whether the slope within and the slope between groups differ."""
    name = f"{term}_mean"
    fit = comparison.fits.get("within_between")
    if not isinstance(fit, MixedResult) or name not in fit.names:
        return ""
    difference, p, limits = float(fit.params[name]), float(fit.pvalues[name]), fit.conf_int().loc[name]
    decimals = decimals_for(float(fit.bse[name]))
    low, high = (number(float(limits[end]), decimals=decimals) for end in ("lower", "upper"))
    shown = f"{number(difference, decimals=decimals)} (95% interval {low} to {high}, {p_value(p)})"
    if p < 0.05:
        verdict = "so one slope for both, as OLS and the random intercept have it, mixes two different things"
    else:
        verdict = "so the data do not show that they differ, though they may"
    return f"Mundlak's test: the slope between {literal(plural(comparison.group))} exceeds the one within by {shown}, {verdict}."


def which_to_report(comparison: Comparison, term: str) -> list[Advice]:
    """The number for each question, with the reason; nothing is hidden and nothing is called significant."""
    group, groups, name = (literal(w) for w in (noun(comparison.group), plural(comparison.group), term_label(term)))
    part = split(comparison, term, "ols")
    coefficients = comparison.coefficients().set_index(["model", "term"])

    def shown(model: str, which: str) -> str:
        row = coefficients.loc[(model, which)]
        decimals = decimals_for(float(row["se"]))
        low, high = (number(float(row[c]), decimals=decimals) for c in ("lower", "upper"))
        return f"{number(float(row['estimate']), decimals=decimals)} ({low} to {high})"

    advice = []
    if "no_pooling" in comparison.fits and np.isfinite(comparison.no_pooling.params.get(term, np.nan)):
        advice.append(Advice(
            f"What happens when {name} changes for the same {group}?", f"{shown('no_pooling', term)}, from {group} dummies",
            f"It compares rows of the same {group} only, so nothing that sets {groups} apart can disturb it. "
            + ("Within–between gives the same number." if "within_between" in comparison.fits else ""),
        ))  # fmt: skip
    if np.isfinite(part.estimate_between):
        decimals = decimals_for(float(comparison.ols.bse[term]))
        value = number(part.estimate_between, decimals=decimals)
        advice.append(Advice(
            f"How do {groups} with a higher {name} differ?", f"{value}, the slope between {groups}",
            f"It compares {groups}' means, so it carries along whatever else differs between {groups}.",
        ))  # fmt: skip
    advice.append(Advice(
        "What is the average over everyone, rows drawn as these were?",
        f"{shown('ols_robust', term)}, OLS with cluster-robust errors",
        "It describes the rows as they are, without saying why; only its standard error needs the clusters.",
    ))  # fmt: skip
    advice.append(Advice(
        f"What is to be expected of a known {group}, or of a new one?", f"{shown(comparison.chosen, term)}, the mixed model",
        f"It predicts best: a known {group} from its own rows and the others', a new one from the population line"
        + (", with what its mean adds where within–between is used." if "within_between" in comparison.fits else "."),
    ))  # fmt: skip
    return advice


def groups_frame(comparison: Comparison, term: str) -> pd.DataFrame:
    """Every group: rows, weight in OLS's and the mixed model's coefficient, part in the gap, shrinkage, influence.

    ``kept`` is the weight on the group's own rows in its random effect; ``influence`` is by how much the mixed model's
    coefficient would change if the group were left out, at the fitted variances.
    """
    ols, mixed = split(comparison, term, "ols"), split(comparison, term, comparison.chosen)
    gap, fit = attribution(comparison, term), comparison.mixed
    kept = shrinkage(fit)
    without = leave_one_group_out(fit.fit, fit.moments, fit.columns)[fit.names.index(term)]
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
