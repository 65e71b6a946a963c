"""Every random intercept as fixed effects, against R's lm with factors and against dummies built whole."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.assess import all_factor_dummies
from lmmcompare.assess.all_factor_dummies import fit_all_factor_dummies
from lmmcompare.errors import DesignError, TooLargeError

KNOWN = json.loads((Path(__file__).parent.parent / "reference" / "all_fixed.json").read_text())


def r_name(name: str) -> str:
    return name.replace("[T.", "").replace("]", "")


@pytest.mark.parametrize("case", KNOWN)
def test_it_is_rs_lm_with_factors(case, table):
    known = KNOWN[case]
    data = table(known["data"])
    found = fit_all_factor_dummies(lmmcompare.lmer(known["formula"], data))
    # least squares on both sides, and 12 decimals in the file
    assert found.df == known["df"] and found.rank == len(data) - known["df"]
    assert found.sigma == pytest.approx(known["sigma"], rel=1e-9)
    np.testing.assert_allclose(found.fittedvalues[:20], known["fitted"], rtol=1e-9)
    theirs = pd.DataFrame({k: known[k] for k in ("estimate", "se")}, index=known["terms"])
    ours = found.coefficients.set_index("term").rename(r_name).dropna()
    assert (ours["df"] == known["df"]).all()
    np.testing.assert_allclose(ours[["estimate", "se"]], theirs.loc[ours.index], rtol=1e-8)


@pytest.mark.parametrize("case", ["penicillin", "sleepstudy"])
def test_each_level_is_rs_dummy(case, table):
    known = KNOWN[case]
    levels = fit_all_factor_dummies(lmmcompare.lmer(known["formula"], table(known["data"]))).levels
    names = (levels["factor"] + levels["level"]).replace("", "(Intercept)")
    ours = levels.set_index(names)[["estimate", "se"]]
    theirs = pd.DataFrame({k: known[k] for k in ("estimate", "se")}, index=known["terms"]).loc[
        lambda f: f.index != "Days"
    ]
    assert (
        len(ours) == len(theirs) + len(set(levels["factor"])) - 1
    )  # each factor's first level, from which the others differ
    np.testing.assert_allclose(ours.loc[theirs.index], theirs, rtol=1e-8, atol=1e-10)


def test_levels_are_counted_from_the_mean_of_their_factor_too(table):
    fit = lmmcompare.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin"))
    found = fit_all_factor_dummies(fit)
    data = table("penicillin")
    # balanced: a level's own mean against that of all; its variance is sigma^2 (1/6 - 1/144) for 6 of 144 rows
    plates = found.levels[found.levels["factor"] == "plate"].set_index("level")
    own = data.groupby("plate")["diameter"].mean() - data["diameter"].mean()
    np.testing.assert_allclose(plates["deviation"], own.loc[plates.index], atol=1e-10)
    np.testing.assert_allclose(plates["se_deviation"], found.sigma * np.sqrt(1 / 6 - 1 / 144), rtol=1e-10)
    assert found.levels.loc[0, "deviation"] == pytest.approx(data["diameter"].mean())
    assert found.levels.loc[0, "se_deviation"] == pytest.approx(found.sigma / 12)
    assert found.apart == pytest.approx(np.sqrt(np.mean((found.fittedvalues - fit.fittedvalues) ** 2)))


def test_levels_of_nested_factors_cannot_be_told_apart(table):
    pastes = fit_all_factor_dummies(
        lmmcompare.lmer("strength ~ 1 + (1 | batch) + (1 | batch:cask)", table("pastes"))
    ).levels
    missing = pastes.set_index("factor")["deviation"].isna()
    assert missing["batch"].all() and not missing["batch:cask"].any()


def test_many_levels_are_not_listed(table):
    exam = lmmcompare.lmer("normexam ~ standLRT + (1 | school) + (1 | student)", table("exam"))
    found = fit_all_factor_dummies(exam)
    assert found.levels.empty and list(found.levels) == [
        "factor",
        "level",
        "estimate",
        "se",
        "deviation",
        "se_deviation",
    ]


def test_what_the_dummies_absorb_is_nan(table):
    oats = fit_all_factor_dummies(
        lmmcompare.lmer("Y ~ V * N + (1 | B) + (1 | B:V)", table("oats"))
    ).coefficients.set_index("term")
    absorbed = oats.index[oats["estimate"].isna()]
    assert list(absorbed) == ["Intercept", "V[T.Marvellous]", "V[T.Victory]"]
    exam = fit_all_factor_dummies(
        lmmcompare.lmer("normexam ~ standLRT + schgend + (1 | school)", table("exam"))
    ).coefficients
    assert list(exam["estimate"].isna()) == [True, False, True, True]


def test_with_one_factor_it_is_no_pooling(table):
    both = lmmcompare.compare("normexam ~ standLRT + sex + (1 | school)", table("exam"))
    found = fit_all_factor_dummies(both.mixed)
    ours = found.coefficients.set_index("term").loc[both.no_pooling.names]
    np.testing.assert_allclose(ours["estimate"], both.no_pooling.params, rtol=1e-10)
    np.testing.assert_allclose(ours["se"], both.no_pooling.bse, rtol=1e-10)
    assert found.df == both.no_pooling.df_resid and found.sigma == pytest.approx(both.no_pooling.sigma, rel=1e-10)
    np.testing.assert_allclose(found.fittedvalues, both.no_pooling.fittedvalues, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_rank_and_coefficients_are_those_of_dummies_built_whole(seed):
    """Crossed with empty cells, in parts that do not meet: the redundant dummies are not one for each further factor."""
    random = np.random.default_rng(seed)
    n = 60
    part = random.integers(0, 3, n)
    frame = pd.DataFrame({
        "g": part * 10 + random.integers(0, 3, n), "h": part * 10 + random.integers(0, 2, n), "k": random.integers(0, 3, n),
        "x": 1e4 + random.normal(size=n),
    })  # fmt: skip
    frame["w"] = random.normal(size=30)[frame["h"]]  # absorbed by h
    frame["y"] = 1e6 + frame["x"] + frame["g"] + random.normal(size=n)
    found = fit_all_factor_dummies(lmmcompare.lmer("y ~ x + w + (1 | g) + (1 | h) + (1 | k)", frame))
    dummies = [(frame[f].to_numpy()[:, None] == np.unique(frame[f])).astype(float) for f in "ghk"]
    whole = np.column_stack([frame["x"] - 1e4, *dummies])
    beta, _, rank, _ = np.linalg.lstsq(whole, frame["y"] - 1e6, rcond=None)
    residual = frame["y"] - 1e6 - whole @ beta
    assert found.rank == rank
    assert found.df == n - rank
    coefficients = found.coefficients.set_index("term")["estimate"]
    assert coefficients["x"] == pytest.approx(beta[0], rel=1e-8)
    assert coefficients.isna().to_dict() == {"Intercept": True, "x": False, "w": True}
    assert found.sigma == pytest.approx(np.sqrt(residual @ residual / (n - rank)), rel=1e-8)


def test_thousands_of_levels_take_no_dummies(table):
    """InstEval: 4,100 dummies over 73,421 rows would be 2.4 GB."""
    fit = lmmcompare.lmer("y ~ service + (1 | s) + (1 | d)", lmmcompare.examples.load("insteval"))
    begin = time.process_time()
    found = fit_all_factor_dummies(fit)
    assert time.process_time() - begin < 20
    assert found.rank == 2972 + 1128 - 1 + 1
    residual = fit.design.columns[-1][:] - found.fittedvalues
    for grouping in fit.groupings:  # least squares: the residuals of every level sum to zero
        np.testing.assert_allclose(np.bincount(grouping.codes, residual), 0, atol=1e-7)


def test_too_many_dummies_are_refused(table, monkeypatch):
    fit = lmmcompare.lmer(
        "y ~ x + (1 | g)", pd.DataFrame({"g": [0, 0, 1, 2, 3], "x": [1, 2, 2.0, 5, 1], "y": [1, 3, 2, 2, 4.0]})
    )
    with pytest.raises(DesignError, match="5 rows cannot carry 4 dummies and 1 coefficients"):
        fit_all_factor_dummies(fit)
    monkeypatch.setattr(all_factor_dummies, "MAX_LEVELS", 5)
    with pytest.raises(TooLargeError, match="“sample” are 6 columns; 5 are allowed"):
        fit_all_factor_dummies(lmmcompare.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin")))
