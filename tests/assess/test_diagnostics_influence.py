"""The frames of influence and collinearity, against lme4, plain algebra and the sentences that they make."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmmcompare import lmer
from lmmcompare.assess.diagnostics_collinearity import collinearity
from lmmcompare.assess.diagnostics_influence import influence, influence_in_steps
from lmmcompare.models import MixedResult
from tests.effort import examples
from tests.helpers import TESTS, data, table

KNOWN = json.loads((TESTS / "reference" / "diagnostics.json").read_text())


def test_influence_of_every_subject() -> None:
    known = KNOWN["sleepstudy_rs"]
    fit = lmer(known["formula"], table("sleepstudy"))
    found = influence(fit)
    days = found.frame[found.frame["term"] == "Days"]
    without = np.array(known["beta"])[:, 1]
    np.testing.assert_allclose(days["without"], without, rtol=1e-6)
    np.testing.assert_allclose(days["change"], (without - fit.params["Days"]) / fit.bse["Days"], atol=1e-5)
    np.testing.assert_allclose(days["cooks"] * 16 / 18, known["cooks"], rtol=1e-4)
    residual = found.lines[found.lines["term"] == "residual"]
    np.testing.assert_allclose(residual["without"], known["sigma"], rtol=1e-5)
    assert set(found.lines["term"]) == {"Intercept", "Days", "residual"} and len(found.lines) == 3 * 18
    assert (days["large"] == (days["change"].abs() > 2 / np.sqrt(18))).all()
    assert (
        found.sentence.startswith("Leaving out Subject 335 changes most: Days is then ")
        and "None changes" in found.sentence
    )
    assert "2/√18 = 0.47" in found.well and found.note == ""


def test_a_group_on_which_the_verdict_hangs_is_named() -> None:
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(12), 6)
    x = rng.normal(size=72)
    y = rng.normal(size=12)[g] + rng.normal(size=72)
    x[g == 5] *= 4
    y[g == 5] += x[g == 5]
    found = influence(lmer("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": y})))
    turned = found.frame[found.frame["verdict_changes"]]
    assert "5" in set(turned["group"]) and "depends on" in found.sentence
    assert "without g 5, x no longer does." in found.sentence


def test_a_verdict_without_a_group_is_by_that_fits_own_degrees_of_freedom() -> None:
    """R: lmerTest, y ~ z + (1 | groups): t of 15.8 on 6 df; without group 3 8.75 on 1 df (p 0.072), without 4 11.4 on 1 df (p 0.056)."""
    found = influence(lmer("y ~ z + (1 | groups)", table("chapter7_twin"))).frame
    for term in ("Intercept", "z"):
        part = found[found["term"] == term]
        assert part.loc[part["verdict_changes"], "group"].tolist() == ["3", "4"]


def verdict(fit: MixedResult, term: str) -> bool:
    return bool(abs(fit.tvalues[term]) > stats.t.ppf(0.975, fit.df[term]))


@pytest.mark.parametrize(
    ("formula", "term", "varying", "groups", "tables"),
    [("y ~ w + (1 | g)", "w", 6, 6, 6), ("y ~ x + (x | g)", "x", 3, 320, examples(6, fewest=2))],
)
def test_verdicts_are_those_of_plain_refits(formula: str, term: str, varying: int, groups: int, tables: int) -> None:
    """Of few groups, and of 320 in three of which alone the predictor varies."""
    rng, turned = np.random.default_rng(11), []
    for _ in range(tables):
        g = np.repeat(np.arange(groups), 5)
        n = g.max() + 1
        frame = pd.DataFrame(
            {"g": g, "w": rng.normal(size=n)[g], "x": np.where(g < varying, rng.normal(size=len(g)), 0.0)}
        )
        frame["y"] = 0.9 * frame[term] + 0.6 * rng.normal(size=n)[g] + rng.normal(size=len(g))
        fit = lmer(formula, frame)
        found = influence(fit).frame.query("term == @term").set_index("group")["verdict_changes"]
        for group in range(6):
            without = lmer(formula, frame[frame["g"] != group])
            turned.append(verdict(without, term) != verdict(fit, term))
            assert found[str(group)] == turned[-1]
    assert len(set(turned)) == 2  # some verdicts hang on a group, others do not


def test_verdicts_of_a_model_with_two_factors_are_those_of_plain_refits() -> None:
    rng = np.random.default_rng(5)
    a, b = np.repeat(np.arange(6), 8), np.tile(np.repeat(np.arange(4), 2), 6)
    frame = pd.DataFrame({"a": a, "b": b, "w": rng.normal(size=6)[a]})
    frame["y"] = 1.1 * frame["w"] + 0.5 * rng.normal(size=6)[a] + rng.normal(size=4)[b] + rng.normal(size=48)
    formula = "y ~ w + (1 | a) + (1 | b)"
    fit = lmer(formula, frame)
    found = influence(fit).frame.query("term == 'w'").set_index("group")["verdict_changes"]
    for group in range(6):
        assert found[str(group)] == (verdict(lmer(formula, frame[frame["a"] != group]), "w") != verdict(fit, "w"))


def test_groups_that_cannot_be_spared_are_said() -> None:
    rng = np.random.default_rng(2)
    g = np.repeat(list("abcdef"), 4)
    frame = pd.DataFrame({"g": g, "x": np.where(g == "c", rng.normal(size=24), 0.0), "y": rng.normal(size=24)})
    found = influence(lmer("y ~ x + (1 | g)", frame))
    assert found.note == "Without one g group the others cannot carry the model."
    assert found.frame.loc[found.frame["group"] == "c", "change"].isna().all()
    assert not found.frame.loc[found.frame["group"] == "c", "verdict_changes"].any()


def test_of_several_factors_each_group_is_left_out_of_the_whole_model() -> None:
    known = json.loads((TESTS / "reference" / "influence_crossed.json").read_text())["penicillin_sample"]
    fit = lmer(known["formula"], table("penicillin"))
    result = influence(fit)
    assert fit.group == "sample" and result.frame["group"].tolist() == known["levels"]
    np.testing.assert_allclose(result.frame["without"], np.ravel(known["beta"]), rtol=1e-6)
    spread = result.lines[result.lines["factor"] == "sample"]
    np.testing.assert_allclose(spread["without"], np.ravel(known["sd"]), rtol=1e-5)
    assert [done for done, _ in influence_in_steps(fit)] == [1, 2, 3, 4, 5, 6]


def test_collinearity_as_car() -> None:
    fit = lmer(KNOWN["exam_rs"]["formula"], data("exam_rs"))
    frame = collinearity(fit).frame.set_index("term")
    known = dict(zip(KNOWN["exam_rs"]["terms"][1:], KNOWN["exam_rs"]["vif"], strict=True))
    assert frame.loc["standLRT", "vif"] == pytest.approx(known["standLRT"], rel=1e-5)
    assert frame.loc["sex", "vif"] == pytest.approx(known["sexM"], rel=1e-5)
    # two coefficients of one term: the generalised factor by its definition
    r = fit.cov_params().iloc[1:, 1:].to_numpy()
    r = r / np.sqrt(np.outer(np.diag(r), np.diag(r)))
    own, rest = [2, 3], [0, 1]
    gvif = np.linalg.det(r[np.ix_(own, own)]) * np.linalg.det(r[np.ix_(rest, rest)]) / np.linalg.det(r)
    assert frame.loc["schgend", "coefficients"] == 2
    assert frame.loc["schgend", "gvif"] == pytest.approx(gvif)
    assert frame.loc["schgend", "vif"] == pytest.approx(np.sqrt(gvif))


def test_the_condition_number_and_the_sentence() -> None:
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(20), 10)
    x = rng.normal(size=200)
    frame = pd.DataFrame({"g": g, "x": x, "z": x + 0.05 * rng.normal(size=200), "y": rng.normal(size=200)})
    found = collinearity(lmer("y ~ x + z + (1 | g)", frame))
    values = np.linalg.eigvalsh(np.corrcoef(frame["x"], frame["z"]))
    assert f"{np.sqrt(values[1] / values[0]):.0f}" in found.sentence and "severe" in found.sentence
    alone = collinearity(lmer("y ~ x + (1 | g)", frame))
    assert alone.frame.empty and "fewer than two" in alone.sentence


def test_predictors_that_are_nearly_one_are_said_to_cost_digits() -> None:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=48), np.repeat(np.arange(8), 6)
    for size, warned in ((1e-5, True), (1e-1, False)):
        frame = pd.DataFrame({"g": g, "x": x, "x2": x + size * rng.normal(size=48), "y": x + rng.normal(size=48)})
        assert ("digits run out" in collinearity(lmer("y ~ x + x2 + (1 | g)", frame)).sentence) == warned


def test_a_crossover_with_carry_over_has_one_degree_of_collinearity() -> None:
    """Over all rows the predictors are nearly unrelated; within subjects, which this model compares, they are not."""
    rng = np.random.default_rng(5)
    id_, period = np.repeat(np.arange(36), 2), np.tile(np.arange(2), 36)
    drug = (id_ + period) % 2  # half begin with it
    carry = period * np.roll(drug, 1)
    frame = pd.DataFrame({"id": id_, "period": period, "drug": drug, "carry": carry})
    frame["y"] = 6 * rng.normal(size=36)[id_] + drug + rng.normal(size=72)
    fit = lmer("y ~ drug + carry + period + (1 | id)", frame)
    columns = np.column_stack([np.ones(72), drug, carry, period])
    random = np.equal.outer(id_, id_) * float(fit.theta[0]) ** 2
    inverse = np.linalg.inv(columns.T @ np.linalg.solve(np.eye(72) + random, columns))[1:, 1:]
    weighed = np.linalg.inv(inverse)
    size = np.sqrt(np.diag(weighed))
    values = np.linalg.eigvalsh(weighed / np.outer(size, size))
    found = collinearity(fit)
    np.testing.assert_allclose(found.frame["vif"], np.diag(inverse) * size**2, rtol=1e-6)
    assert f"The condition number is {np.sqrt(values[-1] / values[0]):.2g}" in found.sentence
    assert 20 < found.frame["vif"].max() <= values[-1] / values[0]  # of any one matrix


@pytest.mark.parametrize("weights", [None, "w"])
def test_levels_coded_in_full_are_not_collinear_without_an_intercept(weights: str | None) -> None:
    """They add up to 1, which is a combination of the columns only where there is an intercept."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"g": np.repeat(np.arange(12), 6), "arm": np.repeat(np.arange(12) % 3, 6).astype(str)})
    frame["x"], frame["y"], frame["w"] = 5 + rng.normal(size=72), rng.normal(size=72), rng.uniform(0.5, 3, 72)
    fit = lmer("y ~ 0 + arm + x + (1 | g)", frame, weights=weights)
    found = collinearity(fit)
    errors = np.diag(1 / frame["w"]) if weights else np.eye(72)
    covariance = errors + float(fit.theta[0]) ** 2 * np.equal.outer(frame["g"].to_numpy(), frame["g"].to_numpy())
    columns = np.column_stack([pd.get_dummies(frame["arm"]).to_numpy(float), frame["x"]])
    columns = np.linalg.solve(np.linalg.cholesky(covariance), columns)
    values = np.linalg.svd(columns / np.sqrt((columns**2).sum(axis=0)), compute_uv=False)
    assert f"The condition number is {values[0] / values[-1]:.2g}" in found.sentence


def test_a_product_shares_with_predictors_that_are_not_centred_what_costs_it_nothing() -> None:
    """Centred, the product's coefficient and its error are the same, and its factor falls from 45 or so to nearly 1."""
    rng = np.random.default_rng(114)
    g = np.repeat(np.arange(22), 9)
    frame = pd.DataFrame({"g": g, "x": rng.normal(3.5, 0.8, len(g)), "z": rng.normal(4, 0.7, 22)[g]})
    frame["y"] = frame.eval("0.5 * x + 0.2 * x * z") + rng.normal(size=22)[g] + rng.normal(size=len(g))
    plain, centred = (lmer(f, frame) for f in ("y ~ x * z + (1 | g)", "y ~ center(x) * center(z) + (1 | g)"))
    assert centred.bse.iloc[-1] == pytest.approx(plain.bse.iloc[-1], rel=1e-6)
    large, small = (collinearity(fit) for fit in (plain, centred))
    assert large.frame["vif"].max() > 20 and small.frame["vif"].max() < 2
    assert "not centred" in large.sentence and "not centred" not in small.sentence
    twice = lmer("y ~ x + w + (1 | g)", frame.assign(w=frame["x"] + 0.01 * rng.normal(size=len(g))))
    assert collinearity(twice).frame["vif"].max() > 20 and "not centred" not in collinearity(twice).sentence


def test_a_balanced_design_is_not_called_collinear_for_its_coding() -> None:
    """R: car's vif of the three-way interaction of a balanced 2 x 2 x 2 design is 7 with treatment contrasts and 1 with contr.sum."""
    a, b, c, g = (k.ravel() for k in np.meshgrid([0, 1], [0, 1], [0, 1], np.arange(20), indexing="ij"))
    rng = np.random.default_rng(1)
    frame = (
        pd.DataFrame({"a": a, "b": b, "c": c})
        .replace({0: "no", 1: "yes"})
        .assign(g=g, y=rng.normal(size=len(a)) + 0.3 * g)
    )
    coded = collinearity(lmer("y ~ a * b * c + (1 | g)", frame))
    summed = collinearity(lmer("y ~ C(a, Sum) * C(b, Sum) * C(c, Sum) + (1 | g)", frame))
    assert coded.frame["vif"].max() == pytest.approx(7, rel=1e-3)
    assert summed.frame["vif"].max() == pytest.approx(1, rel=1e-6)
    assert "in any design, a balanced one too" in coded.sentence
    assert "balanced" not in summed.sentence


def test_a_coefficient_that_half_of_the_groups_tell_is_moved_further_by_these_and_that_is_said() -> None:
    """Of 12 groups, 6 with an arm, one in eight moves the intercept of the others by over 2/√12: not 5%, as was said."""
    moved = []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        g = np.repeat(np.arange(12), 10)
        frame = pd.DataFrame({"g": g, "arm": g % 2, "y": rng.normal(size=12)[g] + rng.normal(size=120)})
        found = influence(lmer("y ~ arm + (1 | g)", frame))
        moved.append(found.frame.groupby("term")["large"].mean())
    assert pd.DataFrame(moved).mean()["Intercept"] > 0.09
    assert "one that part of them tell" in found.well and "95% would move each" not in found.well
