"""Lectures that people follow: steps and guesses in one database, for any number of processes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lmmcompare.errors import ShareError
from lmmcompare.share import lectures
from lmmcompare.share.lectures import Lectures, Place, code_of, new_key
from lmmcompare.share.store_database import Database
from lmmcompare.share.store_engine import address

ADDRESS = {"example": "cv161703", "formula": "Y ~ X + (1 | ID)"}


def at(step: int, revealed: bool = False) -> Place:
    return Place(step, revealed, ADDRESS)


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


def test_who_follows_is_where_the_lecturer_is_from_another_process_too(url):
    here, there, key = Lectures(Database(address(url))), Lectures(Database(address(url))), new_key()
    assert there.find(code_of(key)) is None
    here.move(key, at(0, False))
    here.move(key, at(3, True))
    assert there.find(code_of(key)) == at(3, True)


def test_a_code_says_nothing_of_the_key_and_is_always_the_same():
    key = new_key()
    assert code_of(key) == code_of(key) and re.fullmatch("[a-z2-7]{8}", code_of(key)) and lectures.KEY.fullmatch(key)
    assert code_of(new_key()) != code_of(key)


def test_a_reader_has_one_guess_and_may_change_it_until_the_answer_is_shown(url):
    room, key = Lectures(Database(address(url))), new_key()
    code = code_of(key)
    room.move(key, at(4, False))
    for reader, value in (("a", 1.0), ("b", 0.2), ("a", 0.5)):
        room.guess(code, reader, value)
    assert room.guesses(code).tolist() == [0.2, 0.5]
    assert [room.guess_of(code, reader) for reader in "abc"] == [0.5, 0.2, None]
    room.move(key, at(4, True))
    with pytest.raises(ShareError, match="too late"):
        room.guess(code, "c", 0.3)
    assert room.guesses(code).tolist() == [0.2, 0.5]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_guess_is_a_number(url, value):
    room, key = Lectures(Database(address(url))), new_key()
    room.move(key, at(0, False))
    with pytest.raises(ShareError, match="number"):
        room.guess(code_of(key), "a", value)


def test_an_address_is_no_longer_than_any_link(url):
    with pytest.raises(ShareError, match="too long"):
        Lectures(Database(address(url))).move(new_key(), Place(0, False, {"inline": "x" * 9_000}))


def test_nobody_guesses_where_nobody_leads(url):
    with pytest.raises(ShareError):
        Lectures(Database(address(url))).guess("aaaaaaaa", "a", 1.0)


def test_lectures_and_guesses_are_bounded(url, monkeypatch):
    monkeypatch.setattr(lectures, "MOST_LECTURES", 2)
    monkeypatch.setattr(lectures, "MOST_GUESSES", 3)
    room, key = Lectures(Database(address(url))), new_key()
    room.move(key, at(0, False))
    room.move(new_key(), at(0, False))
    with pytest.raises(ShareError, match="Too many"):
        room.move(new_key(), at(0, False))
    for reader in "abc":
        room.guess(code_of(key), reader, 1.0)
    with pytest.raises(ShareError, match="no room"):
        room.guess(code_of(key), "d", 1.0)
    room.guess(code_of(key), "a", 2.0)


def test_guesses_of_another_comparison_are_none_of_this_one(url):
    room, key = Lectures(Database(address(url))), new_key()
    room.move(key, at(4))
    room.guess(code_of(key), "a", 1.0)
    room.move(key, at(5))
    assert room.guesses(code_of(key)).size == 1
    room.move(key, Place(4, False, {"example": "gapminder"}))
    assert room.guesses(code_of(key)).size == 0


def test_old_lectures_go_with_their_guesses(url):
    clock = Clock()
    room, key = Lectures(Database(address(url)), clock), new_key()
    room.move(key, at(0, False))
    room.guess(code_of(key), "a", 1.0)
    clock.now += 3600 * lectures.HOURS + 1
    room.move(new_key(), at(0, False))
    assert room.find(code_of(key)) is None and room.guesses(code_of(key)).size == 0
