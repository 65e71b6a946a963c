"""`lm` and `lmer`: formula text and a table in, a result out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, overload

from ..design.design import Design
from ..design.terms import RandomBlock
from ..errors import FormulaError
from ..fit.linear import ols
from ..fit.mixed import mixed
from ..fit.threads import ONE_THREAD
from ..formula.correlation_parser import with_residuals
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from . import MixedResult, OLSResult
from .arguments import Known, with_structure
from .estimability import refuse_impossible
from .gathering import fixed_columns, gather
from .random_structures import structures
from .request import FormulaLike, resolve
from .serial_mixed import SerialMixedResult, serial_mixed


def lm(
    formula: FormulaLike,
    data: Any,
    cluster: str | None = None,
    *,
    weights: Known | None = None,
    offset: Known | None = None,
) -> OLSResult:
    """Ordinary least squares.

    Parameters
    ----------
    formula : str
        R formula text without a random part, or a call of another program as in `read_call`.
    data : DataFrame, table, str or Path
        A pandas DataFrame; or a table that an engine has, as in `models.gathering.gather`. Rows with a missing value in any
        column used are left out.
    cluster : str, optional
        A column of clusters; standard errors are then cluster-robust (CR2, with Satterthwaite degrees of freedom).
    weights : str, Expression or array, optional
        Prior weights as R's `lm` has them: a row's residual variance is sigma^2 over its weight. A column's name, an expression
        such as ``"1 / variance"``, or a number for each row. Rows of weight 0 are left out.
    offset : str, Expression or array, optional
        A known part of the outcome's mean; ``offset(x)`` in the formula is the same, and all of them add up.

    Returns
    -------
    OLSResult
        ``summary()`` shows it; ``params, bse, df, tvalues, pvalues`` and the like are Series by coefficient, ``table()`` has them all;
        ``conf_int()``, ``predict()``, ``robust("CR2")``, ``emmeans()``, ``slopes()`` answer further questions.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec, data, _ = resolve(formula, data, weights=weights, offset=offset)
    if spec.has_structure:
        raise FormulaError("lm() takes residuals for independent and of one variance.", "Use gls().")
    if spec.random:
        raise FormulaError(f"lm() takes no random part, but found {spec.random[0]}.", "Use lmer(), or remove it.")
    design, crossing = gather(spec, data, group=cluster)
    moments = crossing.factors[0]
    columns = fixed_columns(design)
    return OLSResult(design, moments, design.fixed_names, columns, ols(moments, columns), cluster)


@overload
def lmer(
    formula: FormulaLike, data: Any, reml: bool = True, *, weights: Known | None = None, offset: Known | None = None
) -> MixedResult: ...


@overload
def lmer(
    formula: FormulaLike,
    data: Any,
    reml: bool = True,
    *,
    weights: Known | None = None,
    offset: Known | None = None,
    correlation: str | None = None,
    variance: str | None = None,
) -> MixedResult | SerialMixedResult: ...


def lmer(
    formula: FormulaLike,
    data: Any,
    reml: bool = True,
    *,
    weights: Known | None = None,
    offset: Known | None = None,
    correlation: str | None = None,
    variance: str | None = None,
) -> MixedResult | SerialMixedResult:
    """A linear mixed model.

    Parameters
    ----------
    formula : str
        lme4 formula text such as ``y ~ x + (x | g)``, or a call of another program as in `read_call`, whose own method
        is then used.
    data : DataFrame, table, str or Path
        A pandas DataFrame; or a table that an engine has, as in `models.gathering.gather`. Rows with a missing value in any
        column used are left out.
    reml : bool
        REML, or maximum likelihood where False.
    weights, offset : str, Expression or array, optional
        As in `lm`. Weights are precision weights (lme4's), not frequencies: doubling all of them changes sigma only.
    correlation : str, optional
        ``"ar1(time | group)"`` or ``"car1(time | group)"``, the residuals' correlation within the groups of the random part,
        as in `gls` (nlme's `lme`).
    variance : str, optional
        A column whose levels have a residual variance each.

    Returns
    -------
    MixedResult or SerialMixedResult
        What `lm` returns and the random part: ``theta``, ``cov_re`` (variances of random effects, in squared units of the outcome),
        ``random_effects``, ``criterion``, ``icc``, ``singular``, ``converged``; ``df`` is Satterthwaite's, ``df_kenward_roger`` and
        ``bse_kenward_roger`` Kenward and Roger's. Bates, Maechler, Bolker and Walker (2015), J. Stat. Softw. 67(1), have the model
        and the criterion (equations 2, 34 and 41). With ``correlation`` or ``variance`` as of `gls`.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec, data, reml = resolve(formula, data, reml, weights=weights, offset=offset)
    spec = with_structure(spec, correlation, variance)
    if spec.has_structure:
        return serial_mixed(with_residuals(spec), data, spec.correlation, spec.variance or None, reml=reml)
    if not spec.random:
        raise FormulaError("lmer() needs a random part.", "Add one such as (1 | group), or use lm().")
    with ONE_THREAD:
        design, crossing = gather(spec, data)
        refuse_impossible(design, crossing)
        return fit_mixed(design, crossing, fixed_columns(design), design.fixed_names, design.blocks, reml=reml)


def fit_mixed(
    design: Design,
    data: Moments | Crossing,
    columns: list[int],
    names: list[str],
    blocks: Sequence[RandomBlock],
    *,
    reml: bool,
) -> MixedResult:
    """Fit a mixed model with the given fixed columns and covariance blocks.

    Over ``Moments`` the groups are those of the design's shown factor; over a ``Crossing`` those of all its factors.
    """
    crossed = isinstance(data, Crossing)
    factors = [b.factor for b in blocks] if crossed else None
    fit = mixed(
        data,
        columns,
        [b.columns for b in blocks],
        reml=reml,
        factors=factors,
        structures=structures(blocks),
    )
    crossing = data if isinstance(data, Crossing) else Crossing((data,), {})
    moments = data.factors[design.focal] if isinstance(data, Crossing) else data
    groupings = design.groupings if crossed else (design.groupings[design.focal],)
    if not crossed:
        blocks = [replace(b, factor=0) for b in blocks]
    return MixedResult(design, moments, names, columns, fit, tuple(blocks), groupings, crossing)
