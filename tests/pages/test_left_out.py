"""Points that are left out by hand: said on the page, in the address, in what is taken away, and put back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from lmmcompare import compare, examples
from lmmcompare.ui.compare import excluded_rows as module

from .conftest import errors, texts

FORMULA = "Reaction ~ Days + (1 | Subject)"


def test_a_link_leaves_rows_out_and_a_button_puts_them_back(open_page):
    at = open_page("compare", example="sleepstudy", formula=FORMULA, excluded="10,57", models="ols")
    rest = examples.load("sleepstudy").drop(index=[9, 56])
    slope = float(compare(FORMULA, rest).ols.params["Days"])
    assert not errors(at) and f"{slope:.1f}" in texts(at)
    assert "2 points left out" in texts(at)
    at.button(key="put points back").click().run()
    assert "points left out" not in texts(at) and at.session_state["analysis"].table == "sleepstudy"
    assert at.session_state["models drawn random_intercept"] == ["ols"]  # the view stays


def test_rows_that_the_models_need_are_refused_and_the_page_stays(monkeypatch):
    session: dict[str, Any] = {"analysis": object()}
    monkeypatch.setattr(module.st, "session_state", session)
    looked: list[str] = []
    monkeypatch.setattr(module, "_look_at", looked.append)

    analysis = SimpleNamespace(table="cv161703", formula="Y ~ X + (1 | ID)", reml=True)
    leave_out = module.leaving_out(analysis, SimpleNamespace(points={"number": ()}))
    leave_out([*range(1, 60)])  # all but one row
    assert not looked and len(session) == 2
    leave_out([3, 2, 400])
    assert looked == ["excluded:2-3:cv161703"]
