"""Predictions with some of the random effects are lme4's (reference/re_form.json)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.errors import DataError, OptionError, UnknownLevelWarning
from tests.helpers import reference, table

CASES: dict[str, Any] = reference("re_form")


@pytest.mark.parametrize("case", CASES)
def test_predictions_are_lme4s(case: str) -> None:
    known = CASES[case]
    rows = table(known["data"])
    fit = lmmcompare.lmer(known["formula"], rows)
    new = rows.iloc[np.array(known["rows"]) - 1]
    for form, values in known["predictions"].items():
        np.testing.assert_allclose(fit.predict(new, re_form=form), values, rtol=1e-6, err_msg=form)
        here = fit.predict(re_form=form)
        np.testing.assert_allclose(here.to_numpy()[np.array(known["rows"]) - 1], values, rtol=1e-6, err_msg=form)


def test_all_of_them_are_the_groups_own_prediction() -> None:
    rows = table("sleepstudy")
    fit = lmmcompare.lmer("Reaction ~ Days + (Days | Subject)", rows)
    np.testing.assert_array_equal(fit.predict(rows, re_form="~ (Days | Subject)"), fit.predict(rows))
    np.testing.assert_array_equal(fit.predict(rows, re_form="NA"), fit.predict(rows, level="population"))


@pytest.mark.parametrize("form", [float("nan"), np.nan, pd.NA, "NA", "~ NA", "~0", "~ 0"])
def test_nan_and_na_take_none_along(form: Any) -> None:
    rows = table("sleepstudy")
    fit = lmmcompare.lmer("Reaction ~ Days + (Days | Subject)", rows)
    np.testing.assert_array_equal(fit.predict(rows, re_form=form), fit.predict(rows, level="population"))
    np.testing.assert_array_equal(fit.predict(rows, "population", re_form="NULL"), fit.predict(rows))


def test_new_levels_are_allowed_or_refused_as_by_lme4() -> None:
    """By default a warning names them; lme4's allow.new.levels = TRUE is silent, FALSE an error, for missing labels too."""
    rows = table("sleepstudy")
    fit = lmmcompare.lmer("Reaction ~ Days + (Days | Subject)", rows)
    new = rows.head(2).assign(Subject=["nobody", rows["Subject"].iloc[0]])
    with pytest.warns(UnknownLevelWarning, match="nobody"):
        usual = fit.predict(new)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        allowed = fit.predict(new, allow_new_levels=True)
    np.testing.assert_array_equal(allowed, usual)
    assert allowed.iloc[0] == fit.predict(new, re_form="NA").iloc[0] and allowed.iloc[1] == fit.predict(rows).iloc[1]
    with pytest.raises(DataError, match=r"“nobody”.*allow_new_levels=True"):
        fit.predict(new, allow_new_levels=False)
    with pytest.raises(DataError, match="1 row lacks a label of “Subject”"):
        fit.predict(new.assign(Subject=[None, rows["Subject"].iloc[0]]), allow_new_levels=False)
    assert len(fit.predict(new, re_form="NA", allow_new_levels=False)) == 2  # no level is asked for
    assert fit.predict(rows, allow_new_levels=False).equals(fit.predict(rows))


def test_a_factor_that_is_left_out_need_not_be_in_the_rows() -> None:
    rows = table("penicillin")
    fit = lmmcompare.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", rows)
    found = fit.predict(rows.drop(columns="sample"), re_form="~ (1 | plate)")
    np.testing.assert_allclose(found, fit.params["Intercept"] + fit.random_effects["plate"]["Intercept"][rows["plate"]])


@pytest.mark.parametrize("form", ["~ (1 | nope)", "~ (x | Subject)", "~ (1 |", "Days", "~ Days + (1 | Subject)", 3.0])
def test_what_the_model_does_not_have_is_refused(form: str) -> None:
    fit = lmmcompare.lmer("Reaction ~ Days + (1 | Subject)", table("sleepstudy"))
    with pytest.raises(OptionError):
        fit.predict(re_form=form)
