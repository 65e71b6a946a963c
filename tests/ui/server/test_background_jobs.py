"""Jobs in the background: shared, in steps, standing still when nobody looks."""

import time
from threading import Event

import pytest

from lmmcompare.errors import SettingsError
from lmmcompare.ui.server import background_jobs
from lmmcompare.ui.server.background_jobs import FAILED, Jobs
from lmmcompare.work.interruption import Interrupted, check

SOON = 60.0


def until(true, seconds=SOON):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)


def stands_still(job, seconds=0.15):
    """Whether nothing comes of it any more, once the step under way has ended, which takes a while on a busy machine."""
    for _ in range(3):
        before = job.latest
        time.sleep(seconds)
        if job.latest == before:
            return True
    return False


def goes_on(job):
    """Wait until more comes of it."""
    before = job.latest
    until(lambda: job.latest != before)


def counting(steps=10**9, pause=0.001):
    def make():
        for i in range(steps):
            time.sleep(pause)
            yield i

    return make


def test_it_goes_on_to_the_end():
    jobs = Jobs()
    job = jobs.renew_lease("me", "key", counting(5))
    until(lambda: job.finished)
    assert job.latest == 4 and job.error is None and job.spent > 0.004


def test_all_who_ask_share_it():
    jobs, made = Jobs(), []

    def make():
        made.append(1)
        yield from counting(50)()

    one, other = jobs.renew_lease("me", "key", make), jobs.renew_lease("you", "key", make)
    assert one is other
    until(lambda: one.finished)
    assert made == [1]
    assert jobs.renew_lease("them", "key", make) is one and jobs.find("key") is one


def test_waiting_ends_with_the_first_step_or_in_time():
    jobs = Jobs()
    job = jobs.renew_lease("me", "quick", counting(pause=0.02))
    jobs.wait(job, SOON)
    assert job.latest is not None and not job.finished
    slow = jobs.renew_lease("me", "slow", counting(1, pause=10))
    jobs.wait(slow, 0.05)
    assert slow.latest is None


def test_what_nobody_looks_at_stands_still_and_goes_on():
    jobs = Jobs()
    job = jobs.renew_lease("me", "key", counting())
    until(lambda: (job.latest or 0) > 3)
    jobs.end_lease("me")
    assert stands_still(job)
    before = job.latest
    assert jobs.renew_lease("me", "key", counting()) is job
    until(lambda: job.latest > before + 3)


def test_one_who_leaves_stops_nobody_else():
    jobs = Jobs()
    job = jobs.renew_lease("me", "key", counting())
    jobs.renew_lease("you", "key", counting())
    jobs.end_lease("me")
    goes_on(job)
    goes_on(job)  # the first may have been under way
    jobs.end_lease("you")
    assert stands_still(job)


def test_looking_at_another_leaves_the_first():
    jobs = Jobs()
    first = jobs.renew_lease("me", "first", counting())
    until(lambda: first.latest is not None)
    second = jobs.renew_lease("me", "second", counting())
    until(lambda: second.latest is not None)
    assert stands_still(first)
    goes_on(second)


def test_a_reader_who_vanishes_is_forgotten():
    jobs = Jobs(lease=0.1)
    job = jobs.renew_lease("me", "key", counting())
    until(lambda: job.latest is not None)
    time.sleep(0.15)
    assert stands_still(job)


def test_a_new_one_goes_before_those_that_have_had_their_time():
    jobs, steps = Jobs(), []

    def make(name, pause):
        def go():
            for _ in range(200):
                time.sleep(pause)
                steps.append(name)
                yield name

        return go

    old = jobs.renew_lease("me", "old", make("old", 0.01))
    until(lambda: old.spent > 0.2)
    begin = len(steps)
    new = jobs.renew_lease("you", "new", make("new", 0.001))
    until(lambda: new.latest is not None)
    assert steps[begin:].count("old") <= 2  # the step under way, and one that was chosen before


def test_an_error_is_kept_and_the_thread_lives():
    jobs = Jobs()

    def wrong():
        yield 1
        raise SettingsError("No.", "Yes.")

    def broken():
        raise ZeroDivisionError
        yield

    for key, make, error, latest in (("wrong", wrong, "No. Yes.", 1), ("broken", broken, str(FAILED), None)):
        job = jobs.renew_lease("me", key, make)
        until(lambda job=job: job.finished)
        assert str(job.error) == error and job.latest == latest
    job = jobs.renew_lease("me", "fine", counting(2))
    until(lambda: job.finished)
    assert job.error is None


def test_the_oldest_is_given_up_but_none_that_is_looked_at():
    jobs, hold = Jobs(kept=3), Event()

    def held():
        hold.wait(SOON)
        yield 1

    looked_at = jobs.renew_lease("always", "kept", held)
    for i in range(6):
        jobs.renew_lease("me", i, counting(1))
    assert jobs.find("kept") is looked_at
    assert [i for i in range(6) if jobs.find(i)] == [4, 5]
    hold.set()


@pytest.mark.parametrize("readers", [40])
def test_forty_at_once(readers):
    jobs = Jobs()
    found = [jobs.renew_lease(f"reader {i}", i % 4, counting(20)) for i in range(readers)]
    assert len(set(map(id, found))) == 4
    until(lambda: all(job.finished for job in found))
    assert {job.latest for job in found} == {19}


def test_it_stands_still_as_soon_as_its_reader_is_gone_and_goes_on_when_they_are_back():
    there = Event()
    there.set()
    jobs = Jobs(lease=60.0, connected=lambda reader: reader == "me" and there.is_set())
    job = jobs.renew_lease("me", "key", counting())
    until(lambda: job.latest is not None)
    there.clear()
    assert stands_still(job)
    there.set()
    jobs.renew_lease("me", "key", counting())
    before = job.latest
    until(lambda: job.latest > before)


def test_a_long_step_is_cut_short_when_nobody_looks_and_the_job_begins_anew_when_somebody_does(monkeypatch):
    monkeypatch.setattr(background_jobs, "GRACE", 0.1)
    monkeypatch.setattr(background_jobs, "LOOK", 0.01)
    begun, cut = [], []

    def long():
        begun.append(1)
        yield "first"
        end = time.monotonic() + 30
        try:
            while time.monotonic() < end:  # as a search does, once an evaluation
                check()
                time.sleep(0.001)
        except Interrupted:
            cut.append(1)
            raise
        yield "second"

    jobs = Jobs()
    job = jobs.renew_lease("me", "key", long)
    until(lambda: job.latest == "first")
    time.sleep(0.3)
    assert not cut  # as long as somebody looks
    jobs.end_lease("me")
    until(lambda: cut)
    assert job.latest == "first" and job.error is None and not job.finished
    jobs.renew_lease("me", "key", long)
    until(lambda: len(begun) == 2)
    jobs.end_lease("me")
    until(lambda: len(cut) == 2)
