"""Predictions of models whose residuals are correlated or unequal, for a group's line and for a single new row of it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.grouping import find_levels
from ..design.rows_to_predict import new_rows
from ..errors import DesignError
from ..fit.residual.whiten import PlacedRows
from ..inference.prediction_error import Level
from ..inference.residual_prediction import degrees_of_freedom, predict_rows
from ..text.labels import noun
from .gls import GLSResult
from .residual_rows import placing_columns, read_places

LINE, ROW = 0, 1


def structured_prediction(
    result: GLSResult, data: pd.DataFrame, level: Level, kind: Literal["confidence", "prediction"]
) -> tuple[pd.Series, Array, Array, Array]:
    """What is expected of lines or of single new rows, which of these are complete, and of those standard error and df.

    A line has its group's random coefficients. A single row of a known group leans on what the group's other rows left beside
    theirs too, by the residuals' correlation; the prediction error has the residual variance of the row's own level or visit.

    Parameters
    ----------
    data : DataFrame
        New rows, with the columns of groups, of times or visits and of levels of residual variance.
    level, kind
        As for `models.prediction.predict_interval`.

    Raises
    ------
    DataError
        When the rows lack a column, or have a visit or level that the model does not know.
    DesignError
        For a known group of a table of which there are sums only.
    """
    if level == "group" and result.design.is_sample:
        raise DesignError(
            "What a group's other rows say of a new one needs all its rows, and of this table there are sums and a sample only.",
            "Predict for a new group or the population, or give a pandas DataFrame.",
        )
    rows = new_rows(result.design, data)
    assert rows.frame is not None
    named = [name for name in placing_columns(result.residuals) if name in rows.frame.columns]
    rows = rows.keep(rows.frame[named].notna().all(axis=1).to_numpy())
    assert rows.frame is not None
    grouping = result.design.grouping
    codes = np.full(len(rows), -1)
    if level == "group" and grouping is not None:
        codes = find_levels([grouping], rows.frame, effects=True, means=False)[0]
    new = PlacedRows(
        result.fit.to_units.T @ rows.matrix(result.columns),
        result.random_matrix(rows),
        read_places(result.residuals, rows.frame, codes),
    )
    drawn = level != "population"
    seen = result.placed_rows if (codes >= 0).any() else _no_rows(result, new)
    conditional = predict_rows(result.fit, result.fit.solution, seen, new, drawn=drawn)
    at = LINE if kind == "confidence" else ROW
    df = degrees_of_freedom(result.fit, result.satterthwaite, seen, new, drawn=drawn)[at]
    se = result.fit.scale * np.sqrt(result.fit.solution.variance * conditional.variance[at])
    estimate = result.fixed_part(rows) + rows.offset + result.fit.scale * conditional.shift[at]
    return rows.series(estimate, "predicted"), rows.places, se, df


def structured_variances_carried(result: GLSResult, level: Level, kind: Literal["confidence", "prediction"]) -> str:
    """Sentences that say for what an interval is, what the estimate leans on, and which variances the interval carries."""
    group = "group" if result.design.grouping is None else noun(result.design.grouping.name)
    random = bool(result.cov_re)
    parts = ["the uncertainty of the fixed effects"]
    if kind == "confidence":
        whose = {"group": f"the {group}", "new group": f"a new {group}", "population": f"an average {group}"}[level]
        sentences = [f"The line of {whose}."]
        if random and level == "group":
            parts.append("that of the group’s own coefficients")
        elif random and level == "new group":
            parts.append(f"the variance of the coefficients between levels of {group}")
        elif not random and level != "population":
            sentences.append(f"The model has no random coefficients, so its line is the same for every {group}.")
    else:
        sentences = ["A single new row."]
        if level == "group" and result.correlation is not None:
            sentences.append(
                f"It is expected where the line and the {group}’s other rows put it: what these leave beside the line counts by the "
                "residuals’ correlation with the new row. (nlme’s predict() stops at the line.)"
            )
            if result.correlation.order is not None:
                sentences.append(
                    f"Where the {group} was seen at that very {result.correlation.order}, it is the row seen, with no interval."
                )
        parts.append(
            "what the residual of such a row may be beyond that" if level == "group" else "the residual variance"
        )
    unequal = result.variance or (
        result.residuals.visits is not None and result.correlation and result.correlation.order
    )
    if kind == "prediction" and unequal:
        sentences.append(f"Its residual variance is that of its own {unequal}.")
    sentences.append(f"The interval carries {' and '.join(parts)}.")
    if level == "group":
        sentences.append(
            "That variances and correlations are estimated is allowed for by Satterthwaite’s degrees of freedom alone."
        )
    return " ".join(sentences)


def _no_rows(result: GLSResult, new: PlacedRows) -> PlacedRows:
    """None are needed where nothing is predicted for a known group."""
    nothing = new.at(np.zeros(0, dtype=np.int64))
    return PlacedRows(np.zeros((len(result.columns) + 1, 0)), nothing.random, nothing.places)
