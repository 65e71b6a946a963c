"""The start page: the first question answered, and a card for every question."""

import pytest
import streamlit as st

from lmmcompare import examples

from .conftest import charts, errors, texts


def test_it_answers_the_first_question_in_a_picture(open_page):
    at = open_page()
    assert not errors(at)
    said = texts(at)
    assert "OLS says 1.18 more Y per unit of X. The mixed model says 0.64." in said
    assert len(charts(at)) == 1


def test_every_question_has_a_card_that_opens_its_comparison(open_page):
    at = open_page()
    links = [link.proto for link in at.get("page_link")]
    opened = {link.query_string.removeprefix("example=") for link in links if "example=" in link.query_string}
    assert opened == set(examples.names())
    said = texts(at)
    for name in ("pshp2", "dragons", "sleepstudy"):
        assert examples.get(name).question in said
        assert examples.get(name).citation in said


def test_a_phone_shows_four_questions_and_has_the_others_behind_a_click(open_page):
    at = open_page()
    assert not at.expander
    at.session_state["viewport by its browser"] = True
    at.run()
    assert not errors(at)
    inside = [link.proto.query_string for fold in at.expander for link in fold.get("page_link")]
    everywhere = [link.proto.query_string for link in at.get("page_link") if "example=" in link.proto.query_string]
    assert {*everywhere} == {f"example={name}" for name in examples.names()}
    assert len(everywhere) - len(inside) == 5  # the first question, and four cards


@pytest.mark.parametrize("address", [{"example": "nothing"}, {"formula": "Y ~"}, {"upload": "gone"}, {"x": "<script>"}])
def test_no_address_breaks_it(open_page, address):
    at = open_page("start", **address)
    assert not errors(at)
    assert "Why do my lm and lmer coefficients differ?" in texts(at)


def test_the_shelf_is_searched(open_page):
    at = open_page()
    at.text_input[0].set_value("rats").run()
    assert not errors(at)
    assert any("Rats on three diets" in link.proto.label for link in at.get("page_link"))
    at.text_input[0].set_value("<b>*zebra*</b>").run()
    assert not errors(at)
    assert any("No example has" in part.value for part in at.markdown)


UNKNOWN = [
    ("nosuchpage", {}, []),
    ("comapre", {"example": "drug"}, ["Open Compare with what the link holds"]),
    ("Shrinkages", {}, ["Open Shrinkage"]),
    ("old", {"example": "drug"}, ["Open Compare with what the link holds"]),
    ("<b>*x*", {}, []),
]


@pytest.mark.parametrize(("name", "address", "ways"), UNKNOWN)
def test_a_page_that_there_is_not_is_said_with_the_way_on(open_page, monkeypatch, name, address, ways):
    url = [f"https://a.org/lmm/{name}"]
    monkeypatch.setattr(type(st.context), "url", property(lambda _: url[0]))
    at = open_page(**address)
    url[0] = "https://a.org/lmm/"  # what the browser shows from then on
    at.run()
    assert not errors(at) and f"There is no page “{name}”." in texts(at)
    links = [link.proto for link in at.main.get("page_link") if link.proto.label.startswith("Open ")]
    assert [link.label for link in links if link.label != "Open this comparison"] == ways
    assert not ways or ("example=drug" in links[0].query_string) is bool(address)


@pytest.mark.parametrize("url", ["https://a.org", "https://a.org/", "https://a.org/lmm/", "https://a.org/start"])
def test_the_first_page_by_its_own_address_says_nothing_of_it(open_page, monkeypatch, url):
    monkeypatch.setattr(type(st.context), "url", property(lambda _: url))
    assert "There is no page" not in texts(open_page())
