"""Breusch and Pagan's test of the random intercept."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, ndtr

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..errors import DesignError
from ..fit.bases import basis, cross_total
from ..text.labels import an, noun, plural
from ..text.numbers import number, p_value
from .convergence import refuse_unidentified
from .model_test import LEVEL, ModelTest, verdict


def breusch_pagan(comparison: Comparison) -> ModelTest:
    """Lagrange multiplier test of the random intercept, from the OLS residuals.

    Breusch and Pagan (1980), Rev. Econ. Stud. 47; for groups of different size Baltagi and Li (1990), Econometric Theory 6.
    A variance is not negative, so the p value is the one-sided one of Honda (1985), Rev. Econ. Stud. 52, which is that of the
    50:50 mixture of chi-squares with 0 and 1 df; ``p_naive`` is Breusch and Pagan's own.
    """
    refuse_unidentified(comparison.random_intercept, comparison.group)
    moments, columns = comparison.moments, comparison.ols.columns
    whole = basis(moments, [*columns, moments.outcome], centred=CONSTANT in columns)
    gram, p = cross_total(moments, whole), len(columns)
    residual = np.append(-np.linalg.solve(gram[:p, :p], gram[:p, p]), 1.0)
    sums = moments.w * (residual @ whole.mean)
    pairs = float((moments.w**2).sum() - moments.n_rows)
    if (moments.n == 1).all():
        raise DesignError(
            f"Every {comparison.group} has a single row.", "Choose a grouping column whose values repeat."
        )
    together = float(sums @ sums) / float(residual @ gram @ residual) - 1
    honda = moments.n_rows * together / np.sqrt(2 * pairs)
    one_sided, two_sided = float(ndtr(-honda)), float(chdtrc(1, honda**2))
    groups, negative = plural(comparison.group), ""
    if honda < 0 and two_sided < LEVEL:
        negative = (
            f" The statistic is negative: rows of {an(comparison.group)} are less alike than rows at random, which no variance between "
            f"{groups} can make, so the two-sided test rejects and the one-sided one does not."
        )
    return ModelTest(
        "Breusch–Pagan test, one-sided (Honda)",
        f"Do rows of one {noun(comparison.group)} resemble each other, once the predictors are accounted for?",
        honda**2,
        "50:50 mixture of χ² with 0 and 1 df",
        1,
        one_sided,
        verdict(one_sided, f"The {groups} matter", f"The residuals of OLS show no sign that the {groups} matter"),
        f"It needs OLS only, and normal errors. Honda’s statistic is {number(honda)}; Breusch and Pagan’s own two-sided test "
        f"of the same gives {p_value(two_sided)}.{negative}",
        two_sided,
    )
