"""What the panels say of known data: numbers of R, of the course and of the papers, in words and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.all_factor_dummies import fit_all_factor_dummies
from lmmcompare.assess.diagnostics_collinearity import collinearity
from lmmcompare.assess.diagnostics_influence import influence
from lmmcompare.assess.diagnostics_qq import qq_random_effects, qq_residuals
from lmmcompare.assess.diagnostics_rows import rows_of, simulate
from lmmcompare.assess.gee import population_averaged
from lmmcompare.assess.hypotheses import anova
from lmmcompare.assess.implied_gls import gls_check
from lmmcompare.assess.model_choice import which_model
from lmmcompare.comparison.picture import make_picture
from lmmcompare.panels import diagnostics as checks
from lmmcompare.panels import model_tests
from lmmcompare.panels.dial import has_dial, no_dial
from lmmcompare.panels.equivalents import Equivalents, equivalents, implied_covariance
from lmmcompare.panels.lm_summary import dummies, fit_sentence, least_squares
from lmmcompare.panels.model_differences import has_two_slopes
from lmmcompare.panels.model_table import model_table, numbers
from lmmcompare.panels.shrinkage import arrows
from lmmcompare.tables.inference import default_inference, infer

from .panels_data import fitted, text

SLEEP = "Reaction ~ Days + (Days | Subject)"
SAMPLE = "diameter ~ sample + (1 | plate)"


def test_lines_that_are_not_drawn_of_a_category_leave_nothing_on_the_page():
    both = fitted("penicillin", SAMPLE)
    made = make_picture(both, examples.load("penicillin"), "sample")
    assert not has_two_slopes(both, made, "sample[T.B]")
    assert not has_dial(both, made, "sample", "sample[T.B]") and "Drag it" not in text(no_dial(both))


def test_it_is_said_which_model_is_not_shown_and_by_which_share_groups_move():
    both = fitted("drug")
    said = text(numbers(both, both.terms[1], default_inference(both)))
    assert "Not shown: Within–between. No predictor varies both within and between IDs" in said
    assert "so all move by the same share of their distance from the line." in text(arrows(both, both.formula_model))


@pytest.mark.parametrize(("early", "second"), [(True, "Random intercept"), (False, "OLS, cluster-robust")])
def test_a_phone_shows_the_model_asked_for_beside_ols(early, second):
    both = fitted("cv161703")
    (block,) = model_table(both, default_inference(both), asked_early=early).tables
    assert [name for name, _ in block.table.heads][:2] == ["OLS", second]


def test_the_table_follows_the_inference():
    both = fitted("sleepstudy", SLEEP)
    said = text(model_table(both, default_inference(both)))
    assert "after Satterthwaite" in said and "17 df" in said and "14.4 to 37.7" not in said and "p < 0.001" not in said
    said = text(model_table(both, infer(both, kenward_roger=True, intervals="profile")))
    assert "standard errors and degrees of freedom for few groups after Kenward and Roger" in said
    assert "14.4 to 37.7" in said  # lme4's confint: 14.38 to 37.72


def test_which_model_in_words_and_numbers():
    both = fitted("cv161703")
    found = which_model(both)
    panel = model_tests.tests(both, "X", found, default_inference(both))
    said = text(panel)
    assert "Do rows of one ID resemble each other, so that the IDs matter? The data call for a random intercept" in said
    assert "Is the slope within IDs the slope between them? The slopes within and between IDs seem to differ" in said
    assert "Naive p" in said and "Hausman test." in said and "50:50 mixture" in said
    assert "Naive p" not in " ".join(getattr(block, "text", "") for block in panel.blocks)  # details on request
    assert "By AIC" in text(model_tests.information(found))


def test_the_table_of_terms():
    """Penicillin with sample fixed, the course's own numbers: F 297.09 on 5 df, Wald 1485.4."""
    both = fitted("penicillin", SAMPLE)

    def said(kind, ddf):
        return text(model_tests.terms(both, anova(both.mixed, kind, ddf), kind, ddf))

    assert "sample 449 5 115 297 < 0.001" in said("III", "satterthwaite")
    wald = said("III", "chi-square")
    assert "1,485" in wald and "Wald’s χ²" in wald and "Denominator df" not in wald
    assert "Kenward and Roger’s standard errors" in said("II", "kenward-roger") and "Type II:" in said(
        "II", "kenward-roger"
    )


@pytest.mark.parametrize(
    ("data", "formula", "options", "said"),
    [
        # R: anova(lmer(score ~ Machine + (Machine | Worker))) of lmerTest has F 41.0 on 5.0 df, this table 87.8 on 46
        (
            "machines",
            "score ~ Machine + (1 | Worker)",
            {},
            "take the coefficients of Machine [B] and Machine [C] to be the same",
        ),
        ("machines", "score ~ Machine + (Machine | Worker)", {}, ""),
        ("orthodont", "distance ~ age + (1 | Subject)", {}, ""),
        (
            "orthodont",
            "distance ~ age + (1 | Subject)",
            {"variance": "Sex"},
            "These tests take the residuals to be independent and of one variance",
        ),
    ],
)
def test_what_the_table_of_terms_does_not_count_is_said(data, formula, options, said):
    both = compare(formula, examples.load(data), **options)
    shown = text(model_tests.terms(both, anova(both.mixed, "III", "satterthwaite"), "III", "satterthwaite"))
    assert said in shown.replace("\\", "") and ("These tests take" in shown) == bool(said)


def computed(both, *, gee=True):
    fit = both.mixed
    left_out = () if gee else ("**GEE** is left out: why",)
    return Equivalents(gls_check(fit), fit_all_factor_dummies(fit), population_averaged(fit) if gee else None, left_out)


def test_the_same_coefficients_by_other_ways():
    both = fitted("cv161703")
    other = computed(both)
    said = text(equivalents(both, other))
    assert "The fitted values with random and with fixed effects differ by" in said
    assert "X 0.6376 (0.1243) 0.6376 (0.1243) 0.4093 (0.1341)" in said  # GLS is the mixed model, all fixed the dummies
    assert "gives the same coefficients" in said
    assert "The covariance matrix that the model implies" in text(implied_covariance(other))
    assert not equivalents(both, None).blocks


def test_the_levels_of_two_factors_random_and_fixed():
    """The dummies' intercept is at the mean of all levels; the modes are lme4's, the dummies R's lm with sum contrasts."""
    both = fitted("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)")
    said = text(equivalents(both, computed(both, gee=False)))
    assert "GEE is left out" in said
    assert "Intercept 22.9722 (0.8086) 22.9722 (0.8086) 22.9722 (0.0458)" in said
    assert "plate g −1.3755 (0.2714) −1.4722 (0.2198)" in said and "sample F −3.0037 (0.2022) −3.0139 (0.1025)" in said


def test_dummies_have_no_means_and_no_random_effect_is_made_up_for_them():
    """Beside means of 52.4 and 60.3 stood −13.9 and −6.0, differences, and every worker had a random effect of 0."""
    both = fitted("machines", "score ~ 0 + Machine + (0 + Machine | Worker)")
    said = text(equivalents(both, computed(both)))
    assert (
        "Machine [A] 52.36 (1.68) 52.36 (1.68) · 52.36" in said
        and "Machine [B] 60.32 (3.53) 60.32 (3.53) · 60.32" in said
    )
    assert "Worker 1 · 1.261 (0.962)" in said and "no random intercept for Worker" in said


def test_what_dummies_absorb_is_said_to_be_in_the_fixed_effects():
    both = fitted("hsb82", "mAch ~ ses + sector + (1 | school)")
    said = text(equivalents(both, computed(both, gee=False)))
    assert "It has in it what sector [Public] adds to some of them" in said.replace("\\", "")
    assert (
        "What the dummies absorb, sector [Public], is in the fixed effects and not in the random ones"
        in said.replace("\\", "")
    )


def test_least_squares_in_full():
    said = text(least_squares(fitted("pshp2")))
    assert "R² 0.005066, adjusted 0.005063; F = 1,662 on 1 and 326,360 df, p < 0.001; residual SD 0.7409" in said
    assert "Residuals from −3.641 to 6.923, quartiles −0.5963, −0.1943 and 0.5046." in said
    said = text(least_squares(fitted("penicillin", SAMPLE)))
    assert "sample 5 449.22 89.844 297.1 < 0.001" in said and "Residuals 115 34.778 0.30242 · ·" in said


def test_every_dummy_as_r_prints_it():
    said = text(dummies(fitted("dragons")))
    for row in (
        "Intercept (Bavarian) 23.3818 2.5792 9.07 < 0.001",
        "bodyLength2 0.2055 1.2927 0.16 0.87",
        "mountainRange [Central] 36.5828 3.5993 10.16 < 0.001",
        "mountainRange [Emmental] 16.2092 3.6966 4.38 < 0.001",
        "mountainRange [Julian] 45.1147 4.1901 10.77 < 0.001",
        "mountainRange [Ligurian] 17.7478 3.6736 4.83 < 0.001",
        "mountainRange [Maritime] 49.8813 3.1392 15.89 < 0.001",
        "mountainRange [Sarntal] 41.9784 3.1972 13.13 < 0.001",
        "mountainRange [Southern] 8.5196 2.7313 3.12 0.0019",
    ):
        assert row in said


def test_many_dummies_are_cut_off_with_their_count():
    (block,) = dummies(fitted("exam")).tables
    assert len(block.table.rows) == 40 and block.caption == "The first 40 of 66 coefficients; the file has all."


def test_every_check_says_what_is_seen_and_what_would_be():
    both = fitted("sleepstudy", SLEEP)
    rows = rows_of(both.mixed)
    null = simulate(both.mixed, rows)
    said = text(checks.residual_quantiles(both, qq_residuals(both.mixed, rows, null)))
    assert "Are the residuals normal" in said and "If all were well" in said
    found = qq_random_effects(both.mixed, "Days", "Subject", rows, null)
    said = text(checks.effect_quantiles(both, "Days slope", found, None, ("Subject", "Days")))
    assert "Days effects of the Subjects" in said and "All together" not in said
    assert "end point was checked" in text(checks.before_all(both, "Days", default_inference(both).within())[-1])


def test_a_singular_fit_says_which_variance_is_0():
    both = fitted("dyestuff2")
    said = text(checks.before_all(both, "Intercept", default_inference(both).within())[-1])
    assert "on the boundary (a singular fit): the variance between Batches is 0" in said


def test_several_factors_are_checked_together_and_left_out_alone():
    both = fitted("pastes")
    titles = [panel.title for panel in checks.before_all(both, "Intercept", default_inference(both).within())]
    assert titles[-1] == "Checks of the model with all grouping factors"
    said = text(checks.group_influence(both, "Intercept", influence(both.one_factor)))
    assert "In the random-intercept model of batches alone, each left out exactly." in said


def test_collinearity_is_told_where_there_is_more_than_one_predictor():
    alone = fitted("cv161703")
    assert checks.collinear_predictors(alone, collinearity(alone.mixed)) is None
    both = compare("normexam ~ standLRT + schavg + (1 | school)", examples.load("exam"))
    said = text(checks.collinear_predictors(both, collinearity(both.mixed)))
    assert "Do the predictors overlap" in said and "VIF" in said


def test_the_first_words_are_of_the_two_slopes():
    both = fitted("cv161703")
    first, *_, last = checks.before_all(both, "X", default_inference(both).within())
    assert "two values only" not in text(last)
    assert "No: the slopes of X differ." in text(first)
    drug = fitted("drug")
    first, *_ = checks.before_all(drug, drug.terms[1], default_inference(drug).within())
    assert "Drug has the same mean in every ID" in text(first)


def test_residuals_of_two_values_are_said_to_lie_on_two_lines_whatever_the_model():
    rng = np.random.default_rng(3)
    g, x = np.repeat(np.arange(20), 6), rng.normal(size=120)
    both = compare("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": (rng.random(120) < 0.4) * 1.0}))
    last = checks.before_all(both, "x", default_inference(both).within())[-1]
    assert "takes two values only, its residuals are not normal, lie on two lines" in text(last)
    rows = rows_of(both.mixed)
    assert {*np.round(rows.residual + rows.fitted, 9)} == {0.0, 1.0}


def test_the_naive_p_is_not_called_too_large_where_it_is_the_smaller():
    """Rows that offset each other: Breusch and Pagan's two-sided p is small, the one-sided p near 1."""
    rng = np.random.default_rng(2)
    error = rng.normal(size=(15, 4))
    error -= 0.95 * error.mean(axis=1, keepdims=True)
    frame = pd.DataFrame({"g": np.repeat(np.arange(15), 4), "x": rng.normal(size=60), "y": error.ravel()})
    both = compare("y ~ x + (1 | g)", frame)
    result = which_model(both)
    test = next(t for t in result.tests if t.name == "Breusch–Pagan test")
    assert test.p > 0.99 and test.p_naive < 0.05
    assert "too large" not in text(model_tests.tests(both, "x", result, default_inference(both)))


def test_residuals_of_pairs_have_a_median_of_nothing():
    """With a dummy a pair the residuals are plus and minus the same: their median is 0, not what rounding leaves."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"pair": np.repeat(np.arange(150), 2), "x": rng.normal(3000, 500, 300)})
    frame["y"] = 0.01 * frame["x"] + rng.normal(0, 10, 150)[frame["pair"]] + rng.normal(0, 10, 300)
    fit = compare("y ~ x + (1 | pair)", frame).no_pooling
    assert abs(float(fit.residual_quantiles.iloc[2])) < 1e-10
    assert ", 0 and " in fit_sentence(fit)
