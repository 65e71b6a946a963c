"""When the links of the menu are drawn: once a picture that is at hand is painted, and before all else otherwise."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st

import router
from lmmcompare.ui import menu
from lmmcompare.ui.compare import panels
from lmmcompare.ui.kit import visibility
from lmmcompare.ui.server import comparison_cache, table_sources
from lmmcompare.ui.session import state

from .conftest import errors


@pytest.fixture
def opened(app_test, monkeypatch):
    """``opened(painted=False)``: what a run of Compare draws, the menu and the picture, in order."""
    order: list[str] = []

    def noted(module, name, what):
        function = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **more: (order.append(what), function(*args, **more))[1])

    def open_one(*, painted, from_another_page=False):
        order.clear()
        at = app_test()
        if from_another_page:
            at.session_state[menu.DRAWN] = True
        if not painted:
            del at.session_state[visibility.KEY]
        at.query_params["example"] = "cv161703"
        at.switch_page("pages/compare.py").run()
        assert not errors(at)
        assert [link.label for link in at.get("page_link")][:3] == ["Start", "Stories", "Data"][: 3 * ("menu" in order)]
        return [what for what in order if what != "table"][
            :2
        ]  # links that hold what the run has changed are drawn again

    noted(menu, "draw", "menu")
    noted(panels, "lines_panel", "picture")
    noted(table_sources, "find", "table")
    open_one.order = order
    comparison_cache.comparison(*state.opening("cv161703").key, waiting=comparison_cache.check_within)
    return open_one


def test_it_is_left_to_the_run_that_follows_a_picture_at_hand(opened):
    assert opened(painted=False) == ["picture"]


def test_it_comes_first_once_the_picture_is_painted(opened):
    assert opened(painted=True) == ["menu", "picture"]


def test_it_is_not_taken_away_on_the_way_from_another_page(opened):
    assert opened(painted=False, from_another_page=True) == ["menu", "picture"]


def test_it_stands_there_while_a_table_is_loaded(opened, monkeypatch):
    """Whether a picture is at hand is told by the address alone."""
    monkeypatch.setattr(comparison_cache, "is_fitted", lambda *_: False)
    opened(painted=False)
    assert opened.order.index("menu") < opened.order.index("table")


def test_it_stands_there_while_a_comparison_is_fitted(opened, monkeypatch):
    monkeypatch.setattr(comparison_cache, "is_fitted", lambda *_: False)
    assert opened(painted=False) == ["menu", "picture"]


def test_a_session_begins_with_plain_links_which_hold_its_state_and_mark_the_page(app_test):
    """Until Streamlit's own are there, of which a browser draws each by itself."""
    at = app_test()
    at.query_params["example"] = "cv161703"
    at.switch_page("pages/compare.py").run()
    (plain,) = [part.proto.body for part in at.get("html") if part.proto.body.startswith("<nav")]
    assert re.findall(r'href="\./(\w*)', plain) == [name.removeprefix("start") for name in router.NAMES]
    assert re.search(r'href="\./data\?example=cv161703[^"]*">Data<', plain)
    assert re.findall('aria-current="page">([^<]+)', plain) == ["Compare"]
    at.run()
    assert not [part for part in at.get("html") if part.proto.body.startswith("<nav")]


def test_plain_links_keep_the_rows_left_out_the_method_and_the_frame_that_a_page_is_in(app_test, monkeypatch):
    monkeypatch.setattr(type(st.context), "is_embedded", True)
    at = app_test()
    for name, value in (("example", "cv161703"), ("excluded", "3-5"), ("method", "ml")):
        at.query_params[name] = value
    at.switch_page("pages/compare.py").run()
    (plain,) = [part.proto.body for part in at.get("html") if part.proto.body.startswith("<nav")]
    targets = [urlsplit(unescape(target)) for target in re.findall('href="([^"]*)"', plain)]
    found = {target.path: dict(parse_qsl(target.query)) for target in targets}
    assert found["./data"] == {"example": "cv161703", "excluded": "3-5", "method": "ml", "embed": "true"}
    assert found["./stories"] == {"embed": "true"}


def test_a_lecture_has_none(app_test):
    at = app_test()
    at.query_params["example"] = "cv161703"
    at.switch_page("pages/lecture.py").run()
    assert not errors(at) and not at.sidebar
