"""The inference that a page shows, put together and asked for by name."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.intervals import intervals
from lmmcompare.errors import LmmCompareError, OptionError
from lmmcompare.inference.robust import Kind
from lmmcompare.panels.advice import advice
from lmmcompare.tables.inference import Inferred, Resampling, default_inference, infer


@pytest.fixture(scope="module")
def sleep():
    return compare("Reaction ~ Days + (Days | Subject)", examples.load("sleepstudy"))


def limits(found: Inferred, model: str, term: str) -> tuple[float, float]:
    row = found.within().set_index(["model", "term"]).loc[(model, term)]
    return row["lower"], row["upper"]


def test_a_comparison_opens_with_satterthwaite_and_wald(sleep):
    pd.testing.assert_frame_equal(default_inference(sleep).within(), sleep.coefficients())
    assert default_inference(sleep).other_limits == () and "Satterthwaite" in default_inference(sleep).words


def test_profile_limits_take_the_place_of_walds_and_the_caption_says_of_which_models(sleep):
    whole, one = infer(sleep, intervals="profile"), infer(sleep, intervals="profile", models=["random_slope"])
    assert set(whole.other_limits) == set(sleep.mixed_fits()) and "others Wald" not in whole.words
    assert one.other_limits == ("random_slope",) and "random-slope model" in one.words and "others Wald" in one.words
    row = intervals(sleep.mixed, "profile").set_index(["kind", "name"]).loc[("coefficient", "Days")]
    assert limits(one, "random_slope", "Days") == (row["lower"], row["upper"])
    assert limits(one, "random_intercept", "Days") == limits(default_inference(sleep), "random_intercept", "Days")


def test_inference_is_the_same_by_its_numbers_also_where_an_interval_has_no_end(sleep):
    frame, key = sleep.coefficients(), ("random_slope", "sd", "Subject", "Days")
    open_ended = [Inferred(frame, {key: (0.0, float("nan"))}, False, "profile") for _ in range(2)]
    assert open_ended[0] == open_ended[1] and len({*open_ended}) == 1
    closed = replace(open_ended[0], limits={key: (0.0, 1.0)})
    assert len({*open_ended, closed, replace(closed, p_values=True), replace(closed, frame=frame.copy())}) == 4


def test_a_panel_follows_the_inference_that_it_is_made_with(sleep):
    """The panels are memoised: another inference of the same comparison must not show the first one's."""
    first = infer(sleep)
    other = replace(first, limits={("random_slope", "coefficient", "", "Days"): (3.0, 4.0)})
    low, high = limits(first, "random_slope", "Days")
    for inferred, words in [
        (first, f"({low:.1f} to {high:.1f})"),
        (other, "(3.0 to 4.0)"),
        (infer(sleep), f"({low:.1f}"),
    ]:
        assert words in str(advice(sleep, "Days", inferred).blocks)


def test_the_same_seed_draws_the_same_bootstrap(sleep):
    first, again, other = (infer(sleep, intervals=Resampling("case", 30, seed)) for seed in (1, 1, 2))
    assert first.limits == again.limits != other.limits


def test_kenward_roger_needs_reml():
    by_ml = compare("Reaction ~ Days + (1 | Subject)", examples.load("sleepstudy"), reml=False)
    with pytest.raises(LmmCompareError):
        infer(by_ml, kenward_roger=True)


def test_all_numbers_hold_the_table_every_robust_error_and_every_spread(sleep):
    found = infer(sleep, kenward_roger=True, intervals="profile").numbers(sleep)
    own = found[found["model"] == "random_slope"].set_index("name")
    assert own.loc["Days", "se"] == sleep.mixed.bse_kenward_roger["Days"]
    sds = np.sqrt(np.diag(sleep.mixed.cov_re["Subject"]))
    np.testing.assert_array_equal(own.loc[["Subject: Intercept", "Subject: Days"], "estimate"], sds)
    assert (
        own.loc["Subject: Days", ["lower", "upper"]].notna().all()
        and own.loc["Residual", "estimate"] == sleep.mixed.sigma
    )
    for kind in get_args(Kind):
        model = "ols_robust" if kind == "CR2" else f"ols_{kind}"
        se = found.loc[found["model"] == model, "se"]
        np.testing.assert_allclose(se, np.sqrt(np.diag(sleep.ols.robust(kind).vcov)), rtol=1e-12)


def test_of_what_the_dummies_absorb_there_are_no_numbers():
    frame = examples.load("sleepstudy").assign(half=lambda d: d["Subject"].astype(str) > "340")
    comparison = compare("Reaction ~ Days + half + (1 | Subject)", frame)
    found = default_inference(comparison).numbers(comparison)
    lost = found[(found["model"] == "no_pooling") & found["name"].str.startswith("half")]
    assert len(lost) == 1 and lost[["estimate", "se", "df", "lower"]].isna().all(axis=None)


def test_intervals_of_an_unknown_name_are_refused():
    """They were taken for Wald's without a word."""
    both = compare("Y ~ X + (1 | ID)", examples.load("cv161703"))
    with pytest.raises(OptionError, match="boot"):
        infer(both, intervals="boot")
