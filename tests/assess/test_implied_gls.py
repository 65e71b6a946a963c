"""Generalised least squares with the implied covariance gives the mixed model's coefficients, whatever the random part."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.assess import implied_gls
from lmmcompare.assess.implied_gls import gls_check, implied_covariance
from lmmcompare.errors import TooLargeError

MODELS = {
    "chapter7_twin": "y ~ 1 + (1 | groups)",
    "sleepstudy": "Reaction ~ Days + (Days | Subject)",
    "sleepstudy_unbalanced": "Reaction ~ Days + (Days || Subject)",
    "penicillin": "diameter ~ 1 + (1 | plate) + (1 | sample)",
    "pastes": "strength ~ 1 + (1 | batch) + (1 | batch:cask)",
    "oats": "Y ~ V * N + (1 | B) + (1 | B:V)",
}


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_coefficients_and_standard_errors_are_the_same(name, reml, table):
    found = gls_check(lmmcompare.lmer(MODELS[name], table(name), reml=reml))
    frame = found.coefficients
    # two ways to solve the same equations, from sums and from rows
    np.testing.assert_allclose(frame["difference"], 0, atol=1e-8)
    np.testing.assert_allclose(frame["se_gls"], frame["se_mixed"], rtol=1e-8)
    np.testing.assert_allclose(frame["difference"], (frame["gls"] - frame["mixed"]) / frame["se_mixed"])
    assert "gives the same coefficients" in found.sentence


def test_beyond_the_limit_it_goes_group_by_group(table, monkeypatch):
    fit = lmmcompare.lmer("normexam ~ standLRT + sex + (standLRT | school)", table("exam"))
    assert fit.nobs > implied_gls.MAX_ROWS
    by_groups = gls_check(fit).coefficients
    np.testing.assert_allclose(by_groups["difference"], 0, atol=1e-8)
    small = lmmcompare.lmer(MODELS["sleepstudy_unbalanced"], table("sleepstudy_unbalanced"))
    whole = gls_check(small).coefficients
    monkeypatch.setattr(implied_gls, "MAX_ROWS", 10)
    np.testing.assert_allclose(gls_check(small).coefficients[["gls", "se_gls"]], whole[["gls", "se_gls"]], rtol=1e-9)


def test_the_covariance_is_that_of_the_definition(table):
    fit = lmmcompare.lmer(MODELS["sleepstudy"], table("sleepstudy"))
    found = gls_check(fit)
    days = np.arange(10.0)
    z = np.column_stack([np.ones(10), days])
    expected = z @ fit.cov_re["Subject"].to_numpy() @ z.T + fit.scale * np.eye(10)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-12)
    assert found.group == "Subject 308"
    assert list(found.covariance.index) == list(range(1, 11))


def test_rows_of_crossed_factors_share_what_levels_they_share(table):
    data = table("penicillin")
    fit = lmmcompare.lmer(MODELS["penicillin"], data)
    v = implied_covariance(fit, np.arange(len(data)))
    plate, sample = (float(fit.cov_re[f].iloc[0, 0]) for f in ("plate", "sample"))
    one = data.iloc[0]
    expected = plate * (data["plate"] == one["plate"]) + sample * (data["sample"] == one["sample"])
    expected[0] += fit.scale
    np.testing.assert_allclose(v[0], expected, rtol=1e-12)


def test_group_means_of_a_within_between_model_are_among_its_columns(table):
    data = table("cv161703")
    fit = lmmcompare.compare("Y ~ X + (1 | ID)", data).fits["within_between"]
    np.testing.assert_allclose(fit.fixed_matrix()[:, 2], data.groupby("ID")["X"].transform("mean"))
    np.testing.assert_allclose(gls_check(fit).coefficients["difference"], 0, atol=1e-8)


def test_rows_left_out_are_left_out_here_too(table):
    data = table("sleepstudy").astype({"Days": float})
    data.loc[[3, 50, 51], "Days"] = np.nan
    np.testing.assert_allclose(
        gls_check(lmmcompare.lmer(MODELS["sleepstudy"], data)).coefficients["difference"], 0, atol=1e-8
    )


def test_a_fit_that_is_wrong_is_found_out(table, monkeypatch):
    fit = lmmcompare.lmer(MODELS["sleepstudy"], table("sleepstudy"))
    wrong = {"params": fit.params + fit.bse * [0.0, 0.3]}
    monkeypatch.setattr(type(fit), "params", property(lambda self: wrong["params"]))
    found = gls_check(fit)
    assert found.coefficients["difference"].iloc[1] == pytest.approx(-0.3, rel=1e-6)
    assert "differs by 0.30 standard errors" in found.sentence


def test_what_would_not_fit_is_refused_with_its_size(table, monkeypatch):
    random = np.random.default_rng(0)
    crossed = pd.DataFrame({"g": np.arange(3000) % 50, "h": np.arange(3000) % 7, "y": random.normal(size=3000)})
    with pytest.raises(TooLargeError, match=r"3,000 x 3,000 \(0.1 GB\); 2,000 rows"):
        gls_check(lmmcompare.lmer("y ~ 1 + (1 | g) + (1 | h)", crossed))
    monkeypatch.setattr(implied_gls, "MAX_ENTRIES", 1000)
    with pytest.raises(TooLargeError, match="the largest of 198 rows"):
        gls_check(lmmcompare.lmer("normexam ~ standLRT + (1 | school)", table("exam")))


def test_crossed_factors_give_rows_of_different_groups_a_covariance_and_it_is_shown(table):
    data = table("penicillin")
    found = gls_check(lmmcompare.lmer(MODELS["penicillin"], data))
    rows = found.covariance.index.to_numpy() - 1
    plates = data["plate"].to_numpy()[rows]
    apart = plates[:, None] != plates
    assert (found.covariance.to_numpy()[apart] > 1).any()  # they share a sample
    assert "share a level of any grouping factor" in found.covariance_sentence and len(found.levels) == len(rows)
    alone = gls_check(lmmcompare.lmer(MODELS["sleepstudy"], table("sleepstudy")))
    assert "rows of different Subjects none" in alone.covariance_sentence and not alone.levels


def test_where_no_variance_is_seen_no_two_rows_have_a_covariance() -> None:
    frame = pd.DataFrame({"g": np.repeat(np.arange(6), 4), "h": np.tile(np.arange(4), 6)})
    frame["y"] = np.tile([1.0, 2.0, 3.0, 4.0], 6) + np.random.default_rng(1).normal(0, 0.01, 24)
    alone = gls_check(lmmcompare.lmer("y ~ 1 + (1 | g)", frame))
    off = ~np.eye(len(alone.covariance), dtype=bool)
    assert not alone.covariance.to_numpy()[off].any() and "no two rows have a covariance" in alone.covariance_sentence
    both = lmmcompare.lmer("y ~ 1 + (1 | g) + (1 | h)", frame)
    assert (
        not both.cov_re["g"].any(axis=None)
        and "where they share the same h group;" in gls_check(both).covariance_sentence
    )
