"""Pictures without some of their rows, by names that nobody can guess; what a browser asks for is data."""

from __future__ import annotations

import orjson
import pytest

from lmmcompare.errors import LmmCompareError
from lmmcompare.ui.server.refits import LARGEST, Refits, register
from lmmcompare.ui.server.shared_work import TooLong

from .test_page_html import complete


def answer(name: str, rows: object, path: str = "/refit", method: str = "POST") -> tuple[int, bytes]:
    """Status and body of what a browser gets for a picture without these rows."""
    return answer_to(orjson.dumps({"picture": name, "rows": rows}), path, method)


def answer_to(asked: bytes, path: str = "/refit", method: str = "POST") -> tuple[int, bytes]:
    """The same of a request, sent in two parts; the status is 0 where another part of the app would answer."""
    parts = [{"body": asked[:3], "more_body": True}, {"body": asked[3:]}]
    sent = []

    async def server(_scope, _receive, send):
        await send({"status": 0})
        await send({"body": b""})

    async def receive():
        return parts.pop(0)

    async def send(message):
        sent.append(message)

    complete(Refits(server)({"type": "http", "method": method, "path": path}, receive, send))
    start, end = sent
    return start["status"], end["body"]


def test_a_picture_is_made_without_the_rows_that_are_named():
    name = register(lambda rows: repr(rows).encode(), "sleepstudy", True)
    assert answer(name, [3, 17]) == (200, b"[3, 17]")
    assert answer(name, [], path="/below/a/path/refit") == (200, b"[]")


def test_the_same_picture_has_the_same_name_and_no_other_has_it():
    names = [register(lambda rows: b"", *key) for key in (("a", 1), ("a", 1), ("a", 2), ("a",))]
    assert names[0] == names[1] and len({*names}) == 3
    assert answer("0" * 32, []) == (404, b"")


@pytest.mark.parametrize("error", [LmmCompareError("No.", "Yes."), TooLong(7.0)])
def test_what_cannot_be_fitted_is_left_to_the_page(error):
    def refit(rows: list[int]) -> bytes:
        raise error

    assert answer(register(refit, repr(error)), [1]) == (409, b"")


@pytest.mark.parametrize("rows", ["", "3", 3, ["3"], [1.5], [True], [None], [[1]], {}, [1] * LARGEST])
def test_what_is_no_list_of_rows_is_refused(rows):
    assert answer(register(lambda rows: b"made", "refused"), rows) == (400, b"")


@pytest.mark.parametrize("asked", [b"", b"{", b"{}", b"[]", b'{"rows": [1]}', b'{"picture": 3, "rows": [1]}', b"\xff"])
def test_what_names_no_picture_is_refused(asked):
    assert answer_to(asked) == (400, b"")


def test_other_requests_pass():
    name = register(lambda rows: b"made", "passed")
    assert answer(name, [], method="GET")[0] == answer(name, [], path="/compare")[0] == 0
