"""A model call pasted into the formula box: the model that it asks for is looked at, and what was read is said."""

from __future__ import annotations

import pytest

from .conftest import errors, said

PASTED = {
    "lmer(Reaction ~ Days + (1 | Subject), data = sleepstudy, REML = FALSE)": ("Reaction ~ Days + (1 | Subject)", "ML"),
    "MIXED Reaction WITH Days /FIXED=Days /RANDOM=INTERCEPT Days | SUBJECT(Subject) COVTYPE(UN) /METHOD=REML.": (
        "Reaction ~ Days + (Days | Subject)", "REML"
    ),
    "mixed Reaction Days || Subject: Days": ("Reaction ~ Days + (Days || Subject)", "ML"),
    'smf.mixedlm("Reaction ~ Days", df, groups="Subject").fit()': ("Reaction ~ Days + (1 | Subject)", "REML"),
    "proc mixed method=ml; class Subject; model Reaction = Days; random int / subject=Subject; run;": (
        "Reaction ~ Days + (1 | Subject)", "ML"
    ),
    "gls(Reaction ~ Days, sleepstudy, correlation = corCompSymm(form = ~ 1 | Subject))": (
        "Reaction ~ Days + (1 | Subject), correlation = cs(1 | Subject)", "REML"
    ),
    "lme(Reaction ~ Days, sleepstudy, ~ 1 | Subject, correlation = corAR1(form = ~ Days))": (
        "Reaction ~ Days + (1 | Subject), correlation = ar1(Days | Subject)", "REML"
    ),
    "xtset Subject\nxtreg Reaction Days, mle": ("Reaction ~ Days + (1 | Subject)", "ML"),
    "lm(Reaction ~ Days, data = sleepstudy)": ("Reaction ~ Days + (1 | Subject)", "ML"),  # as before: it names none
    "lm(Reaction ~ Days * factor(Subject), data = sleepstudy)": ("Reaction ~ Days + (Days | Subject)", "ML"),
}  # fmt: skip


@pytest.fixture
def page(open_page):
    return open_page("compare", example="sleepstudy")


def test_a_pasted_call_sets_formula_and_method(page):
    for text, (formula, method) in PASTED.items():
        page.sidebar.text_input(key="formula").set_value(text).run()
        assert not errors(page)
        assert page.sidebar.text_input(key="formula").value == page.query_params["formula"] == formula
        assert page.session_state["pick method"] == method
        assert "Read as" in said(page)


def test_the_rows_of_a_call_are_kept_by_a_step_of_the_table(page):
    text = "lmer(Reaction ~ Days + (1 | Subject), sleepstudy, subset = Days > 1 & Days != 5)"
    page.sidebar.text_input(key="formula").set_value(text).run()
    assert not errors(page)
    analysis = page.session_state["analysis"]
    assert analysis.formula == "Reaction ~ Days + (1 | Subject)"
    assert sorted(analysis.frame()["Days"].unique()) == [2, 3, 4, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("glmer(Reaction ~ Days + (1 | Subject), d, family = poisson)", "lmer()"),
        ("lmer(Reaction ~ Day + (1 | Subject), d)", "“Day”"),
        ("lmer(Reaction ~ Days + (1 | Subject), d, subset = Days > 99)", "No row"),
    ],
)
def test_a_call_that_cannot_be_followed_keeps_text_and_analysis(page, text, named):
    page.sidebar.text_input(key="formula").set_value(text).run()
    assert named in " ".join(errors(page)) + said(page)
    assert page.sidebar.text_input(key="formula").value == text
    assert page.query_params["formula"] == "Reaction ~ Days + (Days | Subject)"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Reaction ~ days + (days | subject)", "Reaction ~ Days + (Days | Subject)"),
        ("lmer(reaction ~ days + (1 | `subject`), data = sleep, REML = FALSE)", "Reaction ~ Days + (1 | Subject)"),
    ],
)
def test_columns_spelt_otherwise_are_a_click_away_and_change_nothing_before(page, text, meant):
    before = page.query_params["formula"]
    page.sidebar.text_input(key="formula").set_value(text).run()
    assert "Did you mean" in errors(page)[0]
    assert page.query_params["formula"] == before
    page.sidebar.button(key="use suggestion").click().run()
    assert not errors(page)
    assert page.sidebar.text_input(key="formula").value == meant


def test_a_column_like_none_gets_no_suggestion(page):
    page.sidebar.text_input(key="formula").set_value("yield ~ Days + (1 | Subject)").run()
    assert "no column “yield”" in errors(page)[0]
    assert not [button for button in page.sidebar.button if button.key == "use suggestion"]
