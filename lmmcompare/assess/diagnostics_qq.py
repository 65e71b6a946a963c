"""Quantiles of residuals and of random effects against those that draws of the fitted model have.

A shrunken, unbalanced sample of normal random effects is not normal itself, so no normal quantiles are drawn: the model is
simulated, each draw is fitted at the fitted variance parameters and brought to the mean and spread of the data (which
the model was fitted to), and the ordered values are compared place by place: the pictures are about shape.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from ..arrays import Array
from ..errors import DesignError
from ..models import MixedResult
from ..text.english import all_of, listed
from ..text.labels import group_phrase, plural
from ..text.numbers import number, p_value, percent
from .diagnostic_result import Bands, Diagnostic
from .diagnostics_rows import Null, Rows, mode_variances, rows_of, simulate
from .exact_fit import is_exact, no_residuals_sentence

NOTHING = 1e-10
"""Share of the largest variance of a random effect that counts as none."""
FEW = 30
"""Fewer points show gross departures only."""
SHAPE = 3
"""Of fewer points every picture is the same once it has their mean and spread."""
OUTLIER = 0.05
"""A distance whose chi-square tail is smaller than this over the number of groups is named."""
WELL = (
    "If all were well, the points would follow the diagonal. When the model holds, 95% of such pictures lie in the wide band "
    "as a whole, and at each place 95% of points in the narrow one."
)


def qq_residuals(result: MixedResult, rows: Rows | None = None, null: Null | None = None) -> Diagnostic:
    """Ordered standardised residuals against those expected.

    Returns
    -------
    Diagnostic
        ``frame``: ``label, expected, observed, lower, upper, lower_all, upper_all, outside`` (the simultaneous band),
        by size.
    """
    if is_exact(result):
        return no_residuals_sentence(result)
    rows = rows_of(result) if rows is None else rows
    null = simulate(result, rows) if null is None else null
    grouping = result.groupings[result.focal]
    own = np.array(grouping.labels, dtype=object)[grouping.codes[rows.places]]
    labels = [
        f"row {place + 1:,}, {group_phrase(result.group, label)}" for place, label in zip(rows.places, own, strict=True)
    ]
    return _quantiles(rows.standardised, null.standardised, labels, "residuals", rows.note)


def qq_random_effects(
    result: MixedResult, term: str, factor: str | None = None, rows: Rows | None = None, null: Null | None = None
) -> Diagnostic:
    """Ordered conditional modes of one random coefficient against those expected; the frame as in `qq_residuals`.

    Parameters
    ----------
    term : str
        A random coefficient, such as ``Intercept``.
    factor : str, optional
        Its grouping factor; the shown one when left out.
    rows, null : optional
        From `rows_of` and `simulate`, to be shared between pictures.
    """
    factor = factor or result.group
    _refuse_unknown(result, factor, term)
    null = simulate(result, rows) if null is None else null
    levels, at = null.levels[factor], result.terms_of(factor).index(term)
    modes = result.random_effects[factor][term].to_numpy()[levels]
    name = f"{'intercept' if term == result.design.constant else result.label(term)} effects of the {plural(factor)}"
    if not modes.any():
        return Diagnostic(pd.DataFrame(), f"The variance of the {name} is 0: there is nothing to look at.", WELL)
    labels = _labels(result, factor, levels)
    return _quantiles(
        modes, null.modes[factor][:, at], labels, name, _note(levels, len(result.random_effects[factor]), factor)
    )


def joint_normality(
    result: MixedResult, factor: str | None = None, rows: Rows | None = None, null: Null | None = None
) -> Diagnostic:
    """Squared Mahalanobis distances of each group's random effects from 0, against those expected.

    A group's are ``b'(Sigma - C_j)^-1 b``, a chi-square with as many degrees of freedom as random coefficients if the model
    holds. Mardia's (1970) skewness and kurtosis are told with p values from the same draws.

    Returns
    -------
    Diagnostic
        ``frame`` as in `qq_residuals`, and ``p``, the chi-square's tail beyond each distance.
    """
    factor = factor or result.group
    _refuse_unknown(result, factor)
    null = simulate(result, rows) if null is None else null
    levels = null.levels[factor]
    modes, variance = result.random_effects[factor].to_numpy()[levels], mode_variances(result, factor)[levels]
    values, vectors = np.linalg.eigh(variance)
    keep = values > NOTHING * np.abs(values).max()
    df = int(keep.sum(axis=1).max())
    name = f"random effects of the {plural(factor)} together"
    if not df:
        return Diagnostic(
            pd.DataFrame(), f"The variances of the {plural(factor)} are 0: there is nothing to look at.", WELL
        )
    size = np.sqrt(np.divide(1.0, values, out=np.zeros_like(values), where=keep))
    whiten = vectors * size[:, None]
    white, drawn = np.einsum("jak,ja->jk", whiten, modes), np.einsum("jak,jar->jkr", whiten, null.modes[factor])
    distance, draws = (white**2).sum(axis=1), (drawn**2).sum(axis=1)
    draws = draws * distance.mean() / draws.mean(axis=0)
    note = _note(levels, len(result.random_effects[factor]), factor)
    plot = _quantiles(distance, draws, _labels(result, factor, levels), name, note, scaled=True)
    if plot.frame.empty:
        return plot
    frame = plot.frame.assign(p=chdtrc(df, plot.frame["observed"]))
    far = frame.loc[frame["p"] < OUTLIER / len(frame), "label"].tolist()[::-1]
    extra = f" Far from the rest: {', '.join(far[:3])}{' and others' if len(far) > 3 else ''}." if far else ""
    return Diagnostic(frame, plot.sentence + extra + _mardia(modes, null.modes[factor]), plot.well, note=note)


def _quantiles(
    observed: Array, draws: Array, labels: list[str], name: str, note: str, *, scaled: bool = False
) -> Diagnostic:
    """Ordered values with the bands of the draws' ordered values, these brought to the observed mean and spread."""
    if len(observed) < SHAPE:
        return Diagnostic(
            pd.DataFrame(), f"Two points have a mean and a spread and no shape, so the {name} tell nothing of it.", WELL
        )
    if not scaled:
        draws = observed.mean() + (draws - draws.mean(axis=0)) * (observed.std() / draws.std(axis=0))
    order = np.argsort(observed, kind="stable")
    values = observed[order]
    bands = Bands.of(np.sort(draws, axis=0), values)
    outside, often = bands.outside_all(values), bands.outside(values)
    frame = pd.DataFrame(
        {
            "label": [labels[i] for i in order],
            "expected": bands.expected,
            "observed": values,
            **bands.columns(),
            "outside": outside,
        }
    )
    if not outside.any():
        few = " So few would show a gross departure only." if len(values) < FEW else ""
        sentence = f"No departure is visible: {all_of(len(values), 'points')} lie in the band of the {name}.{few}"
    else:
        sentence = (
            f"{int(outside.sum()):,} of {len(values):,} points ({percent(float(outside.mean()))}) lie outside the wide band and "
            f"{percent(float(often.mean()))} outside the narrow one: the {name} do not look as the model has them.{_ends(frame)}"
        )
    return Diagnostic(frame, sentence, WELL, note=note)


def _ends(frame: pd.DataFrame) -> str:
    """How the ends of the picture stray, as a sentence; empty where neither does."""
    how: dict[str, list[str]] = {}
    for name, at in (("lowest", frame.iloc[0]), ("highest", frame.iloc[-1])):
        if at["outside"]:
            where = "farther out" if abs(at["observed"]) > abs(at["expected"]) else "closer in"
            how.setdefault(where, []).append(f"the {name} ({at['label']})")
    words = ", ".join(f"{listed(who)} lie{'s' * (len(who) == 1)} {where} than expected" for where, who in how.items())
    return f" {words[0].upper()}{words[1:]}." if words else ""


def _labels(result: MixedResult, factor: str, levels: Array) -> list[str]:
    labels = result.groupings[result.factors.index(factor)].labels
    return [group_phrase(factor, labels[j]) for j in levels]


def _note(levels: Array, n_levels: int, factor: str) -> str:
    return (
        f"A random sample of {len(levels):,} of the {n_levels:,} {plural(factor)} is shown."
        if len(levels) < n_levels
        else ""
    )


def _refuse_unknown(result: MixedResult, factor: str, term: str | None = None) -> None:
    if factor not in result.factors:
        raise DesignError(
            f"“{factor}” is no grouping factor of this model.", f"Choose one of {', '.join(result.factors)}."
        )
    if term is not None and term not in result.terms_of(factor):
        raise DesignError(
            f"“{term}” is no random coefficient of “{factor}”.", f"Choose one of {', '.join(result.terms_of(factor))}."
        )


def _mardia(modes: Array, drawn: Array) -> str:
    """Mardia's skewness and kurtosis of the modes with p values from draws, as a sentence; empty for one coefficient."""
    if modes.shape[1] < 2:
        return ""
    skewness, kurtosis = mardia(modes[:, :, None])
    if not np.isfinite(kurtosis[0]):
        return " (One is a function of the others, so Mardia's statistics do not exist.)"
    skewed, heavy = mardia(drawn)
    draws = len(skewed) + 1
    p_skew = (1 + (skewed >= skewness).sum()) / draws
    tails = 1 + min((heavy >= kurtosis).sum(), (heavy <= kurtosis).sum())
    return (
        f" Mardia's skewness is {number(skewness[0], 2)} ({p_value(float(p_skew))}) and kurtosis {number(kurtosis[0], 2)} "
        f"({p_value(min(1.0, 2 * float(tails) / draws))}), p values from {draws - 1:,} draws of the model."
    )


def mardia(values: Array) -> tuple[Array, Array]:
    """Mardia's (1970) multivariate skewness and kurtosis of samples (J, k, B), each (B,); NaN where a sample is degenerate.

    Biometrika 57(3), eqs 2.23 and 3.11: of the whitened values u, ``sum_abc mean(u_a u_b u_c)^2`` and ``mean((u'u)^2)``.
    """
    centred = values - values.mean(axis=0)
    covariance = np.einsum("jar,jbr->rab", centred, centred, optimize=True) / len(values)
    size, vectors = np.linalg.eigh(covariance)
    proper = size[:, 0] > NOTHING * np.maximum(size[:, -1], np.finfo(float).tiny)
    scale = np.where(proper[:, None], 1 / np.sqrt(np.where(proper[:, None], size, 1.0)), np.nan)
    white = np.einsum("rak,jar->jkr", vectors * scale[:, None], centred, optimize=True)
    third = np.einsum("jar,jbr,jcr->abcr", white, white, white, optimize=True) / len(values)
    return (third**2).sum(axis=(0, 1, 2)), ((white**2).sum(axis=1) ** 2).mean(axis=0)
