"""The start page: the first question answered, and a card for every question."""

import pytest

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
