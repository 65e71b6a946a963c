"""Predictions with intervals, labelled with the variances that each interval includes."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.rows_to_predict import held_rows, new_rows
from ..errors import OptionError
from ..fit.criterion import solve
from ..inference.estimated_variances import can_be_told, relative_excess
from ..inference.prediction_error import Level, Rows, relative_variance
from ..inference.satterthwaite import steps
from ..inference.t_tests import t_quantile
from ..text.english import listed
from ..text.labels import an, noun, one_of_each, plural
from .gls import GLSResult
from .linear import ASK_DUMMIES, NoPoolingResult
from .mixed import MixedResult
from .structured_prediction import structured_prediction, structured_variances_carried

Kind = Literal["confidence", "prediction"]
COLUMNS = ["estimate", "se", "df", "lower", "upper"]
FEWEST = 1.0
"""Satterthwaite's degrees of freedom are not taken below this: a variance near 0 would make the interval endless."""


def predict_interval(
    result: MixedResult | GLSResult,
    data: pd.DataFrame | None = None,
    level: Level = "group",
    kind: Kind = "confidence",
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Predictions with standard errors and limits; `variances_carried` says what they carry.

    Limits are ``estimate -+ t se`` with Satterthwaite's degrees of freedom for each row's variance (at least 1), from the
    same covariance of the variance parameters as for the coefficients. Where residuals are correlated, a single row of a known
    group is expected beside its line (`models.structured_prediction`).

    The line of a known group also carries what the estimation of the variances adds to its error (`inference.estimated_variances`),
    and has the residual variance's degrees of freedom. Without that, 88 to 91% of 95% intervals held it where the variance between
    groups was small; with it 95 to 99% do.

    Parameters
    ----------
    data : DataFrame, optional
        New rows; those that the design holds, when left out. A row of a group that the model was not fitted to counts as
        one of a new group, and an `UnknownLevelWarning` says which; what its means of a within-between model's predictors
        are, it says in columns of `MixedResult.mean_names`. With correlated residuals they must be given: those that the model was
        fitted to are known.
    level : {"group", "population", "new group"}
        With the row's own groups' random effects; the line of an average group; the line of a group still to be drawn.
    kind : {"confidence", "prediction"}
        For the line, or for a single new row.
    alpha : float
        1 minus the interval's coverage.

    Returns
    -------
    DataFrame
        ``estimate, se, df, lower, upper``, a row for each row of ``data``; NaN where a predictor is missing.

    Raises
    ------
    OptionError, DataError
        As `MixedResult.predict` does.
    TooLargeError
        When crossed factors have so many levels that their joint covariance does not fit into memory.
    """
    if level not in ("group", "population", "new group"):
        raise OptionError(f"level is 'group', 'population' or 'new group', not {level!r}.", "Choose one of the three.")
    if kind not in ("confidence", "prediction"):
        raise OptionError(f"kind is 'confidence' or 'prediction', not {kind!r}.", "Choose one of the two.")
    if isinstance(result, GLSResult):
        if data is None:
            raise OptionError("There are no rows to predict.", "Give new rows as data=.")
        predicted, complete, se, df = structured_prediction(result, data, level, kind)
        return _limits(predicted, complete, se, np.maximum(df, FEWEST), alpha)
    complete, rows = rows_to_predict(result, data, level)
    problem, solution = result.fit.problem, result.fit.optimum.solution
    weights = result.design.weights
    row_weight = 1.0 if weights is None or data is not None else weights.values  # of new rows 1, as R has it
    single = problem.mean_weight / row_weight * (kind == "prediction")
    relative = relative_variance(problem, solution, rows, level) + single
    small = result.satterthwaite
    slopes = np.empty((len(solution.theta) + 1, len(relative)))
    residual = solution.pwrss / problem.df
    for k, step in enumerate(steps(solution.theta)):
        move = step * np.eye(len(solution.theta))[k]
        up, down = (solve(problem, solution.theta + m) for m in (move, -move))
        apart = relative_variance(problem, up, rows, level) - relative_variance(problem, down, rows, level)
        slopes[k] = residual * apart / (2 * step)
    slopes[-1] = relative
    noise = ((small.spread @ slopes) * slopes).sum(axis=0)
    df = np.full(len(relative), np.inf)
    np.divide(2 * (residual * relative) ** 2, noise, out=df, where=noise > 0)
    if level == "group" and can_be_told(solution):
        relative = relative + relative_excess(solution, rows)
        of_residual = 2 * residual**2 / small.spread[-1, -1]
        df = np.where(np.all([codes >= 0 for codes in rows.codes], axis=0), of_residual, df)
    df = np.maximum(df, FEWEST)

    se = np.sqrt(result.fit.row_variance * relative)
    predicted = result.predict(data, level="group" if level == "group" else "population")
    return _limits(predicted, complete, se, df, alpha)


def _limits(predicted: pd.Series, complete: Array, se: Array, df: Array, alpha: float) -> pd.DataFrame:
    """Predictions with their limits; NaN where a row is not complete."""
    estimate = predicted.to_numpy()
    centre, reach = estimate[complete], t_quantile(df, alpha) * se
    results = np.full((len(estimate), 5), np.nan)
    results[complete] = np.column_stack([centre, se, df, centre - reach, centre + reach])
    return pd.DataFrame(results, index=predicted.index, columns=COLUMNS)


def dummies_interval(result: NoPoolingResult, data: pd.DataFrame) -> pd.DataFrame:
    """The lines of group dummies with their 95% confidence limits: of the groups that they know, and of no others.

    Returns
    -------
    DataFrame
        As `predict_interval` gives it; NaN for a group never seen, for which there is no dummy.
    """
    assert result.design.grouping is not None
    rows = new_rows(result.design, data)
    assert rows.frame is not None
    codes, _ = result.design.grouping.find(rows.frame, ASK_DUMMIES)
    rows, level, moments = rows.keep(codes >= 0), codes[codes >= 0], result.moments
    slopes = np.flatnonzero(np.isfinite(result.fit.beta))  # what the dummies absorb is the group's own already
    index = [result.columns[k] for k in slopes]
    means = moments.center[index][:, None] + moments.scale[index][:, None] * moments.mean[index][:, level]
    apart = rows.matrix(index) - means
    spread = np.einsum("ar,ab,br->r", apart, result.fit.vcov[np.ix_(slopes, slopes)], apart)
    line = spread + result.fit.row_variance / moments.w[level]
    se = np.sqrt(line)
    return _limits(result.predict(data), rows.places, se, np.full(len(se), float(result.fit.df)), 0.05)


def variances_carried(result: MixedResult | GLSResult, level: Level, kind: Kind = "confidence") -> str:
    """Sentences that say for what an interval of `predict_interval` is and exactly which variances it carries."""
    if isinstance(result, GLSResult):
        return structured_variances_carried(result, level, kind)
    own, between = (listed([word(f) for f in result.factors]) for word in (noun, plural))
    weight = "" if result.design.weights is None else " of weight 1"
    target = f"A single new row{weight}" if kind == "prediction" else "The line"
    parts = ["the uncertainty of the fixed effects"]
    match level:
        case "population":
            whose = f"{one_of_each(result.factors, 'an average')}, whose random effects are all 0"
        case "new group":
            whose = f"{one_of_each(result.factors, 'a new')}, drawn like those in the data"
            parts.append(f"the variance between {between}")
        case _:
            whose = f"the row’s own {own}"
            parts += ["the conditional variance of its random effects", "the covariance of the two"]
    if kind == "prediction":
        parts.append("the residual variance")
    carried = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    sentences = [f"{target} of {whose}.", f"The interval carries {carried}."]
    if kind == "confidence":
        sentences.append("The residual variance is left out: single rows scatter more widely.")
    if level == "group":
        others = " or ".join(map(plural, result.factors))
        unseen = "a group" if len(result.factors) == 1 else " or ".join(map(an, result.factors))
        sentences.append(f"For {unseen} never seen it carries the variance between {others} instead.")
    sentences.append(_how_estimated(result, level))
    return " ".join(sentences)


def _how_estimated(result: MixedResult, level: Level) -> str:
    """How an interval allows for variances that are estimated."""
    if level != "group":
        return "Satterthwaite’s degrees of freedom allow for the variances being estimated."
    if can_be_told(result.fit.optimum.solution):
        return (
            "That the variances are estimated adds to its error (Prasad and Rao 1990): how far the line is drawn to the average is "
            "uncertain too, also where the variance between groups is estimated as 0. Degrees of freedom are the residual variance’s."
        )
    return (
        "Satterthwaite’s degrees of freedom allow for the variances being estimated, but not for what their estimation does to how far the "
        "line is drawn to the average: where groups differ little the interval is too narrow (in simulations of one factor it held "
        "about 90%)."
    )


def rows_to_predict(result: MixedResult, data: pd.DataFrame | None, level: Level) -> tuple[Array, Rows]:
    """Which rows are complete (their positions), and these; those that the design holds where ``data`` is None."""
    rows = held_rows(result.design) if data is None else new_rows(result.design, data)
    codes = result.levels_of(rows, [level == "group"] * len(result.groupings), "allow")
    rows, problem = result.with_group_means(rows, codes[result.focal]), result.fit.problem
    z = []
    for at, own in enumerate(problem.factor_rows):
        wanted = [k for block in result.blocks if block.factor == at for k in block.columns]
        z.append(problem.random_units[own, own].T @ rows.matrix(wanted))
    return rows.places, Rows(problem.fixed.to_units.T @ rows.matrix(result.columns), tuple(z), tuple(codes))
