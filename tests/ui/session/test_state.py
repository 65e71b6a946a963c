"""The address holds the whole state, and whatever stands in it is read as data."""

from dataclasses import replace
from html import unescape
from re import sub
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from lmmcompare import examples
from lmmcompare.data.read import read, read_text
from lmmcompare.data.recipe import Recipe
from lmmcompare.data.steps import Drop, Keep, Rename
from lmmcompare.share import link
from lmmcompare.simulate import link as simulation
from lmmcompare.simulate.settings import Settings
from lmmcompare.ui.server import table_sources
from lmmcompare.ui.server.cache_budget import SHARED
from lmmcompare.ui.session.state import ANALYSIS, Analysis

FIRST = Analysis("cv161703", "Y ~ X + (1 | ID)")


@pytest.fixture
def open_address(app_test):
    """``open_address(example="drug")``: the compare page at this address, as a new session."""

    def open_one(page: str = "compare", **address: str) -> AppTest:
        at = app_test().run()
        for key, value in address.items():
            at.query_params[key] = value
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception, [e.message for e in at.exception]
        return at

    return open_one


def said(at):
    return unescape(" ".join(sub(r"<[^>]+>", "", h.proto.body) for h in at.get("html")))


def address_of(at):
    return {k: v if isinstance(v, str) else v[0] for k, v in at.query_params.items()}


def view_of(at):
    keys = ("view x", "view highlight", "view zero")
    return {k: at.session_state[k] for k in keys if k in at.session_state and at.session_state[k] is not None}


GOOD = [
    ({}, FIRST, {}),
    ({"example": "drug"}, Analysis("drug", examples.get("drug").formula), {}),
    ({"example": "cv161703", "formula": "Y ~ X + (X | ID)"}, Analysis("cv161703", "Y ~ X + (X | ID)"), {}),
    ({"example": "cv161703", "formula": "Y~X+(1|ID)", "method": "ml"}, Analysis("cv161703", "Y ~ X + (1 | ID)", False), {}),
    ({"example": "exam", "formula": "normexam ~ standLRT + schavg + (1 | school)", "x": "schavg", "mark": "7", "zero": "1"},
     Analysis("exam", "normexam ~ standLRT + schavg + (1 | school)"),
     {"view x": "schavg", "view highlight": "7", "view zero": True}),
    ({"example": "cv161703", "zero": "0"}, FIRST, {"view zero": False}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "analysis", "view"), GOOD)
def test_a_good_address_is_adopted_in_whole(open_address, address, analysis, view):
    at = open_address(**address)
    assert at.session_state[ANALYSIS] == analysis
    assert "Note." not in said(at)
    assert {k: view_of(at).get(k) for k in view} == view


@pytest.mark.parametrize(
    ("page", "address", "analysis", "view"),
    [("compare", *case) for case in GOOD] + [("shrinkage", *GOOD[4]), ("data", *GOOD[3])],
)
def test_a_reload_gives_the_same(open_address, address, analysis, view, page):
    """What the page wrote into the address makes the same state in a new session, and the same address again."""
    before = open_address(page, **address)
    written = address_of(before)
    after = open_address(page, **written)
    assert after.session_state[ANALYSIS] == before.session_state[ANALYSIS] == analysis
    assert address_of(after) == written
    assert said(after) == said(before)


BAD = [
    # address, part of the notice
    ({"example": "nothing"}, "There is no example “nothing”"),
    ({"example": "<img src=x onerror=alert(1)>"}, "There is no example “<img src=x onerror=alert(1)>”"),
    ({"example": "x" * 100_000}, "There is no example “" + "x" * 60 + "”"),
    ({"example": "cv161703", "formula": "Y ~ X + (1 | ID"}, "The link's formula could not be read:"),
    ({"example": "cv161703", "formula": "Y ~ eval('1') + (1 | ID)"}, "The link's formula could not be read:"),
    ({"example": "cv161703", "formula": "Y ~ " + " + ".join(["X"] * 40_000)}, "The link's formula could not be read:"),
    ({"example": "cv161703", "formula": "Y ~ " + "(" * 3_000 + "X"}, "The link's formula could not be read:"),
    ({"example": "cv161703", "zero": "perhaps", "method": "magic"},
     "Parts of the link mean nothing here and are left out: zero, method."),
    ({"upload": "gone"}, "The linked table is no longer on the server"),
    ({"upload": "../../etc/passwd", "formula": "Y ~ X + (1 | ID)"}, "The linked table is no longer on the server"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "notice"), BAD)
def test_an_address_that_cannot_be_used_is_said_and_replaced(open_address, address, notice):
    at = open_address(**address)
    assert notice in said(at)
    assert at.session_state[ANALYSIS] == FIRST
    assert address_of(at)["example"] == "cv161703"
    assert notice in said(at.run())  # a phone's page is drawn twice
    at.session_state[ANALYSIS] = replace(FIRST, reml=not FIRST.reml)
    assert notice not in said(at.run())


@pytest.mark.parametrize("page", ["compare", "data", "shrinkage"])
def test_a_dead_link_is_an_error_that_says_what_is_shown_meanwhile(open_address, page):
    at = open_address(page, upload="gone")
    (alert,) = [h.proto.body for h in at.get("html") if 'role="alert"' in h.proto.body]
    assert sub(r"<[^>]+>", "", alert) == (
        "The linked table is no longer on the server. Upload it again on the Data page. Meanwhile the first example is shown."
    )


ROWS = "\n".join(f"s{k // 4},{k % 4 + 0.5 * (k // 4)},{(k * 7) % 11}" for k in range(40))
OURS = f"school,hours,score\n{ROWS}\n".encode()
TABLE = read(OURS, "ours.csv")
FORMULA = "score ~ hours + (1 | school)"


def restart(_monkeypatch):
    table_sources.uploads.clear()


def push_out(monkeypatch):
    """Another's table comes, and there is room for one."""
    monkeypatch.setattr(SHARED, "limit", 0.0)
    table_sources.keep(TABLE)


def test_a_pasted_table_that_goes_is_to_be_pasted_again(open_address):
    table = table_sources.keep(read_text(OURS.decode()))
    restart(None)
    at = open_address("data", upload=link.place_of(table), formula=FORMULA)
    assert "“pasted text” (40 rows, 3 columns) is no longer on the server" in said(at)
    assert "Paste it again." in said(at) and "Upload it again" not in said(at)


@pytest.mark.parametrize(
    ("go", "why"), [(restart, "started anew"), (push_out, "gave way to tables that others looked at")]
)
def test_a_table_that_goes_while_it_is_looked_at_is_named_and_the_rest_is_kept(open_address, monkeypatch, go, why):
    table = table_sources.keep(TABLE)
    at = open_address("data", upload=link.place_of(table), formula=FORMULA, method="ml")
    before = address_of(at)
    go(monkeypatch)
    at.run()
    assert not at.exception and why in said(at) and "Upload it again" in said(at)
    assert "“ours.csv” (40 rows, 3 columns) is no longer on the server" in said(at) and FORMULA in said(at)
    assert at.session_state[ANALYSIS] == Analysis(table, FORMULA, False) and address_of(at) == before


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"upload": "a-_9" * 6}, "The linked table is no longer on the server"),
        ({"stored": "Zz09" * 6}, "it has expired or was deleted"),
        ({"folder": "our school.csv"}, "This server offers no such table"),
    ],
)
def test_no_other_table_is_opened_in_place_of_one_that_is_gone(open_address, address, sentence):
    at = open_address(**address, formula=FORMULA, mark="s3")
    assert sentence in said(at) and FORMULA in said(at)
    assert address_of(at) == {**address, "formula": FORMULA, "mark": "s3"}
    at.button[0].click().run() if at.button[0].label == "Try again" else None
    next(b for b in at.button if "first example" in b.label).click().run()
    assert at.session_state[ANALYSIS] == FIRST and "no longer" not in said(at)


BROUGHT = [
    # the table that is brought, what is said, the formula then
    (TABLE, "", FORMULA),
    (read(OURS.replace(b"3.5,", b"3.6,"), "ours.csv"), "holds other values than the file of this name", FORMULA),
    (read(OURS, "renamed.csv"), "", FORMULA),
    (read(OURS + b"s9,1,2\n", "ours.csv"), "(41 rows, 3 columns); the page was made with", FORMULA),
    (read(f"class,hours,score\n{ROWS}\n".encode(), "other.csv"), "this table has no “school”", "score ~ hours + (1 | class)"),
]  # fmt: skip


@pytest.mark.parametrize(("brought", "sentence", "formula"), BROUGHT)
def test_a_table_that_is_brought_for_a_missing_one_is_taken_up(open_address, monkeypatch, brought, sentence, formula):
    at = open_address(upload=f"{'a-_9' * 6}~ours.csv~40x3~~{TABLE.digest}", formula=FORMULA, method="ml", mark="s3")
    monkeypatch.setattr("lmmcompare.ui.data.upload.read_pasted", lambda *_, **__: brought)
    at.text_area(key="pasted").set_value("whatever")
    next(b for b in at.button if b.label == "Read").click().run()
    assert not at.exception
    assert at.session_state[ANALYSIS].formula == formula and at.session_state[ANALYSIS].reml is False
    assert address_of(at)["mark"] == "s3"
    assert sentence in said(at) and ("Note." in said(at)) is bool(sentence)


def test_the_steps_of_a_table_are_taken_up_too(open_address, monkeypatch):
    steps = Recipe((Rename("hours", "time"), Keep("school", "in", values=("s1", "s2", "s3", "s4"))))
    table = table_sources.keep(table_sources.with_recipe(steps, TABLE, table_sources.keep(TABLE)))
    table_sources.uploads.clear()
    at = open_address(upload=link.place_of(table), formula="score ~ time + (1 | school)")
    monkeypatch.setattr("lmmcompare.ui.data.upload.read_pasted", lambda *_, **__: TABLE)
    at.text_area(key="pasted").set_value("whatever")
    next(b for b in at.button if b.label == "Read").click().run()
    assert not at.exception
    found = table_sources.find(at.session_state[ANALYSIS].table)
    assert list(found.frame.columns) == ["school", "time", "score"] and len(found.frame) == 16
    assert at.session_state[ANALYSIS].formula == "score ~ time + (1 | school)"


def test_a_table_made_from_an_example_is_made_again():
    table = table_sources.keep(table_sources.with_recipe(Recipe((Drop(("ID",)),)), table_sources.find("drug"), "drug"))
    before = table_sources.find(table)
    table_sources.uploads.clear()
    again = table_sources.find(table)
    assert again.frame.equals(before.frame) and again.notes == before.notes


def test_links_on_the_pages_carry_the_address(open_address):
    at = open_address("data", upload=link.place_of(table_sources.keep(TABLE)), mark="s3")
    (found,) = at.get("page_link")
    assert dict(parse_qsl(found.proto.query_string)) == link.make(at.session_state[ANALYSIS].table, FORMULA)


NOTHING = [
    # address, what is said of it, a part of each sentence
    ({"example": "cv161703", "x": "<script>", "mark": "no such group"},
     ["“<script>” on the x axis, which is no predictor of this comparison: these are “X”", "marks “no such group”, which is none"]),
    ({"example": "cv161703", "x": "ID"}, ["“ID” on the x axis, which is no predictor"]),
    ({"example": "dyestuff", "x": "Batch", "zero": "1"}, ["“Batch” on the x axis, which is no predictor", "comparison: there is none"]),
    ({"example": "cv161703", "mark": "x" * 200}, ["marks “" + "x" * 60 + "”, which is none of the groups of “ID”"]),
    ({"formula": "Y ~ X + (1 | ID)"}, ["a formula and names no table"]),
    ({"example": "cv161703", "simulated": "1.abc"}, ["says “example” and “simulated”, of which there can be one: “example” is opened"]),
    ({"example": "cv161703", "mark": ["1", "2"], "formula": ["Y ~ X + (1 | ID)", "Y ~ X + (X | ID)"]},
     ["says different things of “mark”, “formula”: the last one counts"]),
    ({"nonsense": "1", "utm_source": "mail"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("address", "sentences"), NOTHING)
@pytest.mark.parametrize("page", ["compare", "shrinkage"])
def test_parts_that_mean_nothing_are_said_and_the_rest_is_opened(open_address, page, address, sentences):
    at = open_address(page, **address)
    notes = len(sentences) - (address.get("x") == "Batch")
    for again in (at, at.run()):  # a phone's page is drawn twice
        assert all(sentence in said(again) for sentence in sentences)
        assert said(again).count("Note.") == notes
    assert at.session_state[ANALYSIS].table == address.get("example", "cv161703")
    written = address_of(at)
    assert set(written) <= {"example", "formula", "x", "zero", "mark", "method"}
    assert written.get("x") in (None, "X") and "method" not in written
    assert written.get("mark") == ("2" if isinstance(address.get("mark"), list) else None)


def test_a_story_that_there_is_not_is_said(open_address):
    at = open_address("stories", story="<b>foo")
    for again in (at, at.run()):
        assert "There is no story “<b>foo”" in said(again)
    assert address_of(at)["story"] != "<b>foo"
    assert "Note." not in said(at.pills(key="story").set_value("drug").run())


def test_settings_and_a_preset_in_one_link_are_said(open_address):
    at = open_address("simulate", preset="drug", simulated=simulation.encode(Settings(groups=7)))
    for again in (at, at.run()):
        assert "says “simulated” and “preset”, of which there can be one: “simulated” is opened" in said(again)


def test_a_change_is_in_the_address_at_once(open_address):
    at = open_address(example="sleepstudy")
    at.sidebar.text_input(key="formula").set_value("Reaction ~ Days + (1 | Subject)").run()
    at.sidebar.segmented_control(key="pick method").set_value("ML").run()
    at.selectbox(key="pick highlight").set_value("308").run()
    at.toggle(key="pick zero").set_value(True).run()
    written = address_of(at)
    assert written == {
        "example": "sleepstudy", "formula": "Reaction ~ Days + (1 | Subject)", "method": "ml", "x": "Days", "mark": "308", "zero": "1",
    }  # fmt: skip
    again = open_address(**written)
    assert again.session_state[ANALYSIS] == Analysis("sleepstudy", "Reaction ~ Days + (1 | Subject)", False)
    assert view_of(again) == {"view x": "Days", "view highlight": "308", "view zero": True}
    assert again.selectbox(key="pick highlight").value == "308"


def test_the_state_goes_along_to_the_other_pages(open_address):
    at = open_address(example="sleepstudy", formula="Reaction ~ Days + (1 | Subject)", mark="309")
    for page in ("shrinkage", "data", "compare"):
        at.query_params.clear()
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception
        assert at.session_state[ANALYSIS] == Analysis("sleepstudy", "Reaction ~ Days + (1 | Subject)")
    assert address_of(at)["mark"] == "309"


def test_an_uploaded_table_is_found_by_its_link(open_address):
    table = table_sources.keep(TABLE)
    key = link.place_of(table)
    at = open_address(upload=key)
    assert at.session_state[ANALYSIS] == Analysis(table, "score ~ hours + (1 | school)")
    assert address_of(at)["upload"] == key and "example" not in address_of(at)
    assert at.sidebar.selectbox(key="pick data").value == f"table {table}"
    assert len(key) >= 20  # not to be guessed
