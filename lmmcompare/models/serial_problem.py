"""The criterion of models with random coefficients and serially correlated or unequal residuals, and the sums it needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..errors import DesignError
from ..fit.bases import Basis
from ..fit.residual.mixed import MixedProblem
from ..fit.residual.serial import Serial
from ..fit.theta import ThetaMap
from ..formula.correlation import Correlation
from ..moments.group_serial_sums import GroupGaps, by_gap_and_group
from ..moments.groups import Moments
from ..moments.serial_sums import Gaps, by_gap, products
from .residual_rows import Residuals
from .residual_structure import basis_rows, refuse_small_levels

Sums = tuple[Gaps, GroupGaps, Residuals]
SumsOf = Callable[[Moments, Basis, tuple[Basis, ...]], Sums]
"""From the moments and the columns' and random coefficients' bases to sums, wherever the rows are."""


def intercept_place(random: tuple[Basis, ...]) -> int | None:
    """The place of the random intercept among the random coefficients; None without one."""
    constant = [k for k, c in enumerate(c for part in random for c in part.columns) if c == CONSTANT]
    return constant[0] if constant else None


def refuse_short_groups(moments: Moments, random: tuple[Basis, ...], correlation: Correlation | None) -> None:
    """Raise when the groups are too small to tell the random coefficients from the correlation."""
    k = sum(part.size for part in random)
    if correlation is not None and moments.n.max() <= k + 1:
        raise DesignError(
            f"No group has more than {int(moments.n.max())} rows, too few to tell {k} random "
            f"{'coefficient' if k == 1 else 'coefficients'} from a correlation of the residuals: many values fit equally well.",
            "Leave out the random part and use gls(), or leave out the correlation.",
            in_app=f"Choose a structure that takes the random part’s place, cs(1 | {correlation.group_label}), or none.",
        )


def sums_of_rows(
    design: Design, moments: Moments, whole: Basis, random: tuple[Basis, ...], residuals: Residuals
) -> tuple[Gaps, GroupGaps]:
    """The sums over a design's rows, of the columns less their groups' means where there is a random intercept.

    Raises
    ------
    DesignError
        When a level has hardly more rows than coefficients of its own.
    """
    values = basis_rows(design, moments, whole)
    codes, level, correlation = design.groupings[0].codes, residuals.level, residuals.correlation
    n_levels = 1 if residuals.levels is None else len(residuals.levels)
    if residuals.levels is not None:
        by_level = products(values, values, level, n_levels)
        refuse_small_levels(by_level, np.bincount(level, minlength=n_levels), residuals)
    z = np.concatenate([basis_rows(design, moments, part) for part in random])
    if intercept_place(random) is not None:
        values = values - whole.mean[:, codes]
    time = np.zeros(design.n) if residuals.time is None else residuals.time
    order = residuals.order
    if order is None and (np.diff(codes) < 0).any():
        order = np.argsort(codes, kind="stable")
    if order is not None:
        values, z, codes, level, time = (of[..., order] for of in (values, z, codes, level, time))
    # without a correlation every row is the first of a group of its own
    first = np.diff(codes, prepend=-1) != 0 if correlation else np.ones(design.n, dtype=bool)
    sums = by_gap(values, first, time, level, n_levels)
    return sums, by_gap_and_group(sums, z, np.concatenate([values, z]), codes, first, time, level)


def mixed_problem(
    moments: Moments,
    whole: Basis,
    random: tuple[Basis, ...],
    correlation: Correlation | None,
    sums: Gaps,
    groups: GroupGaps,
    *,
    reml: bool,
) -> MixedProblem:
    """The criterion with its sums."""
    structure = Serial(sums, "none" if correlation is None else "steps" if correlation.kind == "ar1" else "continuous")
    intercept, far = intercept_place(random), 1.0
    means = np.zeros((whole.size, moments.n_groups)) if intercept is None else whole.mean
    if intercept is not None:
        inside = moments.within_total[-1, -1] / max(moments.n_rows - moments.n_groups, 1)
        far = max(far, float(np.sqrt(moments.between_total[-1, -1] / moments.n_rows / inside)))
    theta_map = ThetaMap.of([part.size for part in random])
    return MixedProblem(structure, groups, means, intercept, theta_map, moments.n_rows, reml, far)
