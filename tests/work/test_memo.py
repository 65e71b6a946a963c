"""What is worked out of an object alone is worked out once, for each object and each question."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from lmmcompare.work.memo import memoised


@dataclass(frozen=True)
class Thing:
    value: int


asked: list[tuple[int, str]] = []


@memoised
def told(thing: Thing, word: str, *, loud: bool = False) -> list[str]:
    asked.append((thing.value, word))
    return [word.upper() if loud else word]


def test_each_question_is_worked_out_once_for_each_object() -> None:
    asked.clear()
    one, other = Thing(1), Thing(2)
    assert told(one, "a") is told(one, "a")
    assert told(one, "a", loud=True) == ["A"] and told(one, "b") == ["b"] and told(other, "a") == ["a"]
    assert asked == [(1, "a"), (1, "a"), (1, "b"), (2, "a")]
    assert one == Thing(1) and hash(one) == hash(Thing(1))


def test_what_fails_is_tried_again() -> None:
    @memoised
    def fails(thing: Thing) -> None:
        asked.append((thing.value, "fails"))
        raise ValueError("no")

    asked.clear()
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            fails(Thing(1))
    assert len(asked) == 2
