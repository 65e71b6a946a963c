"""The switch of models: what the browser is sent, and what it tells."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lmmcompare.model_catalogue import Model
from lmmcompare.ui.kit import model_switch


def test_a_choice_is_told_in_the_order_of_the_buttons_and_answered_by_its_turn(monkeypatch):
    session: dict[str, Any] = {}
    calls: list[dict[str, Any]] = []
    choices: list[list[str]] = []
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr(model_switch, "_component", lambda **options: calls.append(options))
    names = {Model.OLS: "OLS", Model.NO_POOLING: "ID dummies", Model.RANDOM_SLOPE: "Random slope"}

    def draw() -> dict[str, Any]:
        model_switch.model_buttons(names, [Model.OLS], choices.append)
        return calls[-1]

    first = draw()
    assert first["data"]["turn"] == 0 and first["data"]["drawn"] == ["ols"]
    assert [option["key"] for option in first["data"]["options"]] == ["ols", "no_pooling", "random_slope"]
    session[model_switch.KEY] = {"drawn": {"models": ["random_slope", "ols", "of no such name"], "turn": 3}}
    first["on_drawn_change"]()
    assert choices == [["ols", "random_slope"]]
    assert draw()["data"]["turn"] == 3
