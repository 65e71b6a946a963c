"""Predictions with some of the random effects are lme4's (reference/re_form.json)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lmmcompare
from lmmcompare.errors import OptionError
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


def test_a_factor_that_is_left_out_need_not_be_in_the_rows() -> None:
    rows = table("penicillin")
    fit = lmmcompare.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", rows)
    found = fit.predict(rows.drop(columns="sample"), re_form="~ (1 | plate)")
    np.testing.assert_allclose(found, fit.params["Intercept"] + fit.random_effects["plate"]["Intercept"][rows["plate"]])


@pytest.mark.parametrize("form", ["~ (1 | nope)", "~ (x | Subject)", "~ (1 |", "Days", "~ Days + (1 | Subject)"])
def test_what_the_model_does_not_have_is_refused(form: str) -> None:
    fit = lmmcompare.lmer("Reaction ~ Days + (1 | Subject)", table("sleepstudy"))
    with pytest.raises(OptionError):
        fit.predict(re_form=form)
