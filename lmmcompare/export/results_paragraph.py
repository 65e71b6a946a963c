"""Results of a comparison as sentences for a paper: the coefficient by every model, what varies between groups, residuals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from ..assess.effects_at import EffectsAt
from ..comparison.comparison import Comparison
from ..explain.confounded_in_dummies import mixed_in_dummies
from ..explain.effect_phrases import baseline, where_held
from ..explain.effects_at import place_words, subject
from ..explain.facts import Slope
from ..inference.t_tests import LEAST_DF, t_tests
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.gls import GLSResult
from ..models.random_structures import parameters, shared_phrase
from ..tables.coefficients import term_label, withheld
from ..text.english import listed
from ..text.labels import model_label, plural
from ..text.numbers import correlation_number, number, p_value
from .citations import in_text
from .references import KENWARD_ROGER
from .snapshot import Snapshot

ROUNDING = 1e-12
MAX_CORRELATIONS = 3
"""More correlations than this are told by their range."""


def results(snapshot: Snapshot) -> str:
    """The coefficient that the page is about, by every model that has it, and what varies between groups."""
    comparison, term = snapshot.comparison, snapshot.coefficient
    frame = snapshot.inferred.within()
    frame = frame[frame["term"] == term].set_index("model")
    told = {*withheld(comparison), *((Model.NO_POOLING, name) for name in mixed_in_dummies(comparison))}
    keys = [k for k in Model if k in frame.index and (k, term) not in told]
    parts = [
        _estimate(model_label(k, comparison.group), frame.loc[k]) for k in keys if np.isfinite(frame.loc[k, "estimate"])
    ]
    if (other := snapshot.boundary_interval) is not None:
        parts.append(_by_kenward_roger(comparison, other))
    sds = " ".join(
        filter(
            None, [_spreads(comparison), _correlations(comparison), _intraclass(comparison), _structured(comparison)]
        )
    )
    if (effects := snapshot.effects) is not None:
        told_models = (comparison.formula_model, *({Model.STRUCTURED} & {*effects.frame["model"]}))
        return " ".join(filter(None, [*(_effects(comparison, effects, model) for model in told_models), sds]))
    return f"{_subject(comparison, term)}: {'; '.join(parts)}. {sds}" if parts else sds


def _effects(comparison: Comparison, effects: EffectsAt, model: Model) -> str:
    """One model's effects, at each value that has one."""
    rows = effects.of_model(model)
    parts = [
        _estimate(place_words(effects, int(row["at"])), row) for _, row in rows[rows["estimate"].notna()].iterrows()
    ]
    return f"{model_label(model, comparison.group)}, {subject(effects)}: {'; '.join(parts)}." if parts else ""


def _varying(comparison: Comparison, name: str) -> str:
    """What varies between groups, by the name of its random coefficient: "intercepts", "slopes of Days", "differences of arm [B]"."""
    coefficient = comparison.coefficient(name)
    return "intercepts" if coefficient.is_intercept else f"{coefficient.random_noun}s of {coefficient.label}"


def _spreads(comparison: Comparison) -> str:
    """The standard deviations of the model that the formula asks for."""
    spread = ", ".join(_between_groups(comparison, comparison.mixed))
    return f"The mixed model’s standard deviations were {spread} and {number(comparison.mixed.sigma)} (residuals)."


def _intraclass(comparison: Comparison) -> str:
    """The intraclass correlation of each grouping factor, by the model that the formula asks for."""
    fit = comparison.mixed
    whose = listed([f"{_correlation(share)} ({plural(factor)})" for factor, share in fit.shares.items()])
    text = f"intraclass correlation{'s were' if len(fit.shares) > 1 else ' was'} {whose}"
    of_rows = [
        *(
            ["averaged over the rows"]
            if any(name != fit.design.constant for block in fit.blocks for name in block.names)
            else []
        ),
        *(["of rows of average weight"] if fit.design.weights is not None else []),
    ]
    return f"The {text}{f', {listed(of_rows)}' if of_rows else ''}."


def _between_groups(comparison: Comparison, fit: MixedResult | GLSResult) -> list[str]:
    """The standard deviations of random coefficients, each with what it is of; one that several share is told once."""
    result = []
    shared: dict[tuple[str, str], str] = {}
    if isinstance(fit, MixedResult):
        for block in (b for b in fit.blocks if b.homogeneous and not b.is_full):
            shared |= {(fit.factors[block.factor], name): shared_phrase(block, "sd") for name in block.names}
    for factor, covariance in fit.cov_re.items():
        for name, sd in zip(covariance.columns, np.sqrt(np.diag(covariance)), strict=True):
            what = shared.get((factor, name)) or _varying(comparison, name)
            result.append(f"{number(_beyond_rounding(float(sd), fit.sigma))} ({what} between {plural(factor)})")
    return list(dict.fromkeys(result))


def _correlation(value: float) -> str:
    """A correlation with three digits, more beside 1."""
    return number(value) if abs(value) < 0.995 else correlation_number(value)


def _beyond_rounding(sd: float, sigma: float) -> float:
    """A standard deviation; 0 where it is rounding beside the residual one."""
    return sd if sd > ROUNDING * sigma else 0.0


def _correlations(comparison: Comparison) -> str:
    """Its correlations, each where they are few; empty where random coefficients are uncorrelated, or a variance is 0."""
    fit, found = comparison.mixed, []
    for block, covariance in zip(fit.blocks, fit.fit.covariances, strict=True):
        spreads = np.sqrt(np.diag(covariance))
        if any(_beyond_rounding(float(sd), fit.sigma) == 0 for sd in spreads):
            continue
        of = plural(fit.factors[block.factor])
        values = [(name, value) for name, kind, value in parameters(block, covariance) if kind == "correlation"]
        if block.is_full:
            whats = [
                f"{_varying(comparison, a)} and {_varying(comparison, b)}" for a, b in combinations(block.names, 2)
            ]
        else:
            whats = [shared_phrase(block, "correlation")] * len(values)
        found += [
            (value, f"{what} between {of}")
            for (_, value), what in zip(values, whats, strict=True)
            if np.isfinite(value)
        ]
    if len(found) > MAX_CORRELATIONS:
        low, high = (_correlation(end(value for value, _ in found)) for end in (min, max))
        return f"The {len(found)} correlations of these lay between {low} and {high}."
    if not found:
        return ""
    each = listed([f"{_correlation(value)} ({what})" for value, what in found])
    return f"The correlation of these was {each}." if len(found) == 1 else f"Correlations of these were {each}."


def _structured(comparison: Comparison) -> str:
    """Standard deviation and correlation of structured residuals, or the ranges of several; empty without such a model."""
    if comparison.structured is None:
        return ""
    of_all = comparison.variances()
    rows = of_all[(of_all["model"] == Model.STRUCTURED) & (of_all["factor"] == "")]
    parts = []
    for kind, what in (("sd", "standard deviation"), ("correlation", "correlation")):
        values, told = rows.loc[rows["kind"] == kind, "value"], number if kind == "sd" else _correlation
        if len(values) == 1:
            parts.append(f"a {what} of {told(float(values.iloc[0]))}")
        elif len(values):
            parts.append(f"{what}s from {told(float(values.min()))} to {told(float(values.max()))}")
    of = comparison.spec.correlation
    near = {"ar1": " between neighbours", "car1": f" one unit of {of.order} apart"}.get(of.kind, "") if of else ""
    beside = _between_groups(comparison, comparison.structured)
    one = len(beside) == 1
    spread = (
        f", beside {'a standard deviation' if one else 'standard deviations'} of {listed(beside)}" if beside else ""
    )
    return f"Structured residuals had {listed(parts)}{near}{spread}."


def _subject(comparison: Comparison, term: str) -> str:
    """The coefficient as the subject of a sentence: "The coefficient of arm [Placebo] (compared with Active)"."""
    if term == comparison.constant:
        return "The intercept" if comparison.design.fixed else "The mean"
    levels = baseline(comparison, term)
    against = f" (compared with {levels[2]})" if levels else ""
    return f"The coefficient of {term_label(comparison, term)}{against}{where_held(comparison, term)}"


def _by_kenward_roger(comparison: Comparison, slope: Slope) -> str:
    """The formula's model again, where its fit is singular and its interval hangs on how the variance of 0 is counted."""
    how = f"by Kenward and Roger’s method ({in_text(KENWARD_ROGER)}), as its fit is singular,"
    label = f"{model_label(comparison.formula_model, comparison.group)}, {how}"
    return _estimate(label, pd.Series(t_tests(np.asarray(slope.value), np.asarray(slope.se), np.asarray(slope.df))))


def _estimate(label: str, row: pd.Series) -> str:
    if not np.isfinite(row["se"]):
        return f"{label} {number(float(row['estimate']))} (no standard error: one cluster alone determines it)"
    estimate, se, df, t, p, lower, upper = (float(row[c]) for c in ("estimate", "se", "df", "t", "p", "lower", "upper"))
    if df < LEAST_DF:
        return f"{label} {number(estimate)} (SE {number(se)}, {number(df, 2)} degrees of freedom, too few for a confidence interval)"
    return (
        f"{label} {number(estimate)} (SE {number(se)}, 95% CI {number(lower)} to {number(upper)}, "
        f"t({number(df, decimals=0 if abs(df - round(df)) < 0.05 else 1)}) = {number(t)}, {p_value(p)})"
    )
