"""Where the search of a small model begins: the sums beside a dense computation, the variances beside the fit of balanced data.

Tolerance 1e-9: the same sums in another order and in centred columns.
"""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare import examples
from lmmcompare.fit.minque import minque
from lmmcompare.fit.problem import Problem, problem
from lmmcompare.fit.single import small_criterion
from lmmcompare.formula import parse
from lmmcompare.models.fitting import lmer
from lmmcompare.models.gathering import fixed_columns, gather

MODELS = {
    "one coefficient": ("cv161703", "Y ~ X + (1 | ID)"),
    "two correlated coefficients": ("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
    "two uncorrelated coefficients": ("sleepstudy", "Reaction ~ Days + (Days || Subject)"),
    "crossed factors": ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
    "nested factors": ("pastes", "strength ~ 1 + (1 | batch) + (1 | batch:cask)"),
}


def asked(name: str) -> tuple[Problem, list[np.ndarray], np.ndarray, np.ndarray]:
    """A model's problem; dense: each entry of theta's V_a, X and y, in centred and scaled columns."""
    example, formula = MODELS[name]
    design, crossing = gather(parse(formula), examples.load(example))
    ours = problem(
        crossing,
        fixed_columns(design),
        [b.columns for b in design.blocks],
        reml=True,
        factors=[b.factor for b in design.blocks],
    )
    rows, first = [c[:] for c in design.columns], crossing.factors[0]
    standard = [(row - m) / s for row, m, s in zip(rows, first.center, first.scale, strict=True)]
    ones = np.ones(design.n)
    parts = []
    for block, basis in zip(design.blocks, ours.random, strict=True):
        own = np.column_stack([ones if c < 0 else rows[c] for c in block.columns]) @ basis.to_units
        dummies = np.eye(len(design.groupings[block.factor].levels))[design.groupings[block.factor].codes]
        parts += [column[:, None] * dummies for column in own.T]
    variances = []
    for a, b in zip(ours.theta_map.rows, ours.theta_map.columns, strict=True):
        product = parts[a] @ parts[b].T
        variances.append(product if a == b else product + product.T)
    fixed = np.column_stack([ones if c < 0 else standard[c] for c in fixed_columns(design)])
    return ours, variances, fixed, standard[-1]


@pytest.mark.parametrize("spread", [1.0, 10.0])
@pytest.mark.parametrize("name", MODELS)
def test_the_sums_are_those_of_dense_matrices(name: str, spread: float) -> None:
    ours, variances, x, y = asked(name)
    small = small_criterion(ours)
    assert small is not None
    sums = small.variance_sums(spread * ours.theta_map.diagonal)
    assert sums is not None
    on_diagonal = [v for v, own in zip(variances, ours.theta_map.diagonal, strict=True) if own]
    inverse = np.linalg.inv(np.eye(len(y)) + spread**2 * sum(on_diagonal))
    p = inverse - inverse @ x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse)
    np.testing.assert_allclose(sums.traces, [np.trace(p @ v) for v in variances], rtol=1e-9, atol=1e-9)
    pairs = [[np.trace(p @ v @ p @ w) for w in variances] for v in variances]
    np.testing.assert_allclose(sums.pairs, pairs, rtol=1e-9, atol=1e-9 * np.abs(pairs).max())
    np.testing.assert_allclose(sums.squares, [y @ p @ v @ p @ y for v in variances], rtol=1e-9, atol=1e-9)
    assert sums.total == pytest.approx(y @ p @ y, rel=1e-9)


@pytest.mark.parametrize("name", ["two correlated coefficients", "crossed factors", "nested factors"])
def test_in_balanced_data_nothing_is_left_to_search_for(name: str) -> None:
    example, formula = MODELS[name]
    fit, ours = lmer(formula, examples.load(example)).fit, asked(name)[0]
    small = small_criterion(ours)
    assert small is not None
    for prior in (1.0, 10.0):
        np.testing.assert_allclose(minque(small, ours, prior), fit.optimum.solution.theta, rtol=1e-7)


def test_no_variance_that_comes_out_negative_is_where_a_search_begins() -> None:
    """Where the groups' means vary less than the rows let expect, the estimate is below 0 (dyestuff2)."""
    design, crossing = gather(parse("Yield ~ 1 + (1 | Batch)"), examples.load("dyestuff2"))
    ours = problem(crossing, fixed_columns(design), [b.columns for b in design.blocks], reml=True)
    small = small_criterion(ours)
    assert small is not None
    theta = minque(small, ours)
    assert theta is not None and theta[0] > 0
