"""The fit of all models to the same rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..design.design import Design
from ..errors import FormulaError
from ..formula.correlation import Correlation
from ..model_catalogue import Model
from ..models import Result
from ..models.arguments import Known, with_structure
from ..models.estimability import refuse_impossible
from ..models.gathering import gather_with_rows
from ..models.gls_fitting import refuse_weights
from ..models.request import FormulaLike, resolve
from ..moments.crossed import Crossing
from ..work.interruption import announce_duration
from .comparison import Comparison
from .cost import expected_seconds
from .fitted_models import fit_models, one_factor_model
from .structured_residuals import fit_structured


def compare(
    formula: FormulaLike,
    data: Any,
    reml: bool = True,
    *,
    group: str | None = None,
    weights: Known | None = None,
    offset: Known | None = None,
    correlation: str | Correlation | None = None,
    variance: str | None = None,
) -> Comparison:
    """Fit the whole set of models to the same rows.

    Besides the model of the formula these are OLS, group dummies, a random intercept, a random slope (of the first
    predictor that varies within groups, where the formula has none) and within-between.

    Parameters
    ----------
    formula : str
        lme4 formula text, or a call of another program as in `read_call`, whose own method is then used.
    data : DataFrame, table, str or Path
        A pandas DataFrame; or a table that an engine has, such as the path of Parquet files (see `models.gathering.gather`).
    reml : bool
        REML, or maximum likelihood where False.
    group : str, optional
        Of several grouping factors the one whose groups are compared, ``a`` or ``a:b``; the formula's first when left out.
    weights, offset : str, Expression or array, optional
        Prior weights and an offset, the same for every model; as in `lm`.
    correlation : str, optional
        ``"cs(1 | g)"``, ``"ar1(time | g)"``, ``"car1(time | g)"`` or ``"us(visit | g)"``: one further model whose residuals are
        correlated so; see `fit_structured`. It may be appended to the formula instead.
    variance : str, optional
        A column whose levels have a residual variance each in that further model.

    Returns
    -------
    Comparison
        ``fits`` has each model's result by its key (``"ols"``, ``"random_intercept"``, ...); ``coefficients()``, ``variances()``,
        ``random_effects()`` and ``statistics()`` are tables of all of them.

    Raises
    ------
    LmmCompareError
        When OLS or the formula's own model cannot be fitted. If another model cannot be fitted, the reason is in
        ``absent``.
    """
    spec, data, reml = resolve(formula, data, reml, weights=weights, offset=offset, grouped=True)
    spec = with_structure(spec, correlation, variance)
    if not spec.random:
        group_of = spec.correlation.group_label if spec.correlation else "group"
        raise FormulaError("The formula has no grouping factor.", f"Add a random part such as (1 | {group_of}).")
    if spec.has_structure:
        refuse_weights(spec)
    design, crossing, rows = gather_with_rows(spec, data, group=group)
    refuse_impossible(design, crossing)
    announce_duration(lambda: expected_seconds(design))
    result = fit_all(design, crossing, reml=reml)
    if not spec.has_structure:
        return result
    return replace(result, fits=result.fits | {Model.STRUCTURED: fit_structured(design, rows, reml=reml)})


def fit_all(design: Design, crossing: Crossing, *, reml: bool) -> Comparison:
    """Fit every model that the moments identify; for the others `Comparison.absent` has the reason."""
    models = fit_models(design, crossing, reml=reml)
    fits = {key: fit for key, fit in models.items() if isinstance(fit, Result)}
    absent = {key: reason for key, reason in models.items() if isinstance(reason, str)}
    return Comparison(design, crossing, fits, absent, one_factor_model(design), reml)
