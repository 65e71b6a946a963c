"""The expected Hessian of the criterion of one problem, by which a scoring step goes."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from .criterion import Solution
from .small_cholesky import products


def expected_hessian(solution: Solution) -> Array:
    """The expected Hessian in theta (m, m), or its average with the observed one where there are several factors.

    With several factors the expected one has no sparse form; the average has (Gilmour, Thompson and Cullis 1995,
    Biometrics 51): ``y'P H_a P H_b P y`` needs a few columns only.
    """
    theta_map = solution.problem.theta_map
    change = theta_map.derivatives(solution.theta) @ solution.factor.T
    change += change.transpose(0, 2, 1)
    information = _scored(solution, change) if solution.other_factors is None else _averaged(solution, change)
    return information + theta_map.map_curvature(solution.curvature, solution.theta)


def _scored(solution: Solution, change: Array) -> Array:
    projected = products(solution.half_z, solution.half_z)
    pull = np.tensordot(change, projected, axes=1)
    trace = np.einsum("akkj->a", pull)
    turned = np.ascontiguousarray(pull.swapaxes(1, 2)).reshape(len(pull), -1)
    return pull.reshape(len(pull), -1) @ turned.T - np.outer(trace, trace) / solution.problem.df


def _averaged(solution: Solution, change: Array) -> Array:
    assert solution.other_factors is not None
    own, *others = solution.problem.factor_rows
    other_factors, m, p = solution.other_factors.others, len(change), solution.problem.p
    direction = solution.direction
    z_w = np.einsum("iaj,ipj->apj", solution.half_z, solution.half_w)
    residual = np.tensordot(z_w, direction, axes=([1], [0]))
    first = np.einsum("mab,bj->ajm", change[:, own, own], residual)
    parts = [
        np.einsum("mab,bl->alm", change[:, rows, rows], part).reshape(-1, m)
        for rows, part in zip(others, other_factors.parts(solution.other_factors.z_w @ direction), strict=True)
    ]
    weights = np.concatenate(parts)
    pull = np.einsum("ajm,aj->m", first, residual) + (solution.other_factors.z_w @ direction) @ weights
    on_x = np.einsum("apj,ajm->pm", z_w[:, :p], first) + solution.other_factors.z_w[:, :p].T @ weights
    square = solution.other_factors.products(solution.half_z, first, weights) - on_x.T @ np.linalg.solve(
        solution.xx, on_x
    )
    return solution.problem.df * (square / solution.pwrss - np.outer(pull, pull) / solution.pwrss**2)
