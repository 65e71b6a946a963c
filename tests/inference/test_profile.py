"""Profile limits against lme4, and against a slow search over standard deviations and correlations that shares no code.

lme4 interpolates zeta by splines through a few points, which costs up to 1e-3 of a limit; where that matters, and where its
search ended in a wrong valley, `Slow` tells who is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

import lmmcompare
from lmmcompare.fit.criterion import solve
from lmmcompare.fit.single import optimise
from lmmcompare.inference.deviance import Coefficient, Residual, Target, fix_coefficient
from lmmcompare.inference.profile import Parameter, parameters, profile
from lmmcompare.inference.profile_search import Interval
from lmmcompare.inference.spread_deviance import Correlation, Deviation
from lmmcompare.models import MixedResult
from tests.effort import first
from tests.helpers import CASES, data, reference, table

CUTOFF = float(chi2.ppf(0.95, 1))
SEVERAL = ["oats_nested", "pastes_nested", "penicillin_crossed"]
WITH_PROFILES = [c for c in dict.fromkeys([*CASES, *SEVERAL]) if "profile_ci" in reference(c)["reml"]]

# Limits of lme4's that are not where its own deviance rises by the cutoff; `test_where_lme4_is_off` shows each.
LME4_OFF = {
    ("cv161703_rs", "sd_(Intercept)|ID", "lower"),
    ("cv161703_rs", "sd_(Intercept)|ID", "upper"),
    ("cv161703_rs", "cor_X.(Intercept)|ID", "lower"),
    ("cv161703_rs", "sigma", "upper"),
    ("dyestuff2_singular", "sigma", "lower"),
    ("dyestuff2_singular", "sigma", "upper"),
    ("oats_nested", "sd_(Intercept)|B", "lower"),
}


@cache
def fitted(case: str, reml: bool = True) -> MixedResult:
    known = reference(case)
    frame = data(case) if case in CASES else table(known["data"])
    return lmmcompare.lmer(known["formula"], frame, reml=reml)


@cache
def limits(case: str, reml: bool = True) -> dict[str, Interval]:
    """Our intervals by lme4's names."""
    fit = fitted(case, reml)
    return {r_name(case, fit, p): optima for p, optima in profile(fit.fit, fit.moments)}


def r_name(case: str, fit: MixedResult, parameter: Parameter) -> str:
    if parameter.kind == "coefficient":
        return str(np.atleast_1d(reference(case)["reml"]["terms"])[parameter.index[0]])
    if parameter.kind == "residual":
        return "sigma"
    at, *terms = parameter.index
    block = fit.blocks[at]
    names = [block.names[t].replace("Intercept", "(Intercept)") for t in terms]
    return f"{parameter.kind.replace('correlation', 'cor')}_{'.'.join(reversed(names))}|{fit.factors[block.factor]}"


@pytest.mark.parametrize("case", WITH_PROFILES)
def test_agrees_with_lme4(case: str) -> None:
    """To 1e-3 of the limit, or 1e-4 of the interval's width where the limit is near 0; most are within 1e-5 of the width."""
    known, ours = reference(case)["reml"]["profile_ci"], limits(case)
    assert set(known["names"]) == set(ours)
    for name, lower, upper in zip(known["names"], known["lower"], known["upper"], strict=True):
        width = ours[name].upper - ours[name].lower
        for side, theirs, optima in (("lower", lower, ours[name].lower), ("upper", upper, ours[name].upper)):
            if (case, name, side) in LME4_OFF:
                continue
            assert optima == pytest.approx(theirs, rel=1e-3, abs=1e-4 * width), (name, side)
            if name.startswith("sd_") and theirs == 0:
                assert optima == 0


@pytest.mark.parametrize("case", ["sleepstudy_rs", "penicillin_crossed", "cv161703_ri"])
def test_a_reml_fit_is_profiled_by_maximum_likelihood(case: str) -> None:
    by_reml, by_ml = limits(case), limits(case, False)
    fit = fitted(case, False)
    for name, optima in by_ml.items():
        assert [by_reml[name].lower, by_reml[name].upper] == pytest.approx([optima.lower, optima.upper], rel=1e-5)
    assert by_reml["sigma"].estimate == pytest.approx(fit.sigma, rel=1e-6)


@dataclass(frozen=True)
class Slow:
    """The deviance of ``y ~ N(X b, V)`` in logarithms of standard deviations, arc tangents of correlations, log sigma.

    Parameters
    ----------
    y, X : arrays
    blocks : sequence of (n, k) arrays
        Random-effects columns, k at most 2.
    codes : sequence of (n,) int arrays
        Each block's groups.
    """

    y: np.ndarray
    X: np.ndarray
    blocks: Sequence[np.ndarray]
    codes: Sequence[np.ndarray]

    def deviance(self, natural: np.ndarray, held: tuple[int, float] | None = None) -> float:
        """At standard deviations and correlation block by block, then sigma; a coefficient may be held at a value."""
        v, at = natural[-1] ** 2 * np.eye(len(self.y)), 0
        for z, codes in zip(self.blocks, self.codes, strict=True):
            a = natural[at]
            if z.shape[1] == 1:
                covariance, at = np.array([[a**2]]), at + 1
            else:
                b, r = natural[at + 1], natural[at + 2]
                covariance, at = np.array([[a**2, a * b * r], [a * b * r, b**2]]), at + 3
            v += (codes[:, None] == codes) * (z @ covariance @ z.T)
        y, x = self.y, self.X
        if held is not None:
            y, x = y - x[:, held[0]] * held[1], np.delete(x, held[0], axis=1)
        try:
            root = np.linalg.cholesky(v)
        except np.linalg.LinAlgError:
            return 1e10
        y, x = np.linalg.solve(root, y), np.linalg.solve(root, x)
        residual = y - x @ np.linalg.lstsq(x, y)[0]
        return float(len(y) * np.log(2 * np.pi) + 2 * np.log(np.diag(root)).sum() + residual @ residual)

    def profiled(self, place: int | None, value: float, held: int | None, starts: Sequence[np.ndarray]) -> float:
        """The lowest deviance with one entry of ``natural``, or one coefficient, at a value; the rest without bounds."""
        kinds = [c for z in self.blocks for c in ("s" if z.shape[1] == 1 else "ssr")] + ["s"]
        free = [i for i in range(len(kinds)) if i != place]

        def natural(x: np.ndarray) -> np.ndarray:
            full = np.empty(len(kinds))
            for i, entry in zip(free, x, strict=True):
                full[i] = np.exp(np.clip(entry, -25, 15)) if kinds[i] == "s" else np.tanh(entry)
            if place is not None:
                full[place] = value
            return full

        def start(at: np.ndarray) -> np.ndarray:
            floored = np.maximum(at, 1e-3 * at[-1])
            return np.array(
                [np.log(floored[i]) if kinds[i] == "s" else np.arctanh(np.clip(at[i], -0.99, 0.99)) for i in free]
            )

        fixed = None if held is None else (held, value)
        optima = [
            minimize(lambda x: self.deviance(natural(x), fixed), start(at), method="BFGS", options={"gtol": 1e-6}).fun
            for at in starts
        ]
        return float(min(optima))


def slow(fit: MixedResult) -> Slow:
    columns = [np.ones(fit.nobs) if k < 0 else fit.design.columns[k][:] for k in fit.columns]
    blocks = [
        np.column_stack([np.ones(fit.nobs) if k < 0 else fit.design.columns[k][:] for k in b.columns])
        for b in fit.blocks
    ]
    codes = [fit.groupings[b.factor].codes for b in fit.blocks]
    return Slow(fit.design.columns[-1][:], np.column_stack(columns), blocks, codes)


def natural(fit: MixedResult) -> np.ndarray:
    optima: list[float] = []
    for covariance in fit.fit.covariances:
        size = np.sqrt(np.diag(covariance))
        optima += [*size] + ([covariance[0, 1] / size.prod() if size.all() else 0.0] if len(size) == 2 else [])
    return np.array([*optima, fit.sigma])


def place(fit: MixedResult, parameter: Parameter) -> int | None:
    if parameter.kind == "coefficient":
        return None
    if parameter.kind == "residual":
        return len(natural(fit)) - 1
    at, *terms = parameter.index
    before = sum(1 if len(b.columns) == 1 else 3 for b in fit.blocks[:at])
    return before + (terms[0] if parameter.kind == "sd" else 2)


def rise(fit: MixedResult, parameter: Parameter, value: float) -> float:
    """How much the deviance rises where a parameter is at a value, by the slow search from three starts."""
    model, best = slow(fit), natural(fit)
    more = best.copy()
    more[:-1] = np.where(np.abs(best[:-1]) < 1e-3 * fit.sigma, 0.5 * fit.sigma, best[:-1])
    starts = [best, more, np.where(np.arange(len(best)) == len(best) - 1, best, 0.3 * best)]
    held = parameter.index[0] if parameter.kind == "coefficient" else None
    return model.profiled(place(fit, parameter), value, held, starts) - model.deviance(best)


@pytest.mark.parametrize(
    ("case", "name", "value", "cut"),
    [
        # lme4 has 0.2088 for the lower limit; but without any intercept's variance the deviance rises by less than 3.84
        ("cv161703_rs", "sd_(Intercept)|ID", 0.0, False),
        ("cv161703_rs", "sd_(Intercept)|ID", None, True),
        ("cv161703_rs", "sigma", None, True),
        ("oats_nested", "sd_(Intercept)|B", None, True),
    ],
)
def test_where_lme4_is_off(case: str, name: str, value: float | None, cut: bool) -> None:
    fit = fitted(case, False)
    parameter = next(p for p in parameters(fit.fit.problem) if r_name(case, fit, p) == name)
    ours = limits(case)[name]
    known = reference(case)["reml"]["profile_ci"]
    at = known["names"].index(name)
    theirs = {"lower": known["lower"][at], "upper": known["upper"][at]}
    if not cut:
        assert ours.lower == value and theirs["lower"] > 0
        assert rise(fit, parameter, 0.0) < CUTOFF
        return
    sides = [side for side in ("lower", "upper") if (case, name, side) in LME4_OFF and getattr(ours, side) != 0]
    assert sides
    for side in sides:
        assert rise(fit, parameter, getattr(ours, side)) == pytest.approx(CUTOFF, abs=1e-4)
        assert abs(rise(fit, parameter, theirs[side]) - CUTOFF) > 3e-3


FORMULAS = [
    "y ~ x + (1 | g)",
    "y ~ x + (x | g)",
    "y ~ x + (x || g)",
    "y ~ x + (1 | g) + (1 | h)",
    "y ~ x + (x | g) + (1 | h)",
]


def random_frame(seed: int) -> pd.DataFrame:
    """Few and unbalanced groups, some variances zero, and units of any size."""
    random = np.random.default_rng(seed)
    g = np.repeat(np.arange(random.integers(4, 10)), random.integers(1, 8))
    g = np.concatenate([g, random.integers(0, g.max() + 1, 10)])
    x, h = random.normal(size=len(g)), random.integers(0, 5, len(g))
    size = random.choice([0.0, 0.5, 1.5], 3)
    effect = random.normal(size=(3, g.max() + 6)) * size[:, None]
    y = 2 + x + effect[0][g] + effect[1][g] * x + effect[2][h] + random.normal(size=len(g))
    x = (x + random.choice([0.0, 4.0])) * 10 ** random.uniform(-2, 2)
    return pd.DataFrame({"y": y * 10 ** random.uniform(-2, 2), "x": x, "g": g.astype(str), "h": h.astype(str)})


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("seed", first([1, 2], 1))
def test_every_limit_is_where_the_slow_search_finds_the_cutoff(formula: str, seed: int) -> None:
    """The deviance there is the cutoff to 1e-5; the slow search by differences may stop 1e-3 above its minimum."""
    fit = lmmcompare.lmer(formula, random_frame(seed), reml=False)
    met = 0
    for parameter, optima in profile(fit.fit, fit.moments):
        assert optima.lower <= optima.estimate <= optima.upper
        for value in (optima.lower, optima.upper):
            if parameter.kind == "correlation" and abs(value) == 1:
                continue
            rises = rise(fit, parameter, value)
            if parameter.kind == "sd" and value == 0:
                assert rises <= CUTOFF + 1e-3
            else:
                assert CUTOFF - 1e-3 < rises < CUTOFF + 1e-2, parameter
                met += 1
    assert met >= 6


def targets(fit: MixedResult) -> list[Target]:
    best = optimise(fit.fit.problem).solution
    kinds = {"coefficient": Coefficient, "sd": Deviation, "correlation": Correlation, "residual": Residual}
    return [kinds[p.kind](best, fit.moments, *p.index) for p in parameters(fit.fit.problem)]


@pytest.mark.parametrize("formula", [*FORMULAS, "y ~ x + z + (x + z | g)", "y ~ 0 + x + (0 + x | g)"])
def test_gradients_are_those_of_the_deviance(formula: str) -> None:
    frame = random_frame(2)
    frame["z"] = np.random.default_rng(0).normal(size=len(frame)) + 3
    fit = lmmcompare.lmer(formula, frame, reml=False)
    random = np.random.default_rng(1)
    for target in targets(fit):
        value = target.value + 2 * target.step
        others = np.where(np.isfinite(target.others), target.others, 0.0) + 0.1 * random.uniform(
            0.5, 1, len(target.others)
        )
        _, gradient = target.at(value, others)
        step = 1e-6
        by_differences = [
            (target.at(value, others + e)[0] - target.at(value, others - e)[0]) / (2 * step)
            for e in step * np.eye(len(others))
        ]
        np.testing.assert_allclose(gradient, by_differences, rtol=1e-5, atol=1e-4)
        h = 1e-3 * target.step
        slope = (target.at(value + h, others)[0] - target.at(value - h, others)[0]) / (2 * h)
        assert target.slope(value, others) == pytest.approx(slope, rel=1e-3, abs=1e-3 / target.step * 1e-2)


@pytest.mark.parametrize("case", ["sleepstudy_rs", "penicillin_crossed", "dragons_mundlak"])
def test_a_target_at_the_optimum_is_the_fit(case: str) -> None:
    fit = fitted(case, False)
    best = optimise(fit.fit.problem).solution
    for target, optima in zip(targets(fit), limits(case, False).values(), strict=True):
        deviance, gradient = target.at(target.value, target.others)
        assert deviance == pytest.approx(best.criterion, abs=1e-9)
        assert np.abs(gradient).max() < 1e-3
        assert target.units(target.value) == pytest.approx(optima.estimate, rel=1e-9)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_fixed_coefficient_is_an_outcome_less_what_is_known(formula: str) -> None:
    frame = random_frame(3)
    fit = lmmcompare.lmer(formula, frame, reml=False)
    value = 0.7 * float(fit.params["x"])
    problem = fit.fit.problem
    held = fix_coefficient(problem, problem.fixed.to_units[1], value / fit.moments.scale[-1])
    less = lmmcompare.lmer(
        formula.replace("x +", "1 +", 1), frame.assign(y=frame["y"] - value * frame["x"]), reml=False
    )
    units = 2 * problem.n * np.log(fit.moments.scale[-1])
    assert optimise(held).solution.criterion + units == pytest.approx(less.criterion, abs=1e-7)
    assert held.p == problem.p - 1
    assert solve(held, np.zeros(len(fit.theta))).beta.shape == (1,)


def test_units_do_not_matter() -> None:
    """Shifting and stretching the predictor and the outcome moves the limits along, and nothing else."""
    frame = random_frame(2)
    moved = frame.assign(y=3 * frame["y"] - 50, x=(frame["x"] - 1) / 7)
    a, b = (lmmcompare.lmer("y ~ x + (x | g)", f) for f in (frame, moved))
    first, second = ({p: i for p, i in profile(f.fit, f.moments)} for f in (a, b))
    for parameter, factor in ((("coefficient", (1,)), 21), (("sd", (0, 1)), 21), (("residual", ()), 3)):
        one, two = first[Parameter(*parameter)], second[Parameter(*parameter)]
        np.testing.assert_allclose([factor * one.lower, factor * one.upper], [two.lower, two.upper], rtol=1e-6)


def test_the_curve_goes_from_limit_to_limit() -> None:
    for name, optima in limits("sleepstudy_rs").items():
        assert len(optima.value) == len(optima.zeta) == 41
        assert optima.value[[0, -1]] == pytest.approx([optima.lower, optima.upper], rel=1e-12), name
        assert optima.zeta[[0, -1]] == pytest.approx([-1.959964, 1.959964], abs=1e-5)
        assert (np.diff(optima.value) > 0).all() and (np.diff(optima.zeta) > 0).all()
    # between the points that were fitted the curve is the profile, closely enough to draw
    fit, slope = fitted("cv161703_ri", False), limits("cv161703_ri", False)["X"]
    for k in (5, 12, 30):
        rises = rise(fit, Parameter("coefficient", (1,)), slope.value[k])
        assert abs(slope.zeta[k]) == pytest.approx(np.sqrt(rises), abs=5e-3)


def test_a_level_of_its_own() -> None:
    fit = fitted("sleepstudy_ri", False)
    wide, narrow = (next(profile(fit.fit, fit.moments, [Parameter("residual")], level))[1] for level in (0.99, 0.5))
    usual = limits("sleepstudy_ri", False)["sigma"]
    assert wide.lower < usual.lower < narrow.lower < narrow.estimate < narrow.upper < usual.upper < wide.upper


def test_zero_is_exactly_zero_and_says_why() -> None:
    optima = limits("pastes_nested")["sd_(Intercept)|batch"]
    assert optima.lower == 0.0 and "0 is not ruled out" in optima.note
    singular = limits("dyestuff2_singular")["sd_(Intercept)|Batch"]
    assert singular.estimate == singular.lower == 0.0 and "estimate itself is 0" in singular.note
    correlation = limits("cv161703_rs")["cor_X.(Intercept)|ID"]
    assert (correlation.lower, correlation.upper) == (-1.0, 1.0) and "may be 0" in correlation.note
    assert limits("sleepstudy_rs")["sigma"].note == ""


def test_two_peaks_of_the_likelihood_are_both_in_the_interval() -> None:
    """Ten rows in four groups, found by simulation: the deviance has a minimum at 0 and a lower one at 5."""
    frame = two_peaks()
    fit = lmmcompare.lmer("y ~ 1 + (0 + x | g)", frame, reml=False)
    problem = fit.fit.problem
    deviance = np.array([solve(problem, np.array([t])).criterion for t in np.linspace(0, 40, 4001)])
    assert np.argmin(deviance) > 100 and deviance[0] < deviance[100]
    lowest = float(deviance.min())
    (optima,) = (i for p, i in profile(fit.fit, fit.moments) if p.kind == "sd")
    assert optima.lower == 0.0 and np.isfinite(optima.upper)
    parameter = next(p for p in parameters(problem) if p.kind == "sd")
    model, best = slow(fit), natural(fit)
    at_limit = model.profiled(place(fit, parameter), optima.upper, None, [best])
    units = 2 * problem.n * np.log(fit.moments.scale[-1])
    assert at_limit - (lowest + units) == pytest.approx(CUTOFF, abs=2e-3)


def two_peaks() -> pd.DataFrame:
    y = [
        98.281192,
        326.528468,
        125.410762,
        205.568859,
        142.599574,
        194.788251,
        54.955401,
        184.145627,
        164.582685,
        108.940955,
    ]
    x = [
        -11.925554,
        -11.843912,
        -61.070648,
        -47.700213,
        -33.714942,
        -40.828506,
        -81.230122,
        -19.755676,
        -25.997432,
        7.953775,
    ]
    return pd.DataFrame({"y": y, "x": x, "g": list("abcccccccd")})
