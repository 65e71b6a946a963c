"""Normalised residuals are those of a dense Cholesky factor of the covariance that the whole model implies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_triangular

import lmmcompare as lc
from lmmcompare.assess.normalised_residuals import normalised_residuals


def dense(residual, covariance, codes, place):
    """Each group's own factor, its rows in order; ``covariance(rows)`` is the group's whole covariance."""
    result = np.empty(len(residual))
    for group in np.unique(codes):
        rows = np.flatnonzero(codes == group)
        rows = rows[np.argsort(place[rows], kind="stable")]
        result[rows] = solve_triangular(np.linalg.cholesky(covariance(rows)), residual[rows], lower=True)
    return result


@pytest.fixture
def sleep(table):
    return table("sleepstudy").sample(frac=0.8, random_state=3).reset_index(drop=True)  # uneven groups, out of order


@pytest.mark.parametrize("random", ["(1 | Subject)", "(Days | Subject)", "(Days || Subject)"])
@pytest.mark.parametrize("weights", ["", ", weights = w"])
def test_of_mixed_models(sleep, random, weights):
    data = sleep.assign(w=1.0 + sleep["Days"] % 3)
    comparison = lc.compare(f"Reaction ~ Days + {random}{weights}", data)
    fit, days = comparison.mixed, data["Days"].to_numpy(float)
    z = np.column_stack([np.ones(len(data)), days])[:, : len(fit.random_names)]
    psi, noise = fit.cov_re["Subject"].to_numpy(), fit.sigma**2 / (data["w"] if weights else 1.0 + 0 * data["w"])
    known = dense(
        data["Reaction"].to_numpy() - np.column_stack([np.ones(len(data)), days]) @ fit.params.to_numpy(),
        lambda rows: z[rows] @ psi @ z[rows].T + np.diag(noise.to_numpy()[rows]),
        comparison.design.grouping.codes,
        days,
    )
    np.testing.assert_allclose(normalised_residuals(fit, comparison.design.grouping, days), known, atol=1e-9)


def serial(fit, rows, days):
    return fit.sigma**2 * fit.residual_correlation ** np.abs(days[rows][:, None] - days[rows])


def one_correlation(fit, rows, days):
    sd = fit.residual_sd.to_numpy()[fit.residuals.level[rows]] if fit.variance else np.full(len(rows), fit.sigma)
    r = fit.residual_correlation
    return np.outer(sd, sd) * ((1 - r) * np.eye(len(rows)) + r)


def by_visit(fit, rows, days):
    visits = days[rows].astype(int)
    return fit.residual_covariance.to_numpy()[np.ix_(visits, visits)]


@pytest.mark.parametrize(
    ("structure", "covariance"),
    [
        ("correlation = ar1(Days | Subject)", serial),
        ("correlation = car1(Days | Subject)", serial),
        ("correlation = cs(1 | Subject)", one_correlation),
        ("correlation = cs(1 | Subject), variance = half", one_correlation),
        ("correlation = us(visit | Subject)", by_visit),
    ],
)
def test_of_structured_residuals(table, structure, covariance):
    data = table("sleepstudy").sample(frac=0.9, random_state=4).reset_index(drop=True)
    data = data.assign(half=np.where(data["Days"] < 5, "first", "second"), visit=data["Days"] // 3)
    if "us(" in structure:
        data = data.drop_duplicates(["Subject", "visit"]).reset_index(drop=True)
    comparison = lc.compare(f"Reaction ~ Days + (1 | Subject), {structure}", data)
    fit, days = comparison.structured, data["visit" if "us(" in structure else "Days"].to_numpy(float)
    tau2 = fit.cov_re["Subject"].iloc[0, 0] if fit.cov_re else 0.0
    residual = data["Reaction"] - fit.params.iloc[0] - fit.params.iloc[1] * data["Days"]
    known = dense(
        residual.to_numpy(), lambda rows: tau2 + covariance(fit, rows, days), comparison.design.grouping.codes, days
    )
    np.testing.assert_allclose(normalised_residuals(fit, comparison.design.grouping, days), known, atol=1e-8)


def test_a_negative_correlation_within_groups(table):
    data = table("litters")
    comparison = lc.compare("gain ~ milk + (1 | litter), correlation = cs(1 | litter)", data)
    fit, place = comparison.structured, np.arange(len(data), dtype=float)
    assert fit.residual_correlation < -0.2
    residual = data["gain"] - fit.params.iloc[0] - fit.params.iloc[1] * data["milk"]
    known = dense(
        residual.to_numpy(), lambda rows: one_correlation(fit, rows, place), comparison.design.grouping.codes, place
    )
    np.testing.assert_allclose(normalised_residuals(fit, comparison.design.grouping, place), known, atol=1e-8)
