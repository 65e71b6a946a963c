"""Classical repeated-measures ANOVA and MANOVA on the complete subjects, beside the mixed model of all rows.

With a row of visits for each complete subject the model is multivariate: cell means and one covariance E between visits. Repeated-measures
ANOVA takes every contrast of visits for equally variable (sphericity), or pays for it in degrees of freedom (Greenhouse and Geisser 1959;
Huynh and Feldt 1976, as Lecoutre corrected it in 1991 and R has it); MANOVA takes nothing for granted about the covariance, and nor does
the mixed model with a free covariance by visit, which needs no row of visits to be complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from ..arrays import Array
from ..errors import DesignError
from ..inference.small_sample import FTest
from ..models.gls import GLSResult
from ..models.gls_fitting import gls
from ..text.english import all_of

EffectKind = Literal["visit", "interaction", "between"]
Method = Literal["anova", "greenhouse-geisser", "huynh-feldt", "manova", "us_complete", "cs", "us"]


@dataclass(frozen=True)
class Sphericity:
    """How far the covariance between visits is from giving every contrast of them one variance.

    Parameters
    ----------
    w, df, p : float
        Mauchly's (1940) statistic, 1 under sphericity; its test by Box's expansion to the second order.
    greenhouse_geisser, huynh_feldt : float
        Estimates of Box's epsilon, which is 1 under sphericity and at worst 1 / (visits - 1); the second at most 1.
    least, most : (str, str, float)
        The two visits whose difference varies least, and most, with its SD within groups of subjects.
    """

    w: float
    df: float
    p: float
    greenhouse_geisser: float
    huynh_feldt: float
    least: tuple[str, str, float]
    most: tuple[str, str, float]


@dataclass(frozen=True, eq=False)
class RepeatedMeasures:
    """Tests of visits, of groups of subjects and of both together, by every method.

    Parameters
    ----------
    visits, groups : tuple of str
        Labels; a single group where subjects are not divided.
    rows, subjects : int
        Of the mixed model: every row that has an outcome.
    complete : int
        Subjects with an outcome at each visit, which is all that the classical methods use.
    sphericity : Sphericity, optional
        None with two visits, which have one contrast only.
    tests : dict of dict
        Effect to method to its test. ``cs`` and ``us`` are mixed models of all rows, ``us_complete`` the latter over the
        complete subjects alone; all three by REML, with Kenward and Roger's degrees of freedom.
    means : DataFrame
        A row for each visit and group: ``visit, group, missing`` (subjects not seen there), ``observed`` (the mean of
        those seen), ``complete`` (of complete subjects), ``us``.
    """

    visits: tuple[str, ...]
    groups: tuple[str, ...]
    rows: int
    subjects: int
    complete: int
    sphericity: Sphericity | None
    tests: dict[EffectKind, dict[Method, FTest]]
    means: pd.DataFrame


def repeated_measures(
    data: pd.DataFrame, outcome: str, visit: str, subject: str, between: str | None = None
) -> RepeatedMeasures:
    """Test visits and groups by repeated-measures ANOVA, MANOVA and mixed models.

    Tests are of unweighted means ("type III"): of visits averaged over groups, of groups averaged over visits.

    Parameters
    ----------
    data : DataFrame
        A row for each subject and visit; rows without an outcome may be there or not.
    between : str, optional
        A column that divides the subjects into groups.

    Raises
    ------
    DesignError
        When a subject has two rows at one visit or two groups, when too few subjects are complete, or when nobody of a group
        was seen at a visit.
    """
    wide, group, groups = _wide(data, outcome, visit, subject, between)
    y, visits = wide.to_numpy(), tuple(map(str, wide.columns))
    whole = np.isfinite(y).all(axis=1)
    k, n_groups = len(visits), len(groups)
    counts = np.bincount(group[whole], minlength=n_groups)
    df = int(whole.sum()) - n_groups
    if k < 2 or counts.min() < 1 or df < k - 1:
        raise DesignError(
            f"{int(whole.sum())} subjects have {all_of(k, 'visits')}, and MANOVA needs at least {k - 1 + n_groups}, some in every group.",
            "Leave out the visits that most subjects miss.",
        )
    means = np.array([y[whole & (group == g)].mean(axis=0) for g in range(n_groups)])
    left = y[whole] - means[group[whole]]
    inside = _orthonormal(k)
    effects: dict[EffectKind, tuple[Array, Array]] = {"visit": (np.full((1, n_groups), 1 / n_groups), inside)}
    if n_groups > 1:
        effects["interaction"] = (_orthonormal(n_groups).T, inside)
        effects["between"] = (_orthonormal(n_groups).T, np.full((k, 1), 1 / np.sqrt(k)))
    rough = left.T @ left
    sphericity = _sphericity(rough, inside, df, visits) if k > 2 else None
    tests = {name: _classical(means, rough, counts, df, *effect, sphericity) for name, effect in effects.items()}
    fits: dict[Method, GLSResult] = {
        "us_complete": _fit(y[whole], group[whole], n_groups, "us"),
        "cs": _fit(y, group, n_groups, "cs"),
        "us": _fit(y, group, n_groups, "us"),
    }
    for name, (of_groups, of_visits) in effects.items():
        contrasts = np.kron(of_visits.T, of_groups)
        for method, fit in fits.items():
            tests[name][method] = fit.kenward_roger.f_test(contrasts)
    cells = pd.DataFrame({"visit": np.repeat(visits, n_groups), "group": np.tile(groups, k)})
    by_group = [y[group == g] for g in range(n_groups)]
    missing = np.array([np.isnan(part).sum(axis=0) for part in by_group])
    observed = np.array([np.nanmean(part, axis=0) for part in by_group])
    cells = cells.assign(
        missing=missing.T.ravel(),
        observed=observed.T.ravel(),
        complete=means.T.ravel(),
        us=fits["us"].params.to_numpy(),
    )
    rows = int(np.isfinite(y).sum())
    return RepeatedMeasures(visits, groups, rows, len(y), int(whole.sum()), sphericity, tests, cells)


def _wide(
    data: pd.DataFrame, outcome: str, visit: str, subject: str, between: str | None
) -> tuple[pd.DataFrame, Array, tuple[str, ...]]:
    """A row for each subject and a column for each visit, each subject's group, and the groups' labels."""
    columns = [subject, visit, outcome, *([between] if between else [])]
    rows = data[columns].dropna()
    if rows.duplicated([subject, visit]).any():
        raise DesignError(
            f"There are several rows of one “{subject}” at one “{visit}”.", "Average them, or choose other visits."
        )
    wide = rows.pivot(index=subject, columns=visit, values=outcome).astype(float)
    if between is None:
        return wide, np.zeros(len(wide), dtype=int), ("all",)
    by_subject = rows.groupby(subject, observed=True)[between]
    if (by_subject.nunique() > 1).any():
        raise DesignError(
            f"“{between}” changes within a “{subject}”, so it does not divide them into groups.",
            "Choose a column with one value for each.",
        )
    codes, levels = pd.factorize(by_subject.first().reindex(wide.index), sort=True)
    present = np.array([np.isfinite(wide.to_numpy()[codes == g]).any(axis=0) for g in range(len(levels))])
    if not present.all():
        g, t = np.argwhere(~present)[0]
        raise DesignError(
            f"Nobody of “{levels[g]}” was seen at {visit} {wide.columns[t]}, so its mean there is not known.",
            "Leave that visit out.",
        )
    return wide, codes, tuple(map(str, levels))


def _orthonormal(n: int) -> Array:
    """Orthonormal contrasts of n things, (n, n - 1): Helmert's."""
    rows = np.tril(np.ones((n, n)), -1)[1:] - np.diag(np.arange(1.0, n), 1)[:-1]
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).T


def _sphericity(rough: Array, inside: Array, df: int, visits: tuple[str, ...]) -> Sphericity:
    """Mauchly's test and the epsilons, from the residuals' cross-products between visits."""
    q = inside.shape[1]
    values = np.linalg.eigvalsh(inside.T @ rough @ inside)
    log_w = float(np.log(values).sum() - q * np.log(values.mean()))
    shrink = 1 - (2 * q * q + q + 2) / (6 * q * df)
    second = (q + 2) * (q - 1) * (q - 2) * (2 * q**3 + 6 * q * q + 3 * q + 2) / (288 * (df * q * shrink) ** 2)
    chi_square, freedom = -df * shrink * log_w, q * (q + 1) / 2 - 1
    first = float(chdtrc(freedom, chi_square))
    epsilon = float(values.sum() ** 2 / (values**2).sum() / q)
    wider = ((df + 1) * q * epsilon - 2) / (q * (df - q * epsilon))
    diagonal = np.diag(rough)
    spread = np.sqrt((diagonal[:, None] + diagonal - 2 * rough) / df)
    a, b = np.triu_indices(len(visits), 1)
    pairs = [(visits[s], visits[t], float(spread[s, t])) for s, t in zip(a, b, strict=True)]
    return Sphericity(
        float(np.exp(log_w)),
        freedom,
        first + second * (float(chdtrc(freedom + 4, chi_square)) - first),
        epsilon,
        min(float(wider), 1.0),
        min(pairs, key=lambda pair: pair[2]),
        max(pairs, key=lambda pair: pair[2]),
    )


def _classical(
    means: Array,
    rough: Array,
    counts: Array,
    df: int,
    of_groups: Array,
    of_visits: Array,
    sphericity: Sphericity | None,
) -> dict[Method, FTest]:
    """Repeated-measures ANOVA and Pillai's trace of contrasts ``of_groups means of_visits``."""
    h, q = len(of_groups), of_visits.shape[1]
    result = of_groups @ means @ of_visits
    hypothesis = result.T @ np.linalg.solve(of_groups @ np.diag(1 / counts) @ of_groups.T, result)
    error = of_visits.T @ rough @ of_visits
    f = float(np.trace(hypothesis) / h / (np.trace(error) / df))
    tests: dict[Method, FTest] = {"anova": FTest(f, h * q, df * q)}
    if q > 1:
        g, w = (sphericity.greenhouse_geisser, sphericity.huynh_feldt) if sphericity else (1.0, 1.0)
        tests["greenhouse-geisser"] = FTest(f, g * h * q, g * df * q)
        tests["huynh-feldt"] = FTest(f, w * h * q, w * df * q)
    trace = float(np.trace(np.linalg.solve(hypothesis + error, hypothesis)))
    s = min(h, q)
    numerator, denominator = abs(q - h) + s, df - q + s
    tests["manova"] = FTest(denominator / numerator * trace / (s - trace), s * numerator, s * denominator)
    return tests


def _fit(y: Array, group: Array, n_groups: int, kind: Literal["cs", "us"]) -> GLSResult:
    """The mixed model with a mean for each visit and group, in that order."""
    at, visit = np.nonzero(np.isfinite(y))
    frame = pd.DataFrame({"y": y[at, visit], "visit": visit, "subject": at})
    cells = n_groups * y.shape[1]
    labels = [f"{cell:04d}" for cell in range(cells)]
    frame["cell"] = pd.Categorical.from_codes(visit * n_groups + group[at], categories=labels)
    fit = gls("y ~ 0 + cell", frame, "cs(1 | subject)" if kind == "cs" else "us(visit | subject)")
    if not fit.converged:
        raise DesignError(
            f"The mixed model of these visits is {fit.outcome}: {' '.join(fit.notes)}",
            "Leave out visits that few subjects have.",
        )
    return fit
