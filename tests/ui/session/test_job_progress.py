"""How far a job is, in words."""

from __future__ import annotations

import pytest

from lmmcompare.ui.session.job_progress import progress_text


@pytest.mark.parametrize(
    ("done", "seconds", "text"),
    [
        (0, 0.0, "0 of 11 samples"),
        (1, 0.3, "1 of 11 samples"),
        (1, 1.0, "1 of 11 samples, about 10 seconds left"),
        (1, 30.0, "1 of 11 samples, about 5 minutes left"),
        (11, 900.0, "11 of 11 samples"),
    ],
)
def test_progress_and_what_is_left_where_it_takes_a_while(done, seconds, text):
    assert progress_text(done, 11, "sample", seconds) == text
