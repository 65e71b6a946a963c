"""`lm` and `lmer`: formula text and a table in, a result out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from . import moments as moments_module
from .checks import refuse_dependent, refuse_impossible
from .columns import CONSTANT, RandomBlock
from .crossing import Crossing, cross_factors
from .design import Design, build
from .errors import FormulaError
from .fit.linear import ols
from .fit.mixed import mixed
from .formula import parse
from .moments import Moments
from .results import MixedResult, OLSResult
from .spec import ModelSpec


def lm(formula: str | ModelSpec, data: pd.DataFrame, cluster: str | None = None) -> OLSResult:
    """Ordinary least squares.

    Parameters
    ----------
    formula : str
        R formula text without a random part.
    data : DataFrame
        Rows with a missing value in any column used are left out.
    cluster : str, optional
        A column of clusters; standard errors are then cluster-robust (CR2, with Satterthwaite degrees of freedom).

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec = parse(formula) if isinstance(formula, str) else formula
    if spec.random:
        raise FormulaError(f"lm() takes no random part, but found {spec.random[0]}.", "Use lmer(), or remove it.")
    design = build(spec, data, group=cluster)
    moments = compute_moments(design)
    columns = fixed_columns(design)
    refuse_dependent(design, moments)
    return OLSResult(design, moments, design.fixed_names, columns, ols(moments, columns), cluster)


def lmer(formula: str | ModelSpec, data: pd.DataFrame, reml: bool = True) -> MixedResult:
    """A linear mixed model.

    Parameters
    ----------
    formula : str
        lme4 formula text such as ``y ~ x + (x | g)``.
    data : DataFrame
        Rows with a missing value in any column used are left out.
    reml : bool
        REML, or maximum likelihood where False.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec = parse(formula) if isinstance(formula, str) else formula
    if not spec.random:
        raise FormulaError("lmer() needs a random part.", "Add one such as (1 | group), or use lm().")
    design = build(spec, data)
    crossing = compute_crossing(design)
    refuse_dependent(design, crossing.factors[0])
    refuse_impossible(design, crossing)
    return fit_mixed(design, crossing, fixed_columns(design), design.fixed_names, design.blocks, reml=reml)


def compute_moments(design: Design) -> Moments:
    """The moments of a design's columns over the groups that are shown."""
    if design.grouping is None:
        return moments_module.compute(design.columns, None, design.n)
    return moments_module.compute(design.columns, design.grouping.codes, design.n, len(design.grouping.levels))


def compute_crossing(design: Design) -> Crossing:
    """The moments of every grouping factor, and of the cells in which their levels meet."""
    random = [c for block in design.blocks for c in block.columns]
    levels = [len(g.levels) for g in design.groupings]
    return cross_factors(design.columns, [g.codes for g in design.groupings], levels, design.n, random)


def fixed_columns(design: Design) -> list[int]:
    """Columns of the fixed part, the constant first."""
    return [CONSTANT] * design.intercept + list(design.fixed)


def fit_mixed(
    design: Design, data: Moments | Crossing, columns: list[int], names: list[str], blocks: Sequence[RandomBlock],
    *, reml: bool, start: np.ndarray | None = None,
) -> MixedResult:  # fmt: skip
    """Fit a mixed model with the given fixed columns and covariance blocks.

    Over ``Moments`` the groups are those of the design's shown factor; over a ``Crossing`` those of all its factors.
    """
    crossed = isinstance(data, Crossing)
    factors = [b.factor for b in blocks] if crossed else None
    fit = mixed(data, columns, [b.columns for b in blocks], reml=reml, factors=factors, start=start)
    moments = data.factors[design.shown] if isinstance(data, Crossing) else data
    groupings = design.groupings if crossed else (design.groupings[design.shown],)
    if not crossed:
        blocks = [replace(b, factor=0) for b in blocks]
    return MixedResult(design, moments, names, columns, fit, tuple(blocks), groupings)
