"""The steps of nonparametric maximum likelihood: where masses are tried, what they are, how everything moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize, nnls
from scipy.sparse.csgraph import connected_components
from scipy.special import log_softmax

from ..fit.criterion import Solution
from .mixture import LARGEST, Groups, Mixture, log_sum

Array = np.ndarray

CERTIFIED = 1e-3
"""Log-likelihood that may be left to gain."""
ROUNDS = 60
CANDIDATES = 400
"""Places at which a mass is tried, at most."""
ENTRIES = 4_000_000
"""Groups times places, at most."""
FIRST = 40
"""So many places, about, to begin with."""
PEAKS = 24
"""The best places, which are followed to their peaks."""
NEAR = 0.5
"""Places nearer than this, in units of a group's standard error, lead to the same peak."""
MET = 0.05
"""Mass points nearer than this, in the same units, are one."""
CLIMB = 12
"""Steps towards a peak."""
NEWTON = 10
"""Newton steps for the masses."""
STEPS = 50
"""Quasi-Newton steps of a round."""
FLAT = 1e-4
"""Directions of less information than this share are taken to have this share."""
GRADIENT = 3e-3
"""Where a unit step changes the log-likelihood by about one half, a gradient this small is at the top."""
LEAST_MASS = 1e-8
"""A mass below this is none."""
TINY = 1e-100
"""Stands for a zero where one divides by it."""


def maximise(groups: Groups, tried: Array, beta: Array, log_sigma: float) -> tuple[Mixture, float]:
    """The mixture of the highest likelihood, and by how much another distribution could still raise its logarithm.

    Parameters
    ----------
    groups : Groups
    tried : (m, k) array
        `places`.
    beta : (q,) array
        Coefficients to start from.
    log_sigma : float
        To start from.
    """
    some = tried[:: max(len(tried) // FIRST, 1)]
    at = Mixture(some, np.full(len(some), -np.log(len(some))), beta, log_sigma)
    for _ in range(ROUNDS):
        at = _merged(groups, _moved(groups, _reweighed(groups, at)))
        peaks, rise = _peaks(groups, at, tried)
        if rise.max() <= CERTIFIED:
            break
        new = peaks[rise > CERTIFIED / 2]
        points, masses = np.concatenate([at.points, new]), np.append(at.log_masses, np.full(len(new), -np.inf))
        at = replace(at, points=points, log_masses=masses)
    return at, max(float(rise.max()), 0.0)


def places(groups: Groups, solution: Solution, free: Array) -> Array:
    """Where masses are tried: all the way between the groups' own least-squares estimates, or at them, (m, k)."""
    modes = solution.conditional_modes()[0].T
    size = np.sqrt(np.maximum(np.einsum("jbb->jb", groups.gram), TINY))
    alone = np.linalg.eigvalsh(groups.gram / (size[:, :, None] * size[:, None]))[:, 0] > 1e-6
    seen = np.einsum("abj,aj->jb", groups.root, groups.residual(solution.beta[free]))
    own = np.linalg.solve(groups.gram[alone], seen[alone][:, :, None])[:, :, 0]
    many = min(CANDIDATES, max(ENTRIES // groups.n_groups, FIRST))
    if modes.shape[1] == 1:
        found = np.concatenate([own, modes])
        return np.linspace(found.min(axis=0), found.max(axis=0), many)
    pick = np.random.default_rng(0)
    return np.concatenate([part[pick.permutation(len(part))[: many // 2]] for part in (own, modes)])


def _reweighed(groups: Groups, at: Mixture) -> Mixture:
    """The best masses for given points: Newton steps under the constraints, by non-negative least squares."""
    kernel, masses = groups.kernel(at.points, at), np.exp(at.log_masses)
    for _ in range(NEWTON):
        totals, _ = log_sum(kernel + np.log(np.maximum(masses, TINY)))
        share = np.exp(np.minimum(kernel - totals[:, None], LARGEST))
        # to second order about the masses their log-likelihood is -|share m - 2|^2 / 2, and they sum to 1
        root = np.linalg.qr(share - 2.0, mode="r")
        found, _ = nnls(np.vstack([root, np.ones(len(masses))]), np.append(np.zeros(len(root)), 1.0))
        step, before, size = found / found.sum() - masses, np.log(share @ masses).sum(), 1.0
        while (gain := np.log(share @ (masses + size * step)).sum() - before) < 0 and size > 1e-4:
            size /= 2
        masses = masses + size * step
        if gain < CERTIFIED / 100:
            break
    kept = masses > LEAST_MASS
    return replace(at, points=at.points[kept], log_masses=np.log(masses[kept] / masses[kept].sum()))


def _moved(groups: Groups, at: Mixture) -> Mixture:
    """Points, masses, coefficients and sigma moved together, in units of what the groups' scores know of them."""
    q = len(at.beta)
    ends = np.cumsum([at.points.size, len(at.points), q])
    _, score, _ = groups.scores(at)
    information = score.T @ score
    information[ends[1] : ends[2], ends[1] : ends[2]] += at.precision * groups.xx
    information[-1, -1] += 2 * at.precision * groups.unseen(at.beta)
    scale = 1 / np.sqrt(np.maximum(np.diag(information), 1.0))
    values, vectors = np.linalg.eigh(information * np.outer(scale, scale))
    root = scale[:, None] * vectors / np.sqrt(np.maximum(values, FLAT))

    def mixture(x: Array) -> Mixture:
        points, logits, beta, log_sigma = np.split(root @ x, ends)
        moved, masses = at.points + points.reshape(at.points.shape), log_softmax(at.log_masses + logits)
        return Mixture(moved, masses, at.beta + beta, at.log_sigma + float(log_sigma[0]))

    def minus(x: Array) -> tuple[float, Array]:
        value, score, rest = groups.scores(mixture(x))
        return -value, -(score.sum(axis=0) + rest) @ root

    found = minimize(minus, np.zeros(len(root)), jac=True, method="BFGS", options={"gtol": GRADIENT, "maxiter": STEPS})
    return mixture(found.x)


def _merged(groups: Groups, at: Mixture) -> Mixture:
    """Points that have met made one."""
    apart = at.points[:, None] - at.points
    width = at.precision * groups.gram.mean(axis=0)
    _, label = connected_components(np.einsum("abi,ij,abj->ab", apart, width, apart) < MET**2)
    member = (label == np.arange(label.max() + 1)[:, None]) * np.exp(at.log_masses)
    masses = member.sum(axis=1)
    return replace(at, points=member @ at.points / masses[:, None], log_masses=np.log(masses))


def _peaks(groups: Groups, at: Mixture, places: Array) -> tuple[Array, Array]:
    """The highest peaks of D and how high they are: the best places, some way apart, followed upwards."""
    totals, width = groups.totals(at), at.precision * groups.gram.mean(axis=0)
    left, chosen = groups.rise(places, at, totals)[0], list[Array]()
    while len(chosen) < PEAKS and np.isfinite(left).any():
        chosen.append(places[int(np.argmax(left))])
        away = places - chosen[-1]
        left[np.einsum("mb,bc,mc->m", away, width, away) < NEAR**2] = -np.inf
    u = np.array(chosen)
    rise, weights = groups.rise(u, at, totals)
    for _ in range(CLIMB):
        step = u + groups.towards_peak(u, at, weights)
        found, new = groups.rise(step, at, totals)
        better = found > rise
        if not better.any():
            break
        u, rise, weights = (
            np.where(better[:, None], step, u),
            np.where(better, found, rise),
            np.where(better, new, weights),
        )
    return u, rise
