"""Every figure that a test draws: what is sent unchecked is what plotly makes of it when it checks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.io
import pytest

from lmmcompare.figures.figure import Figure


def plain(value: Any) -> Any:
    """Numbers unpacked and what is empty left out, so that it does not matter how either is written."""
    if isinstance(value, dict) and "bdata" in value:
        return [None if n != n else n for n in np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()]
    if isinstance(value, dict):
        parts = {name: plain(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None and part != []}
    return [plain(part) for part in value] if isinstance(value, list) else value


def as_read(parts: dict[str, Any]) -> Any:
    return plain(json.loads(plotly.io.to_json(parts, validate=False)))


@pytest.fixture(autouse=True)
def sent_is_what_plotly_would_send(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    drawn: list[Figure] = []

    class Noted(Figure):
        def __init__(self, made: dict[str, Any]) -> None:
            super().__init__(made)
            drawn.append(self)

    monkeypatch.setattr("lmmcompare.figures.figure.Figure", Noted)
    yield
    for figure in drawn[:3]:
        unchecked = as_read(Figure(figure._made).to_dict())
        assert len(figure.data) == len(figure._made["data"])  # has plotly check it
        assert unchecked == as_read(figure.to_dict())
