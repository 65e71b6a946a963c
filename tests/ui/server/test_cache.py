"""What the process keeps for all readers is made once for each question, and again when it has been forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest

from lmmcompare.ui.server.cache import cached, forget


@pytest.fixture
def asked():
    """What a function that is kept was really asked for, in a row."""
    return []


def test_it_is_made_once_for_each_question(asked):
    @cached(10)
    def double(number: int, *, by: int = 2) -> list[int]:
        asked.append(number)
        return [number * by]

    first = double(1)
    assert double(1) is first and double(2) == [4] and double(1, by=3) == [3]
    assert asked == [1, 2, 1]


@pytest.mark.parametrize(
    "call", [lambda f, x: f("key", x), lambda f, x: f("key", _from=x), lambda f, x: f(key="key", _from=x)]
)
def test_what_begins_with_an_underscore_follows_from_the_rest(asked, call):
    @cached(10)
    def made(key: str, _from: list[int]) -> int:
        asked.append(key)
        return sum(_from)

    assert call(made, [1, 2]) == call(made, [5]) == 3  # lists have no hash, and need none
    assert asked == ["key"]


def test_the_longest_unused_is_given_up(asked):
    @cached(2)
    def same(number: int) -> int:
        asked.append(number)
        return number

    for number in (1, 2, 1, 3, 1, 2):
        same(number)
    assert asked == [1, 2, 3, 2]


def test_it_is_forgotten_in_time(asked):
    @cached(10, ttl=0.05)
    def same(number: int) -> int:
        asked.append(number)
        return number

    same(1), sleep(0.06), same(1)
    assert asked == [1, 1]


def test_it_is_forgotten_on_request(asked):
    @cached(10)
    def same(number: int) -> int:
        asked.append(number)
        return number

    same(2), forget(same, 2), same(2)
    forget(same, 99)  # of what is not there nothing is to be done
    same(2), same.cache_clear(), same(2)
    assert asked == [2, 2, 2]


def test_of_many_who_ask_at_once_one_makes_it(asked):
    together = Barrier(8)

    @cached(10)
    def slow(number: int) -> object:
        asked.append(number)
        sleep(0.05)
        return object()

    def ask(number: int) -> object:
        together.wait()
        return slow(number % 2)

    with ThreadPoolExecutor(8) as people:
        found = list(people.map(ask, range(8)))
    assert sorted(asked) == [0, 1] and len(set(found)) == 2


def test_what_fails_is_tried_again(asked):
    @cached(10)
    def half(number: int) -> int:
        asked.append(number)
        if len(asked) == 1:
            raise ValueError("not yet")
        return number // 2

    with pytest.raises(ValueError, match="not yet"):
        half(4)
    assert half(4) == half(4) == 2 and asked == [4, 4]
