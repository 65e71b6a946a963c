"""The criteria of small models, which are written out, beside the general one and the dense reference; and what is called plain.

Tolerances: the same sums in another order, so 1e-10 of the criterion's and the derivatives' size. Against the dense
reference, which centres nothing, 1e-8. Hessians are held against differences of an analytic gradient, good to about 1e-6.
"""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare import examples
from lmmcompare.errors import LmmCompareError
from lmmcompare.fit import single
from lmmcompare.fit.criterion import criterion, solve
from lmmcompare.fit.dense_factors import DenseFactors
from lmmcompare.fit.few_coefficients import OneCoefficient, TwoCoefficients
from lmmcompare.fit.interior_newton import descend
from lmmcompare.fit.problem import Problem, problem
from lmmcompare.formula import parse
from lmmcompare.models.fitting import lmer
from lmmcompare.models.gathering import fixed_columns, gather
from lmmcompare.models.random_structures import structures
from tests.fit.test_criterion import MODELS, make_frame, setting
from tests.random_designs import random_design

SEEDS = range(25)


def small_problem(seed: int, several: bool) -> Problem | None:
    """The problem of a random design; None where it is refused."""
    asked = random_design(seed, several)
    try:
        design, crossing = gather(parse(asked.formula), asked.frame)
    except LmmCompareError:
        return None
    return problem(
        crossing, fixed_columns(design), [b.columns for b in design.blocks], reml=asked.reml,
        factors=[b.factor for b in design.blocks], structures=structures(design.blocks),
    )  # fmt: skip


@pytest.mark.parametrize("several", [False, True])
def test_value_and_derivatives_are_those_of_the_general_criterion(several: bool) -> None:
    kinds = set()
    for seed in SEEDS:
        ours = small_problem(seed, several)
        small = None if ours is None else single.small_criterion(ours)
        if ours is None or small is None:
            continue
        kinds.add(type(small))
        random = np.random.default_rng(seed)
        theta = random.choice([0.05, 1.0, 5.0]) * random.normal(size=ours.theta_map.size)
        try:
            general = solve(ours, theta)
        except np.linalg.LinAlgError:
            assert np.isnan(small.value(theta))
            continue
        at, size = small.at(theta), max(abs(general.criterion), 1.0)
        assert at.value == pytest.approx(general.criterion, abs=1e-10 * size)
        assert small.value(theta) == at.value
        slope = max(np.abs(general.curvature).max(), 1.0)
        np.testing.assert_allclose(at.gradient, general.gradient, rtol=1e-8, atol=1e-10 * slope * 10)
        whole = ours.theta_map.together > 0
        np.testing.assert_allclose(at.curvature[whole], general.curvature[whole], rtol=1e-8, atol=1e-10 * slope * 10)
        steps = 1e-5 * np.eye(len(theta))
        ways = [(solve(ours, theta + s).gradient - solve(ours, theta - s).gradient) / 2e-5 for s in steps]
        np.testing.assert_allclose(at.hessian, np.array(ways), rtol=1e-5, atol=1e-5 * max(np.abs(ways).max(), 1.0))
    assert kinds == ({DenseFactors} if several else {OneCoefficient, TwoCoefficients})


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if sum(map(len, model.blocks)) <= 2])
def test_the_criterion_of_few_coefficients_moves_as_the_dense_one(name: str, reml: bool) -> None:
    ours, dense = setting(MODELS[name], make_frame(3), reml)
    small, values = single.small_criterion(ours), []
    assert isinstance(small, OneCoefficient | TwoCoefficients)
    for theta in np.random.default_rng(1).normal(size=(3, ours.theta_map.size)):
        factor, units = ours.theta_map.matrix(theta), ours.random_units
        whole = units @ factor @ factor.T @ units.T
        psi = [whole[rows, rows] for rows in ours.theta_map.block_slices()]
        values.append(small.value(theta) - dense.fit(psi, reml).criterion)
    np.testing.assert_allclose(np.diff(values), 0, atol=1e-8)


def in_longer_numbers(ours: Problem, theta: np.ndarray) -> float:
    """The REML criterion of two coefficients, group by group in numbers of 64 bits' precision."""
    root, seen, whole = (np.asarray(of, np.longdouble) for of in (ours.root, ours.projected, ours.remaining.copy()))
    factor, log_det = ours.theta_map.matrix(theta).astype(np.longdouble), np.longdouble(0)
    for j in range(root.shape[2]):
        a, b, c = (lambda s: ((s[0] ** 2).sum() + 1, s[0] @ s[1], (s[1] ** 2).sum() + 1))(root[:, :, j] @ factor)
        det = (
            a
            + c
            - 1
            + (np.prod(root[[0, 1], [0, 1], j]) - root[0, 1, j] * root[1, 0, j]) ** 2
            * (factor[0, 0] * factor[1, 1]) ** 2
        )
        first, second = seen[0, :, j], seen[1, :, j] - b / a * seen[0, :, j]
        whole, log_det = whole + np.outer(first, first) / a + np.outer(second, second) * a / det, log_det + np.log(det)
    pivots = []
    for k in range(len(whole)):
        pivots.append(whole[k, k])
        whole = whole - np.outer(whole[:, k], whole[k]) / whole[k, k]
    spread = np.log(2 * np.longdouble(np.pi) * pivots[-1] / ours.df)
    return float(log_det + ours.df * (1 + spread) + sum(np.log(pivots[:-1])))


def test_large_and_tiny_variances_keep_more_digits_than_the_general_criterion_does() -> None:
    """A determinant without a difference: S S' of a group is nearly singular beside its size."""
    ours, _ = setting(MODELS["random slope"], make_frame(4), True)
    small = single.small_criterion(ours)
    assert small is not None
    for theta in map(np.array, ([1.0, 0.5, 0.3], [1e-4, 2.0, 1e3], [1e3, -1e3, 1e3], [1e5, 1e5, 1.0])):
        truth = in_longer_numbers(ours, theta)
        assert abs(small.value(theta) - truth) <= max(abs(criterion(ours, theta) - truth), 1e-12 * abs(truth))


@pytest.mark.parametrize("name", ["sleepstudy", "dyestuff", "penicillin", "pastes", "pshp2", "hsb82"])
def test_a_plain_fit_is_what_the_whole_search_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    formula, frame = examples.get(name).formula, examples.load(name)
    plain = lmer(formula, frame)
    monkeypatch.setattr(single, "small_criterion", lambda problem: None)
    whole = lmer(formula, frame)
    assert plain.criterion == pytest.approx(whole.criterion, abs=1e-9)
    np.testing.assert_allclose(plain.theta, whole.theta, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(plain.params, whole.params, rtol=1e-8)
    np.testing.assert_allclose(plain.bse, whole.bse, rtol=1e-8)
    assert plain.converged and whole.converged and plain.singular == whole.singular


def test_what_is_not_inside_or_not_the_lowest_is_not_plain() -> None:
    """dyestuff2's variance is zero: Newton's steps arrive there, and the whole search decides."""
    design, crossing = gather(parse("Yield ~ 1 + (1 | Batch)"), examples.load("dyestuff2"))
    ours = problem(crossing, fixed_columns(design), [b.columns for b in design.blocks], reml=True)
    small = single.small_criterion(ours)
    assert small is not None
    stop = descend(small, ours, None)
    assert stop is None or not single.is_plain(ours, small, stop)
