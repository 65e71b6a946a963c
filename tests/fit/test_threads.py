"""BLAS has one thread as long as any computation asks for it, and its own number again after the last of them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from lmmcompare.fit.threads import ONE_THREAD
from lmmcompare.studies import study


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    """Of BLAS, as this thread has asked for."""
    with threadpool_limits(2, user_api="blas"):
        if threads() != {2}:
            pytest.fail("another thread has set the number of BLAS's threads")
        yield


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    """Another thread, which lives on."""
    with ThreadPoolExecutor(1) as thread:
        yield thread


def threads() -> set[int]:
    return {int(library["num_threads"]) for library in threadpool_info() if library["user_api"] == "blas"}


def test_one_within_and_its_own_number_afterwards() -> None:
    with ONE_THREAD:
        with ONE_THREAD:
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {2}


def test_in_another_thread_than_the_one_that_set_a_number_before(other: ThreadPoolExecutor) -> None:
    other.submit(ONE_THREAD.__enter__).result()
    assert threads() == {1}
    other.submit(ONE_THREAD.__exit__).result()
    assert threads() == {2}


def test_what_two_readers_compute_side_by_side_has_one_thread_until_both_have_ended(other: ThreadPoolExecutor) -> None:
    other.submit(ONE_THREAD.__enter__).result()
    with ONE_THREAD:
        other.submit(ONE_THREAD.__exit__).result()
        assert threads() == {1}
    assert threads() == {2}


def test_a_study_gives_the_threads_back() -> None:
    study({"groups": 4}, 10, models=["ols"])
    assert threads() == {2}
