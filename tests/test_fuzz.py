"""Random designs against the dense reference: singular, near-singular, groups of one row, empty cells, wild scales.

What is checked of each fit: at our covariances the dense reference, in units of its own, finds our criterion, coefficients,
their covariances, conditional modes and conditional variances; and no search of the dense criterion finds a lower one.
"""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare
from lmmcompare.errors import LmmCompareError
from lmmcompare.results import MixedResult
from tests.dense import Fit
from tests.random_designs import RandomDesign, random_design

ONE, SEVERAL = False, True
FAILED_SEEDS: list[tuple[int, bool]] = []
"""Seeds that have failed once, each an ordinary test now."""
QUICK = 5
"""Parts of the quick run; a part is `EACH` seeds of either kind."""
EACH = 15
MANY = 40
MANY_EACH = 25

LOWER = 1e-6  # the dense search stops within about 1e-7 of a minimum
DIGITS = 1e-9  # two ways to add up some hundreds of numbers; more where the dense inverse itself loses digits


def trouble(seed: int, several: bool) -> str:
    """What is wrong with the fit of a design, as a line; empty when all is well."""
    case = random_design(seed, several)
    try:
        ours = lmmcompare.lmer(case.formula, case.frame, reml=case.reml)
    except LmmCompareError:
        return ""
    found = [*differences(case, ours)]
    if not ours.converged:
        found.append("not converged")
    return f"seed ({seed}, {several}) {case.formula}, reml={case.reml}: {'; '.join(found)}" if found else ""


def differences(case: RandomDesign, ours: MixedResult) -> list[str]:
    """The quantities that differ from the dense reference's by more than rounding can explain."""
    dense = case.dense()
    theirs = dense.fit(relative_covariances(case, ours), case.reml)
    loss = DIGITS + 1e-15 * (theirs.condition * len(dense.y) + np.linalg.cond(theirs.vcov))
    units, scale = case.to_units(case.fixed), case.scale["y"]
    se = np.sqrt(np.diag(units @ theirs.vcov @ units.T))
    beta = units @ theirs.beta
    if "1" in case.fixed:
        beta[0] += case.shift["y"]
    df = len(dense.y) - len(beta) * case.reml
    criterion = theirs.criterion + 2 * df * np.log(scale)
    if case.reml:
        criterion -= 2 * np.log(np.abs(np.diag(units / scale))).sum()
    gaps = {
        "criterion": (ours.criterion - criterion) / len(dense.y),
        "coefficients": (ours.params - beta) / np.maximum(se, np.abs(beta)),
        "their covariances": (ours.cov_params() - units @ theirs.vcov @ units.T) / np.outer(se, se),
        "residual variance": ours.scale / (scale**2 * theirs.sigma2) - 1,
        **effect_gaps(case, ours, theirs),
    }
    found = [f"{name} by {np.max(np.abs(gap)):.0e}" for name, gap in gaps.items() if not np.max(np.abs(gap)) <= loss]
    lowest = dense.descend(case.reml, starts(case, dense.identity()))
    if theirs.criterion > lowest + LOWER:
        found.append(f"criterion {theirs.criterion - lowest:.1e} above the lowest")
    return found


def relative_covariances(case: RandomDesign, ours: MixedResult) -> list[np.ndarray]:
    """The covariance of each block over the residual variance, in the plain columns' units."""
    found = []
    for block, group in zip(case.blocks, case.groups, strict=True):
        names = term_names(block)
        back = np.linalg.inv(case.to_units(block))
        found.append(
            back @ ours.cov_re[group].loc[names, names].to_numpy() @ back.T * (case.scale["y"] ** 2 / ours.scale)
        )
    return found


def effect_gaps(case: RandomDesign, ours: MixedResult, theirs: Fit) -> dict[str, np.ndarray]:
    """Differences of the conditional modes and SDs, in units of the largest."""
    found = {}
    parts = zip(case.blocks, case.groups, theirs.effects, theirs.effect_covariances, strict=True)
    for block, group, modes, spread in parts:
        units, names = case.to_units(block), term_names(block)
        modes, spread = modes @ units.T, np.einsum("ab,jbc,dc->jad", units, spread, units)
        se = np.sqrt(np.maximum(np.einsum("jaa->ja", spread), 0.0))
        size = np.maximum(np.abs(modes).max(axis=0), se.max(axis=0)) + 1e-6 * np.abs(np.diag(units))
        found[f"modes of {group}"] = (ours.random_effects[group][names] - modes) / size
        # the dense variance is a difference, so half of its digits go where it is near 0
        found[f"SDs of {group}"] = (ours.random_effects_se[group][names] ** 2 - se**2) / size**2
    return {name: np.asarray(gap) for name, gap in found.items()}


def term_names(block: str) -> list[str]:
    return ["Intercept" if name == "1" else name for name in block]


def starts(case: RandomDesign, identity: np.ndarray) -> list[np.ndarray]:
    """Small, middling and large variances, and those that the data were made with."""
    truth = []
    for covariance in case.truth:
        root = np.linalg.cholesky(covariance + 1e-6 * np.eye(len(covariance)))
        truth += [root[j:, j] for j in range(len(root))]
    return [0.1 * identity, identity, 10 * identity, np.concatenate(truth)]


@pytest.mark.parametrize(("seed", "several"), FAILED_SEEDS)
def test_what_failed_once_does_not_fail_again(seed: int, several: bool) -> None:
    assert not trouble(seed, several)


@pytest.mark.parametrize("several", [ONE, SEVERAL], ids=["one factor", "several factors"])
@pytest.mark.parametrize("part", range(QUICK))
def test_random_designs_are_fitted_as_the_dense_reference_would(part: int, several: bool) -> None:
    found = [trouble(seed, several) for seed in range(part * EACH, (part + 1) * EACH)]
    assert not any(found), "\n".join(filter(None, found))


@pytest.mark.slow
@pytest.mark.parametrize("several", [ONE, SEVERAL], ids=["one factor", "several factors"])
@pytest.mark.parametrize("part", range(MANY))
def test_two_thousand_random_designs(part: int, several: bool) -> None:
    first = 10_000 + part * MANY_EACH
    found = [trouble(seed, several) for seed in range(first, first + MANY_EACH)]
    assert not any(found), "\n".join(filter(None, found))


def test_most_random_designs_can_be_fitted() -> None:
    """What the package refuses is not tested: it may not be most of them, nor none."""
    refused = 0
    for seed in range(40):
        case = random_design(seed, ONE)
        try:
            lmmcompare.lmer(case.formula, case.frame)
        except LmmCompareError:
            refused += 1
    assert 0 < refused < 20
