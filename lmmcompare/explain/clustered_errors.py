"""What errors clustered by the shown groups rest on, what they leave out, and why the groups stay in the model."""

from __future__ import annotations

import numpy as np

from ..assess.compared_levels import compared_levels
from ..assess.factor_tests import factor_test
from ..assess.likelihood_ratio import likelihood_ratio
from ..assess.model_test import LEVEL
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import literal, noun, plural
from ..text.numbers import number
from .implied_ols_error import factors_beyond_clusters
from .moulton import robust_errors
from .predictor_level import Level, level

FEW = 20
"""With fewer groups than this the cluster-robust errors are themselves uncertain, and the page says so."""


def clusters_sentence(comparison: Comparison) -> str:
    """What errors that are clustered by the shown factor leave out; empty where they leave nothing out."""
    beyond = factors_beyond_clusters(comparison)
    if not beyond:
        return ""
    others = listed([f"of the same {literal(noun(factor))}" for factor in beyond])
    return (
        f"Clustered errors allow for rows of the same {literal(noun(comparison.group))} to be alike, not for rows {others} in different "
        f"{literal(plural(comparison.group))}."
    )


def clusters_clause(comparison: Comparison) -> str:
    """Of which groups alone errors count that they are alike, behind the kind of these errors; empty where they count all."""
    return f", by {plural(comparison.group)} alone" if factors_beyond_clusters(comparison) else ""


def few_groups(comparison: Comparison, term: str) -> str:
    """A warning that cluster-robust errors rest on few groups."""
    n = comparison.moments.n_groups
    df = float(robust_errors(comparison, "CR2").df[comparison.ols.names.index(term)])
    if np.isnan(df) or (n >= FEW and df >= 5):
        return ""
    groups = literal(plural(comparison.group))
    rests = f"With {n} {groups}" if n < FEW else f"As few of the {n:,} {groups} tell this coefficient,"
    return f"{rests} the cluster-robust errors are uncertain themselves (CR2 has {number(df, 2)} degrees of freedom)."


def clusters_kept_sentence(comparison: Comparison, term: str) -> str:
    """That a random intercept stays, whatever a test of its variance says, for what is constant within its levels; empty elsewhere."""
    several = comparison.formula_model == Model.SEVERAL
    if (
        term == comparison.constant
        or not (several or comparison.formula_model == Model.RANDOM_INTERCEPT)
        or term not in comparison.ols.names
    ):
        return ""
    column = comparison.column_of(term)
    between = level(comparison, column).level is Level.BETWEEN
    factor = comparison.group if between else compared_levels(comparison, column)
    if factor is None:
        return ""
    test = factor_test(comparison, factor) if several else likelihood_ratio(comparison.ols, comparison.random_intercept)
    if test.p < LEVEL:
        return ""
    name, groups = comparison.coefficient(term).label, plural(factor)
    n = len(next(g for g in comparison.design.groupings if g.name == factor).levels)
    constant = f"in every {noun(factor)}" if between else "within each of these"
    trial = "cluster-randomised trial" if between else "split-plot design"
    return (
        f"That no variance between {groups} is seen does not show that there is none, and {name} is constant {constant}: its "
        f"standard error rests on that variance. With {n:,} {groups} a test finds only a large one. Where "
        f"{groups} were drawn or assigned as wholes, as in a {trial}, they stay in the model whatever the test says."
    )
