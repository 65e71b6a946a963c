"""What errors clustered by the shown groups rest on, what they leave out, and why the groups stay in the model."""

from __future__ import annotations

import numpy as np

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

FEW = 20
"""With fewer groups than this the cluster-robust errors are themselves uncertain, and the page says so."""
FEW_DEGREES = 10
"""So it does with fewer degrees of freedom, however many groups there are: the error is then off by 1/√(2 df), 22% and more."""
ROUGH = 5
"""With fewer than these Satterthwaite's t intervals do not hold what they promise either (Tipton 2015, Psychol. Methods 20)."""


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
    """A warning that cluster-robust errors rest on few groups; their degrees of freedom are what counts (Imbens and Kolesár 2016)."""
    n = comparison.moments.n_groups
    df = float(robust_errors(comparison, "CR2").df[comparison.ols.names.index(term)])
    df = round(df, 1)  # as it is told
    if np.isnan(df) or (n >= FEW and df >= FEW_DEGREES):
        return ""
    groups = literal(plural(comparison.group))
    rests = f"With {n} {groups}" if n < FEW else f"As few of the {n:,} {groups} tell this coefficient,"
    rough = f"; with fewer than {ROUGH} their intervals are rough too" if df < ROUGH else ""
    return f"{rests} the cluster-robust errors are uncertain themselves (CR2 has {number(df, 2)} degrees of freedom{rough})."


def clusters_kept_sentence(comparison: Comparison, term: str) -> str:
    """That a random intercept stays, whatever a test of its variance says, for what is constant within its levels; empty elsewhere."""
    several = comparison.formula_model == Model.SEVERAL
    if (
        term == comparison.constant
        or not (several or comparison.formula_model == Model.RANDOM_INTERCEPT)
        or term not in comparison.ols.names
        or comparison.mixed.unidentified
    ):
        return ""
    name = comparison.coefficient(term).label
    for factor, n in _constant_within(comparison, comparison.column_of(term)):
        test = (
            factor_test(comparison, factor)
            if several
            else likelihood_ratio(comparison.ols, comparison.random_intercept)
        )
        if test.p >= LEVEL:
            groups = plural(factor)
            return (
                f"That a test sees no variance between {groups} does not show that there is none, and {name} is constant in each of "
                f"these: its standard error rests on that variance. With {n:,} {groups} it finds only a large one. Where "
                f"{groups} were drawn or assigned as wholes, as in a cluster-randomised trial or a split-plot design, they stay in the "
                "model whatever the test says."
            )
    return ""


def _constant_within(comparison: Comparison, column: int) -> list[tuple[str, int]]:
    """The grouping factors within whose levels a predictor is constant, with how many levels they have, the fewest first.

    Those of fewest levels are what was drawn or assigned as a whole: districts, where a treatment is constant in these and so in
    their schools. Of another factor than the shown one only levels of two rows and more, as in `compared_levels`.
    """
    design = comparison.design
    found = [
        (grouping.name, moments.n_groups)
        for at, (grouping, moments) in enumerate(zip(design.groupings, comparison.crossing.factors, strict=True))
        if not moments.varies_within[column] and (at == design.focal or 2 * moments.n_groups <= moments.n_rows)
    ]
    return sorted(found, key=lambda one: one[1])
