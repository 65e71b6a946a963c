"""Adjusted means, contrasts and simple slopes against emmeans and clubSandwich (reference/emmeans.json)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.errors import DesignError, OptionError, TooLargeError
from lmmcompare.models import Result
from lmmcompare.models.marginal.estimates import MarginalEstimates
from tests.helpers import reference, table

CASES: dict[str, Any] = {case["name"]: case for case in reference("emmeans")}
ASKED = [
    (name, mode, k)
    for name, case in CASES.items()
    for mode in case
    for k in range(len(case[mode]))
    if mode not in ("name", "formula", "kind", "cluster")
]

# lme4 stops within about 1e-8 of the best criterion, and lmerTest has a numerical Hessian; R's tail of the studentized range is
# good to about 1e-8 (and, with few degrees of freedom, to a hundredth of small p values); its Dunnett quantiles are to 5e-4.
RTOL, P_ATOL, DUNNETT_LIMITS = 5e-5, 1e-7, 5e-4


def unbalanced(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that make_emmeans.R keeps."""
    return rows[(7 * np.arange(1, len(rows) + 1)) % 11 >= 3]


@cache
def frame(case: str) -> pd.DataFrame:
    """The rows of a case, with the columns that the script derives."""
    if case in ("oats_unbalanced", "oats_curve", "oats_gls"):
        rows = unbalanced(table("oats"))
        return rows.assign(nitro=rows["N"].astype("category").cat.codes.astype(float))
    if case == "hole":
        rows = table("oats")
        return rows[(rows["V"] != "Victory") | (rows["N"] != "0.6cwt")]
    if case == "exam_cr2":  # of the first 900 rows one school alone has the lowest intake, and no clustered error
        return table("exam")
    if case.startswith("exam") or case == "offset":
        rows = table("exam").head(900)
        return rows.assign(girl=(rows["sex"] == "F").astype(int))
    return table("oats" if case == "oats_nested" else case)


@cache
def fit(name: str) -> Result:
    known, rows = CASES[name], frame(name)
    match known["kind"]:
        case "lmer":
            return lmmcompare.lmer(known["formula"], rows)
        case "gls":
            return lmmcompare.gls(known["formula"], rows, correlation="cs(1 | B)")
    return lmmcompare.lm(known["formula"], rows, cluster=known.get("cluster"))


def ask(case: str, mode: str, call: dict[str, Any]) -> MarginalEstimates:
    ddf = {"usual": None}.get(mode, mode.replace("_", "-"))
    more = {"by": call.get("by", ()), "at": call.get("at"), "weights": call.get("weights", "equal"), "ddf": ddf}
    result = fit(case)
    return result.slopes(call["var"], **more) if "var" in call else result.emmeans(call["specs"], **more)


def assert_same(ours: pd.DataFrame, theirs: dict[str, Any], limits: float = RTOL) -> None:
    """Every column that R gives and ours has; NaN at the same places."""
    compared = 0
    for name, values in theirs.items():
        expected = [np.nan if v is None else v for v in (values if isinstance(values, list) else [values])]
        if name not in ours or expected == ["Inf"]:
            continue
        compared += 1
        if ours[name].dtype.kind != "f":
            assert ours[name].astype(str).tolist() == list(map(str, expected)), name
            continue
        rtol = limits if name.endswith("CL") else RTOL
        atol = {"p.value": P_ATOL, "SE": 0.0, "df": 0.0}.get(name, rtol * float(ours["SE"].max()))
        np.testing.assert_allclose(
            ours[name].to_numpy(), np.array(expected, dtype=float), rtol=rtol, atol=atol, err_msg=name
        )
    assert compared >= 3


@pytest.mark.parametrize(("case", "mode", "k"), ASKED)
def test_means_and_slopes_are_those_of_emmeans(case, mode, k):
    known = CASES[case][mode][k]
    if CASES[case]["kind"] == "gls":  # emmeans' degrees of freedom of gls are no Satterthwaite's
        known["means"] = {name: v for name, v in known["means"].items() if name not in ("df", "lower.CL", "upper.CL")}
    ours = ask(case, mode, known["call"])
    assert_same(ours.frame, known["means"])
    if "t.ratio" in known["means"] and CASES[case]["kind"] != "gls":
        assert_same(ours.test(), known["means"])
    if "pairs" in known:  # clubSandwich's linear_contrast() of the differences
        assert_same(ours.contrasts(by=()).frame, known["pairs"])


@pytest.mark.parametrize(("case", "mode", "k"), ASKED)
def test_contrasts_are_those_of_emmeans(case, mode, k):
    known = CASES[case][mode][k]
    for one in known["contrasts"]:
        ours = ask(case, mode, known["call"]).contrasts(one["method"], one["adjust"])
        assert_same(ours.frame, one["table"], DUNNETT_LIMITS if one["adjust"] == "dunnettx" else RTOL)


def test_mixed_models_have_kenward_and_rogers_degrees_of_freedom_and_others_say_why_not():
    by_reml = fit("oats_unbalanced")
    pd.testing.assert_frame_equal(by_reml.emmeans("V").frame, by_reml.emmeans("V", ddf="kenward-roger").frame)
    by_ml = lmmcompare.lmer(CASES["oats_unbalanced"]["formula"], frame("oats_unbalanced"), reml=False)
    pd.testing.assert_frame_equal(by_ml.emmeans("V").frame, by_ml.emmeans("V", ddf="satterthwaite").frame)
    assert "maximum likelihood" in by_ml.emmeans("V").method_sentences[0]
    with pytest.raises(DesignError, match="maximum likelihood"):
        by_ml.emmeans("V", ddf="kenward-roger")


def test_a_mean_is_a_prediction_averaged_over_the_grid():
    result = lmmcompare.lm("Y ~ V * poly(nitro, 2) + B", frame("oats_curve"))
    rows = frame("oats_curve")
    grid = pd.MultiIndex.from_product([["Victory"], sorted(rows["B"].unique())], names=["V", "B"]).to_frame(index=False)
    expected = result.predict(grid.assign(nitro=rows["nitro"].mean())).mean()
    means = result.emmeans("V").frame.set_index("V")
    assert means.loc["Victory", "emmean"] == pytest.approx(expected, rel=1e-12)


def test_correlated_residuals_answer_with_satterthwaites_degrees_of_freedom():
    result = lmmcompare.gls("distance ~ age * Sex", table("orthodont_missing"), correlation="us(visit | Subject)")
    differences = result.slopes("age", by="Sex").contrasts("revpairwise").frame
    own = result.table().loc["age:Sex[T.Male]"]  # the same question, asked of the coefficient
    assert differences[["estimate", "SE", "df", "p.value"]].to_numpy()[0] == pytest.approx(
        own[["estimate", "se", "df", "p"]].to_numpy(float), rel=1e-6
    )


def test_what_no_rows_tell_is_named():
    means = fit("hole").emmeans("V", by="N")
    (name,), (reason,) = means.not_estimable.index, means.not_estimable
    assert name == "Victory, 0.6cwt" and "V = Victory and N = 0.6cwt" in reason
    assert np.isnan(means.frame["emmean"].iloc[-1]) and means.frame["emmean"].notna().sum() == 11
    assert reason in repr(means)


def test_an_additive_model_carries_a_mean_into_an_empty_cell():
    result = lmmcompare.lm("Y ~ V + N", frame("hole"))
    assert not len(result.emmeans(["V", "N"]).not_estimable)


def test_values_outside_of_the_data_are_said():
    means = fit("trial").emmeans("arm", by="week", at={"week": [4, 40]})
    assert any("week at 40" in note and "2 to 12" in note for note in means.notes)
    assert not any("No row" in note for note in fit("trial").emmeans("arm", by="week", at={"week": [4]}).notes)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda r: r.emmeans("dose"), "no predictor “dose”.*week, arm, baseline"),
        (lambda r: r.emmeans("arm", at={"dose": 1}), "no predictor “dose”"),
        (lambda r: r.emmeans("arm", at={"arm": ["Nothing"]}), "No row used has “Nothing” in “arm”.*Active, Placebo"),
        (lambda r: r.emmeans("arm", at={"week": "soon"}), "“week” is a number"),
        (lambda r: r.emmeans("arm", at={"week": [1, float("nan")]}), "“week” is a number"),
        (lambda r: r.emmeans("arm", at={"week": []}), "at no value"),
        (lambda r: r.emmeans("arm", weights="other"), "equal.*proportional"),
        (lambda r: r.emmeans("arm", ddf="many"), "kenward-roger"),
        (lambda r: r.slopes("arm"), "“arm” has levels"),
        (lambda r: r.emmeans("arm").contrasts("all"), "pairwise"),
        (lambda r: r.emmeans("arm").contrasts("consec", "tukey"), "all pairs"),
        (lambda r: r.emmeans("arm").contrasts("trt.vs.ctrl", control="Nothing"), "no “Nothing”.*Active, Placebo"),
        (lambda r: r.emmeans("arm").contrasts(by="week"), "no “week”"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_can(ask, said):
    with pytest.raises(OptionError, match=said):
        ask(fit("trial"))


def test_group_dummies_have_no_adjusted_means():
    dummies = lmmcompare.compare("score ~ week * arm + baseline + (1 | patient)", table("trial")).no_pooling
    with pytest.raises(DesignError, match="no adjusted means"):
        dummies.emmeans("arm")


def test_a_grid_or_a_family_without_end_is_refused():
    with pytest.raises(TooLargeError, match="cells"):
        fit("trial").emmeans("arm", at={"week": np.linspace(2, 12, 500), "baseline": np.linspace(20, 60, 500)})
    with pytest.raises(TooLargeError, match="contrasts"):
        fit("trial").emmeans("week", at={"week": np.linspace(2, 12, 300)}).contrasts()


def test_a_control_is_named_by_its_level():
    frame = fit("oats_nested").emmeans("N").contrasts("trt.vs.ctrl", control="0.4cwt").frame
    assert frame["contrast"].tolist() == ["0.0cwt - 0.4cwt", "0.2cwt - 0.4cwt", "0.6cwt - 0.4cwt"]


def test_an_engine_and_memory_say_the_same():
    polars = pytest.importorskip("polars")
    rows = table("trial")
    there = lmmcompare.lmer("score ~ week * arm + baseline + (1 | patient)", polars.from_pandas(rows))
    pd.testing.assert_frame_equal(
        there.emmeans("arm", by="week", at={"week": [2, 8]}).frame,
        fit("trial").emmeans("arm", by="week", at={"week": [2, 8]}).frame,
        check_dtype=False,
        rtol=1e-7,
    )
