"""The steps of nonparametric maximum likelihood: candidate mass points, their masses, and joint quasi-Newton steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import log_softmax

from ..arrays import Array
from ..fit.criterion import Solution
from ..work.interruption import check
from .mixture import Groups, Mixture

CERTIFIED = 1e-3
"""Log-likelihood that may be left to gain."""
ROUNDS = 60
CANDIDATES = 400
"""Maximal number of candidate mass points."""
ENTRIES = 4_000_000
"""Maximal number of groups times candidates."""
FIRST = 40
"""Approximate number of initial mass points."""
PEAKS = 24
"""Maximal number of candidates from which peaks are searched."""
NEAR = 0.5
"""Candidates nearer than this, in units of a group's standard error, lead to the same peak."""
MET = 0.05
"""Mass points nearer than this, in the same units, are merged."""
CLIMB = 12
"""Maximal number of steps towards a peak."""
NEWTON = 10
"""Maximal number of Newton steps for the masses."""
STEPS = 50
"""Maximal number of quasi-Newton steps of a round."""
COMPLETE_SHARE = 0.03
"""Share of the complete-data information that is added to that of the scores, which is singular with few groups for many
points."""
LEAST_INFORMATION = 0.1
"""Information added in every direction."""
GRADIENT = 1e-3
"""Where a unit step changes the log-likelihood by about one half, a gradient this small is at the top."""
FARTHEST = 0.999
"""Share of its likelihood that a group may lose in one step of the masses."""
LEAST_MASS = 1e-8
"""A mass below this is none."""
TINY = 1e-100
"""Stands for a zero where one divides by it."""


def maximise(groups: Groups, tried: Array, beta: Array, log_sigma: float) -> tuple[Mixture, float]:
    """The mixture of the highest likelihood, and an upper bound of what another distribution could add to its logarithm.

    Parameters
    ----------
    tried : (m, k) array
        `places`, the first half of which also gives those to begin with.
    beta : (q,) array
        Coefficients to start from.
    log_sigma : float
        To start from.
    """
    some = tried[: len(tried) // 2 : max(len(tried) // 2 // FIRST, 1)]
    at = Mixture(some, np.full(len(some), -np.log(len(some))), beta, log_sigma)
    for _ in range(ROUNDS):
        check()
        at = _merge_points(groups, _update_all(groups, _update_masses(groups, at)))
        peaks, rise = _peaks(groups, at, tried)
        if rise.max() <= CERTIFIED:
            break
        new = peaks[rise > CERTIFIED / 2]
        # each begins with the mass of one group
        masses = log_softmax(np.append(at.log_masses + np.log(groups.n_groups), np.zeros(len(new))))
        at = replace(at, points=np.concatenate([at.points, new]), log_masses=masses)
    return at, max(float(rise.max()), 0.0)


def places(groups: Groups, solution: Solution, free: Array) -> Array:
    """Candidate mass points, (m, k): least-squares estimates and conditional modes of groups, and in one dimension a grid."""
    modes = solution.conditional_modes()[0].T
    size = np.sqrt(np.maximum(np.einsum("jbb->jb", groups.gram), TINY))
    alone = np.linalg.eigvalsh(groups.gram / (size[:, :, None] * size[:, None]))[:, 0] > 1e-6
    projected = np.einsum("abj,aj->jb", groups.root, groups.residual(solution.beta[free]))
    own = np.linalg.solve(groups.gram[alone], projected[alone][:, :, None])[:, :, 0]
    many = min(CANDIDATES, max(ENTRIES // groups.n_groups, FIRST))
    pick, on_a_line = np.random.default_rng(0), modes.shape[1] == 1
    most = many // (4 if on_a_line else 2)
    result = [part[pick.permutation(len(part))[:most]] for part in (own, modes)]
    if on_a_line:
        ends = np.append(own, modes)
        result.insert(0, np.linspace(ends.min(), ends.max(), many // 2)[:, None])
    return np.concatenate(result)


def _update_masses(groups: Groups, at: Mixture) -> Mixture:
    """The best masses for given points: Newton steps under the constraints, by non-negative least squares."""
    from scipy.optimize import nnls  # slow to import, and needed only here

    kernel, masses = groups.kernel(at.points, at), np.exp(at.log_masses)
    likely = np.exp(kernel - kernel.max(axis=1, keepdims=True))
    for _ in range(NEWTON):
        share = likely / (likely @ masses)[:, None]
        if (share.sum(axis=0) - len(share)).max() < CERTIFIED / 10:
            break
        # to second order about the masses their log-likelihood is -|share m - 2|^2 / 2, and they sum to 1
        root = np.linalg.qr(share - 2.0, mode="r")
        result, _ = nnls(np.vstack([root, np.ones(len(masses))]), np.append(np.zeros(len(root)), 1.0))
        step = result / result.sum() - masses
        change = share @ step
        size = FARTHEST / max(-float(change.min()), FARTHEST)
        while np.log1p(size * change).sum() < 0 and size > 1e-4:
            size /= 2
        masses = masses + size * step
    keep = masses > LEAST_MASS
    return replace(at, points=at.points[keep], log_masses=np.log(masses[keep] / masses[keep].sum()))


def _update_all(groups: Groups, at: Mixture) -> Mixture:
    """Quasi-Newton steps of points, masses, coefficients and sigma together, scaled by their information."""
    from scipy.optimize import minimize  # slow to import, and needed only here

    ends = np.cumsum([at.points.size, len(at.points), len(at.beta)])
    information = groups.information(at) + COMPLETE_SHARE * groups.complete_information(at)
    information[np.diag_indices_from(information)] += LEAST_INFORMATION
    root = np.linalg.inv(np.linalg.cholesky(information)).T

    def mixture(x: Array) -> Mixture:
        points, logits, beta, log_sigma = np.split(root @ x, ends)
        moved, masses = at.points + points.reshape(at.points.shape), log_softmax(at.log_masses + logits)
        return Mixture(moved, masses, at.beta + beta, at.log_sigma + float(log_sigma[0]))

    def minus(x: Array) -> tuple[float, Array]:
        check()
        value, gradient = groups.gradient(mixture(x))
        return -value, -gradient @ root

    result = minimize(minus, np.zeros(len(root)), jac=True, method="BFGS", options={"gtol": GRADIENT, "maxiter": STEPS})
    return mixture(result.x)


def _merge_points(groups: Groups, at: Mixture) -> Mixture:
    """Merge mass points that are nearer to each other than ``MET``; their masses add up."""
    from scipy.sparse.csgraph import connected_components  # slow to import, and needed only here

    difference = at.points[:, None] - at.points
    width = at.precision * groups.gram.mean(axis=0)
    _, label = connected_components(np.einsum("abi,ij,abj->ab", difference, width, difference) < MET**2)
    member = (label == np.arange(label.max() + 1)[:, None]) * np.maximum(np.exp(at.log_masses), LEAST_MASS)
    masses = member.sum(axis=1)
    return replace(at, points=member @ at.points / masses[:, None], log_masses=np.log(masses / masses.sum()))


def _peaks(groups: Groups, at: Mixture, places: Array) -> tuple[Array, Array]:
    """Local maxima of D, (peaks, k), and its values there, (peaks,), searched from the best candidates."""
    totals, width = groups.totals(at), at.precision * groups.gram.mean(axis=0)
    left, chosen = groups.rise(places, at, totals)[0], list[Array]()
    # a candidate far from every group has no gradient to follow
    while len(chosen) < PEAKS and left.max() > CERTIFIED - groups.n_groups:
        chosen.append(places[int(np.argmax(left))])
        away = places - chosen[-1]
        left[np.einsum("mb,bc,mc->m", away, width, away) < NEAR**2] = -np.inf
    u = np.array(chosen)
    rise, weights = groups.rise(u, at, totals)
    size = np.ones((len(u), 1))
    for _ in range(CLIMB):
        step = u + size * groups.towards_peak(u, at, weights)
        result, new = groups.rise(step, at, totals)
        better = result > rise
        if not better.any():
            break
        size = np.where(better[:, None], 1.0, size / 4)
        u, rise, weights = (
            np.where(better[:, None], step, u),
            np.where(better, result, rise),
            np.where(better, new, weights),
        )
    return u, rise
