"""Dates as numbers of days, lengths of time, truths, decimals and ordered categories, from a pandas DataFrame on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.prediction_grid import axis, predict_along, rows_of_group
from lmmcompare.comparison.picture import make_picture
from lmmcompare.data.read import read
from lmmcompare.errors import DataError

FILE = Path(__file__).parents[1] / "data_files" / "visits.csv"
VISITS = pd.read_csv(FILE)
DAY = pd.to_datetime(VISITS["visit"])
FORMULA = "score ~ visit + (1 | patient)"
SLOPE, SE = 0.02142069, 0.004386997
"""R 4.2.2, lme4 1.1-31: score ~ as.numeric(as.Date(visit)) + (1 | patient)."""
WRITINGS: dict[str, Callable[[pd.Series], object]] = {
    "text": lambda days: days.dt.strftime("%Y-%m-%d"),
    "datetime64": lambda days: days,
    "dates": lambda days: days.dt.date,
    "datetimes": lambda days: pd.Series(list(days.dt.to_pydatetime()), dtype=object, index=days.index),
    "UTC": lambda days: days.dt.tz_localize("UTC"),
    "another time zone": lambda days: days.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"),
    "Arrow": lambda days: days.astype("date32[pyarrow]"),
    "periods": lambda days: days.dt.to_period("D"),
}


def visits(writing: str) -> pd.DataFrame:
    return VISITS.assign(visit=WRITINGS[writing](DAY))


@pytest.mark.parametrize("writing", WRITINGS)
def test_a_date_is_a_number_of_days_since_the_first(writing: str) -> None:
    frame = visits(writing)
    mixed, ols = lmmcompare.lmer(FORMULA, frame), lmmcompare.lm("score ~ visit", frame)
    assert mixed.names == ols.names == ["Intercept", "visit"]
    np.testing.assert_allclose([mixed.params["visit"], mixed.bse["visit"]], [SLOPE, SE], rtol=5e-6)
    days = (DAY - pd.Timestamp("2021-01-15")).dt.days
    np.testing.assert_allclose(ols.params[::-1], np.polyfit(days, VISITS["score"], 1), rtol=1e-9)


def test_an_uploaded_or_pasted_files_dates_are_dates() -> None:
    upload, path = read(FILE.read_bytes(), "visits.csv").frame, FILE
    for data in (upload, path):
        np.testing.assert_allclose(lmmcompare.compare(FORMULA, data).mixed.params["visit"], SLOPE, rtol=1e-6)


@pytest.mark.parametrize("writing", WRITINGS)
def test_new_dates_count_from_the_same_day(writing: str) -> None:
    fit = lmmcompare.lm("score ~ visit", VISITS)
    new = pd.Series(pd.to_datetime(["2020-12-31", "2021-01-15", "2024-02-29"]))
    days = np.array([-15, 0, 1140])
    found = fit.predict(pd.DataFrame({"visit": WRITINGS[writing](new)}))
    np.testing.assert_allclose(found, fit.params["Intercept"] + days * fit.params["visit"], rtol=1e-9)


def test_new_rows_that_hold_no_dates_are_refused() -> None:
    with pytest.raises(DataError, match="“visit” holds values that are no dates"):
        lmmcompare.lm("score ~ visit", VISITS).predict(pd.DataFrame({"visit": ["2021-01-15", "soon"]}))


def test_a_time_of_day_is_a_part_of_a_day() -> None:
    frame = VISITS.assign(visit=DAY + pd.to_timedelta(np.arange(50) % 24, "h"))
    days = (DAY - pd.Timestamp("2021-01-15")).dt.days + np.arange(50) % 24 / 24
    for given in (frame, frame.assign(visit=frame["visit"].astype("str"))):
        ols = lmmcompare.lm("score ~ visit", given)
        np.testing.assert_allclose(ols.params[::-1], np.polyfit(days, VISITS["score"], 1), rtol=1e-9)


def test_functions_take_dates_as_days() -> None:
    days = (DAY - pd.Timestamp("2021-01-15")).dt.days.astype(float)
    for term in ("poly({}, 2)", "scale({})", "I({} / 30)", "log({} + 1)"):
        dated = lmmcompare.lm(f"score ~ {term.format('visit')}", VISITS)
        numbered = lmmcompare.lm(f"score ~ {term.format('d')}", VISITS.assign(d=days))
        np.testing.assert_allclose(dated.params.to_numpy(), numbered.params.to_numpy(), rtol=1e-10)


@pytest.mark.parametrize("writing", WRITINGS)
def test_as_a_group_or_a_factor_a_date_stays_levels(writing: str) -> None:
    frame = visits(writing)
    dates = ["2021-01-15", "2021-02-15", "2021-03-15", "2021-04-15", "2021-05-15"]
    assert lmmcompare.lmer("score ~ 1 + (1 | visit)", frame).design.groupings[0].labels == dates
    assert lmmcompare.lm("score ~ factor(visit)", frame).names[1:] == [f"factor(visit)[T.{d}]" for d in dates[1:]]


def test_the_day_counted_from_is_said() -> None:
    comparison = lmmcompare.compare(FORMULA, VISITS)
    assert any("“visit” is counted in days since 2021-01-15" in r.sentence for r in remarks(comparison))
    drawn = make_picture(comparison, VISITS)
    assert drawn.x_label == "visit, days since 2021-01-15" and drawn.data_x_range == (0.0, 120.0)
    line = drawn.lines[(drawn.lines["model"] == "ols") & (drawn.lines["kind"] == "population")]
    np.testing.assert_allclose(np.polyfit(line["x"], line["y"], 1)[0], comparison.ols.params["visit"], rtol=1e-9)


def test_predictions_along_dates() -> None:
    comparison = lmmcompare.compare(FORMULA, VISITS)
    along = axis(comparison, VISITS, "visit")
    assert along is not None and along.ticks is None and (along.values[0], along.values[-1]) == (0, 120)
    row = {"visit": "2021-03-16", "patient": "P1"}
    found = predict_along(comparison, row, "population", along)
    np.testing.assert_allclose(found["x"].iloc[[0, 1, -1]], [60, 0, 120])
    np.testing.assert_allclose(found["estimate"].iloc[0], comparison.mixed.params @ [1, 60], rtol=1e-9)
    assert sorted(rows_of_group(comparison, VISITS, row, along)["x"]) == [0, 31, 59, 90, 120]


def test_a_length_of_time_is_a_number_of_days() -> None:
    frame = VISITS.assign(visit=DAY - pd.Timestamp("2020-01-01"))
    comparison = lmmcompare.compare(FORMULA, frame)
    np.testing.assert_allclose(comparison.mixed.params["visit"], SLOPE, rtol=1e-6)
    assert any("“visit” is counted in days:" in r.sentence for r in remarks(comparison))
    new = pd.DataFrame({"visit": pd.to_timedelta(["36h"])})
    np.testing.assert_allclose(comparison.ols.predict(new), comparison.ols.params @ [1, 1.5], rtol=1e-12)


# ------------------------------------------------------------------------------------------------ what is no plain date
def test_text_among_dates_is_named() -> None:
    frame = VISITS.assign(visit=VISITS["visit"].where(VISITS.index != 7, "unknown"))
    with pytest.raises(DataError, match="“visit” holds dates but for text in 1 row: “unknown”"):
        lmmcompare.lmer(FORMULA, frame)


@pytest.mark.parametrize("order", ["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y"])
def test_dates_in_another_order_are_no_coefficient_each(order: str) -> None:
    with pytest.raises(DataError, match=r"“visit” holds dates such as .* as text") as error:
        lmmcompare.lmer(FORMULA, VISITS.assign(visit=DAY.dt.strftime(order)))
    assert "2020-01-31" in error.value.remedy and "factor(visit)" in error.value.remedy


def test_one_date_for_all_is_a_constant() -> None:
    fit = lmmcompare.lmer(FORMULA, VISITS.assign(visit="2021-01-15"))
    assert fit.aliased["visit"].startswith("constant")


def test_a_date_is_no_outcome() -> None:
    with pytest.raises(DataError, match="“visit” holds dates"):
        lmmcompare.lmer("visit ~ score + (1 | patient)", visits("datetime64"))


# --------------------------------------------------------------------------------------- decimals, truths, categories
def test_decimals_are_numbers() -> None:
    cents = (VISITS["score"] * 1000).round().astype(int)
    frame = VISITS.assign(score=[Decimal(int(c)) / 1000 for c in cents], x=[Decimal(int(c) % 7) for c in cents])
    fit = lmmcompare.lm("score ~ x", frame)
    np.testing.assert_allclose(fit.params[::-1], np.polyfit(cents % 7, cents / 1000, 1), rtol=1e-9)


def test_decimals_that_no_float_tells_apart_stay_apart_as_groups() -> None:
    ids = [Decimal(2**60 + k % 10) for k in range(50)]
    assert len(lmmcompare.lmer("score ~ 1 + (1 | id)", VISITS.assign(id=ids)).design.groupings[0].levels) == 10
    halves = [Decimal(2**60 + k % 10) + Decimal("0.5") for k in range(50)]
    assert len(lmmcompare.lmer("score ~ 1 + (1 | id)", VISITS.assign(id=halves)).design.groupings[0].levels) == 10


ROWS = np.arange(50) % 3 == 0


@pytest.mark.parametrize("fitted", [ROWS, ROWS.astype(int), ROWS.astype(float), ROWS.astype(str)], ids=str)
@pytest.mark.parametrize("formula", ["score ~ f", "score ~ factor(f)"])
def test_truths_and_0_and_1_are_the_same_in_new_rows(fitted: np.ndarray, formula: str) -> None:
    fit = lmmcompare.lm(formula, VISITS.assign(f=fitted))
    right = [fit.params.iloc[0], fit.params.sum()]
    told: list[list] = [[False, True]]
    if fitted.dtype == bool:
        told += [[0, 1], [0.0, 1.0], ["False", "True"]]
    for new in told:
        np.testing.assert_allclose(fit.predict(pd.DataFrame({"f": new})), right, rtol=1e-12)
    if fitted.dtype == bool:
        with pytest.raises(DataError, match="“2” in column “f” is not one of the levels"):
            fit.predict(pd.DataFrame({"f": [0, 2]}))


def test_how_ordered_categories_are_coded_is_said() -> None:
    third = np.array(["low", "mid", "top"])[np.arange(50) % 3]
    for ordered in (True, False):
        frame = VISITS.assign(c=pd.Categorical(third, ["mid", "low", "top"], ordered=ordered))
        comparison = lmmcompare.compare("score ~ c + (1 | patient)", frame)
        assert comparison.ols.names == ["Intercept", "c[T.low]", "c[T.top]"]
        said = [r.sentence for r in remarks(comparison) if "contr.poly" in r.sentence]
        assert len(said) == ordered and all("“mid”" in sentence for sentence in said)
