"""The panels of adjusted means: sentences are made from the numbers, figures and tables have all of them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import lmmcompare
from lmmcompare.assess.adjusted_means import AdjustedMeans, MeansQuestion, adjusted_means, opening_question
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.adjusted_means import differences_sentence
from lmmcompare.explain.structure_choice import structure_choice
from lmmcompare.panels import Page
from lmmcompare.panels.adjusted_means import adjusted_means as panel_of
from lmmcompare.panels.adjusted_means import johnson_neyman
from lmmcompare.text.numbers import MINUS, p_value
from tests.explain.test_sentences import value
from tests.helpers import table


def asked(formula: str, name: str, question: MeansQuestion) -> tuple[Comparison, AdjustedMeans]:
    comparison = lmmcompare.compare(formula, table(name))
    return comparison, adjusted_means(comparison, question)


@pytest.fixture(scope="module")
def trial() -> tuple[Comparison, AdjustedMeans]:
    return asked("score ~ week * arm + baseline + (1 | patient)", "trial", MeansQuestion("arm", "week"))


def test_the_sentence_tells_the_largest_difference(trial):
    panel = panel_of(*trial)
    # emmeans: 43.438 - 37.321 = 6.117 (3.908 to 8.323 reversed), p < 0.001
    assert "Placebo − Active at week 12, is 6.1 (95% interval 3.9 to 8.3, p < 0.001)" in panel.words
    assert "baseline = 43" in panel.words and "Satterthwaite" in panel.words


@pytest.mark.parametrize(
    ("steps", "said"),
    [(4, "The largest of 3 estimable differences in"), (2, "The only estimable difference in")],
)
def test_differences_that_cannot_be_estimated_are_not_counted(steps: int, said: str) -> None:
    """In a stepped wedge only the periods between the first and the last have clusters of both kinds."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        [(c, t) for c in range(steps) for t in range(steps + 1) for _ in range(4)], columns=["ward", "period"]
    )
    frame["treated"] = np.where(frame["period"] > frame["ward"], "yes", "no")
    frame["y"] = rng.normal(size=len(frame)) + rng.normal(size=steps)[frame["ward"]]
    both = int((frame.groupby("period")["treated"].nunique() == 2).sum())
    assert both == steps - 1
    comparison = lmmcompare.compare("y ~ treated * factor(period) + (1 | ward)", frame)
    words = differences_sentence(comparison, adjusted_means(comparison, MeansQuestion("treated", "period")))
    assert words.startswith(said) and (f"largest of {both}, which" in words) is (both > 1)


def test_the_slope_of_a_curve_is_said_to_be_that_at_the_mean():
    """The slope of b log10(x) is b / (x log 10): another at every x."""
    data = lmmcompare.examples.load("gapminder")
    for formula, curved in (
        ("lifeExp ~ log10(gdpPercap) + (1 | country)", True),
        ("lifeExp ~ gdpPercap + (1 | country)", False),
        ("lifeExp ~ scale(gdpPercap) + I(10 * (year - 1977)) + (1 | country)", False),
        ("lifeExp ~ I(gdpPercap - ave(gdpPercap, country)) + (1 | country)", False),
        ("lifeExp ~ gdpPercap:scale(gdpPercap) + (1 | country)", True),
    ):
        comparison = lmmcompare.compare(formula, data)
        words = panel_of(comparison, adjusted_means(comparison, MeansQuestion("gdpPercap", ""))).lead
        assert ("per unit of gdpPercap where gdpPercap is at its mean (elsewhere it may be another)" in words) == curved
        assert words.endswith(", the other predictors held alike.")


@pytest.mark.parametrize("page", [Page(), Page(narrow=True)])
def test_figures_hold_every_mean_with_its_interval(trial, page):
    comparison, result = trial
    beside, across = (block.draw(page) for block in panel_of(comparison, result).figures)
    means = result.frame()
    for figure in (beside, across):
        dots = np.concatenate([t.y for t in figure.data if t.hovertext is not None])
        np.testing.assert_allclose(np.sort(dots), np.sort(means["estimate"]))
    assert [a.text for a in beside.layout.annotations][:4] == ["week 2", "week 4", "week 8", "week 12"]
    domains = [beside.layout[f"{'y' if page.narrow else 'x'}axis{k}"].domain for k in ("", 2, 3, 4)]
    assert len(set(domains)) == 4  # below each other on a phone, beside each other elsewhere


def test_tables_have_a_row_for_each_and_a_column_for_each_model(trial):
    differences, means = (block.table for block in panel_of(*trial).tables)
    assert [row.label for row in differences.rows][-1] == "week 12, Placebo − Active"
    assert len(means.rows) == 8 and means.models == ("ols_robust", "random_intercept")
    assert differences.rows[-1].cells[1].main == "6.12"


def test_regions_are_told_and_drawn():
    comparison, result = asked("mAch ~ ses * sector + (1 | school)", "hsb82", MeansQuestion("sector", "ses"))
    panel = johnson_neyman(comparison, result)
    region = result.regions["random_intercept"]
    (_, end) = region.simultaneous[0]
    assert f"below {end:.3g}" in panel.words
    (figure,) = (block.draw(Page()) for block in panel.figures)
    bars = [t for t in figure.data if t.line.width == 7 and t.x[0] is not None]
    assert [list(bar.x) for bar in bars] == [list(r) for m in result.regions.values() for r in m.simultaneous]


def test_without_an_answer_there_is_no_panel(trial):
    comparison, result = trial
    assert panel_of(comparison, None) is None and johnson_neyman(comparison, None) is None
    assert johnson_neyman(comparison, replace(result, regions={})) is None


def test_a_mean_that_no_row_tells_is_named():
    rows = table("oats")
    rows = rows[(rows["V"] != "Victory") | (rows["N"] != "0.6cwt")]
    comparison = lmmcompare.compare("Y ~ V * N + (1 | B)", rows)
    panel = panel_of(comparison, adjusted_means(comparison, MeansQuestion("V", "N")))
    assert "Victory, 0.6cwt cannot be estimated: no row has V = Victory and N = 0.6cwt." in panel.words
    means = [block.table for block in panel.tables][1]
    assert means.rows[-1].cells[0].below == "not estimable"
    for block in panel.figures:
        block.draw(Page())


def test_slopes_that_differ_are_in_no_interval_of_a_difference_beside_them():
    """lmer and emmeans: at week 4 the arms' difference has standard error 0.658 with a random intercept, 0.948 with random slopes."""
    random = np.random.default_rng(3)
    person, week = np.repeat(np.arange(40), 5), np.tile(np.arange(5.0), 40)
    y = random.normal(size=40)[person] + 0.6 * random.normal(size=40)[person] * week + random.normal(size=200)
    rows = pd.DataFrame({"person": person, "week": week, "arm": np.where(person % 2, "t", "c"), "y": y.round(2)})
    for random_part, error in (("1", 0.658), ("week", 0.948)):
        comparison = lmmcompare.compare(f"y ~ week * arm + ({random_part} | person)", rows)
        result = adjusted_means(comparison, MeansQuestion("arm", "week"))
        own = result.differences().query("model != 'ols_robust' and week == 4")
        assert float(own["se"].iloc[0]) == pytest.approx(error, abs=6e-4)
        said = differences_sentence(comparison, result)
        assert ("By AIC the effect of week differs between people, which that interval does not count" in said) == (
            random_part == "1"
        )


def test_truths_are_told_with_what_they_are_of():
    """Of two columns of truths "TRUE − FALSE at FALSE" says nothing."""
    rows = table("trial").assign(drug=lambda d: d["arm"] == "Active", late=lambda d: d["week"] > 6)
    comparison = lmmcompare.compare("score ~ drug * late + (1 | patient)", rows)
    words = panel_of(comparison, adjusted_means(comparison, MeansQuestion("drug", "late"))).words
    assert f"drug TRUE {MINUS} drug FALSE at late " in words


def test_levels_that_another_predictor_renames_are_compared():
    """emmeans 1.8: Placebo two - Active one 5.15, SE 1.71, df 28, p = 0.0053 (1.66 to 8.65)."""
    rows = table("trial").assign(code=lambda d: np.where(d["arm"] == "Active", "one", "two"))
    comparison = lmmcompare.compare("score ~ arm + code + week + (1 | patient)", rows)
    words = panel_of(comparison, adjusted_means(comparison, opening_question(comparison))).words
    assert f"Placebo two {MINUS} Active one, is 5.2 (95% interval 1.7 to 8.6, p = 0.0053)" in words
    # asked for within each code there is none, and the page stands
    words = panel_of(comparison, adjusted_means(comparison, MeansQuestion("arm", "code"))).words
    assert "No code has two levels of arm" in words


def test_a_slope_beside_its_own_multiple_is_said_to_be_lost():
    """emmeans: nonEst."""
    comparison = lmmcompare.compare(
        "score ~ week + w2 + (1 | patient)", table("trial").assign(w2=lambda d: 2 * d["week"] + 1)
    )
    words = panel_of(comparison, adjusted_means(comparison, MeansQuestion("week", ""))).words
    assert (
        "The slope of week, the other predictors held alike, cannot be estimated: “w2” is equal to 2 · “week” + 1."
        in words
    )
    assert "interval ·" not in words


def test_no_line_crosses_a_cell_without_rows():
    rows = table("oats")
    rows = rows[(rows["V"] != "Victory") | (rows["N"] != "0.2cwt")]
    comparison = lmmcompare.compare("Y ~ V * N + (1 | B)", rows)
    panel = panel_of(comparison, adjusted_means(comparison, MeansQuestion("V", "N")))
    drawn = [t for block in panel.figures for t in block.draw(Page()).data if t.mode == "lines+markers"]
    gaps = [np.flatnonzero(np.isnan(np.array(t.y, dtype=float))).tolist() for t in drawn if len(t.y) > 1]
    assert len(drawn) and [1] in gaps and [] in gaps


def offsetting(share: float) -> pd.DataFrame:
    """Four visits of 30 groups in two arms; of each group's mean error a share is taken out, so that its rows offset each other."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(30), 4)
    error = rng.normal(size=120)
    error -= share * pd.Series(error).groupby(g).transform("mean").to_numpy()
    arm, visit = np.where(g % 2, "b", "a"), np.tile(["v1", "v2", "v3", "v4"], 30)
    y = 1 + 0.3 * (arm == "b") + 0.2 * (visit == "v3") + error
    return pd.DataFrame({"g": g, "arm": arm, "visit": visit, "w": np.tile(np.arange(4.0), 30), "y": y})


def first_numbers(sentence: str) -> list[float]:
    told = sentence.replace("95%", "").split(" is ", 1)[1]
    return [value(n) for n in re.findall(rf"{MINUS}?\d+\.\d+", told)[:3]]


@pytest.mark.parametrize(
    ("formula", "adjust", "said", "not_said"),
    [
        ("y ~ arm * week + (1 | g)", "tukey", "not for its being the largest of those at every week", "Bonferroni"),
        ("y ~ arm * week + (1 | g)", "holm", "intervals by Bonferroni’s", "picked"),
        ("y ~ arm + week + (1 | g)", "tukey", "at each week at once", "not for its being"),
        ("y ~ arm + week + (1 | g)", "none", "picked as the largest of 9", "not for its being"),
        ("y ~ two + week + (1 | g)", "none", "largest of 3", "picked"),
    ],
)
def test_what_an_adjustment_within_each_value_allows_for(formula: str, adjust, said: str, not_said: str) -> None:
    """Of 3 arms at 6 weeks that do not differ, Tukey's largest of all weeks is "significant" in 26% of 4,000 simulated studies.

    R: emmeans' summary(adjust = "holm", infer = TRUE) notes "Conf-level adjustment: bonferroni method".
    """
    rng = np.random.default_rng(8)
    g, week = np.repeat(np.arange(18), 3), np.tile(["one", "two", "six"], 18)
    arm = np.array(list("abc"))[g % 3]
    frame = pd.DataFrame({"g": g, "week": week, "arm": arm, "two": np.where(g % 2, "x", "z"), "y": rng.normal(size=54)})
    both = lmmcompare.compare(formula, frame)
    name = "two" if "two" in formula else "arm"
    words = differences_sentence(both, adjusted_means(both, MeansQuestion(name, "week", adjust=adjust)))
    assert said in words and not_said not in words


def test_rows_that_offset_each_other_have_intervals_that_know_it() -> None:
    """R: clubSandwich's conf_int(lm, CR2) by group: b - a 0.2853 (0.265 to 0.306), 28 df; slope of w -0.0132 (-0.191 to 0.165)."""
    both = lmmcompare.compare("y ~ arm + visit + (1 | g)", offsetting(0.95))
    sentence = differences_sentence(both, adjusted_means(both, MeansQuestion("arm")))
    assert first_numbers(sentence) == pytest.approx([0.285, 0.265, 0.306], abs=1e-3)
    slope = lmmcompare.compare("y ~ w + (1 | g)", offsetting(0.95))
    sentence = differences_sentence(slope, adjusted_means(slope, MeansQuestion("w")))
    assert first_numbers(sentence) == pytest.approx([-0.0132, -0.191, 0.165], abs=1e-3)


def test_compound_symmetry_is_told_where_it_is_called_for() -> None:
    both = lmmcompare.compare("y ~ arm + visit + (1 | g)", offsetting(0.8), correlation="cs(1 | g)")
    result = adjusted_means(both, MeansQuestion("arm"))
    assert structure_choice(both).preferred
    # from what its residuals are: means of 4 rows of a group have variance sigma^2 (1 + 3 rho) / 4, and an arm has 15 of them
    fit = both.structured
    se = fit.sigma * np.sqrt((1 + 3 * fit.residual_correlation) / 4 * 2 / 15)
    _, low, high = first_numbers(differences_sentence(both, result))
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 28) * se, rel=0.03)


@pytest.mark.parametrize(("group", "said"), [("(1 | item)", True), ("(1 | person:item)", False), ("", False)])
def test_what_errors_clustered_by_one_of_crossed_factors_leave_out_is_said_beside_them(group, said):
    """Every person has every item twice: rows of an item in different persons are alike too. Cells of both lie within persons."""
    random = np.random.default_rng(6)
    person, item = np.repeat(np.arange(12), 16), np.tile(np.arange(8), 24)
    y = random.normal(size=12)[person] + random.normal(size=8)[item] + random.normal(size=192)
    arm = np.where(random.random(192) < 0.5, "a", "b")
    frame = pd.DataFrame({"person": person, "item": item, "arm": arm, "y": y})
    comparison = lmmcompare.compare(" + ".join(filter(None, ["y ~ arm + (1 | person)", group])), frame)
    panel = panel_of(comparison, adjusted_means(comparison, MeansQuestion("arm")))
    assert ("not for rows of the same item in different people" in panel.words) == said


@pytest.mark.parametrize(
    ("name", "formula", "said"), [("cv161703", "Y ~ X + (1 | ID)", True), ("drug", "Score ~ Drug + (1 | ID)", False)]
)
def test_a_slope_that_blends_two_is_not_given_as_one(name, formula, said):
    """Within an ID it is 0.41, between IDs 1.57, as the published question has it; Drug has one slope only."""
    comparison = lmmcompare.compare(formula, table(name))
    question = MeansQuestion(comparison.ols.names[1])
    assert (
        "blends two slopes that differ (p < 0.001)"
        in differences_sentence(comparison, adjusted_means(comparison, question))
    ) == said


def test_differences_that_are_multiples_of_one_coefficient_need_no_allowance_for_several() -> None:
    """Slopes along a number differ by the interaction times a distance: the p value is that of the interaction."""
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(25), 6)
    x, z = rng.normal(size=(2, 150))
    y = rng.normal(size=25)[group] + x + 0.2 * x * z + rng.normal(size=150)
    both = lmmcompare.compare("y ~ x * z + (1 | g)", pd.DataFrame({"y": y, "x": x, "z": z, "g": group}))
    result = adjusted_means(both, MeansQuestion("x", by="z"))
    own = both.mixed.table().loc["x:z", "p"]
    words = differences_sentence(both, result)
    assert 0.001 < own < 0.9 and f"multiples of one coefficient, whose own test has {p_value(own)}" in words
