"""Shrinkage against its definition, computed densely: pooled = population + W (own - population)."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.comparison.shrinkage import ellipse, fitted_order, shrinkage


@pytest.fixture(scope="module")
def unbalanced():
    """14 groups of 1 to 12 rows whose lines differ; one group has the same x in all its rows."""
    rng = np.random.default_rng(3)
    sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 6, 4]
    g = np.repeat(np.arange(len(sizes)), sizes)
    x = rng.normal(2, 1, len(g))
    x[g == 13] = 1.5
    a, b = rng.normal(0, 2, len(sizes)), rng.normal(1, 0.8, len(sizes))
    return pd.DataFrame(
        {
            "g": [f"g{k:02d}" for k in g],
            "x": x,
            "w": rng.normal(size=len(g)),
            "y": a[g] + b[g] * x + rng.normal(size=len(g)),
        }
    )


def by_term(frame, column, terms):
    return np.column_stack([frame.loc[frame["term"] == t, column] for t in terms])


def test_a_random_intercept_keeps_its_reliability_of_the_distance(unbalanced):
    fit = lmer("y ~ x + (1 | g)", unbalanced)
    frame = shrinkage(fit)
    n = unbalanced.groupby("g").size().to_numpy()
    tau2 = float(fit.cov_re["g"].iloc[0, 0])
    np.testing.assert_allclose(frame["weight"], n * tau2 / (n * tau2 + fit.scale), rtol=1e-10)
    residual = (unbalanced["y"] - fit.params["x"] * unbalanced["x"]).groupby(unbalanced["g"]).mean()
    np.testing.assert_allclose(frame["own"], residual, rtol=1e-10)
    np.testing.assert_allclose(
        frame["pooled"], frame["population"] + frame["weight"] * (frame["own"] - frame["population"]), rtol=1e-10
    )
    assert frame["weight"].between(0, 1).all()
    assert frame["n"].tolist() == n.tolist()
    assert (np.diff(frame["weight"].to_numpy()[np.argsort(n, kind="stable")]) >= 0).all()  # larger groups keep more


@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (x || g)", "y ~ x + w + (x | g)", "y ~ 1 + (x | g)"])
def test_random_slopes_are_pulled_by_the_matrix_w(unbalanced, formula):
    fit = lmer(formula, unbalanced)
    frame, terms = shrinkage(fit), fit.random_names
    own, pooled, population, weight = (by_term(frame, c, terms) for c in ("own", "pooled", "population", "weight"))
    covariance = fit.cov_re["g"].to_numpy()
    for j, (_, rows) in enumerate(unbalanced.groupby("g")):
        z = np.column_stack([np.ones(len(rows)), rows["x"]])
        marginal = np.linalg.inv(z @ covariance @ z.T + fit.scale * np.eye(len(rows)))
        w = covariance @ z.T @ marginal @ z
        np.testing.assert_allclose(weight[j], np.diag(w), rtol=1e-6, atol=1e-9)
        if len(rows) < 2 or np.ptp(rows["x"]) == 0:
            assert np.isnan(own[j]).all()  # these rows cannot say
            continue
        np.testing.assert_allclose(pooled[j], population[j] + w @ (own[j] - population[j]), rtol=1e-6, atol=1e-8)
    assert np.isfinite(pooled).all() and np.isfinite(weight).all()


@pytest.mark.parametrize(
    "formula", ["y ~ x + (1 | g)", "y ~ x + (0 + x | g)", "y ~ x + (x | g)", "y ~ x + (x || g)", "y ~ w + (x | g)"]
)
def test_a_group_s_share_is_what_its_fitted_distances_keep_at_its_own_rows(unbalanced, formula):
    """Densely, by projection: of the rows' distances that the group's own fit has, the part that the mixed model's has."""
    fit = lmer(formula, unbalanced)
    frame, terms = shrinkage(fit), fit.random_names
    covariance = fit.cov_re["g"].to_numpy()
    shares = frame.set_index(["term", "group"])["share"]
    for name, rows in unbalanced.groupby("g"):
        fixed = sum(value * (1.0 if term == "Intercept" else rows[term]) for term, value in fit.params.items())
        z = np.column_stack([np.ones(len(rows)) if term == "Intercept" else rows[term] for term in terms])
        distance = rows["y"].to_numpy() - fixed
        own = z @ np.linalg.pinv(z) @ distance
        pooled = z @ covariance @ z.T @ np.linalg.solve(z @ covariance @ z.T + fit.scale * np.eye(len(z)), distance)
        for term in terms:
            assert shares[term, name] == pytest.approx((own @ pooled) / (own @ own), rel=1e-6)
    assert frame["share"].between(0, 1).all()
    if len(terms) == 1:
        np.testing.assert_allclose(frame["share"], frame["weight"], rtol=1e-9)


def test_a_share_does_not_depend_on_where_the_predictor_is_0(unbalanced):
    """The diagonal of W does: it is no share of a group's distance."""
    there = shrinkage(lmer("y ~ x + (x | g)", unbalanced))
    moved = shrinkage(lmer("y ~ x + (x | g)", unbalanced.assign(x=unbalanced["x"] - 2)))
    np.testing.assert_allclose(moved["share"], there["share"], rtol=1e-5)
    assert (moved["weight"] - there["weight"]).abs().max() > 0.05


def test_own_is_the_regression_of_the_group_where_every_coefficient_is_random(unbalanced):
    frame = shrinkage(lmer("y ~ x + (x | g)", unbalanced))
    for name, rows in unbalanced.groupby("g"):
        if len(rows) > 1 and np.ptp(rows["x"]) > 0:
            slope, intercept = np.polyfit(rows["x"], rows["y"], 1)
            own = frame[frame["group"] == name].set_index("term")["own"]
            np.testing.assert_allclose([own["Intercept"], own["x"]], [intercept, slope], rtol=1e-7, atol=1e-9)


def test_no_variance_means_no_weight(table):
    frame = shrinkage(lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff2")))
    assert frame["weight"].tolist() == frame["share"].tolist() == [0.0] * 6
    np.testing.assert_allclose(frame["pooled"], frame["population"], rtol=1e-12)
    assert frame["own"].nunique() == 6


def test_sleepstudy_308_is_pulled_as_r_says(table, reference):
    """Conditional modes of R added to R's fixed effects; own: lm for the subject."""
    data, known = table("sleepstudy"), reference("sleepstudy_rs")
    frame = shrinkage(lmer("Reaction ~ Days + (Days | Subject)", data)).set_index(["group", "term"])
    modes = dict(
        zip(known["reml"]["ranef"]["Subject"]["levels"], known["reml"]["ranef"]["Subject"]["values"], strict=True)
    )
    beta = known["reml"]["estimate"]
    for k, term in enumerate(("Intercept", "Days")):
        assert frame.loc[("308", term), "pooled"] == pytest.approx(beta[k] + modes["308"][k], rel=1e-5)
    rows = data[data["Subject"] == 308]
    slope, intercept = np.polyfit(rows["Days"], rows["Reaction"], 1)
    assert frame.loc[("308", "Days"), "own"] == pytest.approx(slope, rel=1e-9)
    assert frame.loc[("308", "Intercept"), "own"] == pytest.approx(intercept, rel=1e-9)


def test_the_ellipse_is_the_contour_of_the_fitted_covariance(table):
    fit = lmer("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))
    outline = ellipse(fit, "Intercept", "Days")
    apart = outline.to_numpy() - fit.params[["Intercept", "Days"]].to_numpy()
    inverse = np.linalg.inv(fit.cov_re["Subject"].to_numpy())
    np.testing.assert_allclose(
        np.einsum("ia,ab,ib->i", apart, inverse, apart), 5.991464547107979, rtol=1e-9
    )  # qchisq(.95, 2)
    np.testing.assert_allclose(outline.iloc[0], outline.iloc[-1])  # closed


def test_the_ellipse_of_a_boundary_fit_is_a_line(table):
    fit = lmer("Y ~ X + (X | ID)", table("cv161703"))
    assert fit.singular
    outline = ellipse(fit, "Intercept", "X")
    values = np.linalg.svd(outline.to_numpy() - outline.to_numpy().mean(axis=0))[1]
    assert values[1] < 1e-6 * values[0]


def test_groups_are_ordered_by_their_fitted_intercept(unbalanced):
    for formula in ("y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (0 + x | g)"):
        fit = lmer(formula, unbalanced)
        modes = fit.random_effects["g"].iloc[:, 0]
        assert fitted_order(fit) == modes.sort_values(kind="stable").index.tolist()


def nested_table(weights: bool = False) -> pd.DataFrame:
    """Schools of 1 to 4 classes of 1 to 6 pupils in two teams each, who answer in crossed languages; some singles."""
    rng = np.random.default_rng(11)
    rows = [
        (f"s{s:02d}", f"s{s:02d}c{c}", f"s{s:02d}c{c}t{k % 2}", f"l{(s + 2 * c + k) % 5}")
        for s in range(15)
        for c in range(1 + s % 4)
        for k in range(1 + (3 * s + c) % 6)
    ]
    frame = pd.DataFrame(rows, columns=["school", "class", "team", "language"])
    effect = {
        name: rng.normal(0, sd, len(frame))
        for name, sd in (("school", 1), ("class", 1.5), ("team", 1), ("language", 1))
    }
    frame["x"] = rng.normal(1, 1, len(frame))
    frame["w"] = rng.uniform(0.5, 2, len(frame)) if weights else 1.0
    y = rng.normal(0, 1, len(frame)) + 0.5 * frame["x"]
    for name, values in effect.items():
        codes = frame[name].astype("category").cat.codes
        y += values[codes] * (1 + 0.5 * frame["x"] * (name == "school"))
    return frame.assign(y=y)


def test_a_batch_keeps_the_share_of_its_mean_that_r_gives_it(table):
    """R: ranef(lmer(strength ~ 1 + (1 | batch) + (1 | batch:cask), Pastes)) over the means' distances, 0.3617367 of each.

    Its six rows are three pairs that are alike, so they say less of the batch than the 94% that six independent ones would.
    """
    data = table("pastes")
    frame = shrinkage(lmer("strength ~ 1 + (1 | batch) + (1 | batch:cask)", data)).set_index("group")
    np.testing.assert_allclose(frame["own"], data.groupby("batch")["strength"].mean()[frame.index], rtol=1e-10)
    np.testing.assert_allclose(frame["share"], 0.3617367, rtol=1e-4)
    np.testing.assert_allclose(frame["weight"], frame["share"], rtol=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "formula",
    ["y ~ x + (1 | school) + (1 | class)", "y ~ x + (x | school) + (1 | class)", "y ~ x + (1 | school) + (x || class)",
     "y ~ x + (1 | school) + (1 | class) + (1 | team)", "y ~ x + (1 | school) + (1 | class) + (1 | language)"],
)  # fmt: skip
def test_rows_that_nested_factors_make_alike_say_less_of_their_group(formula, weighted):
    """Densely: the group's own estimate by generalised least squares, with the covariance that the nested factors give its rows."""
    data = nested_table(weighted)
    fit = lmer(formula + ", weights = w" if weighted else formula, data)
    frame, terms = shrinkage(fit), fit.random_names
    own, pooled, share = (by_term(frame, c, terms) for c in ("own", "pooled", "share"))
    columns = pd.DataFrame({"Intercept": 1.0, "x": data["x"]})
    effects = {name: fit.random_effects[name].to_numpy() for name in fit.cov_re}
    fixed = columns[list(fit.params.index)].to_numpy() @ fit.params.to_numpy()
    if "language" in fit.cov_re:
        fixed = fixed + fit.random_effects["language"].loc[data["language"]].to_numpy()[:, 0]
    assert set(effects) == set(fit.cov_re)
    for j, (_, rows) in enumerate(data.groupby("school")):
        v = np.diag(fit.scale / rows["w"].to_numpy())
        for name in set(fit.cov_re) - {"school", "language"}:
            block, covariance = columns.loc[rows.index, fit.cov_re[name].index].to_numpy(), fit.cov_re[name].to_numpy()
            v += (rows[name].to_numpy()[:, None] == rows[name].to_numpy()) * (block @ covariance @ block.T)
        z, psi = columns.loc[rows.index, terms].to_numpy(), fit.cov_re["school"].to_numpy()
        distance = rows["y"].to_numpy() - fixed[rows.index]
        precision = z.T @ np.linalg.solve(v, z)
        average = fit.params[terms].to_numpy()
        expected = psi @ z.T @ np.linalg.solve(z @ psi @ z.T + v, distance)
        np.testing.assert_allclose(pooled[j], average + expected, rtol=1e-6, atol=1e-8)
        if np.linalg.matrix_rank(z) == len(terms):
            alone = np.linalg.solve(precision, z.T @ np.linalg.solve(v, distance))
            np.testing.assert_allclose(own[j], average + alone, rtol=1e-6, atol=1e-8)
            np.testing.assert_allclose(
                share[j], (alone @ precision @ expected) / (alone @ precision @ alone), rtol=1e-5
            )
        else:
            assert np.isnan(own[j]).all()
    assert frame["share"].between(0, 1).all()
