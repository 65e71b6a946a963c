"""The number within groups comes with an interval that counts what the formula's own model counts."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmmcompare import compare, examples
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.coefficient_spreads import slope_by_groups
from lmmcompare.explain.effect_phrases import noun_of
from lmmcompare.explain.facts import facts
from lmmcompare.explain.implied_ols_error import crossing_factors
from tests.explain.dense_ols_errors import dense_ols_errors
from tests.explain.test_sentences import NUMBER, value
from tests.helpers import table


def within(comparison: Comparison, term: str) -> list[float]:
    """Estimate and interval of the question within groups."""
    found = [
        a for a in which_to_report(comparison, term) if "in the same" in a.question or "within the same" in a.question
    ]
    assert len(found) == 1
    return [value(n) for n in re.findall(NUMBER, found[0].answer)[:3]]


def test_further_grouping_factors_are_counted() -> None:
    """R: lmerTest, score ~ Machine + (1 | Worker) + (1 | Worker:Machine) on nlme's Machines: 7.9667 (2.1770), df 10."""
    both = compare("score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", examples.load("machines"))
    assert within(both, "Machine[T.B]") == pytest.approx([7.9667, 3.1160, 12.8174], abs=0.05)


def test_a_random_slope_that_was_asked_for_is_counted() -> None:
    """R: lmerTest, distance ~ age * Sex + (age | Subject) on nlme's Orthodont: age in girls 0.4795 (0.1037), df 25."""
    both = compare("distance ~ age * Sex + (age | Subject)", examples.load("orthodont"))
    assert within(both, "age") == pytest.approx([0.4795, 0.2659, 0.6932], abs=5e-3)


def items_and_subjects(condition_of: str) -> pd.DataFrame:
    """Reaction times of 24 subjects to 16 words, of which some are missing; the condition is the words' or varies in both."""
    rng = np.random.default_rng(104)
    s, i = (a.ravel() for a in np.meshgrid(np.arange(24), np.arange(16), indexing="ij"))
    c = i % 2 if condition_of == "items" else rng.integers(0, 2, len(s))
    rt = 600 + 40 * c + rng.normal(0, 60, 24)[s] + rng.normal(0, 60, 16)[i] + rng.normal(0, 90, len(s))
    return pd.DataFrame({"subject": s, "item": i, "c": c, "rt": rt})[rng.random(len(s)) > 0.08].reset_index(drop=True)


def test_a_condition_of_items_is_not_reported_with_errors_clustered_by_subjects() -> None:
    """They would be half as large: the words of a condition are few, and the same for all subjects."""
    frame = items_and_subjects("items")
    both = compare("rt ~ c + (1 | subject) + (1 | item)", frame)
    clustered = both.no_pooling.robust("CR2").se[0]
    row = both.coefficients().set_index(["model", "term"]).loc[("several", "c")]
    assert row["se"] > 2 * clustered
    assert within(both, "c") == pytest.approx([row["estimate"], row["lower"], row["upper"]], abs=0.6)
    answers = {a.question: [value(n) for n in re.findall(NUMBER, a.answer)[:3]] for a in which_to_report(both, "c")}
    everyone = next(n for q, n in answers.items() if "average over all rows" in q)
    one, codes = np.ones((len(frame), 1)), {g: frame[g].to_numpy() for g in ("subject", "item")}
    x = np.column_stack([np.ones(len(frame)), frame["c"]])
    errors = dense_ols_errors(both, pd.DataFrame(codes), x, dict.fromkeys(codes, one))
    assert (everyone[2] - everyone[1]) / 2 == pytest.approx(stats.t.ppf(0.975, row["df"]) * errors[1], abs=0.6)
    assert everyone[0] == pytest.approx(both.ols.params["c"], abs=0.6)


def test_a_condition_that_varies_in_items_and_subjects_has_the_dummies_of_both() -> None:
    frame = items_and_subjects("both")
    both = compare("rt ~ c + (1 | subject) + (1 | item)", frame)
    x = np.column_stack([frame["c"], pd.get_dummies(frame["subject"]), pd.get_dummies(frame["item"]).iloc[:, 1:]])
    expected = np.linalg.lstsq(x.astype(float), frame["rt"], rcond=None)[0][0]
    assert within(both, "c")[0] == pytest.approx(expected, abs=0.06)
    assert abs(expected - both.no_pooling.params["c"]) > 0.5


def test_an_outcome_of_two_values_has_clustered_errors() -> None:
    """The scatter about a share depends on the share."""
    rng = np.random.default_rng(110)
    g = np.repeat(np.arange(30), 12)
    x = rng.normal(size=360)
    y = (rng.random(360) < 1 / (1 + np.exp(2 - 1.5 * x - rng.normal(size=30)[g]))).astype(int)
    both = compare("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": y}))
    robust = both.no_pooling.robust("CR2")
    half = stats.t.ppf(0.975, robust.df[0]) * robust.se[0]
    numbers = within(both, "x")
    assert (numbers[2] - numbers[1]) / 2 == pytest.approx(half, abs=1e-3)
    assert half != pytest.approx(stats.t.ppf(0.975, both.no_pooling.df["x"]) * both.no_pooling.bse["x"], abs=2e-3)


def test_what_is_confounded_with_the_groups_has_no_number_within_them() -> None:
    """Yates' N P K in blocks of four: N x P x K is the blocks', so N's own coefficient is not known within them."""
    rows = [(b, n, p, k) for b in range(6) for n in (0, 1) for p in (0, 1) for k in (0, 1) if (n + p + k + b) % 2]
    frame = pd.DataFrame(rows, columns=["block", "N", "P", "K"])
    frame["y"] = np.random.default_rng(3).normal(size=len(frame)) + frame["N"] + frame["block"]
    both = compare("y ~ N * P * K + (1 | block)", frame)
    design = np.column_stack(
        [pd.get_dummies(frame["block"]), *(frame.eval(e) for e in ("N", "P", "K", "N*P", "N*K", "P*K", "N*P*K"))]
    )
    assert np.linalg.matrix_rank(design.astype(float)) == design.shape[1] - 1
    assert not [a for a in which_to_report(both, "N") if "the same block" in a.question]
    assert "confounded" in both.absent["within_between"]


@pytest.mark.parametrize(("varying", "said"), [(2, True), (3, True), (6, False)])
def test_the_few_groups_that_it_rests_on_are_counted(varying: int, said: bool) -> None:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(10), 5)
    x = np.where(g < varying, rng.normal(size=50), rng.normal(size=10)[g])
    both = compare(
        "y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": x + rng.normal(size=50) + rng.normal(size=10)[g]})
    )
    assert noun_of(both, "x") == "slope"
    text = " ".join(a.reason for a in which_to_report(both, "x"))
    assert (f"in {varying} of 10" in text) is said


def test_few_groups_have_group_means_where_degrees_of_freedom_are_left() -> None:
    """Five groups, two predictors: Mundlak's coefficients of the means rest on 5 - 3 = 2 degrees of freedom (R: lmerTest 2.00)."""
    frame = table("sleepstudy").query("Subject < 333").copy()
    rng = np.random.default_rng(4)
    frame["u"], frame["v"] = rng.normal(size=len(frame)), rng.normal(size=len(frame))
    groups = frame["Subject"].nunique()
    both = compare("Reaction ~ u + v + (1 | Subject)", frame)
    assert groups == 6 and both.fits["within_between"].df["u_mean"] == pytest.approx(groups - 3, abs=0.5)


def test_what_is_said_within_a_firm_of_a_panel_is_the_two_way_number() -> None:
    """R on all of Grunfeld's rows: value 0.1167 (0.0205), 2.35 degrees of freedom, where the firms' dummies alone give 0.1101."""
    both = compare("invest ~ value + capital + (1 | firm) + (1 | year)", examples.load("grunfeld"))
    half = stats.t.ppf(0.975, 2.35309) * 0.0205156
    assert within(both, "value") == pytest.approx([0.11668, 0.11668 - half, 0.11668 + half], abs=1e-3)


def some_schools() -> pd.DataFrame:
    """Every eighth school of hsb82, 20 schools of unequal size."""
    frame = examples.load("hsb82")
    return frame[frame["school"].isin(frame["school"].unique()[::8])].reset_index(drop=True)


def test_a_cross_level_interaction_counts_groups_and_not_rows() -> None:
    """R: clubSandwich's CR2 by school, lm(mAch ~ ses + ses:sector + school): 1.5513 (0.6182), df 10.69; lm's own t has 901 df."""
    both = compare("mAch ~ ses * sector + (1 | school)", some_schools())
    term = "ses:sector[T.Public]"
    half = stats.t.ppf(0.975, 10.6915781) * 0.618172653
    assert within(both, term) == pytest.approx([1.55128421, 1.55128421 - half, 1.55128421 + half], abs=6e-3)
    assert slope_by_groups(both, term) == "ses" and slope_by_groups(both, "ses") is None


def test_what_is_a_cross_level_interaction_is_told_from_the_columns() -> None:
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(8), 5)
    frame = pd.DataFrame({"g": g, "x": rng.normal(size=40), "z": rng.normal(size=40), "w": rng.normal(size=8)[g]})
    frame["y"], frame["arm"] = rng.normal(size=40), np.where(g % 2, "a", "b")
    frame["visit"] = np.tile(list("pqrst"), 8)
    for formula, term, expected in [
        ("y ~ x * z + (1 | g)", "x:z", None),
        ("y ~ x * w + (1 | g)", "x:w", "x"),
        ("y ~ w * x + (1 | g)", "w:x", "x"),
        ("y ~ arm * visit + (1 | g)", "arm[T.b]:visit[T.t]", "visit[T.t]"),
        ("y ~ w * arm + x + (1 | g)", "w:arm[T.b]", None),
        ("y ~ x * z * w + (1 | g)", "x:z:w", "x:z"),
    ]:
        assert slope_by_groups(compare(formula, frame), term) == expected, formula


def test_the_slope_between_groups_of_unequal_size_is_weighed_by_what_they_are_known_to() -> None:
    """R: lmerTest, mAch ~ I(ses - m) + m + (1 | school): m 6.5790 (0.7394), df 19.845."""
    both = compare("mAch ~ ses + (1 | school)", some_schools())
    half = stats.t.ppf(0.975, 19.8451) * 0.7393876
    (found,) = [a for a in which_to_report(both, "ses") if "mean of ses differ" in a.question]
    numbers = [value(n) for n in re.findall(NUMBER, found.answer.replace("95%", ""))[:3]]
    assert numbers == pytest.approx([6.579023, 6.579023 - half, 6.579023 + half], abs=6e-3)


def test_a_panel_is_predicted_by_the_model_that_has_the_periods() -> None:
    """A trend that all firms share is years' own; within-between of firms alone would give it to the predictor."""
    rng = np.random.default_rng(12)
    firm, year = (a.ravel() for a in np.meshgrid(np.arange(25), np.arange(12), indexing="ij"))
    x = year + rng.normal(0, 2, 25)[firm] + rng.normal(size=300)
    y = 0.5 * x + 3 * year + 2 * rng.normal(size=25)[firm] + rng.normal(size=300)
    both = compare("y ~ x + (1 | firm) + (1 | year)", pd.DataFrame({"firm": firm, "year": year, "x": x, "y": y}))
    assert both.fits["within_between"].params["x"] > 2
    answer = next(a.answer for a in which_to_report(both, "x") if "to be expected" in a.question)
    assert value(re.findall(NUMBER, answer)[0]) == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize("late", [True, False])
def test_years_that_firms_were_not_all_seen_in_are_part_of_what_differs_between_these(late: bool) -> None:
    """Firms that enter late have later years' level: 2 a year goes into their means, and so into the slope between them."""
    rng = np.random.default_rng(3)
    firm, year = (a.ravel() for a in np.meshgrid(np.arange(40), np.arange(12), indexing="ij"))
    first = rng.integers(0, 9, 40)
    x = (rng.normal(size=40) + 0.2 * first)[firm] + rng.normal(size=480)
    y = 2 * year + 0.5 * x + rng.normal(size=40)[firm] + rng.normal(size=480)
    frame = pd.DataFrame({"firm": firm, "year": year, "x": x, "y": y})
    frame = frame[year >= first[firm]] if late else frame
    both = compare("y ~ x + (1 | firm) + (1 | year)", frame.reset_index(drop=True))
    (between,) = [a for a in which_to_report(both, "x") if "with a higher mean" in a.question]
    slope = value(re.findall(NUMBER, between.answer)[0])
    # the firms' means, each year's level taken out of them as the truth has it
    means = frame.assign(y=frame["y"] - 2 * frame["year"]).groupby("firm")[["x", "y"]].mean()
    truth = np.polyfit(means["x"], means["y"], 1)[0]
    assert bool(abs(slope - truth) > 0.4) is late
    assert ("Nor are years taken out" in between.reason) is late


def test_a_group_with_most_of_the_variation_is_named() -> None:
    rng = np.random.default_rng(3)
    sizes = [300, *[5] * 12]
    g = np.repeat(np.arange(13), sizes)
    frame = pd.DataFrame({"g": [f"h{k}" for k in g], "x": rng.normal(size=len(g))})
    frame["y"] = frame["x"] + rng.normal(size=13)[g] + rng.normal(size=len(g))
    spread = frame.groupby("g")["x"].apply(lambda x: ((x - x.mean()) ** 2).sum())
    share = round(100 * spread["h0"] / spread.sum())
    reason = which_to_report(compare("y ~ x + (1 | g)", frame), "x")[0].reason
    assert (
        f"{share}% of the variation of x within g groups lies in g h0: the slope is mostly what holds there." in reason
    )
    even = frame.groupby("g").head(5)
    assert "mostly what holds there" not in which_to_report(compare("y ~ x + (1 | g)", even), "x")[0].reason


def test_a_condition_whose_effect_differs_between_items_is_not_given_an_error_of_subjects_alone() -> None:
    """R: lmerTest, y ~ c + (c | subject) + (c | item): -1.0101 (7.1084), df 9.038; CR2 beside dummies of both, by subject: 3.5."""
    random = np.random.default_rng(5)
    subject, item, c = (a.ravel() for a in np.meshgrid(np.arange(24), np.arange(10), [0.0, 1.0], indexing="ij"))
    slopes = 10 + 12 * random.normal(size=24)[subject] + 25 * random.normal(size=10)[item]
    y = (
        30 * random.normal(size=24)[subject]
        + 20 * random.normal(size=10)[item]
        + slopes * c
        + 40 * random.normal(size=480)
    )
    frame = pd.DataFrame({"subject": subject, "item": item, "c": c, "y": y})[random.random(480) < 0.95]
    both = compare("y ~ c + (c | subject) + (c | item)", frame)
    assert within(both, "c") == pytest.approx([-1.01008, -17.08007, 15.05992], abs=0.06)


def test_a_clustered_error_below_the_dummies_own_is_not_told_as_the_wider() -> None:
    """R: lm(math ~ ses + ses:sector + school) has 0.1328; clubSandwich's CR2 0.101 on 17.4 df."""
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(24), 10)
    x, sector = rng.normal(size=240).round(3), np.where(np.arange(24) % 2, "b", "a")[g]
    y = (rng.normal(size=24)[g] + x * 0.5 + 0.3 * x * (sector == "b") + rng.normal(size=240)).round(3)
    frame = pd.DataFrame({"school": g, "ses": x, "sector": sector, "math": y})
    found = which_to_report(compare("math ~ ses * sector + (1 | school)", frame), "ses:sector[T.b]")[0]
    assert "came out below the dummies’ own, 0.101 against 0.133" in found.reason
    assert "it has 17 degrees of freedom" in found.reason


def test_a_clustered_error_of_a_law_that_came_out_low_is_not_left_to_stand_alone() -> None:
    """Independent rows: CR2 of 16 states comes out a fifth below the dummies' own error, from whose interval the reader was sent away."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"state": np.repeat([f"s{k}" for k in range(16)], 10), "year": np.tile(range(2000, 2010), 16)})
    frame["law"] = (frame["year"] >= np.repeat(rng.integers(2003, 2013, 16), 10)).astype(int)
    frame["y"] = np.repeat(rng.normal(size=16), 10) + 0.5 * frame["law"] + rng.normal(size=160)
    both = compare("y ~ law + factor(year) + (1 | state)", frame)
    own, clustered = both.no_pooling.bse["law"], both.no_pooling.robust("CR2").se[both.no_pooling.names.index("law")]
    assert clustered < 0.9 * own
    reason = which_to_report(both, "law")[0].reason
    assert "below the dummies’ own" in reason and "no such likeness is seen" in reason


def test_a_cross_level_interaction_within_groups_is_the_random_slope_s() -> None:
    """lmerTest 3.1-3 of y ~ x * z + (x | school): x:z 0.49939 (0.24942 to 0.74937); a random intercept alone has an AIC 16 higher.

    x is centred in schools, so that nothing of x:z lies between them, and the random slope weighs them by what they tell.
    """
    rng = np.random.default_rng(7)
    n = rng.integers(3, 14, 30)
    g = np.repeat(np.arange(30), n)
    x = rng.normal(size=len(g)).round(2)
    x -= (np.bincount(g, x) / n)[g]
    z = rng.normal(size=30).round(2)[g]
    y = 1 + 0.5 * x + 0.3 * z + 0.4 * x * z + 0.6 * rng.normal(size=30)[g] * x + rng.normal(size=30)[g]
    y = (y + rng.normal(size=len(g))).round(2)
    frame = pd.DataFrame({"school": [f"s{k:02d}" for k in g], "x": x, "z": z, "y": y})
    for formula in ("y ~ x * z + (x | school)", "y ~ x * z + (1 | school)"):  # asked for, or preferred by AIC
        first = which_to_report(compare(formula, frame), "x:z")[0]
        assert first.answer.endswith("from the random slope") and "holds what else makes it differ" in first.reason
        told = [value(number) for number in re.findall(NUMBER, first.answer)[:3]]
        assert told == pytest.approx([0.49939, 0.24942, 0.74937], abs=0.006)  # as they are printed


def test_a_singular_random_slope_has_kenward_and_rogers_interval_beside_its_own() -> None:
    """lmerTest: x -0.9138616 by Satterthwaite on 47.39 df; pbkrtest 0.5-2: -1.2497663 to -0.5779569 on 7.53 df."""
    rng = np.random.default_rng(31)
    n = rng.integers(4, 12, 14)
    g = np.repeat(np.arange(14), n)
    x = rng.normal(size=len(g)).round(2)
    x -= (np.bincount(g, x) / n)[g]
    m = np.linspace(0, 10, 14)[g].round(2)
    frame = pd.DataFrame({"city": [f"c{k:02d}" for k in g], "x": x, "m": m})
    frame["y"] = (10 + m - 0.8 * x + rng.normal(size=len(g))).round(2)
    first = which_to_report(compare("y ~ x + m + (x | city)", frame), "x")[0]
    assert "from the random slope" in first.answer
    assert "with Kenward and Roger’s error it is −0.91 (−1.25 to −0.58)" in first.reason


def test_the_other_predictors_are_said_to_be_held() -> None:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(15), 6)
    frame = pd.DataFrame({"g": g, "x": rng.normal(size=90) + rng.normal(size=15)[g], "arm": np.where(g % 2, "b", "a")})
    frame["y"] = frame["x"] + 0.5 * (g % 2) + rng.normal(size=15)[g] + rng.normal(size=90)

    def asked(formula: str, term: str) -> str:
        return " ".join(a.question for a in which_to_report(compare(formula, frame), term))

    both, of_arm, alone = (
        asked("y ~ x + arm + (1 | g)", "x"),
        asked("y ~ x + arm + (1 | g)", "arm[T.b]"),
        asked("y ~ x + (1 | g)", "x"),
    )
    assert "higher mean of x differ, the other predictors’ means equal?" in both
    assert "within the same g group, the other predictors equal?" in both
    assert "from those with arm a, the other predictors equal?" in of_arm
    assert "other predictors" not in alone
    frame["z"] = 2 * frame["x"] + 1  # left out of every model: where x changes it cannot be equal
    assert "other predictors" not in asked("y ~ x + z + (1 | g)", "x")


def labs() -> pd.DataFrame:
    """30 subjects in 5 labs, each with 20 of 20 items."""
    rng = np.random.default_rng(21)
    subject, item = (a.ravel() for a in np.meshgrid(np.arange(30), np.arange(20), indexing="ij"))
    x = rng.normal(size=600) + 0.5 * rng.normal(size=30)[subject]
    y = (
        1
        + 0.3 * x
        + rng.normal(size=30)[subject]
        + 0.7 * rng.normal(size=20)[item]
        + 0.8 * rng.normal(size=5)[subject // 6]
    )
    columns = {"subject": subject, "item": item, "lab": subject // 6}
    names = {name: [f"{name}{k:02d}" for k in codes] for name, codes in columns.items()}
    return pd.DataFrame({**names, "x": x, "y": y + rng.normal(size=600)})


def test_labs_of_subjects_are_no_part_of_what_dummies_of_subjects_leave_in() -> None:
    """A subject is in one lab: its dummy holds it. Items cross the subjects, and labs are no labels used again in each of them."""
    frame = labs()
    assert (frame.groupby("subject")["lab"].nunique() == 1).all() and (
        frame.groupby("subject")["item"].nunique() == 20
    ).all()
    both = compare("y ~ x + (1 | subject) + (1 | item) + (1 | lab)", frame)
    assert crossing_factors(both) == ["item"]
    first = which_to_report(both, "x")[0]
    assert "dummies of subjects and items" in first.answer and "lab" not in first.answer + first.reason
    assert not any("labels are used again" in remark.sentence for remark in remarks(both))
    alone = which_to_report(compare("y ~ x + (1 | lab/subject)", frame, group="lab:subject"), "x")[0]
    assert "take out what differs between labs too" in alone.reason


def test_a_predictor_of_items_is_told_by_the_model_that_has_them_and_not_by_an_interval_called_too_narrow() -> None:
    frame = labs().assign(frequency=lambda f: np.random.default_rng(2).normal(size=20)[f["item"].str[-2:].astype(int)])
    frame = frame.sample(250, random_state=1)
    both = compare("y ~ frequency + (1 | subject) + (1 | item)", frame)
    assert facts(both, "frequency").by_rows_alone and not facts(both, "frequency").little_between
    first = which_to_report(both, "frequency")[0]
    assert first.answer.endswith("the model with all grouping factors") and "too narrow" not in first.reason


def test_two_rows_a_group_hold_what_makes_their_differences_differ() -> None:
    """The dummies' interval of arm × time is the two-sample t test's of the differences, which scatter by all that does."""
    rng = np.random.default_rng(98)
    g, late = np.repeat(np.arange(30), 2), np.tile([0, 1], 30)
    y = 10 + 2 * rng.normal(size=30)[g] + late * (1 + g % 2 + rng.normal(size=30)[g]) + rng.normal(size=60)
    frame = pd.DataFrame({"g": g, "arm": np.where(g % 2, "new", "old"), "late": late, "y": y})
    change = (y[late == 1] - y[late == 0]).reshape(15, 2)
    test = stats.ttest_ind(change[:, 0], change[:, 1])
    first = which_to_report(compare("y ~ arm * late + (1 | g)", frame), "arm[T.old]:late")[0]
    told = [value(number) for number in re.findall(NUMBER, first.answer)[:3]]
    interval = test.confidence_interval()
    assert told == pytest.approx([change[:, 0].mean() - change[:, 1].mean(), interval.low, interval.high], abs=0.006)
    assert "take arm" not in first.reason and first.answer.endswith("from g dummies")
