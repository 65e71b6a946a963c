"""The Share button and the links of every kind that it gives: opened in a new session, they show the same."""

from __future__ import annotations

import json
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd
import pytest
from streamlit.runtime.context import StreamlitHeaders

from lmmcompare.data.table import Table
from lmmcompare.share import link, qr, table_in_link
from lmmcompare.ui.server import table_sources
from lmmcompare.ui.session.state import ANALYSIS, Analysis
from lmmcompare.ui.sharing import share_button, tables
from tests.effort import first
from tests.share.fuzzed import GOOD, links

from .conftest import charts, errors, texts

CLIENT = tables._client
FORMULA = "score ~ hours + (1 | school)"


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    """A store of this test's own."""
    monkeypatch.setenv("LMMCOMPARE_STORE", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setattr(tables, "_client", lambda: "tester")  # AppTest has no connection
    table_sources.shared.clear()
    yield
    table_sources.shared.clear()


@pytest.fixture
def schools():
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(12), 5)
    hours = rng.normal(5, 2, 60).round(1)
    return pd.DataFrame({
        "school": [f"s{k:02d}" for k in g], "score": (hours + 2 * g + rng.normal(size=60)).round(2), "hours": hours,
        "name": [f"pupil {k}" for k in range(60)],
    })  # fmt: skip


def opened(at):
    """The page with the Share popover open."""
    at.session_state["share this"] = True
    return at.run()


def copy_buttons(at, key="copy link"):
    return [c for c in at.get("bidi_component") if c.proto.id.endswith(key)]


def copied(at, key="copy link"):
    """What a copy button copies."""
    (found,) = copy_buttons(at, key)
    return json.loads(found.proto.json)["text"]


def address_in(url):
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def heading(at):
    (found,) = [h.proto.body for h in at.get("html") if 'class="lmm-title' in h.proto.body]
    return found


VIEW = {
    "mark": "308",
    "zero": "0",
    "models": "ols,no_pooling",
    "tab": "trust",
    "df": "kenward-roger",
    "robust": "cr1s",
    "intervals": "profile",
    "p": "1",
}


def test_a_link_restores_the_whole_view(open_page):
    at = open_page("compare", example="sleepstudy", formula="Reaction ~ Days + (1 | Subject)", **VIEW)
    assert not errors(at) and "Note." not in texts(at)
    assert at.selectbox(key="pick highlight").value == "308"
    assert at.toggle(key="pick zero").value is False
    assert at.session_state["models drawn random_intercept"] == ["ols", "no_pooling"]
    assert at.session_state[f"depth {len(at.tabs)}"] == "Can I trust it?"
    at.session_state[f"depth {len(at.tabs)}"] = "The numbers"
    at.session_state["choose inference"] = True
    at.run()
    assert at.segmented_control(key="small sample").value == "Kenward–Roger"
    assert at.segmented_control(key="robust errors").value == "CR1S" and "(cluster-robust) are CR1S" in texts(at)
    assert at.segmented_control(key="interval kind").value == "Profile"
    assert at.toggle(key="p values").value is True
    assert "after Kenward and Roger" in texts(at) and "profile likelihood" in texts(at)
    at.session_state[f"depth {len(at.tabs)}"] = "Can I trust it?"
    opened(at.run())
    assert address_in(copied(at)) == {
        "example": "sleepstudy", "formula": "Reaction ~ Days + (1 | Subject)", "x": "Days", **VIEW
    }  # fmt: skip


def test_a_change_is_in_the_link_and_in_a_new_session(open_page):
    at = open_page("compare", example="sleepstudy")
    at.session_state["models drawn random_slope"] = ["ols", "per_group"]
    at.run()
    at.session_state["choose inference"] = True
    at.run()
    at.toggle(key="p values").set_value(True).run()
    at.session_state[f"depth {len(at.tabs)}"] = "Predict"
    opened(at.run())
    address = address_in(copied(at))
    assert (address["models"], address["p"], address["tab"]) == ("ols,per_group", "1", "predict")
    again = open_page("compare", **address)
    assert heading(again) == heading(at)
    assert address_in(copied(opened(again))) == address


def test_beside_an_error_the_link_is_to_what_is_shown(open_page):
    at = opened(open_page("compare", example="sleepstudy", mark="308"))
    at.sidebar.multiselect(key="pick predictors").set_value([]).run()
    good = address_in(copied(at))["formula"]
    at.sidebar.selectbox(key="pick outcome").set_value("Days").run()
    at.sidebar.text_input(key="formula").set_value("Reaction ~ 1 + (1 | Subject), weights = 0 - Days").run()
    assert "negative" in errors(at)[0]
    address = address_in(copied(at))
    assert address["formula"] != good and "weights" not in address["formula"]
    assert address["mark"] == "308" and "shown" not in address


def test_the_shrinkage_pages_choices_are_in_its_link(open_page):
    at = open_page("shrinkage", example="sleepstudy", mark="309", model="random_intercept")
    assert at.segmented_control(key="shrinkage model random_slope").value == "random_intercept"
    at = open_page("shrinkage", example="sleepstudy", effect="Days")
    assert at.segmented_control(key="effect random_slope").value == "Days"
    assert address_in(copied(opened(at)))["effect"] == "Days"


@pytest.mark.parametrize(
    ("page", "view"),
    [("simulate", {"models": "ols,no_pooling", "mark": "2"}), ("study", {"studies": "1000", "panel": "groups"})],
)
def test_pages_of_simulations_share_too(open_page, page, view):
    at = opened(open_page(page, preset="drug", **view))
    assert not at.exception and "Note." not in texts(at)
    address = address_in(copied(at))
    assert address.pop("simulated") and address == view


def test_a_story_is_shared_by_its_name(open_page):
    at = opened(open_page("stories", story="dragons"))
    assert not at.exception and address_in(copied(at)) == {"story": "dragons"}


def test_a_part_of_the_study_page_that_is_not_there_is_said(open_page):
    assert "“<b>”, which is no part of this page" in texts(
        open_page("study", preset="drug", studies="1000", panel="<b>")
    )


def test_the_popover_says_length_and_snippet(open_page):
    at = opened(open_page("compare", example="drug"))
    url = copied(at)
    assert f"({len(url)} characters)" in texts(at)
    assert "embed=true" in copied(at, "copy snippet") and copied(at, "copy snippet").startswith("<iframe src=")
    assert at.get("image") and at.get("download_button")


def test_nothing_is_made_while_it_is_closed(open_page):
    at = open_page("compare", example="drug")
    assert not at.get("image") and not copy_buttons(at)


def test_a_small_table_travels_in_the_link(open_page, upload, schools):
    at = opened(open_page("compare", upload=upload(schools), formula=FORMULA, mark="s03"))
    assert at.segmented_control(key="share table").value is None and not copy_buttons(at)  # no rows leave unasked
    assert "whoever gets the link can read the rows" in texts(at)
    at.segmented_control(key="share table").set_value("In the link itself").run()
    assert "60 rows of the columns score , hours , school in" in texts(at).replace("  ", " ")
    address = address_in(copied(at))
    assert set(address) == {"inline", "formula", "x", "mark", "zero"}
    assert list(table_in_link.decode(address["inline"]).columns) == [
        "score",
        "hours",
        "school",
    ]  # and no names of pupils
    other = open_page("compare", **address)
    assert not errors(other) and heading(other) == heading(at)
    assert other.selectbox(key="pick highlight").value == "s03"
    assert {k: v if isinstance(v, str) else v[0] for k, v in other.query_params.items()} == address


def test_columns_that_a_panel_shows_go_along(open_page, upload, schools):
    """The one that was chosen always, one that a panel shows by itself where all columns are wanted."""
    visits = schools.assign(week=list(range(1, 4)) * 20, sex=list("fm") * 30)
    at = opened(open_page("compare", upload=upload(visits), formula=FORMULA, tab="trust", spread="week"))
    at.segmented_control(key="share table").set_value("In the link itself").run()
    address = address_in(copied(at))
    assert list(table_in_link.decode(address["inline"]).columns) == ["score", "hours", "school", "week"]
    other = open_page("compare", **address)
    assert not errors(other) and "week" in other.session_state[ANALYSIS].frame() and address["spread"] == "week"
    at.toggle(key="share all columns").set_value(True).run()
    assert "60 rows of all columns" in texts(at) and "stay behind" not in texts(at)
    assert set(table_in_link.decode(address_in(copied(at))["inline"]).columns) == {*visits.columns}


def test_columns_that_the_open_residual_checks_are_drawn_by_go_along_though_nobody_chose_them(
    open_page, upload, schools
):
    """Neither is in the formula: the rows' only order, and of two columns the one by which the residuals scatter most unequally."""
    hours = schools["hours"] - schools["hours"].mean()
    visits = schools.assign(
        week=list(range(1, 6)) * 12, arm=list("ab") * 30, site=np.where(hours.abs() > 1, "far", "near")
    )
    spread = np.where(visits["site"] == "far", 6.0, 1.0)
    visits["score"] = (visits["score"] + spread * np.random.default_rng(2).normal(size=60)).round(2)
    there = {"upload": upload(visits), "formula": FORMULA}
    at = opened(open_page("compare", **there, tab="trust"))
    columns = [box.value for box in at.selectbox if box.label in ("Rows in the order of", "Scatter by")]
    assert columns == ["week", "site"]
    at.segmented_control(key="share table").set_value("In the link itself").run()
    address = address_in(copied(at))
    assert [*table_in_link.decode(address["inline"]).columns] == ["score", "hours", "school", *columns]
    assert "week , site in" in texts(at).replace("  ", " ")  # said before anybody copies the link
    other = open_page("compare", **address)
    drawn = [chart.spec for chart in charts(at) if "spread" in chart.key or "correlation" in chart.key]
    assert not errors(other) and [c.spec for c in charts(other) if "spread" in c.key or "correlation" in c.key] == drawn
    away = opened(open_page("compare", **there))  # with another tab open they stay behind
    away.segmented_control(key="share table").set_value("In the link itself").run()
    assert [*table_in_link.decode(address_in(copied(away))["inline"]).columns] == ["score", "hours", "school"]


def test_beside_an_error_the_shared_table_has_the_columns_of_what_is_shown(open_page, upload, schools):
    at = open_page("compare", upload=upload(schools), formula=FORMULA)
    at.sidebar.text_input(key="formula").set_value("score ~ 1 + (1 | school), weights = 0 - score").run()
    assert errors(at)
    opened(at).segmented_control(key="share table").set_value("In the link itself").run()
    address = address_in(copied(at))
    assert address["formula"] == FORMULA and "hours" in table_in_link.decode(address["inline"])


@pytest.mark.parametrize("way", ["In the link itself", "Stored on this server"])
def test_rows_that_seem_to_be_of_people_are_asked_about(open_page, upload, schools, way):
    persons = schools.rename(columns={"school": "patient_id"})
    at = opened(open_page("compare", upload=upload(persons), formula="score ~ hours + (1 | patient_id)"))
    at.segmented_control(key="share table").set_value(way).run()
    assert "Are these data about people?" in texts(at) and "patient_id tells persons apart" in texts(at).replace(
        "  ", " "
    )
    at = opened(open_page("compare", upload=upload(schools), formula=FORMULA))
    at.segmented_control(key="share table").set_value(way).run()
    assert "about people" not in texts(at)


@pytest.mark.parametrize("times", [1, 3])
def test_a_link_too_long_for_a_code_is_said_where_it_is_made(open_page, upload, schools, times):
    rows = pd.concat([schools.assign(hours=schools["hours"] + k / 7) for k in range(times)], ignore_index=True)
    at = opened(open_page("compare", upload=upload(rows), formula=FORMULA))
    at.segmented_control(key="share table").set_value("In the link itself").run()
    long = len(address_in(copied(at))["inline"]) > qr.MOST
    assert long is (times > 1) and ("too many for a QR code" in texts(at)) is long


def test_a_large_table_is_stored_when_asked_and_deleted_with_its_key(open_page, schools):
    large = pd.concat([schools.assign(hours=schools["hours"] + k / 7) for k in range(40)], ignore_index=True)
    labelled = Table(large, "mine.sav", labels={"hours": "Hours of practice", "name": "Who it was"})
    at = opened(open_page("compare", upload=link.place_of(table_sources.keep(labelled)), formula=FORMULA))
    at.segmented_control(key="share table").set_value("In the link itself").run()
    (said,) = errors(at)
    assert "a link holds 6,000" in said and "Store the table" in said
    assert not copy_buttons(at)  # no link that would open nothing
    at.segmented_control(key="share table").set_value("Stored on this server").run()
    assert table_sources.shared().usage().tables == 0
    at.selectbox(key="share days").set_value(7).run()
    at.button(key="store table").click().run()
    assert table_sources.shared().usage().tables == 1 and "Stored until" in texts(at)
    address, key = address_in(copied(at)), copied(at, "copy deletion key")
    assert set(address) >= {"stored", "formula"} and len(key) >= 22
    other = opened(open_page("compare", **address))
    assert heading(other) == heading(at)
    assert list(other.session_state[ANALYSIS].frame().columns) == ["score", "hours", "school"]
    assert table_sources.find(f"stored:{address['stored']}").labels == {"hours": "Hours of practice"}
    other.text_input(key="deletion key").set_value("A" * 22).run()
    other.button(key="delete table").click().run()
    assert "not the table's deletion key" in errors(other)[0]
    other.text_input(key="deletion key").set_value(key).run()
    other.button(key="delete table").click().run()
    assert table_sources.shared().usage().tables == 0
    assert "The stored table is deleted." in texts(other) and other.session_state[ANALYSIS].table == "cv161703"
    late = open_page("compare", **address)
    assert "it has expired or was deleted" in texts(late)
    assert late.session_state[ANALYSIS] == Analysis(f"stored:{address['stored']}", FORMULA)  # and nothing in its place


def test_a_store_that_refuses_is_said_in_place(open_page, upload, schools, monkeypatch):
    monkeypatch.setenv("LMMCOMPARE_STORE_WRITES_PER_HOUR", "1")
    for table in (schools, schools.head(50)):
        at = opened(open_page("compare", upload=upload(table), formula=FORMULA))
        at.segmented_control(key="share table").set_value("Stored on this server").run()
        at.button(key="store table").click().run()
    assert "the most that are allowed" in errors(at)[0]
    assert at.button(key="store table")


def test_without_a_store_small_tables_can_still_be_shared(open_page, upload, schools, monkeypatch):
    monkeypatch.setenv("LMMCOMPARE_STORE", "nonsense://")
    at = opened(open_page("compare", upload=upload(schools), formula=FORMULA))
    at.segmented_control(key="share table").set_value("In the link itself").run()
    assert "inline" in address_in(copied(at))
    at.segmented_control(key="share table").set_value("Stored on this server").run()
    assert "Sharing is switched off on this server" in errors(at)[0]


@pytest.mark.parametrize("address", [GOOD[k] for k in (0, 14, -2, -3, -4, -5)], ids=lambda a: next(iter(a)))
def test_every_kind_of_link_opens_the_page(open_page, address):
    at = open_page("compare", **address)
    assert not at.exception
    assert at.session_state[ANALYSIS].table


@pytest.mark.parametrize("part", first(range(4), 1))
def test_changed_links_never_break_the_page(open_page, part):
    """Of the fuzzed links, some through the app itself; the rest are read without it in tests/share/test_fuzz.py."""
    at = open_page("compare")
    for page, address in zip(["compare", "shrinkage", "data"] * 5, links(15, seed=100 + part), strict=True):
        at.query_params.clear()
        for name, value in address.items():
            at.query_params[name] = value
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception, (address, [e.message for e in at.exception])
        assert link.read({k: v if isinstance(v, str) else v[0] for k, v in at.query_params.items()}).notices == ()


@pytest.mark.parametrize(
    ("address", "forwarded", "client"),
    [
        (None, None, "this machine"),
        ("8.8.8.8", None, "8.8.8.8"),
        ("8.8.8.8", "198.51.100.1", "8.8.8.8"),  # anyone can send this header; a proxy of ours is near
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        (None, "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what the client itself said stands before
        ("10.0.0.2", "6.6.6.6\n198.51.100.1", "198.51.100.1"),  # or in a header of its own
        ("10.0.0.2", "", "10.0.0.2"),
    ],
)
def test_who_stores_is_told_apart_behind_a_proxy_too(monkeypatch, address, forwarded, client):
    headers = [] if forwarded is None else [("X-Forwarded-For", value) for value in forwarded.split("\n")]
    context = SimpleNamespace(ip_address=address, headers=StreamlitHeaders(headers))
    monkeypatch.setattr(tables, "st", SimpleNamespace(context=context))
    assert CLIENT() == client


def test_the_code_can_be_shown_as_large_as_the_window(open_page):
    at = opened(open_page("compare", example="drug"))
    at.button(key="show it large").click().run()
    assert not errors(at) and not at.session_state["share this"]  # the popover would stand before it
    assert at.get("image") and not copy_buttons(at)
    assert not at.run().get("imgs")  # until it is closed, and no longer


@pytest.mark.parametrize(
    ("page", "only_here"),
    [
        ("http://localhost:8501/compare", True), ("http://127.0.0.1/compare", True), ("http://[::1]:8501/", True),
        ("http://192.168.1.20:8501/compare", False), ("https://stats.example.org/compare", False), ("", False),
    ],
)  # fmt: skip
def test_an_address_that_no_other_machine_can_open_is_said_to_be_one(page, only_here):
    assert bool(share_button.only_here(page)) is only_here
