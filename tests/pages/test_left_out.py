"""Points that are left out by hand: said on the page, in the address, in what is taken away, and put back."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lmmcompare import compare, examples
from lmmcompare.ui.compare import excluded_rows as module
from lmmcompare.ui.session.state import Analysis
from tests.ui.server.test_refits import answer

from .conftest import errors, texts

FORMULA = "Reaction ~ Days + (1 | Subject)"


def picture(at) -> dict[str, Any]:
    """What the browser is sent of the picture from which points can be left out."""
    assert not errors(at)
    (sent,) = (
        e.proto.bytes
        for e in at.get("bidi_component")
        if e.proto.component_name == "chart" and b'"brush":"' in e.proto.bytes
    )
    return orjson.loads(sent)


def test_a_link_leaves_rows_out_and_a_button_puts_them_back(open_page):
    at = open_page("compare", example="sleepstudy", formula=FORMULA, excluded="10,57", models="ols")
    rest = examples.load("sleepstudy").drop(index=[9, 56])
    slope = float(compare(FORMULA, rest).ols.params["Days"])
    assert not errors(at) and f"{slope:.1f}" in texts(at)
    assert "2 points left out" in texts(at)
    at.button(key="put points back").click().run()
    assert "points left out" not in texts(at) and at.session_state["analysis"].table == "sleepstudy"
    assert at.session_state["models drawn random_intercept"] == ["ols"]  # the view stays


def test_a_link_without_a_formula_opens_the_examples_own(open_page):
    """It opened with a formula guessed from the rows that were left."""
    at = open_page("compare", example="oats", excluded="10,57")
    assert not errors(at) and at.session_state["analysis"] == Analysis(
        "excluded:10,57:oats", examples.get("oats").formula
    )


def test_rows_that_the_models_need_are_refused_and_the_page_stays(monkeypatch):
    session: dict[str, Any] = {"analysis": object()}
    monkeypatch.setattr(module.st, "session_state", session)
    looked: list[str] = []
    monkeypatch.setattr(module, "_look_at", looked.append)

    analysis = Analysis("cv161703", "Y ~ X + (1 | ID)")
    module.leave_out(analysis, [*range(1, 60)])  # all but one row
    assert not looked and len(session) == 2
    module.leave_out(analysis, [3, 2, 400])
    assert looked == ["excluded:2-3:cv161703"]


@pytest.mark.parametrize("address", [{"example": "sleepstudy", "mark": "308", "bands": "1"}, {"example": "oats"}])
def test_the_picture_that_comes_before_the_page_is_the_pages(open_page, address):
    """The browser asks for it by itself, and need not draw it again when the page has caught up."""
    whole, less = (picture(open_page("compare", **address, **rows)) for rows in ({}, {"excluded": "10,17"}))
    assert less["brush"] == whole["brush"] and less != whole
    status, body = answer(whole["brush"], [17, 10, 0, 99_999])  # numbers that no row has are passed over
    assert status == 200 and orjson.loads(body) == less
    status, body = answer(less["brush"], [])
    assert status == 200 and orjson.loads(body) == whole


def test_a_picture_that_the_models_cannot_give_is_left_to_the_page(open_page):
    address = picture(open_page("compare", example="cv161703"))["brush"]
    assert answer(address, [*range(1, 60)]) == (409, b"")  # all but one row


def test_rows_of_a_group_are_left_out_and_put_back_from_a_list(open_page):
    at = open_page("compare", example="sleepstudy", formula=FORMULA, mark="308")
    at.session_state["list of rows"] = True
    at.run()
    rows = at.multiselect(key="rows of 308")
    assert len(rows.options) == 10 and rows.options[1].startswith("Row 2: Days 1, Reaction 258.7") and not rows.value
    rows.select(2).run()
    slope = float(compare(FORMULA, examples.load("sleepstudy").drop(index=[1])).ols.params["Days"])
    assert not errors(at) and f"{slope:.2f}" in texts(at) and "1 point left out" in texts(at)
    assert at.multiselect(key="rows of 308").value == [2]
    at.multiselect(key="rows of 308").unselect(2).run()
    assert "point left out" not in texts(at) and at.session_state["analysis"].table == "sleepstudy"
