"""The name of a page that there is not is kept while the first page stands in its place, and no longer."""

import pytest
import streamlit as st

from lmmcompare.ui.session import unknown_page

NAMES = ("start", "data", "compare")


@pytest.fixture
def go(monkeypatch):
    """``go("data", "https://a.org/data")``: the page that runs, and the address; the name kept."""
    monkeypatch.setattr(st, "session_state", {})

    def run(here, url):
        monkeypatch.setattr(type(st.context), "url", property(lambda _: url))
        unknown_page.remember(here, NAMES)
        return st.session_state.get(unknown_page.UNKNOWN)

    return run


def test_it_is_kept_though_the_browser_is_told_another_address_at_once(go):
    assert go("", "https://a.org/lmm/nosuch%20page") == "nosuch page"
    assert go("", "https://a.org/lmm/") == "nosuch page"


def test_it_is_forgotten_on_another_page(go):
    go("", "https://a.org/nosuchpage")
    assert go("data", "https://a.org/data") is None
    assert go("", "https://a.org/") is None


@pytest.mark.parametrize("url", [None, "https://a.org", "https://a.org/", "https://a.org/lmm/", "https://a.org/start"])
def test_the_first_page_by_its_own_address_is_none(go, url):
    assert go("", url) is None


def test_nor_is_the_place_at_which_the_app_is_served(go, monkeypatch):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "/tools/lmm/"}.get)
    assert go("", "https://a.org/tools/lmm") is None
    assert go("", "https://a.org/tools/lmm/lmn") == "lmn"
