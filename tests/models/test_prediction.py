"""Prediction errors against Henderson's equations, inverted whole, and against R; what the intervals say they carry."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import lmer
from lmmcompare.errors import DataError, TooLargeError
from lmmcompare.inference import prediction_error
from lmmcompare.inference.prediction_error import Level
from lmmcompare.inference.satterthwaite import Satterthwaite
from lmmcompare.models import MixedResult
from lmmcompare.models.prediction import dummies_interval, predict_interval, rows_to_predict, variances_carried
from tests.helpers import TESTS, comparison, table

KNOWN = json.loads((TESTS / "reference" / "predictions.json").read_text())
FORMULAS = [
    "y ~ x + (1 | g)",
    "y ~ x + c + (x | g)",
    "y ~ x + (x || g)",
    "y ~ 0 + x + (0 + x | g)",
    "y ~ 1 + (x | g)",
    "y ~ x + (1 | g) + (1 | h)",
    "y ~ x + (x | g) + (1 | h)",
    "y ~ c + (1 | g) + (x || h)",
]


def make_frame(seed: int = 0) -> pd.DataFrame:
    """Two crossed factors with empty cells, unbalanced, the predictor away from 0."""
    rng = np.random.default_rng(seed)
    n = 90
    g, h = rng.integers(0, 9, size=n), rng.integers(0, 6, size=n)
    x = 2 + rng.normal(size=n)
    u, v, w, s = rng.normal(size=9), rng.normal(size=6), 0.7 * rng.normal(size=9), 0.7 * rng.normal(size=6)
    y = 3 + (0.5 + w[g] + s[h]) * x + 2 * u[g] + 2 * v[h] + 0.8 * rng.normal(size=n)
    return pd.DataFrame(
        {"g": [f"g{k}" for k in g], "h": [f"h{k}" for k in h], "x": x, "c": rng.choice(["a", "b"], n), "y": y}
    )


def columns(result: MixedResult, frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    given = {"Intercept": np.ones(len(frame)), "x": frame["x"], "c[T.b]": frame["c"] == "b"}
    return np.column_stack([np.asarray(given[n], dtype=float) for n in names])


def henderson(result: MixedResult, old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Variances of x'b^ + z'u^ - x'b - z'u: the inverse of the mixed-model equations, new levels standing among the old.

    A level without rows has only its own variance in the equations, which is what a new group has.
    """
    x_old, x_new = (columns(result, d, result.names) for d in (old, new))
    z_old, z_new, precisions = [], [], []
    for factor, covariance in result.cov_re.items():
        levels = sorted({*old[factor], *new[factor]})
        for z, frame in ((z_old, old), (z_new, new)):
            terms = columns(result, frame, list(covariance.columns))
            member = frame[factor].to_numpy()[:, None] == np.array(levels)
            z.append((member[:, :, None] * terms[:, None, :]).reshape(len(frame), -1))
        precisions.append(np.kron(np.eye(len(levels)), np.linalg.inv(covariance.to_numpy())))
    w, p = np.hstack([x_old, *z_old]), x_old.shape[1]
    equations, start = w.T @ w / result.scale, p
    for precision in precisions:
        equations[start : start + len(precision), start : start + len(precision)] += precision
        start += len(precision)
    t = np.hstack([x_new, *z_new])
    return np.einsum("ra,ab,rb->r", t, np.linalg.inv(equations), t)


def of_known_variances(fit: MixedResult, new: pd.DataFrame | None, level: Level = "group") -> np.ndarray:
    """The variance of a line's error were the fitted variances known."""
    rows = rows_to_predict(fit, new, level)[1]
    return fit.fit.row_variance * prediction_error.relative_variance(
        fit.fit.problem, fit.fit.optimum.solution, rows, level
    )


def estimation_excess(fit: MixedResult, old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Prasad and Rao's 2 g by dense algebra, of one grouping factor: the predictor's weights of y, differenced in each variance."""
    (factor,), x, x_new = fit.factors, columns(fit, old, fit.names), columns(fit, new, fit.names)
    names, covariance = list(fit.cov_re[factor].columns), fit.cov_re[factor].to_numpy()
    z, z_new = columns(fit, old, names), columns(fit, new, names)
    same = np.equal.outer(old[factor].to_numpy(), old[factor].to_numpy())
    own = np.equal.outer(new[factor].to_numpy(), old[factor].to_numpy())
    block = np.repeat(np.arange(len(fit.blocks)), [len(b.names) for b in fit.blocks])
    pairs = [(a, b) for a in range(len(names)) for b in range(a + 1) if block[a] == block[b]]
    units = [np.zeros_like(covariance) for _ in pairs]
    for unit, (a, b) in zip(units, pairs, strict=True):
        unit[a, b] = unit[b, a] = 1.0

    def at(psi: np.ndarray, scale: float) -> np.ndarray:
        return same * (z @ psi @ z.T) + scale * np.eye(len(old))

    def weights(psi: np.ndarray, scale: float) -> np.ndarray:
        inverse = np.linalg.inv(at(psi, scale))
        fixed = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse)
        return x_new @ fixed + (own * (z_new @ psi @ z.T)) @ inverse @ (np.eye(len(old)) - x @ fixed)

    v, size = at(covariance, fit.scale), 1e-5 * fit.scale
    inverse = np.linalg.inv(v)
    p = inverse - inverse @ x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse)
    slopes = [p @ (same * (z @ unit @ z.T)) for unit in units] + [p]
    spread = np.linalg.inv([[np.trace(a @ b) / 2 for a in slopes] for b in slopes])
    moves = [(size * unit, 0.0) for unit in units] + [(0 * covariance, size)]
    steps = [
        (weights(covariance + m, fit.scale + s) - weights(covariance - m, fit.scale - s)) / (2 * size) for m, s in moves
    ]
    return 2 * np.einsum("rs,rna,ab,snb->n", spread, steps, v, steps)


@pytest.mark.filterwarnings("ignore::lmmcompare.errors.UnknownLevelWarning")
@pytest.mark.parametrize("formula", FORMULAS)
def test_prediction_errors_are_those_of_hendersons_equations(formula: str) -> None:
    old = make_frame()
    fit = lmer(formula, old)
    assert not fit.singular  # the equations need the inverse of each covariance matrix
    new = pd.concat(
        [old.iloc[::7], old.iloc[:3].assign(g="new"), old.iloc[3:6].assign(h="other", x=5.0)], ignore_index=True
    )
    expected = henderson(fit, old, new)
    line, row = (predict_interval(fit, new, "group", kind) for kind in ("confidence", "prediction"))
    np.testing.assert_allclose(
        of_known_variances(fit, new), expected, rtol=1e-9
    )  # the equations' condition number is 1e4 or so
    np.testing.assert_allclose(row["se"] ** 2, line["se"] ** 2 + fit.scale, rtol=1e-9)
    excess = estimation_excess(fit, old, new) * (new["g"] != "new") if len(fit.factors) == 1 else 0.0
    np.testing.assert_allclose(line["se"] ** 2, expected + excess, rtol=1e-5)  # the excess is by differences
    np.testing.assert_allclose(line["estimate"], fit.predict(new), rtol=1e-12)
    # a new group is a level that no row has
    strange = new.assign(g="new", h="new")
    np.testing.assert_allclose(
        predict_interval(fit, new, "new group")["se"] ** 2, henderson(fit, old, strange), rtol=1e-9
    )
    x = columns(fit, new, fit.names)
    population = predict_interval(fit, new, "population")
    np.testing.assert_allclose(population["se"] ** 2, np.einsum("ra,ab,rb->r", x, fit.fit.vcov, x), rtol=1e-9)


@pytest.mark.parametrize("name", KNOWN)
def test_prediction_errors_are_those_of_lme4s_fit(name: str) -> None:
    """lme4's variances in R's inverse of the same equations: its theta is good to 1e-5."""
    known = KNOWN[name]
    factors = np.atleast_1d(known["factors"])
    frame = table(known["data"])
    fit = lmer(known["formula"], frame.assign(**{f: pd.Categorical(frame[f].astype(str)) for f in factors}))
    rows, fixed = known["rows"], np.array(known["variance_fixed"])
    levels: dict[Level, np.ndarray] = {
        "group": np.array(known["variance_known"]), "population": fixed, "new group": fixed + known["variance_between"],
    }  # fmt: skip
    for level, variance in levels.items():
        found = predict_interval(fit, level=level).iloc[rows]
        np.testing.assert_allclose(of_known_variances(fit, None, level)[rows], variance, rtol=1e-5)
        np.testing.assert_allclose(found["estimate"], known["group" if level == "group" else "population"], rtol=1e-6)
        single = predict_interval(fit, level=level, kind="prediction").iloc[rows]
        np.testing.assert_allclose(single["se"] ** 2, found["se"] ** 2 + known["sigma2"], rtol=1e-5)
        if level != "group":
            np.testing.assert_allclose(found["se"] ** 2, variance, rtol=1e-5)


def test_the_populations_interval_is_that_of_the_coefficients() -> None:
    fit = comparison("sleepstudy_rs").mixed
    found = predict_interval(fit, pd.DataFrame({"Days": [0.0, 4.0]}), "population", alpha=0.1)
    own = fit.conf_int(0.1).loc["Intercept"]
    np.testing.assert_allclose(found.loc[0, ["lower", "upper"]].astype(float), own, rtol=1e-9)
    assert found.loc[1, "df"] == pytest.approx(Satterthwaite.of(fit.fit).df(np.array([[1.0, 4.0]]))[0], rel=1e-6)


def test_a_new_batchs_degrees_of_freedom_by_mean_squares() -> None:
    """In a balanced layout the variances are combinations of two independent mean squares with known df."""
    fit = comparison("dyestuff_ri").mixed
    within, between = fit.scale, fit.scale + 5 * fit.cov_re["Batch"].iloc[0, 0]
    for kind, residual in (("confidence", 0.0), ("prediction", 1.0)):
        weight = np.array([between * (1 + 1 / 6) / 5, within * (residual - 1 / 5)])  # tau^2 (1 + 1/6) + s^2/30 (+ s^2)
        df = weight.sum() ** 2 / (weight**2 / [5, 24]).sum()
        found = predict_interval(fit, pd.DataFrame({"Batch": ["Z"]}), "new group", kind).iloc[0]
        assert found["se"] ** 2 == pytest.approx(weight.sum(), rel=1e-6)
        assert found["df"] == pytest.approx(df, rel=1e-3)


def test_without_data_the_rows_fitted_are_predicted() -> None:
    frame = make_frame()
    fit = lmer("y ~ x + (x | g) + (1 | h)", frame)
    pd.testing.assert_frame_equal(predict_interval(fit), predict_interval(fit, frame))
    assert list(predict_interval(fit).columns) == ["estimate", "se", "df", "lower", "upper"]


@pytest.mark.filterwarnings("ignore::lmmcompare.errors.UnknownLevelWarning")
def test_missing_predictors_and_the_index_stay_where_they_are() -> None:
    fit = lmer("y ~ x + (1 | g)", make_frame())
    new = pd.DataFrame({"x": [2.0, np.nan, 3.0], "g": ["g1", "g1", None]}, index=["a", "b", "c"])
    found = predict_interval(fit, new)
    assert list(found.index) == ["a", "b", "c"]
    assert found.loc["b"].isna().all() and found.loc[["a", "c"]].notna().all(axis=None)
    assert found.loc["c", "se"] > found.loc["a", "se"]  # a row of no group known carries the variance between them
    with pytest.raises(DataError, match="no column “x”"):
        predict_interval(fit, new[["g"]])


def test_a_within_between_models_known_groups_bring_their_means() -> None:
    both = lmmcompare.compare("y ~ x + (1 | g)", make_frame())
    fit, frame = both.fits["within_between"], make_frame()
    means = frame.assign(x_mean=frame.groupby("g")["x"].transform("mean"))
    by_hand = lmer("y ~ x + x_mean + (1 | g)", means)
    np.testing.assert_allclose(predict_interval(fit)["se"], predict_interval(by_hand)["se"], rtol=1e-6)


def test_a_variance_of_zero_leaves_the_fixed_part_and_that_it_is_estimated() -> None:
    """By hand of 6 batches of 5: psi is (F - 1) / 5, so its variance at 0 is (2/5 + 2/24) / 25, and c'Z'PZc is 5 (1 - 1/6)."""
    fit = comparison("dyestuff2_singular").mixed
    known, population = predict_interval(fit), predict_interval(fit, level="population")
    np.testing.assert_allclose(known["estimate"], population["estimate"], rtol=1e-12)
    twice = 2 * (2 / 5 + 2 / 24) / 25 * 5 * (1 - 1 / 6) * fit.scale
    np.testing.assert_allclose(known["se"] ** 2, population["se"] ** 2 + twice, rtol=1e-9)
    assert known["df"].to_numpy() == pytest.approx(29)  # the residual variance's, as OLS has it


def test_degrees_of_freedom_are_at_least_one() -> None:
    rng = np.random.default_rng(8)
    for _ in range(30):
        frame = pd.DataFrame(
            {"g": np.repeat(np.arange(4), 4), "y": rng.normal(size=16) + 0.3 * rng.normal(size=4).repeat(4)}
        )
        assert (predict_interval(lmer("y ~ 1 + (1 | g)", frame), level="new group")["df"] >= 1).all()


def test_too_many_crossed_levels_are_refused_with_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = lmer("y ~ x + (1 | g) + (1 | h)", make_frame())
    monkeypatch.setattr(prediction_error, "MAX_BYTES", 1000)
    monkeypatch.setattr(prediction_error, "FEW", 10)
    with pytest.raises(TooLargeError, match="15 random coefficients"):
        predict_interval(fit)
    assert len(predict_interval(fit, level="new group")) == 90
    assert len(predict_interval(fit, make_frame()[:4])) == 4


@pytest.mark.parametrize("formula", [f for f in FORMULAS if "h)" in f])
def test_few_levels_and_all_of_them_give_the_same(formula: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = lmer(formula, make_frame())
    few = predict_interval(fit)
    monkeypatch.setattr(prediction_error, "FEW", 0)
    every = predict_interval(fit)
    np.testing.assert_allclose(few["se"], every["se"], rtol=1e-9)
    np.testing.assert_allclose(few["df"], every["df"], rtol=1e-5)  # by differences


@pytest.mark.parametrize(("level", "kind"), [("row", "confidence"), ("group", "tolerance")])
def test_unknown_words_are_refused(level: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"is .* not"):
        predict_interval(lmer("y ~ x + (1 | g)", make_frame()), level=level, kind=kind)


@pytest.mark.parametrize(
    ("level", "kind", "has", "has_not"),
    [
        ("population", "confidence", ["an average Subject", "left out"], ["conditional variance", "variance between"]),
        (
            "population",
            "prediction",
            ["A single new row of an average Subject", "and the residual variance"],
            ["left out"],
        ),
        (
            "new group",
            "confidence",
            ["a new Subject", "fixed effects and the variance between Subjects", "left out"],
            [],
        ),
        ("new group", "prediction", ["the variance between Subjects and the residual variance"], ["left out"]),
        ("group", "confidence", ["own Subject", "conditional variance", "covariance of the two", "never seen"], []),
        (
            "group",
            "prediction",
            ["the covariance of the two and the residual variance", "Prasad and Rao"],
            ["left out"],
        ),
    ],
)
def test_it_is_said_which_variances_are_carried(level: str, kind: str, has: list[str], has_not: list[str]) -> None:
    said = variances_carried(comparison("sleepstudy_rs").mixed, level, kind)
    assert all(part in said for part in has) and not any(part in said for part in has_not)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_intervals_cover(spread: float) -> None:
    """400 data sets of 8 groups: each kind of interval covers in 90 to 99 of 100, where normal quantiles reach 84."""
    rng = np.random.default_rng(11)
    hits: dict[tuple[str, str], list[bool]] = {}
    g = np.repeat(np.arange(9), 6)
    for _ in range(400):
        x, u = rng.normal(size=54), spread * rng.normal(size=9)
        line = 1 + 0.5 * x + u[g]
        frame = pd.DataFrame({"g": g, "x": x, "y": line + rng.normal(size=54)})
        fit, at = lmer("y ~ x + (1 | g)", frame.iloc[:48]), frame.iloc[[0, 53]]
        for level, place in (("group", 0), ("new group", 1)):
            for kind in ("confidence", "prediction"):
                found = predict_interval(fit, at, level, kind).iloc[place]  # type: ignore[arg-type]
                truth = line[[0, 53][place]] + (rng.normal() if kind == "prediction" else 0.0)
                hits.setdefault((level, kind), []).append(found["lower"] < truth < found["upper"])
    coverage = {k: float(np.mean(v)) for k, v in hits.items()}
    assert all(0.90 <= c <= 0.99 for c in coverage.values()), coverage


# -------------------------------------------------------------------------------------- within-between, group dummies


def test_within_between_predicts_a_new_group_from_the_mean_that_it_is_given() -> None:
    """R: lmer(Y ~ X + m + (1 | ID)) with m the ID's mean of X; at X = 5.5, m = 7, and where no m is given at its mean."""
    fit = lmmcompare.compare("Y ~ X + (1 | ID)", table("cv161703")).mixed_fits()["within_between"]
    assert fit.mean_names == ["X_mean"]
    given, not_given = pd.DataFrame({"X": [5.5], "X_mean": [7.0]}), pd.DataFrame({"X": [5.5]})
    new, population = (predict_interval(fit, given, level).iloc[0] for level in ("new group", "population"))
    assert new[["estimate", "se"]].tolist() == pytest.approx([7.272398299, 0.9885226135], rel=1e-6)
    assert population[["estimate", "se"]].tolist() == pytest.approx([7.272398299, 0.4580961496], rel=1e-6)
    for rows in (not_given, given.assign(X_mean=np.nan)):
        assert fit.predict(rows, level="population")[0] == pytest.approx(5.10005931198, rel=1e-6)
    assert fit.group_means()["X_mean"] == pytest.approx(table("cv161703")["X"].mean())


def test_within_between_takes_a_known_groups_own_mean_whatever_the_rows_say() -> None:
    data = table("cv161703")
    fit = lmmcompare.compare("Y ~ X + (1 | ID)", data).mixed_fits()["within_between"]
    row = pd.DataFrame({"X": [5.5], "ID": [1], "X_mean": [99.0]})
    assert fit.predict(row)[0] == pytest.approx(2.91846322747, rel=1e-6)  # R's predict
    assert fit.group_means(0)["X_mean"] == pytest.approx(data.loc[data["ID"] == 1, "X"].mean())
    np.testing.assert_allclose(fit.predict(data.assign(X_mean=-5.0)), fit.fittedvalues, rtol=1e-12)


def test_within_between_prediction_errors_are_those_of_hendersons_equations() -> None:
    old = make_frame(3).drop(columns="h")
    fit = lmmcompare.compare("y ~ x + (1 | g)", old).mixed_fits()["within_between"]
    new = pd.concat([old.iloc[::9], old.iloc[:4].assign(g="new")], ignore_index=True)
    new["x_mean"] = np.where(new["g"] == "new", 2.6, new["g"].map(old.groupby("g")["x"].mean()))
    x_old = np.column_stack([np.ones(len(old)), old["x"], old.groupby("g")["x"].transform("mean")])
    x_new = np.column_stack([np.ones(len(new)), new["x"], new["x_mean"]])
    levels = np.array(sorted({*old["g"], "new"}))
    z_old, z_new = ((f["g"].to_numpy()[:, None] == levels).astype(float) for f in (old, new))
    w, t = np.hstack([x_old, z_old]), np.hstack([x_new, z_new])
    equations = w.T @ w / fit.scale
    equations[3:, 3:] += np.eye(len(levels)) / float(fit.cov_re["g"].iloc[0, 0])
    expected = np.einsum("ra,ab,rb->r", t, np.linalg.inv(equations), t)
    np.testing.assert_allclose(of_known_variances(fit, new), expected, rtol=1e-9)


def test_group_dummies_predict_the_groups_that_they_know_as_r_does() -> None:
    """R: predict(lm(Y ~ X + ID), interval = "confidence")."""
    fit = lmmcompare.compare("Y ~ X + (1 | ID)", table("cv161703")).no_pooling
    rows = pd.DataFrame({"X": [5.5, 5.5, np.nan], "ID": [1, 999, 1]}, index=[5, 6, 7])
    line = dummies_interval(fit, rows)
    known = [2.88671411625, 0.604066105878, 39, 1.66487508879, 4.10855314371]
    assert line.loc[5].tolist() == pytest.approx(known, rel=1e-9)
    assert line.loc[[6, 7]].isna().all(axis=None) and list(line.index) == [5, 6, 7]


def test_group_dummies_have_a_predictor_of_groups_within_them() -> None:
    fit = lmmcompare.compare("y ~ z + (1 | groups)", table("chapter7_twin")).no_pooling
    found = dummies_interval(fit, pd.DataFrame({"z": [123.0], "groups": [1]})).iloc[0]
    assert found["estimate"] == pytest.approx((8.794457 + 7.229824) / 2, abs=1e-5)  # the group's mean, z or no z
    assert found["se"] == pytest.approx(fit.sigma / np.sqrt(2))
