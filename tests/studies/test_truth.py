"""What studies find against what is known: exact variances, exact distributions, and a plain slow loop.

Every comparison allows four Monte Carlo standard errors, as stated by the study itself, of both sides where both are
simulated: of a hundred such comparisons one would fail by chance in 160 runs, and the seeds are fixed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmmcompare.simulate.design import design
from lmmcompare.simulate.presets import preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import study

Array = np.ndarray
CLOSE = 4


def table(settings: Settings, replicates: int, **options) -> pd.DataFrame:
    return study(settings, replicates, **options).set_index(["model", "term"])


def close(row: pd.Series, measure: str, truth: float) -> None:
    """The measure is the truth but for its Monte Carlo error."""
    assert abs(row[measure] - truth) < CLOSE * row[f"{measure}_mcse"], (measure, row[measure], truth)


def parts(settings: Settings) -> tuple[Array, Array, Array]:
    """The fixed design: columns X, group membership, and the outcome's covariance matrix, all dense."""
    drawn = design(settings)
    x = np.stack([np.ones(len(drawn.codes)), drawn.x[0]], axis=1)
    member = (drawn.codes[:, None] == drawn.codes).astype(float)
    random = np.array([
        [settings.tau0**2, settings.rho * settings.tau0 * settings.tau1],
        [settings.rho * settings.tau0 * settings.tau1, settings.tau1**2],
    ])  # fmt: skip
    noise = settings.sigma * drawn.noise[0]
    lag = np.abs(drawn.time[:, None] - drawn.time)
    residual = np.outer(noise, noise) * float(settings.autocorrelation) ** lag
    return x, member, member * (x @ random @ x.T + residual)


FIXED = {
    "random slopes": Settings(12, 6, tau0=0.8, tau1=0.5, rho=0.3, seed=3),
    "autocorrelation": Settings(15, 8, predictor="time", autocorrelation=0.7, seed=2),
    "uneven noise": Settings(20, 5, sigma_by_x=2, sigma_by_group=1.5, seed=4),
    "unequal groups": Settings(20, 8, spread=1, tau0=1.5, seed=5),
}


@pytest.mark.parametrize("name", FIXED)
def test_least_squares_has_its_exact_variance_on_a_fixed_design(name: str) -> None:
    settings = FIXED[name]
    x, member, v = parts(settings)
    frame = table(settings, 6_000, fixed_design=True, models=["ols", "ols_robust", "no_pooling"])
    bread = np.linalg.inv(x.T @ x)
    exact = bread @ x.T @ v @ x @ bread
    hat = x @ bread @ x.T
    s2 = np.trace(v - hat @ v) / (len(x) - 2)  # what the residual variance is on average
    for k, term in enumerate(["Intercept", frame.index[1][1]]):
        row = frame.loc[("ols", term)]
        close(row, "bias", 0.0)
        close(row, "se_empirical", np.sqrt(exact[k, k]))
        close(row, "rmse", np.sqrt(exact[k, k]))
        close(row, "se_model", np.sqrt(s2 * bread[k, k]))
        assert frame.loc[("ols_robust", term), "bias"] == row["bias"]
    inside = x[:, 1] - member @ x[:, 1] / member.sum(
        axis=1
    )  # the deviations from the group means are all that dummies see
    row = frame.loc[("no_pooling", term)]
    close(row, "se_empirical", np.sqrt(inside @ v @ inside) / (inside @ inside))
    close(row, "bias", 0.0)


def test_robust_errors_are_unbiased_under_their_working_model() -> None:
    """CR2 under independence has the true variance as its mean, whatever the design (Bell and McCaffrey 2002)."""
    settings = Settings(6, 5, spread=0.7, tau0=0.0, x_icc=0.8, seed=8)
    x, _, v = parts(settings)
    exact = np.linalg.inv(x.T @ x) * v[0, 0]
    frame = table(settings, 20_000, fixed_design=True, models=["ols_robust"])
    for k, term in enumerate(["Intercept", "x"]):
        close(frame.loc[("ols_robust", term)], "se_model", np.sqrt(exact[k, k]))


def test_the_mean_of_balanced_groups() -> None:
    """Its variance is tau^2/J + sigma^2/N, whoever estimates it; OLS takes it to be smaller by about Moulton's factor."""
    groups, size, tau, sigma = 12, 6, 1.2, 0.9
    models = ("ols", "ols_robust", "random_intercept")
    frame = table(Settings(groups, size, predictor="none", tau0=tau, sigma=sigma), 10_000, models=models)
    variance = tau**2 / groups + sigma**2 / (groups * size)
    for model in models:
        row = frame.loc[(model, "Intercept")]
        close(row, "se_empirical", np.sqrt(variance))
        close(row, "bias", 0.0)
    # the expected mean squares, and what OLS makes of them
    between, within = sigma**2 + size * tau**2, sigma**2
    residual = ((groups - 1) * between + groups * (size - 1) * within) / (groups * size - 1)
    close(frame.loc[("ols", "Intercept")], "se_model", np.sqrt(residual / (groups * size)))
    close(frame.loc[("ols_robust", "Intercept")], "se_model", np.sqrt(variance))
    # hardly ever singular, so the mixed model does the same, with a t distribution of J - 1 that is exact
    close(frame.loc[("random_intercept", "Intercept")], "se_model", np.sqrt(variance))
    close(frame.loc[("random_intercept", "Intercept")], "coverage", 0.95)


def test_how_often_a_balanced_fit_is_singular() -> None:
    """Where the mean square between groups is below the one within them, which is a matter of an F distribution."""
    groups, size, tau = 8, 5, 0.3
    frame = table(Settings(groups, size, predictor="none", tau0=tau), 10_000, models=["random_intercept"])
    share = stats.f.cdf(1 / (1 + size * tau**2), groups - 1, groups * (size - 1))
    assert 0.2 < share < 0.4
    close(frame.loc[("random_intercept", "Intercept")], "singular", share)


def false_alarms(settings: Settings) -> float:
    """How often OLS's 5% test of a predictor between equal groups rejects, by its exact distribution.

    The slope has variance (sigma^2 + n tau^2) / Sxx; the residual sum of squares is that times a chi-square of J - 2
    plus sigma^2 times a chi-square of J (n - 1), independent of it. So the square of t is a ratio of these.
    """
    groups, size = settings.groups, settings.size
    between = settings.sigma**2 + size * settings.tau0**2
    random, many = np.random.default_rng(1), 2_000_000
    df = groups * size - 2
    rss = between * random.chisquare(groups - 2, many) + settings.sigma**2 * random.chisquare(groups * (size - 1), many)
    t2 = between * random.chisquare(1, many) / (rss / df)
    return float((t2 > stats.t.ppf(0.975, df) ** 2).mean())


def test_false_alarms_of_a_treatment_of_whole_groups() -> None:
    """The classic preset, 20 groups of 30: OLS against its exact distribution, the right tests against 5%."""
    settings = preset("false-alarms").settings
    frame = table(settings, 6_000, models=["ols", "ols_robust", "random_intercept"])
    exact = false_alarms(settings)
    close(frame.loc[("ols", "x")], "rejection", exact)
    assert 0.4 < exact < 0.5
    close(frame.loc[("random_intercept", "x")], "rejection", 0.05)
    close(frame.loc[("ols_robust", "x")], "rejection", 0.05)
    # Moulton's factor: the variance is 1 + (n - 1) ICC times what OLS takes it to be, but for its residual variance
    icc = settings.tau0**2 / (settings.tau0**2 + settings.sigma**2)
    row = frame.loc[("ols", "x")]
    ratio = (row["se_empirical"] / row["se_model"]) ** 2
    assert ratio == pytest.approx(1 + (settings.size - 1) * icc, rel=0.06)


def test_false_alarms_by_a_plain_slow_loop() -> None:
    """Row by row with Python's own arithmetic of sums and numpy's ordinary generator: nothing is shared with the study."""
    settings, runs, rejected = preset("false-alarms").settings, 1500, 0
    random = np.random.default_rng(12345)
    critical = stats.t.ppf(0.975, 598)
    for _ in range(runs):
        n, sx, sy, sxx, sxy, syy = 0, 0.0, 0.0, 0.0, 0.0, 0.0
        for _ in range(20):
            x, u = random.normal(), 0.5 * random.normal()
            for e in random.normal(size=30):
                y = u + e
                n, sx, sy, sxx, sxy, syy = n + 1, sx + x, sy + y, sxx + x * x, sxy + x * y, syy + y * y
        cxx, cxy, cyy = sxx - sx * sx / n, sxy - sx * sy / n, syy - sy * sy / n
        slope = cxy / cxx
        se = ((cyy - slope * cxy) / (n - 2) / cxx) ** 0.5
        rejected += abs(slope / se) > critical
    share = rejected / runs
    row = table(settings, 10_000, models=["ols"]).loc[("ols", "x")]
    error = np.hypot(row["rejection_mcse"], (share * (1 - share) / runs) ** 0.5)
    assert abs(row["rejection"] - share) < CLOSE * error


def test_between_and_within_pull_apart_as_the_weights_say() -> None:
    """OLS's slope is the within slope plus the contextual effect times the share of x between groups, design by design."""
    settings = preset("clash").settings
    frame = table(settings, 5_000, fixed_design=True, models=["ols", "no_pooling", "within_between"])
    drawn = design(settings)
    context = settings.rho_mean * settings.tau0 / (settings.x_sd * np.sqrt(0.5 + 0.5 / 3))
    means = np.bincount(drawn.codes, drawn.x[0]) / 3
    between = 3 * ((means - means.mean()) ** 2).sum() / ((drawn.x[0] - drawn.x[0].mean()) ** 2).sum()
    close(frame.loc[("ols", "x")], "bias", context * between)
    for model, term in [
        ("no_pooling", "x"),
        ("within_between", "x"),
        ("within_between", "x_mean"),
        ("within_between", "Intercept"),
    ]:
        close(frame.loc[(model, term)], "bias", 0.0)
    assert frame.loc[("within_between", "x_mean"), "truth"] == pytest.approx(context)


def test_the_intercept_that_is_estimated_is_the_one_that_is_called_true() -> None:
    """Where x varies between groups only and goes with the intercepts, a slope and an intercept between groups."""
    for changes in ({}, {"predictor": "binary", "share": 0.3}):
        settings = Settings(30, 6, varies="between", rho_mean=0.6, x_mean=4).change(**changes)
        frame = table(settings, 4_000, models=["ols", "random_intercept"])
        for cell in frame.index:
            close(frame.loc[cell], "bias", 0.0)


def test_noise_that_grows_with_x_deceives_those_models_that_the_preset_names() -> None:
    """Their standard errors of the slope against how far it spreads; those of the others are about right."""
    models = ["ols", "ols_robust", "no_pooling", "random_intercept", "random_slope"]
    frame = table(preset("uneven-noise").settings, 1_000, models=models).xs("x", level="term")
    claimed = frame["se_model"] / frame["se_empirical"]
    assert (claimed[["ols", "no_pooling", "random_intercept"]] < 0.8).all()
    assert claimed[["ols_robust", "random_slope"]].between(0.9, 1.1).all()  # Monte Carlo error 0.03 each
