"""Whole scripts of SPSS, Stata and R, and what their consoles show, as people copy them."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from lmmcompare.errors import FormulaError
from lmmcompare.formula.calls import is_call, read_call

SPSS = """* Encoding: UTF-8.
GET FILE='C:\\data\\schools v1.5.sav'.
DATASET ACTIVATE DataSet1.
MIXED score WITH ses
  /CRITERIA=CIN(95) MXITER(100) SINGULAR(0.000000000001)
  /FIXED=ses | SSTYPE(3)
  /RANDOM=INTERCEPT | SUBJECT(school) COVTYPE(VC).
EXECUTE.
"""
STATA = """* the schools of 2019
use "http://example.org/schools.dta", clear // from the web
quietly mixed score ses /// the slope
    || school: ses, ///
    covariance(unstructured) reml
"""
R = """# null model
library(lme4)
fit <- lmer(score ~ ses + # the slope, as published
    (1 | school), data = d)
"""


def joined(text: str) -> str:
    """What a box of one line makes of a text."""
    return text.replace("\n", " ")


@pytest.mark.parametrize("text", [SPSS, joined(SPSS)])
def test_a_syntax_file_of_spss_is_read_for_its_mixed_command(text):
    assert is_call(text)
    call = read_call(text)
    assert call.formula == "score ~ ses + (1 | school)"
    assert call.reml and not call.remarks


def test_what_changes_the_table_before_it_is_said_to_be_left_aside():
    call = read_call(f"COMPUTE x = ses * 2.\n{SPSS}")
    assert call.remarks == ("Of what was pasted only MIXED is read.",)
    assert "proc mixed" in read_call("data b; set a; run; proc mixed; class g; model y = x; random g; run;").remarks[0]


def test_two_commands_of_spss_are_one_comparison():
    slopes = "MIXED score WITH ses /FIXED=ses /RANDOM=INTERCEPT ses | SUBJECT(school) COVTYPE(UN)."
    call = read_call(SPSS + slopes)
    assert call.formula == "score ~ ses + (ses | school)"
    assert "random intercept" in call.remarks[0]


@pytest.mark.parametrize("text", [STATA, "qui mixed score ses /// || school: ses, /// covariance(unstructured) reml"])
def test_a_do_file_of_stata_is_read_without_comments_and_prefixes(text):
    call = read_call(text)
    assert call.formula == "score ~ ses + (ses | school)"
    assert call.reml


def test_a_level_of_stata_may_stand_on_a_line_of_its_own():
    assert read_call("mixed score ses\n  || school: ses").formula == "score ~ ses + (ses || school)"


def test_a_text_longer_than_any_call_is_refused():
    text = "lmer(y ~ x + (1 | g), d) # " + "x " * 10_000
    assert is_call(text)
    with pytest.raises(FormulaError, match="characters"):
        read_call(text)


def test_what_only_follows_a_model_is_left_aside():
    lines = "xtset school year\nxtreg score ses, fe\nestimates store fixed\n"
    assert read_call(lines).formula == "score ~ ses + (1 | school)"
    call = read_call("mixed score ses || school: estat icc")
    assert call.formula == "score ~ ses + (1 | school)"
    assert call.remarks == ("Of what was pasted only mixed is read.",)
    assert read_call("mixed score ses || school: margins time", {"margins": True}).formula.endswith(
        "(margins + time || school)"
    )


def test_a_prefix_that_chooses_rows_is_refused():
    with pytest.raises(FormulaError, match="prefix") as caught:
        read_call("bysort sector: mixed score ses || school:")
    assert "if x == 1" in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        R,
        joined(R),
        "> fit <- lmer(score ~ ses +\n+     (1 | school), data = d)",
        "> fit <- lmer(score ~ ses + +     (1 | school), +     data = d)",
        'lmer(score ~ ses + (1 | school), data = d) # as in "Table #2" (p. 5)',
    ],
)
def test_a_script_of_r_is_read_without_comments_and_prompts(text):
    assert read_call(text).formula == "score ~ ses + (1 | school)"


def test_a_comment_hides_no_call_where_the_lines_ends_are_lost():
    call = read_call("lm(score ~ ses, d) # complete pooling lmer(score ~ ses + (1 | school), d) # partial")
    assert call.formula == "score ~ ses + (1 | school)"
    assert "OLS" in call.remarks[0]


@pytest.mark.parametrize(
    "comment", ["# m0 <- lmer(score ~ 1 + (1 | school), d)", "# lm(score ~ ses)", "# it fails :(", "#see (Smith 2010"]
)
@pytest.mark.parametrize("end", ["\n", " "])
def test_a_call_behind_the_sign_of_a_comment_is_none_and_a_bracket_in_words_opens_nothing(comment, end):
    call = "m1 <- lmer(score ~ ses + (1 | school), d)"
    assert read_call(f"{comment}{end}{call}").formula == "score ~ ses + (1 | school)"
    assert read_call(f"{call} {comment}").formula == "score ~ ses + (1 | school)"


def test_a_sign_of_a_comment_inside_quotes_begins_none():
    call = read_call('lmer(score ~ ses + (1 | school), d, subset = class == "#1")')
    assert call.conditions[0].values == ("#1",)


@pytest.mark.parametrize("between", ["\n", " "])
def test_what_stata_prints_below_a_command_is_no_part_of_it(between):
    lines = [
        ". mixed weight week || id: week, cov(un) reml",
        "Performing EM optimization ...",
        "Iteration 0:   log restricted-likelihood = -868.9",
        "      weight |      Coef.   Std. Err.      z",
    ]
    call = read_call(between.join(lines))
    assert (call.spec.text, call.method) == ("weight ~ week + (week | id)", "REML")


def test_equals_signs_of_spss_may_be_left_out():
    call = read_call("MIXED y BY g WITH t /FIXED g t /METHOD ML /RANDOM INTERCEPT | SUBJECT(id).")
    assert (call.spec.text, call.method) == ("y ~ factor(g) + t + (1 | id)", "ML")


def test_of_two_procedures_of_sas_the_first_is_read_and_that_is_said():
    one = "proc mixed; class id; model y = t; random int / subject=id; run; "
    assert read_call(one).remarks == ()
    assert "only the first proc mixed" in read_call(one + one.replace("int", "int t")).remarks[0]


def test_rows_that_a_printed_fit_of_lme_chose_are_not_lost():
    printed = (
        "Linear mixed-effects model fit by REML\n  Data: d\n  Subset: g == 1\n"
        "Random effects:\n Formula: ~1 | id\nFixed effects:  y ~ t\n"
    )
    with pytest.raises(FormulaError, match="does not say the whole"):
        read_call(printed)


@pytest.mark.parametrize(
    "text",
    [
        "{}x",
        "mixed y x || g:{}x",
        "Linear mixed-effects model fit by REML Fixed effects:{}x",
        "Linear mixed-effects model fit by REML Formula: ~{}x",
    ],
)
@pytest.mark.parametrize("blank", [" ", "\n"])
def test_blanks_take_no_time(text, blank):
    """Looked for at each of them again, what may follow took up to four seconds for 1,000 and minutes for 4,900."""
    begin = time.process_time()
    with suppress(FormulaError):
        read_call(text.format(blank * 1_200))
    is_call(text.format(blank * 4_900))
    assert time.process_time() - begin < 1
