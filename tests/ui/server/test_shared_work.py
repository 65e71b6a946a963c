"""Long work that is shared: made once, kept, and ended when nobody waits for it any more."""

from __future__ import annotations

import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from lmmcompare.errors import DataError
from lmmcompare.ui.server import shared_work
from lmmcompare.ui.server.cache import forget_about, register
from lmmcompare.ui.server.cache_budget import LEAST, Budget
from lmmcompare.ui.server.shared_work import SharedWork, TooLong
from lmmcompare.work.interruption import Interrupted, announce_duration, check


class Left(BaseException):
    """How Streamlit ends a run of a page."""


def patient(_seconds: float) -> None:
    pass


def leave(_seconds: float) -> None:
    raise Left


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(shared_work, "LOOK", 0.01)
    monkeypatch.setattr(shared_work, "GRACE", 0.1)


@pytest.fixture
def endless():
    """Work that goes on until it is ended or released, with the times when it began and ended."""
    release, begun, ended = Event(), [], []

    def make(number: int) -> int:
        begun.append(number)
        try:
            while not release.wait(0.001):
                check()
        except Interrupted:
            ended.append(number)
            raise
        return number * 2

    make.release, make.begun, make.ended = release, begun, ended
    yield make
    release.set()


def until(true) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)


def test_it_is_made_once_and_kept(endless):
    work = SharedWork(endless)
    endless.release.set()
    assert not work.has(3)
    assert work.get(3, wait=patient) == work.get(3, wait=leave) == 6
    assert endless.begun == [3] and work.has(3)


def test_what_gives_way_while_it_is_asked_for_is_made_again(endless, monkeypatch):
    work = SharedWork(endless)
    endless.release.set()
    assert work.get(3, wait=patient) == 6
    monkeypatch.setattr(type(work._results), "__contains__", lambda store, key: True)  # it was there a moment ago
    work._results.clear()
    assert work.get(3, wait=patient) == 6 and endless.begun == [3, 3]


def test_an_error_that_is_kept_holds_nothing_of_the_work_that_it_ended():
    class Rows:
        """Stands for the arrays of a fit."""

    held = []

    def make(_number: int) -> int:
        rows = Rows()
        held.append(weakref.ref(rows))
        try:
            raise ValueError
        except ValueError:
            raise DataError("These rows cannot be fitted.", "Take others.") from None

    with pytest.raises(DataError) as kept:
        SharedWork(make).get(3, wait=patient)
    gc.collect()
    assert held[0]() is None and kept.value.remedy == "Take others."


def test_a_result_that_cannot_be_weighed_is_given_all_the_same():
    def weigh(_value: object) -> int:
        raise MemoryError

    work = SharedWork(lambda number: number * 2, Budget(1e9, weigh))
    end = time.monotonic() + 5

    def wait(_seconds: float) -> None:
        assert time.monotonic() < end, "nobody says that it has ended"

    assert work.get(3, wait=wait) == 6


def test_when_its_only_reader_leaves_it_ends_and_can_be_asked_for_again(endless):
    work = SharedWork(endless)
    with pytest.raises(Left):
        work.get(1, wait=leave)
    until(lambda: endless.ended == [1])
    endless.release.set()
    assert work.get(1, wait=patient) == 2
    assert endless.begun == [1, 1]


def test_a_page_that_runs_anew_at_once_finds_the_same_work(endless):
    work = SharedWork(endless)
    with pytest.raises(Left):
        work.get(1, wait=leave)
    endless.release.set()
    assert work.get(1, wait=patient) == 2
    assert endless.begun == [1] and not endless.ended


def test_it_goes_on_for_the_others_when_one_leaves(endless):
    work = SharedWork(endless)
    with ThreadPoolExecutor() as pool:
        other = pool.submit(work.get, 1, wait=patient)
        until(lambda: endless.begun)
        with pytest.raises(Left):
            work.get(1, wait=leave)
        time.sleep(3 * shared_work.GRACE)
        endless.release.set()
        assert other.result() == 2
    assert endless.begun == [1] and not endless.ended


def test_an_error_goes_to_who_asked_and_is_not_kept():
    asked = []

    def make(number: int) -> int:
        asked.append(number)
        raise DataError("No.")

    work = SharedWork(make)
    for _ in range(2):
        with pytest.raises(DataError, match="No"):
            work.get(1, wait=patient)
    assert asked == [1, 1]


def test_what_takes_longer_than_agreed_is_left_until_it_is_agreed_to():
    fitted = []

    def make(seconds: float) -> float:
        announce_duration(lambda: seconds)
        fitted.append(seconds)
        return seconds

    work = SharedWork(make)
    with pytest.raises(TooLong) as raised:
        work.get(30.0, wait=patient, most=10.0)
    assert raised.value.seconds == 30.0 and not fitted
    assert work.get(5.0, wait=patient, most=10.0) == 5.0
    assert work.get(30.0, wait=patient) == work.get(30.0, wait=patient, most=10.0) == 30.0
    assert fitted == [5.0, 30.0]


def test_what_gave_way_to_others_is_remembered_until_it_is_back():
    work = SharedWork(lambda number: number, Budget(2 * LEAST, weigh=lambda value: 0))
    for number in (1, 2, 3):
        work.get(number, wait=patient)
    assert work.was_evicted(1) and not work.was_evicted(3) and not work.was_evicted(99)
    work.get(1, wait=patient)
    assert not work.was_evicted(1)


def test_what_is_going_on_when_its_table_is_forgotten_is_not_kept(endless):
    work = SharedWork(lambda table, number: endless(number))
    register(work)
    with ThreadPoolExecutor() as pool:
        first, other = (pool.submit(work.get, table, 1, wait=patient) for table in ("folder:a~b", "folder:c"))
        until(lambda: len(endless.begun) == 2)
        forget_about("folder:a~b")
        endless.release.set()
        assert first.result() == other.result() == 2
    assert not work.has("folder:a~b", 1) and work.has("folder:c", 1)
    for table in ("excluded:1:folder:a~b", "upload:key~folder:a%7Eb~~steps", "drug"):
        work.get(table, 1, wait=patient)
    forget_about("folder:a~b")
    assert [work.has(table, 1) for table in ("excluded:1:folder:a~b", "upload:key~folder:a%7Eb~~steps", "drug")] == [
        False,
        False,
        True,
    ]
