"""Hypotheses of ANOVA tables of types I, II and III, as matrices over the coefficients.

Kuznetsova, Brockhoff and Christensen (2017), lmerTest package, J. Stat. Softw. 82(13), section 2, and SAS's
documentation of the four types of estimable functions; Fox (2016), Applied Regression Analysis, section 8.2, as the car
package has type II.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.linalg import solve_triangular

from ..arrays import Array
from ..fit.bases import dependent

Column = frozenset[tuple[str, int]]
"""A product of factors, each with one of its levels (or, of a numeric factor, one of its columns); none: the constant."""


@dataclass(frozen=True)
class TermColumns:
    """A term of the fixed part and its columns of the design matrix.

    Parameters
    ----------
    factors : tuple of str
        The factors that it is the product of.
    columns : tuple of int
        Positions of its coefficients among all coefficients.
    levels : tuple of tuples of int
        For each of its columns, the level of each categorical factor (0 is the baseline), or the number of a numeric
        factor's column.
    """

    factors: tuple[str, ...]
    columns: tuple[int, ...]
    levels: tuple[tuple[int, ...], ...]


def contained(terms: Sequence[TermColumns], categories: Collection[str]) -> list[list[int]]:
    """The terms that contain each term: the same numeric factors, and more categorical ones (SAS's rule).

    Parameters
    ----------
    categories : collection of str
        The categorical factors.
    """

    def numeric(term: TermColumns) -> set[str]:
        return {f for f in term.factors if f not in categories}

    return [
        [k for k, other in enumerate(terms) if set(t.factors) < set(other.factors) and numeric(t) == numeric(other)]
        for t in terms
    ]


def relatives(terms: Sequence[TermColumns]) -> list[list[int]]:
    """The terms that have each term's factors among theirs, numeric or not (the principle of marginality)."""
    return [[k for k, other in enumerate(terms) if set(t.factors) < set(other.factors)] for t in terms]


def type_one(terms: Sequence[TermColumns], vcov: Array) -> list[Array]:
    """Type I hypotheses, each term tested in the model without the later terms: rows of the cross-products' triangular factor.

    Parameters
    ----------
    terms : sequence of TermColumns
        In the order in which they are added, after the coefficients that belong to no term (the intercept).
    vcov : (p, p) array
        As in `type_two`.

    Returns
    -------
    list of (columns of the term, p) arrays
    """
    added = [c for term in terms for c in term.columns]
    order = [*sorted(set(range(len(vcov))) - set(added)), *added]
    backwards = order[::-1]  # V = U U' with U upper triangular, so the cross-products' factor is U^-1
    upper = np.linalg.cholesky(vcov[np.ix_(backwards, backwards)])[::-1, ::-1]
    rows = np.zeros_like(vcov)
    rows[np.ix_(order, order)] = np.diag(upper)[:, None] * solve_triangular(upper, np.eye(len(vcov)))
    return [rows[list(term.columns)] for term in terms]


def type_two(terms: Sequence[TermColumns], higher: Sequence[Sequence[int]], vcov: Array) -> list[Array]:
    """Type II hypotheses: each term tested in the model without its higher-order relatives.

    Leaving coefficients C out changes the others, T, to ``T - V_TC V_CC^-1 C``. Satterthwaite's degrees of freedom of
    several contrasts depend on which contrasts represent a hypothesis. Where terms are left out, or the term is the only
    one, they are lmerTest's: the rows of the triangular factor of the cross-products.

    Parameters
    ----------
    higher : sequence
        For each term the terms to leave out.
    vcov : (p, p) array
        Covariance of all coefficients, up to a constant: the estimated one (car), or that of least squares (lmerTest).

    Returns
    -------
    list of (columns of the term, p) arrays
    """
    result = []
    for term, others in zip(terms, higher, strict=True):
        own = list(term.columns)
        rows = np.eye(len(vcov))[own]
        out = [c for k in others for c in terms[k].columns]
        if out:
            rows[:, out] = -np.linalg.solve(vcov[np.ix_(out, out)], vcov[np.ix_(out, own)]).T
        if own and (out or len(terms) == 1):
            lower = np.linalg.cholesky(np.linalg.inv(rows @ vcov @ rows.T))
            rows = (lower / np.diag(lower)).T @ rows
        result.append(rows)
    return result


def type_three(
    terms: Sequence[TermColumns],
    higher: Sequence[Sequence[int]],
    categories: Mapping[str, int],
    p: int,
    codings: Mapping[str, Array] | None = None,
    made: Array | None = None,
) -> list[Array]:
    """Type III hypotheses: each term's marginal means (or slopes), with equal weights for all cells of the other factors.

    The coefficients are expressed in the overparametrised model with a column for every level of every factor, baselines
    included. There a term's coefficients are made orthogonal to those of the terms that contain it.

    Parameters
    ----------
    higher : sequence
        For each term the terms that contain it: `contained`.
    categories : mapping
        Categorical factors to their number of levels.
    p : int
        Number of coefficients; one that belongs to no term is the intercept.
    codings : mapping, optional
        For factors without treatment contrasts, the values of their contrasts, (levels, levels - 1). The hypotheses are
        formed for treatment contrasts and then transformed to these, as in lmerTest, so that the degrees of freedom of
        several contrasts agree with it.
    made : (estimable, p) array, optional
        Each column as a combination of the estimable ones, to which the hypotheses then refer; the identity when left
        out.

    Returns
    -------
    list of (columns of the term that can be estimated, p or estimable) arrays
    """
    made = np.eye(p) if made is None else made
    own: list[Column] = [frozenset()] * p
    every = dict.fromkeys([frozenset[tuple[str, int]]()] if p > sum(len(t.columns) for t in terms) else [])
    for term in terms:
        for column, levels in zip(term.columns, term.levels, strict=True):
            own[column] = frozenset(zip(term.factors, levels, strict=True))
        projected = [sorted(set(levels)) for levels in zip(*term.levels, strict=True)]
        choices = [range(categories[f]) if f in categories else k for f, k in zip(term.factors, projected, strict=True)]
        every.update(dict.fromkeys(frozenset(zip(term.factors, pick, strict=True)) for pick in product(*choices)))
    if codings:  # of treatment contrasts
        made = np.linalg.solve(_in_codings(own, terms, categories, codings).T, made.T).T
    keep = np.delete(np.arange(p), [k for k, _ in dependent(made.T @ made)])
    terms = estimable(terms, keep)
    weights = _in_terms_of(own, list(every), categories) @ np.linalg.solve(made[:, keep], made).T
    for k in sorted(range(len(terms)), key=lambda k: -len(terms[k].factors)):
        above = weights[:, [c for other in higher[k] for c in terms[other].columns]]
        if above.size:
            mine = list(terms[k].columns)
            weights[:, mine] -= above @ np.linalg.lstsq(above, weights[:, mine])[0]
    place = {column: k for k, column in enumerate(every)}
    result = np.linalg.solve(made[:, keep].T, weights[[place[own[k]] for k in keep]])
    return [result[:, list(term.columns)].T for term in terms]


def estimable(terms: Sequence[TermColumns], keep: Sequence[int] | Array) -> list[TermColumns]:
    """The terms restricted to the columns kept, which are renumbered by their positions among those."""
    place = {int(column): k for k, column in enumerate(keep)}
    result = []
    for term in terms:
        own = [k for k, column in enumerate(term.columns) if column in place]
        columns = tuple(place[term.columns[k]] for k in own)
        result.append(TermColumns(term.factors, columns, tuple(term.levels[k] for k in own)))
    return result


def _in_codings(
    treated: Sequence[Column], terms: Sequence[TermColumns], categories: Mapping[str, int], codings: Mapping[str, Array]
) -> Array:
    """How coefficients of treatment contrasts are made of a model's own, (treated, own); both models are the same."""
    coded: list[dict[Column, float]] = [{c: 1.0} for c in treated]
    for term in terms:
        projected = {f: set(levels) for f, levels in zip(term.factors, zip(*term.levels, strict=True), strict=True)}
        by_contrasts = {f for f in term.factors if f in codings and 0 not in projected[f]}
        for column, levels in zip(term.columns, term.levels, strict=True):
            parts: dict[Column, float] = {frozenset(): 1.0}
            for factor, level in zip(term.factors, levels, strict=True):
                values = enumerate(codings[factor][:, level - 1]) if factor in by_contrasts else [(level, 1.0)]
                parts = {m | {(factor, k)}: w * float(v) for k, v in values for m, w in parts.items() if v}
            coded[column] = parts
    expanded = [_sum_of((w, _without_baselines(c, categories)) for c, w in parts.items()) for parts in coded]
    plain = [_without_baselines(c, categories) for c in treated]
    return _solve(plain, expanded)


def _sum_of(parts: Iterable[tuple[float, Mapping[Column, float]]]) -> dict[Column, float]:
    result: dict[Column, float] = {}
    for weight, monomials in parts:
        for monomial, value in monomials.items():
            result[monomial] = result.get(monomial, 0.0) + weight * value
    return result


def _in_terms_of(own: Sequence[Column], every: Sequence[Column], categories: Mapping[str, int]) -> Array:
    """How much of each own column is in every column, (every, own); both span the same space."""
    return _solve(*([_without_baselines(c, categories) for c in columns] for columns in (own, every))).T


def _solve(own: Sequence[Mapping[Column, float]], every: Sequence[Mapping[Column, float]]) -> Array:
    """Sums of products as combinations of other such sums, (own, every)."""
    places: dict[Column, int] = {}
    for parts in (*own, *every):
        for monomial in parts:
            places.setdefault(monomial, len(places))
    matrices = [np.zeros((len(places), len(columns))) for columns in (own, every)]
    for matrix, columns in zip(matrices, (own, every), strict=True):
        for k, parts in enumerate(columns):
            for monomial, value in parts.items():
                matrix[places[monomial], k] = value
    return np.asarray(np.linalg.lstsq(matrices[0], matrices[1])[0])


def _without_baselines(column: Column, categories: Mapping[str, int]) -> dict[Column, float]:
    """A product of indicators as a sum of products without any baseline's: that is 1 less the other levels'."""
    result: dict[Column, float] = {frozenset(): 1.0}
    for factor, level in column:
        if level or factor not in categories:
            result = {m | {(factor, level)}: value for m, value in result.items()}
        else:
            others = {m | {(factor, k)}: -v for m, v in result.items() for k in range(1, categories[factor])}
            result = {**result, **others}
    return result
