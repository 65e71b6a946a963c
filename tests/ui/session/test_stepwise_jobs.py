"""Long computations in steps: how far they are, when they end, and that stopping keeps what there is."""

from __future__ import annotations

import pytest

from lmmcompare.ui.session import stepwise_jobs
from lmmcompare.ui.session.stepwise_jobs import Job


def counting(total):
    return ((k, list(range(k))) for k in range(1, total + 1))


def test_it_ends_with_everything():
    job = Job("key", counting(40), 40, "sample")
    job.advance()
    assert not job.running and job.done == 40 and job.found == list(range(40))
    assert job.said == "40 of 40 samples"


def test_steps_that_end_early_end_the_job():
    job = Job("key", counting(3), 40, "sample")
    job.advance()
    assert not job.running and job.done == 3


@pytest.mark.parametrize(
    ("each", "said"), [(1.0, "10 seconds left"), (30.0, "5 minutes left"), (0.26, "1 of 11 samples")]
)
def test_it_looks_up_between_steps_and_tells_the_time(monkeypatch, each, said):
    clock = [0.0]
    monkeypatch.setattr(stepwise_jobs.time, "monotonic", lambda: clock[0])

    def slow():
        for step in counting(11):
            clock[0] += each
            yield step

    job = Job("key", slow(), 11, "sample")
    job.advance()
    assert job.running and job.done == 1 and said in job.said
    job.advance()
    assert job.done == 2
