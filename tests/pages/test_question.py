"""The question above the answer: each part of it is picked, and formula, coefficient and address follow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from .conftest import charts, errors, said, turn_to

OATS = {"example": "oats", "formula": "Y ~ N + (1 | B)"}


def part(at, name: str):
    return at.selectbox(key=f"question {name}")


def typed(at, name: str, text: str):
    """The page after a text was typed into a part that takes any."""
    pick = part(at, name)
    pick.options.append(text)
    return pick.set_value(text).run()


def formula(at) -> str:
    return at.sidebar.text_input(key="formula").value


@pytest.fixture
def trial(upload, table):
    return {"upload": upload(table("trial"))}


def test_another_baseline_is_written_into_the_formula(open_page):
    at = open_page("compare", **OATS)
    pick = part(at, "compared with")
    assert pick.value == "0.0cwt" and pick.options == ["0.0cwt", "0.2cwt", "0.4cwt", "0.6cwt"]
    at = pick.set_value("0.4cwt").run()
    assert not errors(at)
    assert formula(at) == 'Y ~ relevel(factor(N), ref="0.4cwt") + (1 | B)'
    assert at.sidebar.multiselect(key="pick predictors").value == ["N"]
    assert "for 0.2cwt than for 0.4cwt" in said(at)  # the level asked about stays
    at = part(at, "compared with").set_value("0.0cwt").run()
    assert formula(at) == "Y ~ N + (1 | B)"


def test_the_level_asked_about_becomes_the_baseline_and_the_two_change_places(open_page):
    at = open_page("compare", **OATS, term="N[T.0.6cwt]")
    at = part(at, "compared with").set_value("0.6cwt").run()
    assert part(at, "its part").value == "0.0cwt"
    assert "for 0.0cwt than for 0.6cwt" in said(at)


def test_numbers_have_no_baseline_until_they_are_levels(open_page):
    at = open_page("compare", example="sleepstudy", formula="Reaction ~ Days + (1 | Subject)")
    assert not [s for s in at.selectbox if s.key == "question compared with"]
    at.sidebar.text_input(key="formula").set_value("Reaction ~ factor(Days) + (1 | Subject)").run()
    at = part(at, "compared with").set_value("9").run()
    assert not errors(at)
    assert formula(at) == 'Reaction ~ relevel(factor(Days), ref="9") + (1 | Subject)'


def test_a_treatment_is_asked_about_first_and_its_control_is_proposed_never_taken(open_page, trial):
    at = open_page("compare", **trial, formula="score ~ week + arm + baseline + (1 | patient)")
    assert not errors(at)
    assert part(at, "effect of").value == "arm"
    assert part(at, "compared with").value == "Active"  # as in R, until the reader wants otherwise
    assert "comes first, as in R" in said(at)
    at = at.button(key="propose baseline").click().run()
    assert part(at, "compared with").value == "Placebo"
    assert "for Active than for Placebo" in said(at)
    assert not [b for b in at.button if b.key == "propose baseline"]
    at = part(at, "compared with").set_value("Active").run()  # and back
    assert formula(at) == "score ~ week + arm + baseline + (1 | patient)"


def test_an_effect_is_asked_for_at_a_value_on_average_and_as_a_change(open_page, trial):
    at = open_page(
        "compare", **trial, formula='score ~ week * relevel(factor(arm), ref="Placebo") + baseline + (1 | patient)'
    )
    at = part(at, "at week").set_value("12").run()
    assert not errors(at)
    assert "OLS says 6.2 less score for Active than for Placebo where week is 12" in said(at)
    assert "I(week - 12)" in formula(at)
    mean = next(o for o in part(at, "at week").options if o.startswith("its mean"))
    at = part(at, "at week").set_value(mean).run()
    assert "center(week)" in formula(at) and "where week is at its mean" in said(at)
    at = part(at, "at week").set_value("change per unit of week").run()
    assert "per unit of week for Active than for Placebo" in said(at)
    assert at.query_params["term"].startswith("center(week):")
    again = open_page("compare", **{name: at.query_params[name] for name in at.query_params})
    assert part(again, "at week").value == "change per unit of week" and said(again) == said(at)


def test_a_value_outside_the_data_is_said_and_the_nearest_taken(open_page, trial):
    at = open_page("compare", **trial, formula="score ~ week * arm + (1 | patient)")
    at = typed(at, "at week", "40")
    assert not errors(at)
    assert "week goes from 2 to 12 in these data, and 40 lies outside" in said(at)
    assert "I(week - 12)" in formula(at)
    at = typed(at, "at week", "a lot")
    assert "“a lot” is no number" in said(at) and "I(week - 12)" in formula(at)


def test_the_reader_chooses_what_everything_is_about(open_page):
    """The pupils' status stands first in the formula; the question may be about the schools' sector."""
    at = open_page("compare", example="hsb82", formula="mAch ~ ses + sector + (1 | school)")
    pick = part(at, "effect of")
    assert pick.value == "ses" and pick.options == ["ses", "sector"]
    at = pick.select("sector").run()
    assert "for Public than for" in said(at)
    assert at.selectbox(key="pick x").value == "sector"
    assert "sector[T.Public]" in at.query_params["term"]
    at = at.selectbox(key="pick x").select("ses").run()
    (picture,) = [chart.spec for chart in charts(at) if chart.key == "lines figure"]
    assert picture["layout"]["xaxis"]["title"]["text"] == "ses" and at.query_params["x"] == "ses"
    assert not at.sidebar.selectbox  # the picture and the tabs are drawn, and nothing around them
    assert part(at.run(), "effect of").value == "sector"  # another axis is no other question


def test_what_a_file_calls_its_columns_stands_at_the_axes(open_page, upload):
    rows = "".join(f"g{k % 6},{k % 7},{k % 5 + k % 7 + k % 6}.5\n" for k in range(60))
    names = "Q1,Q2_1,Q3\nWhich hotel?,Hours of sleep - weekdays,Rested in the morning\n"
    at = open_page("compare", upload=upload(f"{names}{rows}".encode()), formula="Q3 ~ Q2_1 + (1 | Q1)")
    (picture,) = [chart.spec["layout"] for chart in charts(at) if chart.key == "lines figure"]
    titles = [picture[axis]["title"]["text"] for axis in ("xaxis", "yaxis")]
    assert titles == ["Hours of sleep - weekdays (Q2_1)", "Rested in the morning (Q3)"]


def test_a_question_about_a_predictor_that_is_gone_is_said_and_comes_back_with_it(open_page):
    at = open_page("compare", example="hsb82", formula="mAch ~ ses + sector + (1 | school)", term="sector[T.Public]")
    box = at.sidebar.multiselect(key="pick predictors")
    at = box.set_value(["ses"]).run()
    assert not errors(at)
    assert "sector is no predictor of this model any longer: shown is the effect of ses." in said(at)
    at = at.sidebar.multiselect(key="pick predictors").set_value(["ses", "sector"]).run()
    assert part(at, "effect of").value == "sector" and "no longer" not in said(at)


def test_a_link_to_a_coefficient_that_is_not_there_is_said(open_page):
    at = open_page("compare", example="cv161703", term="Z")
    assert not errors(at)
    assert "The link asks about “Z”, which is no coefficient of this comparison" in said(at)


def test_an_effect_is_told_at_each_value_and_the_address_keeps_it(open_page, trial):
    """As a page opens: at week 0, where R's coefficient stands, there are no rows."""
    at = open_page(
        "compare", **trial, formula='score ~ week * relevel(factor(arm), ref="Placebo") + baseline + (1 | patient)'
    )
    assert not errors(at)
    assert part(at, "at week").value == "each week" and at.query_params["each"] == "week"
    assert "4.77 less score for Active than for Placebo where week is 2, and 6.12 less where it is 12" in said(at)
    assert "carried beyond the data" not in said(at)
    assert all(f"week {week}" in said(at) for week in (2, 4, 8, 12))
    again = open_page("compare", **{name: at.query_params[name] for name in at.query_params})
    assert said(again) == said(at)
    assert "where week is 0, carried beyond the data." in said(turn_to(again, "Why they differ"))
    at = part(at, "at week").set_value("change per unit of week").run()
    assert "each" not in at.query_params and "per unit of week for Active than for Placebo" in said(at)
    at = part(at, "at week").set_value("each week").run()
    assert at.query_params["each"] == "week" and "where it is 12" in said(at)
    at = part(at, "effect of").set_value("baseline").run()  # which changes with nothing
    assert not errors(at) and "each" not in at.query_params


def test_an_interaction_that_is_taken_away_takes_its_values_with_it(open_page, trial):
    at = open_page("compare", **trial, formula="score ~ week * arm + (1 | patient)")
    assert part(at, "at week").value == "each week"
    at.sidebar.text_input(key="formula").set_value("score ~ week + arm + (1 | patient)").run()
    assert not errors(at)
    assert "The effect of arm does not change with week here, and is shown by itself." in said(at)
    assert "each" not in at.query_params


def test_a_link_that_asks_at_each_value_of_what_is_not_there_is_answered(open_page):
    at = open_page("compare", example="cv161703", each="Z")
    assert not errors(at)
    assert "The effect of X does not change with Z here, and is shown by itself." in said(at)


@pytest.mark.parametrize(
    "formula", ["y ~ x * log(z) + (1 | g)", "y ~ x * poly(z, 2) + (1 | g)", "y ~ x * day + (1 | g)"]
)
def test_functions_of_a_predictor_and_dates_have_values_to_be_asked_at(open_page, upload, formula):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.repeat(np.arange(12), 8), "x": rng.normal(size=96), "z": rng.uniform(1, 9, 96)})
    frame["day"] = pd.Timestamp("2024-03-01") + pd.to_timedelta(np.tile(np.arange(4), 24) * 7, "D")
    frame["y"] = frame["x"] * frame["z"] + rng.normal(size=96)
    name = "day" if "day" in formula else "z"
    at = open_page("compare", upload=upload(frame), formula=formula)
    if part(at, "effect of").value != "x":
        at = part(at, "effect of").set_value("x").run()
    pick = part(at, f"at {name}")
    at = pick.set_value(f"each {name}").run()
    assert not errors(at) and at.query_params["each"] == name
    assert "per unit of x where" in said(at)
    if name == "day":
        assert "where day is 2024-03-01" in said(at) and "where it is 2024-03-22" in said(at)
    if name == "z":  # where the coefficient itself stands
        at = part(at, "at z").set_value(next(o for o in part(at, "at z").options if o.startswith("where "))).run()
        assert (
            not errors(at)
            and "each" not in at.query_params
            and f"{formula.split(' * ')[1].split(' +')[0][:4]}" in said(at)
        )


def test_a_cell_without_rows_is_said_and_the_others_told(open_page, upload, table):
    frame = table("oats")
    frame = frame[~((frame["V"] == "Victory") & (frame["N"] == "0.6cwt"))]
    at = open_page("compare", upload=upload(frame), formula="Y ~ V * N + (1 | B)", term="V[T.Victory]", each="N")
    assert not errors(at)
    assert "where N is 0.0cwt" in said(at) and "It cannot be estimated at 0.6cwt" in said(at)
