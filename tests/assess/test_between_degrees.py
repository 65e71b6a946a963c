"""A slope between groups has no more degrees of freedom than the groups leave, where their variance is estimated as 0."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.between_degrees import between_degrees
from lmmcompare.assess.hypotheses import anova
from lmmcompare.assess.model_choice import which_model
from lmmcompare.assess.mundlak import mundlak
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.headline import headline
from lmmcompare.explain.inference_rows import bounded_rows, contrast
from lmmcompare.explain.paragraph import paragraph
from lmmcompare.explain.within_between import between_slope
from lmmcompare.explain.within_between_sentences import within_between_sentences
from lmmcompare.models import MixedResult
from lmmcompare.panels import TableBlock
from lmmcompare.panels.bounded_degrees import bounded_degrees_sentence
from lmmcompare.panels.coefficients import all_coefficients, coefficient
from lmmcompare.panels.model_table import model_table
from lmmcompare.panels.model_tests import terms
from lmmcompare.tables.inference import default_inference, infer


def three_islands() -> pd.DataFrame:
    """Three groups, whose means lie nearly on a line: the variance about it is estimated as 0."""
    rng = np.random.default_rng(11)
    g = np.repeat(np.arange(3), [40, 30, 12])
    frame = pd.DataFrame({"g": [f"i{k}" for k in g], "x": np.round(np.array([2, 0, 0.6])[g] + rng.normal(size=82), 2)})
    frame["y"] = np.round(0.5 * frame["x"] + np.array([2.1, 0, 0.5])[g] + rng.normal(size=82), 2)
    return frame


def test_three_groups_do_not_show_that_two_slopes_differ() -> None:
    """R: nlme, lme(y ~ x + m, random = ~1 | g), m the mean of x: 0.98939 (0.17979), 1 df, p 0.1144; lmerTest has 79 df, p 4e-7."""
    both = compare("y ~ x + (1 | g)", three_islands())
    fit = both.fits["within_between"]
    assert isinstance(fit, MixedResult) and fit.df["x_mean"] == pytest.approx(79)
    apart, between = contrast(both, "x"), between_slope(both, "x")
    assert apart is not None and between is not None
    # lme ends a little above a variance of 0
    assert (apart.value, apart.se) == pytest.approx((0.98938577, 0.1797948), rel=1e-6)
    assert (apart.df, between.df) == (1, 1)
    assert apart.p == pytest.approx(0.1144400, rel=1e-5)
    assert mundlak(both).p == pytest.approx(0.1144400, rel=1e-5)
    assert "These data do not show that the two differ (p = 0.11)" in headline(both, "x").reason
    assert within_between_sentences(both, "x")[0].startswith("No difference is visible")


def test_another_method_s_interval_is_left_alone() -> None:
    both = compare("y ~ x + (1 | g)", three_islands())
    frame = both.coefficients()
    own = (frame["model"] == "within_between") & (frame["term"] == "x_mean")
    frame.loc[own, ["lower", "upper"]] = 0.5, 1.6
    apart = contrast(both, "x", frame)
    assert apart is not None and (apart.lower, apart.upper) == (0.5, 1.6)


def test_a_variance_that_is_seen_keeps_satterthwaite_s() -> None:
    frame = three_islands()
    frame["y"] += np.array([0, 1, 0])[frame["g"].str[1].astype(int)]
    fit = compare("y ~ x + (1 | g)", frame).fits["within_between"]
    assert isinstance(fit, MixedResult) and between_degrees(fit) is None


def test_the_table_and_the_picture_say_which_degrees_of_freedom_sentences_count() -> None:
    """Their rows keep lmerTest's 79; nlme's 1 df give p = 0.11 and 0.98939 ± 12.706 × 0.17979."""
    both = compare("y ~ x + (1 | g)", three_islands())
    inferred = default_inference(both)
    (table,) = (b for b in model_table(both, inferred).blocks if isinstance(b, TableBlock))
    for text in (table.caption, all_coefficients(both, inferred).lead):
        assert "has 79 df here, and with 1 p = 0.11, 95% interval −1.30 to 3.27" in text.replace("79.0", "79").replace(
            "1.00", "1"
        )
    picture = coefficient(both, "x_mean", inferred)
    assert picture is not None and "p = 0.11" in picture.lead
    plain = coefficient(both, "x", inferred)
    assert plain is not None and plain.lead == ""


def six_sites() -> pd.DataFrame:
    """Six groups, of which the variance beside their means' slope is estimated as 0."""
    rng = np.random.default_rng(24)
    g = np.repeat(np.arange(6), 15)
    x = rng.normal(size=90) + 0.5 * rng.normal(size=6)[g]
    y = 1 + 0.5 * x + 0.8 * np.repeat(x.reshape(6, 15).mean(axis=1), 15) + rng.normal(size=90)
    return pd.DataFrame({"site": [f"site {k}" for k in g], "x": x.round(2), "y": y.round(2)})


def test_kenward_and_rogers_degrees_of_freedom_do_not_take_the_variance_for_known() -> None:
    """lmerTest 3.1-3 of y ~ x + mean of x: Kenward-Roger 0.7962 (0.3513), 4.9681 df, p 0.07310; nlme has 4 df, p 0.0861."""
    both = compare("y ~ x + (1 | site)", six_sites())
    kr = infer(both, kenward_roger=True)
    apart, own = contrast(both, "x", kr.frame), contrast(both, "x")
    assert apart is not None and own is not None
    assert (apart.value, apart.se) == pytest.approx((0.7962322, 0.3513139), rel=1e-5)
    assert (apart.df, apart.p) == pytest.approx((4.9681, 0.07310), rel=1e-4)
    assert (own.df, own.p) == pytest.approx((4, 0.08606544), rel=1e-5)
    assert bounded_degrees_sentence(both, kr.frame) == "" != bounded_degrees_sentence(both)


def arms() -> pd.DataFrame:
    """24 patients of 8 visits in two arms, their means steadier than independent visits would make them."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(24), 8)
    x = rng.normal(size=192) + rng.normal(size=24)[g]
    noise = rng.normal(size=192)
    noise -= 0.25 * np.repeat(noise.reshape(24, 8).mean(axis=1), 8)
    y = 1 + 0.5 * x + 0.3 * (g % 2) + noise
    arm = np.where(g % 2, "drug", "control")
    return pd.DataFrame({"patient": [f"p{k:02d}" for k in g], "arm": arm, "x": x.round(2), "y": y.round(2)})


def test_what_is_constant_in_groups_is_said_to_have_rows_degrees_of_freedom() -> None:
    """lmerTest: 189 and 188 df. nlme: 22 df, t 2.152555, p 0.042583; with x's means 21 df, t 2.076605, p 0.050303."""
    both = compare("y ~ arm + x + (1 | patient)", arms())
    inferred, term = default_inference(both), "arm[T.drug]"
    told = {one.model: (one, df) for one, df in bounded_rows(both) if one.name == term}
    assert {model: df for model, (_, df) in told.items()} == pytest.approx(
        {"random_intercept": 189, "within_between": 188}
    )
    alone, beside = told["random_intercept"][0], told["within_between"][0]
    # lme ends a little above a variance of 0
    assert (alone.df, alone.p, beside.df, beside.p) == pytest.approx((22, 0.0425835, 21, 0.0503032), rel=1e-5)
    shown = coefficient(both, term, inferred)
    (table,) = (b for b in model_table(both, inferred).blocks if isinstance(b, TableBlock))
    assert shown is not None
    for text in (shown.lead, table.caption):
        assert "arm [drug] (Random intercept) has 189 df here, and with 22.0 p = 0.043" in text
        assert "arm [drug] (Within–between) has 188 df here, and with 21.0 p = 0.050" in text
    assert "patients leave 22.0" in terms(both, anova(both.mixed), "III", "satterthwaite").words.replace(
        "patients, which", "patients"
    )
    assert "nlme" not in terms(both, anova(both.mixed, "III", "kenward-roger"), "III", "kenward-roger").words


def test_groups_that_are_fixed_too_have_no_such_bound() -> None:
    """Their variance is not told from the fixed part, which tells each of the groups."""
    both = compare("y ~ x + site + (1 | site)", six_sites())
    assert both.mixed.unidentified and between_degrees(both.mixed) is None
    assert bounded_degrees_sentence(both) == ""
    (asked,) = [a for a in which_to_report(both, "x") if "to be expected" in a.question]
    assert (
        "a known site is predicted as a new one is" not in asked.reason
        and "nothing tells where a new one lies" in asked.reason
    )
    assert "no more alike" not in paragraph(both, "x")


def test_mundlaks_test_and_the_slope_between_groups_are_of_the_method_chosen() -> None:
    """pbkrtest 0.5-2 of y ~ x + mean of x: p 0.0731025 on 4.96810 df; the sum of both 1.3073747 (0.3327315) on 4 df."""
    both = compare("y ~ x + (1 | site)", six_sites())
    kr = infer(both, kenward_roger=True)
    found = {t.name: t for t in which_model(both, kr.methods.small_sample).tests}["Mundlak test"]
    assert found.p == pytest.approx(0.0731025, rel=1e-5) and "Kenward and Roger" in found.note
    between, own = between_slope(both, "x", kr.frame), between_slope(both, "x")
    assert between is not None and own is not None
    assert (between.value, between.se, between.df) == pytest.approx((1.3073747, 0.3327315, 4), rel=1e-5)
    said = " ".join((headline(both, "x", kr.frame).reason, *within_between_sentences(both, "x", kr.frame)))
    assert said.count("p = 0.073") == 2 and "p = 0.086" not in said
