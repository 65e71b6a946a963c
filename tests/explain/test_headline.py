"""The headline: right for every kind of coefficient, and readable by someone who never heard of the data."""

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.facts import facts
from lmmcompare.explain.headline import headline
from lmmcompare.text.labels import rich
from lmmcompare.text.numbers import number
from tests.helpers import example, table


@pytest.fixture(scope="module")
def data():
    """8 groups of 5; `turned` goes down between groups and up within them."""
    rng = np.random.default_rng(1)
    g, x, u = np.repeat(np.arange(8), 5), rng.normal(size=40), rng.normal(size=8)
    frame = pd.DataFrame({"g": g, "groups": g, "x": x, "z": u[g], "y": u[g] + x + rng.normal(size=40)})
    frame["turned"] = x - 3 * u[g]
    frame["y_turned"] = frame["turned"] + 6 * u[g] + 0.3 * rng.normal(size=40)
    frame["round"], frame["kind"] = np.tile([1, 2, 3, 4, 5], 8), np.tile(list("abcde"), 8)
    frame["tiny"], frame["huge"] = frame["y"] * 1e-9, frame["x"] * 1e8
    return frame.assign(**{"a*b": x, "**loud**": x, "<i>tag</i>": g})


def of_example(name):
    return headline(example(name))


def test_q1_in_two_sentences():
    said = of_example("cv161703")
    assert said.title == "OLS says 1.18 more Y per unit of X. The mixed model says 0.64."
    assert said.reason == (
        "Both blend two different slopes: 0.41 **within** an ID and 1.57 (95% interval 1.19 to 1.96) **between** IDs. OLS puts "
        "33% of the weight on the slope within, the random intercept 80%, ID dummies all of it."
    )


TITLES = {
    "drug": "OLS and the mixed model agree: 1.31 more Score per unit of Drug.",
    "pshp2": "OLS says 0.1063 less pSHP2 for stim than for unstim. The mixed model says 0.0977.",
    "dragons": "OLS says 9.00 more testScore per unit of bodyLength2. The mixed model says 0.54.",
    "chapter7": "OLS and the mixed model both put the mean y at 1.7.",
    "dyestuff": "OLS and the mixed model both put the mean Yield at 1,528.",
    "dyestuff2": "OLS and the mixed model both put the mean Yield at 5.67.",
    "penicillin": "OLS and the mixed model agree: 3.21 less diameter for B than for A.",
    "sleepstudy": "OLS and the mixed model agree: 10.5 more Reaction per unit of Days.",
    "oats": "OLS and the mixed model agree: 6.7 more Y for Marvellous than for Golden.rain where N is 0.0cwt.",
    "insteval": "OLS says 0.1305 less y for service 1 than for service 0. The mixed model says 0.0911.",
}
REASONS = {
    "drug": ["**Drug** has the same mean in every ID", "so all must agree. The standard errors still differ."],
    "pshp2": [
        "Almost all of **condition [stim]** varies *within* clusters, so every model reads the difference there, −0.0977.",
        "99.7% of the weight on the difference within, the random intercept over 99.9%",
        "the little that varies between clusters moves OLS by −0.0087.",
    ],
    "dragons": [
        "0.21 **within** a mountainRange and 12.41 (95% interval −4.17 to 28.99) **between** mountainRanges",
        "28%",
        "97%",
    ],
    "chapter7": ["1.97 under OLS and 2.98 in the mixed model"],
    "dyestuff": ["because rows of the same Batch are alike"],
    "oats": ["**V [Marvellous]** has the same mean in every B group"],
}


@pytest.mark.parametrize("name", TITLES)
def test_the_examples_in_a_sentence(name):
    said = of_example(name)
    assert said.title == TITLES[name]
    for part in REASONS.get(name, []):
        assert part in said.reason


@pytest.mark.parametrize(
    ("formula", "title"),
    [
        ("y_turned ~ turned + (1 | g)", r"OLS says \S+ less y_turned per unit of turned\. The mixed model says \S+ more, the other way\."),
        ("y ~ x * z + (1 | g)", r"OLS and the mixed model agree: 0\.\d+ more y per unit of x where z is 0\."),
        ("y ~ kind * x + (1 | g)", r".* for b than for a where x is 0\."),
        ("y ~ factor(round) + (1 | g)", r".* for round 2 than for round 1\."),
        ("y ~ 0 + kind + (1 | g)", r".*a mean y of \S+ for kind \[a\]\."),
        ("y ~ log(round) + (1 | g)", r".* per unit of log\(round\)\."),
        ("y ~ x:z + (1 | g)", r".* per unit of x for each unit of z\."),
        ("tiny ~ huge + (1 | g)", r".*\d\.\de−18 more tiny per unit of huge\."),
        ("y ~ `a*b` + (1 | g)", r".* per unit of a\*b\."),
    ],
)  # fmt: skip
def test_the_title_says_it_for_every_kind_of_coefficient(data, formula, title):
    assert re.fullmatch(title, headline(compare(formula, data)).title)


def test_estimates_that_look_the_same_are_said_to_agree():
    """3% of a standard error apart: the digits shown are the same, so the sentence must not set them against each other."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        g = np.repeat(np.arange(30), rng.integers(2, 9, 30))
        x = rng.normal(size=len(g))
        data = pd.DataFrame({"g": g, "x": x, "y": x + 0.2 * rng.normal(size=30)[g] + rng.normal(size=len(g))})
        title = headline(compare("y ~ x + (1 | g)", data)).title
        found = re.match(r"OLS says (\S+) .*The mixed model says (\S+)\.$", title)
        assert found is None or found[1] != found[2], title


def test_nothing_is_said_to_be_practically_nothing():
    rng = np.random.default_rng(3)
    g, x = np.repeat(np.arange(40), 50), rng.normal(size=2000)
    x -= x.mean()
    noise = rng.normal(size=2000)
    noise -= x * (x @ noise) / (x @ x)  # no slope at all
    title = headline(compare("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": noise}))).title
    assert "practically no difference in y per unit of x" in title


def test_a_random_slope_may_differ_where_only_one_slope_exists():
    """Same mean of x in every group, but groups spread it differently: 'all must agree' would be wrong."""
    rng = np.random.default_rng(6)
    g = np.repeat(np.arange(10), 6)
    x = np.tile([-1.0, 1, -1, 1, -1, 1], 10) * np.repeat(np.linspace(0.3, 4, 10), 6)
    y = np.repeat(np.linspace(3, -1, 10), 6) * x + rng.normal(size=60)
    comparison = compare("y ~ x + (x | g)", pd.DataFrame({"g": g, "x": x, "y": y}))
    assert abs(comparison.ols.params["x"] - comparison.mixed.params["x"]) > 0.5
    said = headline(comparison)
    assert said.title.startswith("OLS says")
    assert "must agree" not in said.reason and "the same mean in every g group" in said.reason
    agreeing = headline(compare("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": y})))
    assert "must agree" in agreeing.reason


def test_names_with_asterisks_are_shown_and_not_obeyed(data):
    reason = headline(compare("y_turned ~ `**loud**` + (1 | `<i>tag</i>`)", data)).reason
    html = rich(reason)
    assert "&lt;i&gt;tag&lt;/i&gt; group" in html and "<i>" not in html
    assert re.findall(r"<strong>(.*?)</strong>", html) == ["within", "between"]
    same = rich(headline(compare("y ~ `**loud**` + (1 | g)", data.assign(**{"**loud**": data["z"]}))).reason)
    assert "<strong>&#42;&#42;loud&#42;&#42;</strong> is the same in all rows" in same


def test_a_slope_between_groups_that_is_noise_is_not_said():
    """Every participant saw both conditions; a few missing trials give the participants' shares of them a spread of their own."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"participant": np.repeat(np.arange(20), 40), "condition": np.tile(["a", "b"], 400)})
    frame["rt"] = (
        100 * rng.normal(size=20)[frame["participant"]] + 39 * (frame["condition"] == "b") + 5 * rng.normal(size=800)
    )
    frame = frame.drop(rng.choice(800, 12, replace=False))
    comparison = compare("rt ~ condition + (1 | participant)", frame)
    term = "condition[T.b]"
    assert facts(comparison, term).ols.weight > 0.99
    said = headline(comparison, term).reason
    assert "Almost all of **condition [b]** varies *within* participants" in said
    assert "blend" not in said and "**between**" not in said
    between = number(facts(comparison, term).between.value, decimals=0)
    assert between not in said


def test_the_slope_between_as_a_sum_has_its_own_degrees_of_freedom():
    """R: lmerTest::contest1D(lmer(Y ~ X + ave(X, ID) + (1 | ID)), c(0, 1, 1)): 1.573006, 1.187985 to 1.958027 on 18 df."""
    reason = headline(compare("Y ~ X + ave(X, ID) + (1 | ID)", examples.load("cv161703")), "ave(X, ID)").reason
    assert "1.57 (95% interval 1.19 to 1.96)" in reason


def test_a_variance_of_0_is_said_at_once():
    """R's lme4 finds 0 too (reference/dyestuff2_singular.json)."""
    said = "The variance between Batches is estimated as 0 (a singular fit), and without it the mixed model is OLS."
    assert said in of_example("dyestuff2").reason
    assert "singular" not in of_example("dyestuff").reason and "singular" not in of_example("cv161703").reason


def test_of_what_groups_differ_in_it_is_said_that_ols_counts_rows():
    both = compare("mAch ~ sector + (1 | school)", examples.load("hsb82"))
    ols, mixed = (number(float(fit.bse.iloc[1])) for fit in (both.ols, both.mixed))
    said = f"OLS's standard error, {ols}, counts 7,185 rows; that of the mixed model, {mixed}, counts 160 schools."
    assert said in headline(both).reason
    assert "counts" not in of_example("drug").reason  # it varies within groups


def test_a_combination_of_categories_coded_in_full_has_a_mean() -> None:
    """It was told as "52.0 more score per unit of arm [control] × visit [week 0]"."""
    frame = table("oats")
    both = compare("Y ~ 0 + V:N + (1 | B)", frame)
    term = both.design.fixed_names[0]
    cell = frame[(frame["V"] == "Golden.rain") & (frame["N"] == "0.0cwt")]["Y"].mean()
    assert term == "V[Golden.rain]:N[0.0cwt]"
    assert (
        headline(both, term).title
        == f"OLS and the mixed model agree: a mean Y of {cell:.1f} for V [Golden.rain] × N [0.0cwt]."
    )
    beside = compare("Y ~ V:N + (1 | B)", frame)
    assert "a mean Y of" not in headline(beside, beside.design.fixed_names[1]).title


def test_a_stepped_wedge_hardly_tells_the_slope_between_wards() -> None:
    """R: dummies of wards and periods 1.2363 (0.4051); `lm` of the ward means -0.8716 (1.9295), 95% interval -5.43 to 3.69."""
    rng = np.random.default_rng(12)
    rows = []
    for ward in range(9):
        level = rng.normal()
        for period in range(4):
            on = int(period >= 1 + ward // 3)
            rows += [
                (f"ward{ward}", period, on, 12 + 0.3 * period + 0.8 * on + level + rng.normal(0, 2)) for _ in range(10)
            ]
    frame = pd.DataFrame(rows, columns=["ward", "period", "intervention", "score"]).round(3)
    said = headline(compare("score ~ intervention + factor(period) + (1 | ward)", frame), "intervention").reason
    assert "1.24 **within** a ward and −0.87 (95% interval −5.43 to 3.69) **between** wards" in said
    assert said.endswith("do not show that the two differ (p = 0.32); what it is between wards they hardly tell.")


def test_rows_of_unequal_variance_are_weighed_by_that_and_not_by_a_correlation() -> None:
    """nlme, varIdent: 1.12294 (0.10430)."""
    rng = np.random.default_rng(5)
    rows = []
    for k in range(20):
        level, male = rng.normal(0, 2), k % 2
        for _ in range(8):
            x = rng.normal(0, 1)
            rows.append((f"id{k}", "FM"[male], x, 10 + 1.2 * x + male + level + rng.normal(0, (1, 4)[male])))
    frame = pd.DataFrame(rows, columns=["person", "sex", "x", "y"]).round(3)
    said = headline(compare("y ~ x + sex + (1 | person)", frame, variance="sex"), "x").reason
    assert (
        "it is 1.12 (standard error 0.104): rows are weighed by how widely rows of one sex scatter, and AICc prefers it."
        in said
    )


def test_random_slopes_weigh_days_and_not_rats_that_were_seen_on_the_same_days() -> None:
    """Arm compares rats by V⁻¹1, built whole: early days count for more, alike in every rat. Rats were said to be weighed by themselves."""
    rng = np.random.default_rng(11)
    rat, day = np.repeat(np.arange(24), 5), np.tile(np.arange(5.0), 24)
    frame = pd.DataFrame({"rat": rat, "day": day, "arm": np.where(rat % 2, "high", "ctl")})
    frame["w"] = (
        0.2 * day + 1.5 * rng.normal(size=24)[rat] + 0.6 * rng.normal(size=24)[rat] * day + rng.normal(size=120)
    )
    both = compare("w ~ day + arm + (day | rat)", frame)
    z = np.column_stack([np.ones(5), np.arange(5.0)])
    v = z @ both.mixed.cov_re["rat"].to_numpy() @ z.T + both.mixed.sigma**2 * np.eye(5)
    weight = np.linalg.solve(v, np.ones(5))
    weight /= weight.sum()
    assert weight[0] > 0.3 > 0.1 > weight[4]
    means = frame.groupby(["arm", "day"])["w"].mean().unstack()
    assert both.mixed.params["arm[T.high]"] == pytest.approx(weight @ (means.loc["high"] - means.loc["ctl"]), rel=1e-6)
    assert (
        "The random slope weighs the rows of a rat by day too, which makes it" in headline(both, "arm[T.high]").reason
    )


def test_where_the_models_agree_it_is_not_told_what_the_last_digit_comes_from():
    """A treatment of whole sites beside a covariate of plots: two lines were about 0.016."""
    rng = np.random.default_rng(3)
    site, shade = np.repeat(np.arange(10), 6), rng.uniform(0, 80, 60)
    frame = pd.DataFrame({"site": site, "shade": shade, "mown": site % 2})
    frame["species"] = 18 + rng.normal(0, 3, 10)[site] + 3 * frame["mown"] - 0.06 * shade + rng.normal(0, 2.5, 60)
    comparison = compare("species ~ shade + mown + (1 | site)", frame)
    said = headline(comparison, "mown")
    apart = abs(comparison.ols.params["mown"] - comparison.mixed.params["mown"])
    assert 0 < apart < 0.02 * comparison.ols.bse["mown"] and "agree" in said.title
    assert "of this difference" not in said.reason
    assert said.reason.endswith("counts 10 sites. Only OLS's 95% interval leaves 0 out.")
