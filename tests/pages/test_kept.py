"""What is chosen within a panel stands in the address and is there again when that is opened, one table of all controls."""

from __future__ import annotations

import pytest

from lmmcompare.ui.compare import mass_points
from lmmcompare.ui.study import curves, power

from .conftest import errors, texts

SLEEP = {"example": "sleepstudy", "formula": "Reaction ~ Days + (Days | Subject)"}
EXAM = {"example": "exam", "formula": "normexam ~ standLRT + sex + (standLRT | school)"}
CROSSED = {"example": "penicillin", "formula": "diameter ~ 1 + (1 | plate) + (1 | sample)"}
STUDY = {"preset": "drug", "studies": "1000"}


@pytest.fixture(autouse=True)
def nothing_is_found(monkeypatch):
    """Curves and searches for a number of groups end at once, for these tests look at what is chosen alone."""
    monkeypatch.setattr(curves, "curve_states", lambda _: iter(()))
    monkeypatch.setattr(power, "_search", lambda _: iter(()))


def address(at):
    return {k: v if isinstance(v, str) else v[0] for k, v in at.query_params.items()}


def control(at, key):
    """A widget by its key, of whatever kind."""
    kinds = ("selectbox", "toggle", "number_input", "text_input", "slider", "button_group")
    (found,) = [w for kind in kinds for w in getattr(at, kind) if w.key == key]
    return found


# page, what is opened, and of each control there its key, what it opens with, a choice, its parameter, its text
CONTROLS = [
    ("compare", SLEEP | {"tab": "errors"}, [
        ("bootstrap kind", "parametric", "case", "bootstrap", "case"),
        ("interval drawn random_slope", ("coefficient", "", "Days"), ("sd", "Subject", "Days"), "interval", "sd:Subject:Days"),
    ]),
    ("compare", SLEEP | {"tab": "which"}, [
        ("anova type", "III", "II", "anova", "II"),
        ("anova test", "satterthwaite", "chi-square", "test", "chi-square"),
    ]),
    ("compare", SLEEP | {"tab": "trust"}, [
        ("effects drawn random_slope", ("Subject", "Intercept"), ("Subject", "Days"), "effects", "Subject:Days"),
        ("masses of random_slope", "Intercept", "Days", "masses", "Days"),
    ]),
    ("compare", SLEEP | {"tab": "predict"}, [
        ("predict sleepstudy Days", 4, 7.0, "at.Days", "7"),
        ("predict group sleepstudy Subject", "308", "333", "of.Subject", "333"),
    ]),
    ("compare", EXAM | {"tab": "predict"}, [
        ("predict level school", "group", "new group", "level", "new group"),
        ("predict exam sex", "F", "M", "at.sex", "M"),
    ]),
    ("compare", CROSSED | {"tab": "predict"}, [("predict group penicillin sample", "A", "C", "of.sample", "C")]),
    ("compare", EXAM | {"tab": "groups", "mark": "7"}, [
        ("panels page", "1 to 24", "25 to 48", "panels", "25"),
        ("panel models random_slope", ["per_group", "random_slope"], ["no_pooling"], "lines", "no_pooling"),
        ("what if rows 7", 88, 33, "rows", "33"),
        ("what if sd 7", 1.0, 2.5, "sd", "2.5"),
    ]),
    ("compare", SLEEP | {"tab": "groups"}, [("panel models random_slope", ["per_group", "random_slope"], [], "lines", "none")]),
    ("compare", SLEEP | {"tab": "fitted"}, [("equivalents", False, True, "ways", "1")]),
    ("compare", SLEEP | {"tab": "take"}, [
        ("take methods", False, True, "paragraph", "1"), ("take code", None, "R", "language", "R"),
    ]),
    ("shrinkage", SLEEP, [("effect random_slope", "Intercept", "Days", "effect", "Days")]),
    ("shrinkage", SLEEP, [("shrinkage model random_slope", "random_slope", "random_intercept", "model", "random_intercept")]),
    ("study", STUDY | {"panel": "curve"}, [
        ("study curve along", "groups", "tau1", "along", "tau1"),
        ("study curve measure", "rejection", "bias", "measure", "bias"),
        ("study curve studies", 1_000, 10_000, "each", "10000"),
    ]),
    ("study", STUDY | {"panel": "groups"}, [
        ("study power", 0.8, 0.9, "power", "0.9"),
        ("study power model", "random_intercept", "ols_robust", "tested", "ols_robust"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "opened", "controls"), CONTROLS, ids=lambda v: "" if isinstance(v, dict) else str(v)[3:20]
)
def test_choices_are_in_the_address_and_an_address_makes_the_choices(open_page, page, opened, controls):
    at = open_page(page, **opened)
    before = address(at)
    for key, first, choice, name, text in controls:
        assert control(at, key).value == first and name not in before
        control(at, key).set_value(choice).run()
        assert not errors(at)
        assert control(at, key).value == choice and address(at)[name] == text
    kept = address(at)
    assert kept == before | {name: text for *_, name, text in controls}

    again = open_page(page, **kept)
    assert not errors(again) and "The link" not in texts(again) and address(again) == kept
    assert all(control(again, key).value == choice for key, _, choice, _, _ in controls)
    for key, first, *_ in controls:
        control(again, key).set_value(first).run()
    assert address(again) == before


def test_an_open_list_of_tests_is_in_the_address(open_page):
    at = open_page("compare", tab="which", tests="1", **SLEEP)
    assert not errors(at) and "Naive p" in texts(at) and address(at)["tests"] == "1"


def test_a_fit_for_many_groups_is_in_the_address(open_page, monkeypatch):
    monkeypatch.setattr(mass_points, "MANY", 10)
    at = open_page("compare", tab="trust", **SLEEP)
    assert "mass points" not in texts(at)
    at.toggle(key="not normal").set_value(True).run()
    assert "mass points" in texts(at) and address(at)["anyhow"] == "1"
    assert "mass points" in texts(open_page("compare", **address(at)))


NOT_THERE = [
    ("errors", SLEEP, {"interval": "sd:School:Days"}, "The link asks for “sd:School:Days” here"),
    ("predict", SLEEP, {"at.Days": "soon"}, "The link asks for “soon” here"),
    ("predict", SLEEP, {"at.Days": "1e300"}, "The link asks for “1e300” here"),
    ("predict", SLEEP, {"at.Days": "nan"}, "The link asks for “nan” here"),
    ("predict", SLEEP, {"of.Subject": "<b>me</b>"}, "The link asks for “<b>me</b>” here"),
    ("predict", SLEEP, {"at.*Nights*": "3"}, "The link speaks of “*Nights*”, which is not in the formula."),
    ("predict", SLEEP, {"of.school": "3"}, "The link speaks of “school”, which is not in the formula."),
    ("groups", SLEEP, {"rows": "0"}, "The link asks for “0” here"),
    ("groups", SLEEP, {"sd": "9.9"}, "The link asks for “9.9” here"),
    ("groups", EXAM, {"panels": "26"}, "The link asks for “26” here"),
    ("groups", SLEEP, {"lines": "several"}, "The link asks for “several” here"),
    ("trust", SLEEP, {"effects": "Subject:Nights"}, "The link asks for “Subject:Nights” here"),
    ("which", SLEEP | {"method": "ml"}, {"test": "kenward-roger"}, "The link asks for “kenward-roger” here"),
]  # fmt: skip


@pytest.mark.parametrize(("tab", "opened", "more", "said"), NOT_THERE, ids=lambda v: str(v)[:20])
def test_what_the_comparison_has_not_is_said_and_left_out(open_page, tab, opened, more, said):
    at = open_page("compare", tab=tab, **opened, **more)
    assert not errors(at)
    assert said in texts(at) and not more.keys() & address(at).keys()
    assert said in texts(at.run())  # a phone's page is drawn twice


def test_it_is_kept_while_other_tabs_and_pages_are_looked_at(open_page):
    at = open_page("compare", tab="predict", **SLEEP)
    at.number_input(key="predict sleepstudy Days").set_value(7).run()
    key = f"depth {len(at.tabs)}"
    at.session_state[key] = "Which model?"
    at.run()
    at.segmented_control(key="anova type").set_value("II").run()
    kept = {"at.Days": "7", "anova": "II", "tab": "which"}
    assert address(at).items() >= kept.items()
    for page in ("shrinkage", "compare"):
        at.query_params.clear()
        at.switch_page(f"pages/{page}.py").run()
        assert not errors(at) and address(at).items() >= kept.items()
    assert at.segmented_control(key="anova type").value == "II"
    at.session_state[key] = "Predict"
    assert at.run().number_input(key="predict sleepstudy Days").value == 7


def test_another_table_opens_as_it_opens(open_page):
    at = open_page("compare", tab="which", anova="II", **SLEEP)
    at.query_params.clear()
    at.query_params["example"] = "exam"
    at.switch_page("pages/compare.py").run()
    assert not errors(at) and "anova" not in address(at)


def test_another_marked_group_is_asked_about_anew(open_page):
    at = open_page("compare", tab="groups", mark="310", rows="33", **{"of.Subject": "333"}, **SLEEP)
    assert at.slider(key="what if rows 310").value == 33
    at.selectbox(key="pick highlight").set_value("309").run()
    assert at.slider(key="what if rows 309").value == 10
    assert not {"rows", "of.Subject"} & address(at).keys()
    at.session_state[f"depth {len(at.tabs)}"] = "Predict"
    assert at.run().selectbox(key="predict group sleepstudy Subject").value == "309"


def test_the_group_that_is_asked_about_is_chosen_beside_the_question_and_highlighted(open_page):
    at = open_page("compare", tab="groups", **SLEEP)
    at.selectbox(key="pick what if").set_value("309").run()
    assert at.slider(key="what if rows 309").value == 10
    assert at.selectbox(key="pick highlight").value == "309" and address(at)["mark"] == "309"


def test_what_opens_follows_what_is_looked_at_until_something_is_chosen(open_page):
    at = open_page("compare", tab="errors", x="standLRT", **EXAM)
    key = "interval drawn random_slope"
    assert at.selectbox(key=key).value == ("coefficient", "", "standLRT")
    at.selectbox(key="question effect of").set_value("sex").run()
    assert at.selectbox(key=key).value == ("coefficient", "", "sex[T.M]") and "interval" not in address(at)


def test_values_of_a_study_are_kept_as_they_were_typed(open_page):
    at = open_page("study", panel="curve", **STUDY)
    at.selectbox(key="study curve along").set_value("tau1").run()
    suit = at.text_input[0].value
    at.text_input[0].set_value("0, 1, x").run()
    assert len(errors(at)) == 1 and address(at)["values"] == "0, 1, x"
    again = open_page("study", **address(at))
    assert again.text_input[0].value == "0, 1, x" and errors(again) == errors(at)
    again.text_input[0].set_value("0, 1").run()
    assert not errors(again) and (address(again)["along"], address(again)["values"]) == ("tau1", "0, 1")
    again.text_input[0].set_value("").run()
    assert again.text_input[0].value == suit and "values" not in address(again)
    again.text_input[0].set_value("0, 1").run()
    again.selectbox(key="study curve along").set_value("icc").run()
    assert again.text_input[0].value == "0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8" and "values" not in address(again)


def test_values_belong_to_their_setting(open_page):
    at = open_page("study", panel="curve", **STUDY)
    at.text_input[0].set_value("3, 9").run()
    assert (address(at)["along"], address(at)["values"]) == ("groups", "3, 9")
    at.selectbox(key="study curve along").set_value("slope").run()
    at.text_input[0].set_value("0, 1").run()
    at.selectbox(key="simulate predictor").set_value("none").run()
    assert not errors(at) and "with these settings there is nothing to go along" in texts(at)
    assert at.selectbox(key="study curve along").value != "slope" and at.text_input[0].value != "0, 1"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"panel": "curve", "along": "seed"}, "goes along “seed”, which is no setting here"),
        ({"panel": "groups", "tested": "random_slope", "without": "random_slope"}, "Not tested: Random slope"),
        ({"panel": "groups", "power": "2"}, "asks for a power of “2”"),
    ],
)
def test_what_a_study_has_not_is_said(open_page, more, said):
    at = open_page("study", **STUDY, **more)
    assert not errors(at) and said in texts(at)


def test_the_part_of_the_study_page_that_is_open_stays_so(open_page):
    at = open_page("study", panel="groups", power="0.9", **STUDY)
    at.query_params.clear()
    at.switch_page("pages/simulate.py").run()
    at.query_params.clear()
    at.switch_page("pages/study.py").run()
    assert not errors(at)
    assert (address(at)["panel"], address(at)["power"]) == ("groups", "0.9")
    assert control(at, "study power").value == 0.9


def test_names_of_columns_may_be_anything(open_page, upload):
    rows = "\n".join(
        f"s{k % 8},{k % 5 + (k * 7) % 11 / 10},{'ab'[k % 3 == 0]}&={k % 2},{(k * 37) % 17}" for k in range(64)
    )
    table = upload(f"school,größe (cm) & x=1,a%b.c#,y\n{rows}\n".encode())
    opened = {"upload": table, "formula": "y ~ `größe (cm) & x=1` + `a%b.c#` + (1 | school)", "tab": "predict"}
    at = open_page("compare", **opened)
    (size,) = at.number_input
    size.set_value(3.3).run()
    (kind,) = [box for box in at.main.selectbox if box.key.endswith("a%b.c#")]  # not the baseline in the sidebar
    kind.set_value("b&=1").run()
    kept = {"at.größe (cm) & x=1": "3.3", "at.a%b.c#": "b&=1"}
    assert not errors(at) and address(at).items() >= kept.items()
    again = open_page("compare", **address(at))
    assert not errors(again) and again.number_input[0].value == 3.3 and address(again) == address(at)


def test_an_emptied_number_opens_anew(open_page):
    at = open_page("compare", tab="predict", **SLEEP, **{"at.Days": "7"})
    at.number_input[0].set_value(None).run()
    assert not errors(at)
    assert at.number_input[0].value == 4 and "at.Days" not in address(at)
