"""ANOVA tables of a model's terms, and tests of any hypothesis about its coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import CONSTANT, Part
from ..errors import DesignError, OptionError
from ..fit.linear import ols
from ..formula.expressions import Call
from ..inference.anova_hypotheses import TermColumns, contained, estimable, relatives, type_one, type_three, type_two
from ..inference.small_sample import FTest, wald
from ..models import MixedResult, NoPoolingResult, OLSResult

Tested = MixedResult | OLSResult
Type = Literal["I", "II", "III"]
Ddf = Literal["satterthwaite", "kenward-roger", "chi-square"]


def anova(result: Tested, type: Type = "III", ddf: Ddf = "satterthwaite") -> pd.DataFrame:
    """A test of each term of the fixed part.

    Type III tests marginal means (or slopes): every cell of the other factors weighs the same, and the coding does not
    matter, as in lmerTest and SAS. A term of which some coefficients are not estimable is tested by the others, and has no
    row where there are none. Type II tests a term in the model without its higher-order relatives. Two
    conventions of it differ in unbalanced data. F tests of mixed models are lmerTest's: coefficients are left out as
    least squares would, and a factor's interactions with numbers are no relatives of it, but for those with `poly`, `bs`, `ns`
    and `scale`. Chi-squares, and F tests of least
    squares, are car's: coefficients are left out as the fitted model would, and every interaction is a relative.

    Parameters
    ----------
    type : {"III", "II", "I"}
    ddf : {"satterthwaite", "kenward-roger", "chi-square"}
        Denominator degrees of freedom of F in mixed models (least squares has its residual ones), or Wald's chi-square.

    Returns
    -------
    DataFrame
        A row a term: ``term, sum_sq, mean_sq, num_df, den_df, F, p``, with ``chisq`` in the place of ``F`` where that was
        asked for. Sums of squares are F in units of the residual variance, as lmerTest has them.

    Raises
    ------
    DesignError
        For group dummies, cluster-robust errors, and Kenward-Roger after maximum likelihood.
    """
    if type not in get_args(Type):
        raise OptionError(f"There are no tests of type {type!r}.", "Choose 'I', 'II' or 'III'.")
    names, terms, categories = _terms(result)
    keep, made = _made(result)
    if type == "III" and len(terms) > 1:  # of a single term, all types are one
        codings = _codings(result, categories)
        matrices = type_three(terms, contained(terms, categories), categories, made.shape[1], codings, made)
    else:
        own = isinstance(result, OLSResult) or ddf == "chi-square"
        spread = result.fit.vcov if own else ols(result.moments, result.columns).vcov
        if type == "II":
            higher = relatives(terms) if own else contained(terms, {*categories, *_matrices(result)})
            matrices = type_two(estimable(terms, keep), higher, spread)
        else:
            matrices = type_one(estimable(terms, keep), spread)
    tested = {name: matrix for name, matrix in zip(names, matrices, strict=True) if len(matrix)}
    rows = [_row(result, _test(result, matrix, ddf), ddf) for matrix in tested.values()]
    statistic = "chisq" if ddf == "chi-square" else "F"
    table = pd.DataFrame(rows, columns=["sum_sq", "mean_sq", "num_df", "den_df", statistic, "p"])
    table.insert(0, "term", list(tested))
    return table


def hypothesis(result: Tested, contrasts: str | Sequence[str] | Array, ddf: Ddf = "satterthwaite") -> pd.Series:
    """A test that several contrasts of the coefficients are all 0.

    Parameters
    ----------
    contrasts : str, sequence of str, or (c, p) array
        Names of coefficients that are to be 0; or a row for each contrast, a column for each coefficient. Contrasts that
        are combinations of others add nothing, nor to ``num_df``.
    ddf : {"satterthwaite", "kenward-roger", "chi-square"}
        As in `anova`.

    Returns
    -------
    Series
        ``sum_sq, mean_sq, num_df, den_df, F`` (or ``chisq``) ``, p``.

    Raises
    ------
    DesignError
        For names that are no coefficient's and matrices that do not fit; and as `anova` does.
    """
    return pd.Series(_row(result, _test(result, _matrix(result, contrasts), ddf), ddf), name="value")


def _test(result: Tested, contrasts: Array, ddf: Ddf) -> FTest:
    if ddf not in get_args(Ddf):
        raise OptionError(
            f"There are no degrees of freedom called {ddf!r}.", f"Choose one of {', '.join(map(repr, get_args(Ddf)))}."
        )
    if isinstance(result, MixedResult) and ddf != "chi-square":
        method = result.satterthwaite if ddf == "satterthwaite" else result.kenward_roger
        return method.f_test(contrasts)
    chisq, q = wald(result.fit.beta, result.fit.vcov, contrasts)
    return FTest(chisq / q if q else np.nan, q, np.inf if ddf == "chi-square" else float(result.fit.df))


def _row(result: Tested, test: FTest, ddf: Ddf) -> dict[str, float]:
    mean_sq = result.scale * test.statistic / test.scaling
    statistic = {"chisq": test.statistic * test.num_df} if ddf == "chi-square" else {"F": test.statistic}
    spread = {"sum_sq": mean_sq * test.num_df, "mean_sq": mean_sq}
    return {**spread, "num_df": test.num_df, "den_df": test.den_df, **statistic, "p": test.p}


def _matrix(result: Tested, contrasts: str | Sequence[str] | Array) -> Array:
    """The contrasts as rows over the coefficients."""
    _refuse(result)
    if isinstance(contrasts, str):
        contrasts = [contrasts]
    if not isinstance(contrasts, np.ndarray) and all(isinstance(c, str) for c in contrasts):
        unknown = [c for c in contrasts if c not in result.names]
        if unknown or not len(contrasts):
            problem = f"There is no coefficient “{unknown[0]}”." if unknown else "No coefficient is named."
            raise DesignError(problem, f"The coefficients are {', '.join(result.names)}.")
        return np.eye(len(result.names))[[result.names.index(str(c)) for c in contrasts]]
    rows = np.atleast_2d(np.asarray(contrasts, dtype=float))
    if rows.ndim > 2 or rows.shape[1] != len(result.names):
        raise DesignError(
            f"The contrasts are of shape {rows.shape}, but the model has {len(result.names)} coefficients.",
            f"Give a row for each contrast with a column for each of {', '.join(result.names)}.",
        )
    if not np.isfinite(rows).all() or not rows.any():
        raise DesignError("The contrasts are all 0 or not all finite numbers.", "Give at least one that is not 0.")
    return rows


def _refuse(result: Tested) -> None:
    if isinstance(result, NoPoolingResult):
        raise DesignError(
            "Group dummies have no table of terms: what is constant within groups cannot be told from them.",
            "Ask a model without them, or a mixed model.",
        )
    if isinstance(result, OLSResult) and result.cluster:
        raise DesignError(
            f"Tests of several coefficients with standard errors clustered by “{result.cluster}” are not offered.",
            "Fit a mixed model, or least squares without clusters.",
        )


def _terms(result: Tested) -> tuple[list[str], list[TermColumns], dict[str, int]]:
    """The terms' names, the terms over `_columns`, and the categorical factors with their numbers of levels."""
    _refuse(result)
    design = result.design
    place = {column: k for k, column in enumerate(_columns(result))}
    names, terms = [], []
    for term in design.spec.terms:
        index = design.terms[str(term)]
        parts = zip(*(design.columns[k].parts for k in index), strict=True)
        levels = tuple(zip(*(_levels(result, of_factor) for of_factor in parts), strict=True))
        names.append(str(term))
        terms.append(TermColumns(tuple(map(str, term.factors)), tuple(place.pop(k) for k in index), levels))
    for column, k in place.items():  # group means beside the formula's terms, each a term of its own
        if column != CONSTANT:
            name = result.names[result.columns.index(column)]
            names.append(name)
            terms.append(TermColumns((f"mean {name}",), (k,), ((0,),)))
    factors = {str(f): f for f in design.spec.fixed_factors}
    whole = {t for t in design.encoder.levels if t in factors and design.encoder.coding(factors[t]).is_whole}
    return names, terms, {factor: len(levels) for factor, levels in design.encoder.levels.items() if factor in whole}


def _matrices(result: Tested) -> set[str]:
    """Factors that are a matrix in R, which lmerTest takes for categorical where it asks what contains what."""
    factors = result.design.spec.fixed_factors
    return {str(f) for f in factors if isinstance(f, Call) and f.function in ("poly", "bs", "ns", "scale")}


def _columns(result: Tested) -> list[int]:
    """The columns of the formula's fixed part, including those left out, and the model's further columns."""
    return list(dict.fromkeys([CONSTANT] * result.design.intercept + [*result.design.all_fixed, *result.columns]))


def _made(result: Tested) -> tuple[list[int], Array]:
    """Places of the coefficients among all `_columns`, and these as combinations of theirs, (coefficients, all)."""
    columns = _columns(result)
    keep = [columns.index(c) for c in result.columns]
    made = np.zeros((len(keep), len(columns)))
    made[range(len(keep)), keep] = 1.0
    for one in result.design.aliased:
        made[[result.columns.index(c) for c in one.columns], columns.index(one.column)] = one.coefficients
    return keep, made


def _levels(result: Tested, parts: Sequence[Part]) -> list[int]:
    """One factor's level in each column of a term, or which of its columns it is.

    Contrasts of another coding than with the first level count as those of the levels after the first: `_codings` tells
    how they are made of each other.
    """
    (factor,) = {part.factor for part in parts}
    if str(factor) in result.design.encoder.levels and any(p.coding or p.baseline is not None for p in parts):
        compared = result.design.encoder.coding(factor).compared
        return [1 + (part.place if part.coding else compared.index(part.place)) for part in parts]
    return [part.place for part in parts]


def _codings(result: Tested, categories: Mapping[str, int]) -> dict[str, Array]:
    """The factors that are coded otherwise than by contrasts with their first level."""
    encoder = result.design.encoder
    factors = {str(f): encoder.coding(f) for f in result.design.spec.fixed_factors if str(f) in categories}
    return {text: c.matrix for text, c in factors.items() if not c.is_treatment or c.base}
